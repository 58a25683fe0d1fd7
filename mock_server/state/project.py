"""Projects: isolated worlds, each with its own sessions, threads, clock and ids."""

import re
from collections.abc import Container, Sequence

from mock_server.clock import Clock
from mock_server.config import PROJECT_NAME, Settings
from mock_server.errors import ProjectInvalid
from mock_server.ids import IdFactory
from mock_server.state.files import Files
from mock_server.state.seeds import LoadedSeed, build_thread, check_seed, session_created_at
from mock_server.state.sessions import Session, Sessions
from mock_server.state.threads import Threads
from mock_server.state.usage import Usage
from mock_server.wire.items import UserMessageItem
from mock_server.wire.seeds import Seed

_NAME = re.compile(PROJECT_NAME)


class Project:
    """One world. It begins with the seeds the server was started with, and returns to them when reset."""

    def __init__(
        self,
        name: str,
        *,
        settings: Settings,
        base: Sequence[LoadedSeed],
        secrets: dict[str, Session],
        scripted: Container[str],
    ) -> None:
        self.name = name
        self.clock = Clock()
        self._settings, self._base, self._secrets, self._scripted = settings, base, secrets, scripted
        self._begin()

    def load(self, seed: Seed, *, source: str) -> None:
        """Add a seed's sessions and threads: all of them or, raising SeedInvalid, none."""
        check_seed(seed, source=source, sessions=self.sessions.ids(), threads=self.threads.ids())
        now = self.clock.now()
        for thread in seed.threads:
            self.threads.add(build_thread(thread, ids=self.ids, now=now))
        for session in seed.sessions:
            self.workflows.add(session.workflow.id)
            created_at = session_created_at(session, now=now)
            made = self.sessions.create(session, now=created_at, session_id=session.id or None)
            if session.status == "cancelled":
                self.sessions.cancel(made.id, now=created_at)

    def delete_thread(self, thread_id: str) -> None:
        """Forget a thread with its items and stored attachments (specified). Raises ThreadNotFound."""
        thread = self.threads.get(thread_id)
        self.threads.delete(thread_id)
        for item in thread.items:
            for attachment in item.attachments if isinstance(item, UserMessageItem) else []:
                if attachment.id in self.files:
                    self.files.delete(attachment.id)

    def reset(self) -> None:
        """Return to the state the project began in; its ids begin anew too when they are seeded."""
        self.sessions.clear()
        self.files.clear()
        self.clock.resume()
        self._begin()

    def _begin(self) -> None:
        self.ids = IdFactory(self._settings.seed, project=self.name)
        self.workflows: set[str] = set()
        self.sessions = Sessions(
            project=self.name,
            ids=self.ids,
            secrets=self._secrets,
            workflows=(self.workflows, self._scripted) if self._settings.require_workflow else None,
        )
        self.threads = Threads()
        self.usage = Usage()
        self.files = Files(self._settings.file_types)
        for loaded in self._base:
            self.load(loaded.seed, source=loaded.source)


class Projects:
    """Every project of one server, made when first named, and the secrets of them all."""

    def __init__(self, settings: Settings, *, base: Sequence[LoadedSeed] = (), scripted: Container[str] = ()) -> None:
        """`scripted` holds the ids of workflows with a file.

        Raises ProjectInvalid for the default project's name, SeedInvalid for a base that can't be loaded.
        """
        self.settings = settings
        self._base, self._scripted = base, scripted
        self._secrets: dict[str, Session] = {}
        self._by_name: dict[str, Project] = {}
        self.default = self.get(settings.project)

    def get(self, name: str) -> Project:
        """The project of this name. Raises ProjectInvalid."""
        project = self._by_name.get(name)
        if project is None:
            if not _NAME.fullmatch(name):
                raise ProjectInvalid(name)
            project = Project(
                name, settings=self.settings, base=self._base, secrets=self._secrets, scripted=self._scripted
            )
            self._by_name[name] = project
        return project

    def session_of(self, client_secret: str) -> Session | None:
        """The session of a client secret."""
        return self._secrets.get(client_secret)

    def of_secret(self, client_secret: str) -> Project | None:
        """The project that issued a client secret."""
        session = self._secrets.get(client_secret)
        return None if session is None else self._by_name[session.project]

    def names(self) -> list[str]:
        """The projects there are."""
        return sorted(self._by_name)

    def homes_of_session(self, session_id: str) -> list[str]:
        """The projects that have a session of this id."""
        return [name for name, project in self._by_name.items() if session_id in project.sessions]

    def homes_of_thread(self, thread_id: str) -> list[str]:
        """The projects that have a thread of this id."""
        return [name for name, project in self._by_name.items() if thread_id in project.threads]

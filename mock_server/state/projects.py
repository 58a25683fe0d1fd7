"""All projects of one server."""

import re
from collections.abc import Container, Iterator, Sequence
from typing import TYPE_CHECKING

from mock_server.config import PROJECT_NAME, Settings
from mock_server.errors import ProjectInvalid
from mock_server.state.feed import Listener
from mock_server.state.project import Loadable, Project
from mock_server.state.sessions import Session

if TYPE_CHECKING:
    from mock_server.wire.control.faults import FaultParams

_NAME = re.compile(PROJECT_NAME)


class Projects:
    """All projects of one server, each created when it is first named, and their client secrets."""

    def __init__(
        self,
        settings: Settings,
        *,
        base: Sequence[Loadable] = (),
        scripted: Container[str] = (),
        faults: "Sequence[FaultParams]" = (),
    ) -> None:
        """`scripted` holds the ids of workflows with a file; every project starts with `base` and `faults`.

        Raises ProjectInvalid for the default project's name, SeedInvalid for a base that can't be loaded.
        """
        self.settings = settings
        self._base, self._scripted, self._faults = base, scripted, faults
        self._secrets: dict[str, Session] = {}
        self._by_name: dict[str, Project] = {}
        self._listeners: list[Listener] = []
        self.default = self.get(settings.project)

    def get(self, name: str) -> Project:
        """Return the project with this name, new if it is first named. Raises ProjectInvalid."""
        project = self._by_name.get(name)
        if project is None:
            if not _NAME.fullmatch(name):
                raise ProjectInvalid(name)
            project = Project(
                name,
                settings=self.settings,
                base=self._base,
                secrets=self._secrets,
                scripted=self._scripted,
                faults=self._faults,
                listeners=self._listeners,
            )
            self._by_name[name] = project
        return project

    def join(self, listener: Listener) -> None:
        """Start publishing to a listener, also from future projects."""
        self._listeners = [*self._listeners, listener]
        for project in self:
            project.join(listener)

    def leave(self, listener: Listener) -> None:
        """Stop publishing to a listener."""
        self._listeners = [each for each in self._listeners if each is not listener]
        for project in self:
            project.leave(listener)

    def publish_expiries(self) -> None:
        """Publish which sessions of any project have expired since the last call."""
        for project in self:
            project.publish_expiries()

    def session_of(self, client_secret: str) -> Session | None:
        """Return the session of a client secret, or None."""
        return self._secrets.get(client_secret)

    def __iter__(self) -> Iterator[Project]:
        """Iterate over the projects, in the order in which they were first named."""
        return iter(list(self._by_name.values()))

    def names(self) -> list[str]:
        """Return the names of the projects, sorted."""
        return sorted(self._by_name)

    def homes_of_session(self, session_id: str) -> list[str]:
        """Return the names of the projects that have a session with this id."""
        return [name for name, project in self._by_name.items() if session_id in project.sessions]

    def homes_of_thread(self, thread_id: str) -> list[str]:
        """Return the names of the projects that have a thread with this id."""
        return [name for name, project in self._by_name.items() if thread_id in project.threads]

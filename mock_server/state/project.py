"""Projects: isolated worlds, each with its own sessions, threads, clock and ids."""

import re
from collections.abc import Callable, Container, Iterator, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Literal

from mock_server.clock import Clock, Reading
from mock_server.config import PROJECT_NAME, Settings
from mock_server.errors import ProjectInvalid
from mock_server.ids import IdFactory
from mock_server.state.expiries import Expiries
from mock_server.state.faults import Faults
from mock_server.state.feed import Feed, Gatherer, Listener
from mock_server.state.files import Files
from mock_server.state.journal import Entry, Journal
from mock_server.state.masking import hidden, hidden_or_none
from mock_server.state.sessions import Session, Sessions
from mock_server.state.usage import Usage
from mock_server.wire.sessions import SessionCreateParams

if TYPE_CHECKING:
    from mock_server.state.seeds import LoadedSeed
    from mock_server.state.threads import Threads
    from mock_server.wire.faults import FaultParams, FaultRule
    from mock_server.wire.seeds import Seed

Ending = Literal["expired", "cancelled"]
_NAME = re.compile(PROJECT_NAME)


class Project:
    """One world. It begins with the seeds the server was started with, and returns to them when reset."""

    def __init__(
        self,
        name: str,
        *,
        settings: Settings,
        base: "Sequence[LoadedSeed]",
        secrets: dict[str, Session],
        scripted: Container[str],
        faults: "Sequence[FaultParams]",
        listeners: "Sequence[Listener | Gatherer]" = (),
    ) -> None:
        """`listeners` hear of it from its very first happening on."""
        self.name = name
        self.clock = Clock()
        self.feed = Feed(name, now=self.clock.now)
        self.journal = Journal(entries=settings.journal_entries, size=settings.journal_bytes)
        self.expiries = Expiries()
        self._settings, self._base, self._secrets, self._scripted = settings, base, secrets, scripted
        self._faults = faults
        self._begin()
        self._begin_faults()
        for listener in listeners:
            self.join(listener)

    @cached_property
    def threads(self) -> "Threads":
        """The threads; what they are made of is imported when there is first talk of one."""
        from mock_server.state.threads import Threads  # noqa: PLC0415 - starting fast

        return Threads()

    def load(self, seed: "Seed", *, source: str) -> None:
        """Add a seed's sessions and threads, and say so: all of them or, raising SeedInvalid, none."""
        self._load(seed, source=source)
        self.feed.publish("loaded", sessions=len(seed.sessions), threads=len(seed.threads))

    def _load(self, seed: "Seed", *, source: str) -> None:
        from mock_server.state.seeds import build_thread, check_seed, session_created_at  # noqa: PLC0415 - starting fast

        check_seed(seed, source=source, sessions=self.sessions.ids(), threads=self.threads.ids())
        now = self.clock.now()
        for thread in seed.threads:
            self.threads.add(build_thread(thread, ids=self.ids, now=now))
        for session in seed.sessions:
            self.workflows.add(session.workflow.id)
            created_at = session_created_at(session, now=now)
            made = self.sessions.create(session, now=created_at, session_id=session.id or None)
            self.expiries.add(made)
            if session.status == "cancelled":
                self.sessions.cancel(made.id, now=created_at)

    def delete_thread(self, thread_id: str) -> None:
        """Forget a thread with its items and stored attachments (specified). Raises ThreadNotFound."""
        thread = self.threads.get(thread_id)
        self.threads.delete(thread_id)
        for item in thread.items:
            for attachment in getattr(item, "attachments", []):
                if attachment.id in self.files:
                    self.files.delete(attachment.id)

    def create_session(self, params: SessionCreateParams, *, now: float, ending: Ending | None = None) -> Session:
        """A new session, ended at once if `ending` says so. Raises WorkflowNotFound."""
        if not self.feed.listeners and ending is None:
            return self.sessions.create(params, now=now)
        self.tell_what_passed()
        session = self.sessions.create(params, now=now)
        self.expiries.add(session)
        if self.feed.listeners:
            self.feed.tell_about(session, _described_session, "session.created", now)
        if ending is not None:
            self.end_session(session.id, ending, now=now)
        return session

    def end_session(self, session_id: str, ending: Ending, *, now: float) -> Session:
        """Cancel a session or let it expire, unless it has ended already. Raises SessionNotFound."""
        self.tell_what_passed()
        was_active = self.sessions.get(session_id).status(now) == "active"
        end = self.sessions.cancel if ending == "cancelled" else self.sessions.expire
        session = end(session_id, now=now)
        if was_active:
            self._tell_session(session, ending, at=session.transitions(now)[-1].at)
        return session

    def set_clock(self, reading: Reading) -> None:
        """Move the clock; what the move passes over is told with the time it happened."""
        self.tell_what_passed()
        self.clock.reading = reading
        self.feed.publish("clock", frozen=self.clock.frozen)
        self.tell_what_passed()

    def listen(self, wake: Callable[[], None]) -> Listener:
        """Hear of all that happens from now on."""
        listener = Listener(wake)
        self.join(listener)
        return listener

    def join(self, listener: Listener | Gatherer) -> None:
        """Let it hear of all that happens from now on."""
        if not self.feed.listeners:
            self.expiries.start(self.clock.now())
            self.journal.on_end = partial(self.feed.tell_about, describe=_described_request, kind="request")
        self.feed.join(listener)

    def leave(self, listener: Listener | Gatherer) -> None:
        """Let it hear no more; nothing is kept for nobody."""
        self.feed.leave(listener)
        if not self.feed.listeners:
            self.expiries.forget()
            self.journal.on_end = None

    def tell_what_passed(self) -> None:
        """Tell listeners which sessions expired since they were last told, or live again after a move backwards."""
        if not self.feed.listeners:
            return
        now, expiries = self.clock.now(), self.expiries
        if expiries.until <= now < expiries.soonest:  # on the way of each request
            expiries.until = now
            return
        for session in expiries.passed(self.sessions, now=now):
            status = session.status(now)
            self._tell_session(session, status, at=session.expires_at if status == "expired" else now)

    def reset(self, only: str | None = None) -> None:
        """Return to the state the project began in; its ids begin anew too when they are seeded.

        `only` names a part: `state` (sessions, threads, files), `requests`, `faults` or `clock`.
        """
        if only in {None, "clock"}:
            self.clock.resume()
        if only in {None, "requests"}:
            self.journal.clear()
        if only in {None, "state"}:
            self.sessions.clear()
            self.files.clear()
            self._begin()
        if only in {None, "faults"}:
            self._begin_faults()
        self.expiries.start(self.clock.now())
        self.feed.publish("reset", only=only)

    def _tell_session(self, session: Session, became: str, *, at: float) -> None:
        if self.feed.listeners:
            self.feed.tell_about(session, _described_session, f"session.{became}", at)

    def _chance(self) -> float:
        return self.ids.chance()  # of the present factory: a reset makes another

    def _begin_faults(self) -> None:
        self.faults = Faults(self._chance, magic=_magic_rules)
        for params in self._faults:
            self.faults.add(params, now=self.clock.now())

    def _begin(self) -> None:
        self.ids = IdFactory(self._settings.seed, project=self.name)
        self.workflows: set[str] = set()
        self.sessions = Sessions(
            project=self.name,
            ids=self.ids,
            secrets=self._secrets,
            workflows=(self.workflows, self._scripted) if self._settings.require_workflow else None,
        )
        self.__dict__.pop("threads", None)
        self.usage = Usage()
        self.files = Files(self._settings.file_types)
        for loaded in self._base:
            self._load(loaded.seed, source=loaded.source)


def _magic_rules() -> "list[FaultRule]":
    from mock_server.state.fault_sets import magic_rules  # noqa: PLC0415 - starting fast

    return magic_rules()


def _described_session(session: Session) -> dict[str, Any]:
    return {"session": session.id, "user": hidden(session.user)}


def _described_request(entry: Entry) -> dict[str, Any]:
    return {
        "request": entry.id,
        "operation": entry.operation,
        "method": entry.method,
        "path": hidden(entry.path),
        "status": entry.status or None,
        "outcome": entry.outcome,
        "session": hidden_or_none(entry.session),
        "user": hidden_or_none(entry.user),
        "fault": entry.fault,
        "milliseconds": round(entry.seconds * 1000, 3),
    }


class Projects:
    """Every project of one server, made when first named, and the secrets of them all."""

    def __init__(
        self,
        settings: Settings,
        *,
        base: "Sequence[LoadedSeed]" = (),
        scripted: Container[str] = (),
        faults: "Sequence[FaultParams]" = (),
    ) -> None:
        """`scripted` holds the ids of workflows with a file; every project begins with `base` and `faults`.

        Raises ProjectInvalid for the default project's name, SeedInvalid for a base that can't be loaded.
        """
        self.settings = settings
        self._base, self._scripted, self._faults = base, scripted, faults
        self._secrets: dict[str, Session] = {}
        self._by_name: dict[str, Project] = {}
        self._listeners: list[Listener | Gatherer] = []
        self.default = self.get(settings.project)

    def get(self, name: str) -> Project:
        """The project of this name. Raises ProjectInvalid."""
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

    def join(self, listener: Listener | Gatherer) -> None:
        """Let it hear of all that happens from now on, also in projects to come."""
        self._listeners = [*self._listeners, listener]
        for project in self:
            project.join(listener)

    def leave(self, listener: Listener | Gatherer) -> None:
        """Let it hear no more."""
        self._listeners = [each for each in self._listeners if each is not listener]
        for project in self:
            project.leave(listener)

    def tell_what_passed(self) -> None:
        """Tell listeners which sessions of any project expired by the mere passing of time."""
        for project in self:
            project.tell_what_passed()

    def session_of(self, client_secret: str) -> Session | None:
        """The session of a client secret."""
        return self._secrets.get(client_secret)

    def __iter__(self) -> Iterator[Project]:
        """The projects, in the order in which they were first named."""
        return iter(list(self._by_name.values()))

    def names(self) -> list[str]:
        """The projects there are."""
        return sorted(self._by_name)

    def homes_of_session(self, session_id: str) -> list[str]:
        """The projects that have a session of this id."""
        return [name for name, project in self._by_name.items() if session_id in project.sessions]

    def homes_of_thread(self, thread_id: str) -> list[str]:
        """The projects that have a thread of this id."""
        return [name for name, project in self._by_name.items() if thread_id in project.threads]

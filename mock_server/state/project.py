"""Projects: isolated worlds, each with its own sessions, threads, files, clock, faults, journal and ids.

Whatever happens to one of these is published here, once, whoever caused it.
"""

from collections.abc import Container, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Literal, Protocol

from mock_server.clock import Clock, Reading
from mock_server.config import Settings
from mock_server.ids import IdFactory
from mock_server.masking import hidden, hidden_or_none
from mock_server.slices import Work, at_once
from mock_server.state.expiries import ExpiryIndex
from mock_server.state.faults import Faults
from mock_server.state.feed import Feed, Listener
from mock_server.state.files import File, Files
from mock_server.state.journal import Entry, Journal
from mock_server.state.sessions import Session, Sessions
from mock_server.state.usage import Usage
from mock_server.wire.rest.sessions import SessionCreateParams

if TYPE_CHECKING:
    from mock_server.state.threads import StoredThread, Threads
    from mock_server.wire.chat.events import TextDeltas, ThreadStreamEvent
    from mock_server.wire.control.faults import FaultParams, FaultRule

Ending = Literal["expired", "cancelled"]


class Loadable(Protocol):
    """Something that can be loaded into a project, such as a seed that was read from a file."""

    def loading(self, project: "Project") -> Work[tuple[int, int]]:
        """Add everything, or raise and add nothing. Returns how many sessions and threads were added."""


class Project:
    """One isolated world. It starts with the server's seeds and faults, and returns to them when it is reset.

    is_kept: whether it counts as a project, because something was changed in it.
    resets: how often its state was reset; a request that is still under way then must not change the new one.
    """

    is_kept = False
    resets = 0

    def __init__(
        self,
        name: str,
        *,
        settings: Settings,
        base: Sequence[Loadable],
        secrets: dict[str, Session],
        scripted: Container[str],
        faults: "Sequence[FaultParams]",
        listeners: Sequence[Listener] = (),
    ) -> None:
        """`base` are the seeds, `scripted` the ids of workflows with a file; `listeners` receive every event."""
        self.name = name
        self.clock = Clock()
        self.feed = Feed(name, now=self.clock.now)
        self.journal = Journal(entries=settings.journal_entries, size=settings.journal_bytes)
        self.expiries = ExpiryIndex()
        self._settings, self._base, self._secrets, self._scripted = settings, base, secrets, scripted
        self._faults = faults
        self._start()
        self._start_faults()
        for listener in listeners:
            self.join(listener)

    # Sessions.

    def create_session(self, params: SessionCreateParams, *, now: float, ending: Ending | None = None) -> Session:
        """Create a session, and end it at once if `ending` says so. Raises WorkflowNotFound."""
        if not self.feed.listeners and ending is None:
            return self.sessions.create(params, now=now)
        if self.clock.now() < self.expiries.until:  # time has moved back
            at_once(self.publishing_expiries())
        session = self.sessions.create(params, now=now)
        self.expiries.add([session])
        if self.feed.listeners:
            self.feed.publish_about(session, _described_session, "session.created", now)
        return session if ending is None else self.end_session(session.id, ending, now=now)

    def end_session(self, session_id: str, ending: Ending, *, now: float) -> Session:
        """Cancel a session or let it expire, unless it has ended already. Raises SessionNotFound."""
        at_once(self.publishing_expiries())
        before = self.sessions.get(session_id)
        end = self.sessions.cancel if ending == "cancelled" else self.sessions.expire
        session = end(session_id, now=now)
        if session is not before:
            self._publish_session(session, ending, at=session.transitions(now)[-1].at)
        return session

    def publishing_expiries(self) -> Work[None]:
        """Publish which sessions expired since the last call, or became active again when time moved backwards."""
        if self.feed.listeners and not self.expiries.skip(self.clock.now()):
            for told in self.expiries.looking(self.sessions, self.clock.now):
                if told is not None:
                    self._publish_session(told[0], told[1], at=told[2])
                yield

    # Threads and files.

    @cached_property
    def threads(self) -> "Threads":
        """The threads. Their modules are imported on first use."""
        from mock_server.state.threads import Threads  # noqa: PLC0415 - starting fast

        return Threads()

    def create_thread(self, *, user: str, session_id: str | None, now: float) -> "StoredThread":
        """Create an empty thread."""
        from mock_server.state.threads import StoredThread  # noqa: PLC0415 - starting fast
        from mock_server.state.timeline import Timeline  # noqa: PLC0415

        thread_id = self.ids.new("cthr", now=now)
        thread = StoredThread(
            id=thread_id, user=user, created_at=now, session_id=session_id, items=Timeline(), feedback={}
        )
        self.threads.add(thread)
        self.publish_thread(thread, "created")
        return thread

    def apply(self, thread: "StoredThread", event: "ThreadStreamEvent | TextDeltas") -> None:
        """Apply a stream event to a thread, or several at once."""
        if thread.apply(event):
            self.publish_thread(thread, "updated")

    def delete_thread(self, thread_id: str) -> None:
        """Delete a thread with its items and stored attachments (specified). Raises ThreadNotFound."""
        thread = self.threads.get(thread_id)
        self.threads.delete(thread_id)
        for item in thread.items:
            for attachment in getattr(item, "attachments", []):
                if attachment.id in self.files:
                    self.delete_file(attachment.id)
        self.publish_thread(thread, "deleted")

    def publish_thread(self, thread: "StoredThread", became: Literal["created", "updated", "deleted"]) -> None:
        """Publish a change to a thread itself; changes to its items are not published."""
        if self.feed.listeners:
            self.feed.publish(f"thread.{became}", thread=thread.id, user=hidden(thread.user))

    def add_file(self, file: File) -> None:
        """Add a file."""
        self.files.add(file)
        self.feed.publish("file.created", file=file.id, user=hidden_or_none(file.user))

    def delete_file(self, file_id: str) -> None:
        """Delete an existing file with its content."""
        self.files.delete(file_id)
        self.feed.publish("file.deleted", file=file_id)

    # Faults.

    def add_faults(self, faults: "Sequence[FaultParams]") -> "list[FaultRule]":
        """Add rules after the others. Raises ControlRefused for a rule that can't work."""
        added = [self.faults.add(params, now=self.clock.now()) for params in faults]
        self._publish_faults(changed=bool(added))
        return added

    def replace_faults(self, faults: "Sequence[FaultParams]") -> None:
        """Replace all rules. Raises ControlRefused for a rule that can't work, and then changes nothing."""
        from mock_server.state.faults import check  # noqa: PLC0415 - starting fast

        for params in faults:
            check(params)
        had_some = bool(self.faults.rules)
        self.faults.clear()
        for params in faults:
            self.faults.add(params, now=self.clock.now())
        self._publish_faults(changed=had_some or bool(faults))

    def remove_fault(self, fault: str) -> int:
        """Remove the rule with an id, or the rules with a name; return how many. Raises FaultNotFound."""
        removed = self.faults.remove(fault)
        self._publish_faults(changed=True)
        return removed

    def remove_faults_named(self, names: Container[str]) -> None:
        """Remove every rule that has one of these names."""
        self._publish_faults(changed=self.faults.remove_named(names) > 0)

    def clear_faults(self) -> int:
        """Remove every rule; return how many there were."""
        count = len(self.faults.rules)
        self.faults.clear()
        self._publish_faults(changed=count > 0)
        return count

    def publish_fault(self, name: str, *, request: str, operation: str | None) -> None:
        """Publish that a fault was applied to a request."""
        self.feed.publish("fault", fault=name, request=request, operation=operation)

    # The project as a whole.

    def setting_clock(self, reading: Reading) -> Work[None]:
        """Set the clock. Sessions that expire are published, in steps, with the time at which each expired."""
        at_once(self.publishing_expiries())
        self.clock.reading = reading
        self.feed.publish("clock", frozen=self.clock.frozen)
        yield from self.publishing_expiries()

    def loading(self, loadable: Loadable) -> Work[None]:
        """Add everything a seed holds. Raises SeedInvalid, and then adds nothing."""
        sessions, threads = yield from loadable.loading(self)
        self.feed.publish("loaded", sessions=sessions, threads=threads)

    def publish_restored(self) -> None:
        """Publish that the project was restored from a snapshot."""
        self.feed.publish("restored")

    def reset(self, only: str | None = None) -> None:
        """Reset the project to the state in which it started; with a seed, ids start over as well.

        `only` names a part: `state` (sessions, threads, files), `requests`, `faults` or `clock`.
        """
        if only in {None, "clock"}:
            self.clock.resume()
        if only in {None, "requests"}:
            self.journal.clear()
        if only in {None, "state"}:
            self.resets += 1
            self.sessions.clear()
            self.files.clear()
            self._start()
        if only in {None, "faults"}:
            self._start_faults()
        self.expiries.start(self.clock.now())
        self.feed.publish("reset", only=only)

    def discard(self) -> None:
        """Remove everything, also the secrets of sessions and the contents of files, from the server."""
        self.resets += 1
        self.sessions.clear()
        self.files.clear()
        self.journal.clear()

    def join(self, listener: Listener) -> None:
        """Start publishing to a listener."""
        if not self.feed.listeners:
            self.expiries.start(self.clock.now())
            self.journal.on_end = partial(self.feed.publish_about, describe=_described_request, kind="request")
        self.feed.join(listener)

    def leave(self, listener: Listener) -> None:
        """Stop publishing to a listener; without listeners, nothing is kept for the feed."""
        self.feed.leave(listener)
        if not self.feed.listeners:
            self.expiries.forget()
            self.journal.on_end = None

    def _publish_session(self, session: Session, became: str, *, at: float) -> None:
        if self.feed.listeners:
            self.feed.publish_about(session, _described_session, f"session.{became}", at)

    def _publish_faults(self, *, changed: bool) -> None:
        if changed:
            self.feed.publish("faults")

    def _chance(self) -> float:
        return self.ids.chance()  # looked up each time: a reset replaces the factory

    def _start_faults(self) -> None:
        self.faults = Faults(self._chance)
        for params in self._faults:
            self.faults.add(params, now=self.clock.now())

    def _start(self) -> None:
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
        for loadable in self._base:
            at_once(loadable.loading(self))


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

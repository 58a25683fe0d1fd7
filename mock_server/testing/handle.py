"""A handle on a running emulator: its clock, faults, journal, sessions and state, for tests."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, TypeVar
from urllib.parse import quote, urlencode

import msgspec

from mock_server.documents import read_document
from mock_server.state.feed import Happening
from mock_server.testing.faults import FaultsHandle
from mock_server.testing.journal import JournalHandle
from mock_server.testing.moments import Moment, Span, as_moment, as_span
from mock_server.testing.transport import Transport
from mock_server.wire.control import (
    ClockState,
    ProjectContents,
    ProjectList,
    SessionDetail,
    SessionList,
    SessionState,
)
from mock_server.wire.findings import Behaviour, FidelityList, Finding, FindingList
from mock_server.wire.health import Health
from mock_server.wire.journal import Cleared
from mock_server.wire.views import ThreadSummaries, ThreadSummary, ThreadView
from mock_server.wire.workflows import WorkflowList, WorkflowState

T = TypeVar("T")
PAGE = 1000


class Handle:
    """One project of a running emulator. Every method is one call to `/_mock`; all raise ControlError when refused.

    clock, faults, journal, sessions, threads: the parts of the project; workflows: those of the server.
    """

    def __init__(self, transport: Transport, *, project: str | None = None) -> None:
        """`project` is the one to act on, by default the server's own default."""
        self._transport, self.project = transport, project
        self.clock: ClockHandle = ClockHandle(self)
        self.faults = FaultsHandle(self)
        self.journal, self.sessions = JournalHandle(self), SessionsHandle(self)
        self.threads, self.workflows = ThreadsHandle(self), WorkflowsHandle(self)

    def reset(self, only: Literal["state", "requests", "faults", "clock"] | None = None) -> ProjectContents:
        """Return to what the server was started with, or a part of it."""
        return self.ask("POST", "/reset", ProjectContents, query={"only": only})

    def load(self, seed: Mapping[str, Any] | Path | str) -> ProjectContents:
        """Add a seed: a document, or the path of a YAML or JSON file."""
        document = seed if isinstance(seed, Mapping) else read_document(Path(seed))
        return self.ask("POST", "/load", ProjectContents, body=document)

    def snapshot(self) -> bytes:
        """The whole state of the project as one JSON document."""
        return self.raw("GET", "/snapshot")

    def restore(self, snapshot: bytes) -> ProjectContents:
        """Put the project into the state of a snapshot: all of it or, raising ControlError, nothing."""
        return self.ask("PUT", "/snapshot", ProjectContents, body=msgspec.Raw(snapshot))

    def findings(self) -> list[Finding]:
        """What the journal says about the client."""
        return self.ask("GET", "/findings", FindingList).findings

    def fidelity(self) -> list[Behaviour]:
        """Every behaviour of the emulator, and how it is known."""
        return self.ask("GET", "/fidelity", FidelityList, of_project=False).behaviours

    def projects(self) -> ProjectList:
        """Every project of the server."""
        return self.ask("GET", "/projects", ProjectList, of_project=False)

    def health(self) -> Health:
        """That the server lives."""
        return self.ask("GET", "/health", Health, of_project=False)

    def events(self) -> Iterator[Happening]:
        """What happens from now on, without an end."""
        lines = self._transport.lines(self._path("/events", {}))
        next(lines)  # it listens
        told = (line.removeprefix(b"data: ") for line in lines if line.startswith(b"data: "))
        return (msgspec.json.decode(line, type=Happening) for line in told)

    def ask(
        self,
        method: str,
        path: str,
        answer: type[T],
        *,
        body: Any = None,
        query: Mapping[str, Any] | None = None,
        of_project: bool = True,
    ) -> T:
        """Call the control plane below `/_mock`, and read the answer as a type."""
        return msgspec.json.decode(self.raw(method, path, body=body, query=query, of_project=of_project), type=answer)

    def raw(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        query: Mapping[str, Any] | None = None,
        of_project: bool = True,
    ) -> bytes:
        """Call the control plane below `/_mock`."""
        encoded = None if body is None else msgspec.json.encode(body)
        return self._transport.call(method, self._path(path, query or {}, of_project=of_project), encoded)

    def _path(self, path: str, query: Mapping[str, Any], *, of_project: bool = True) -> str:
        given = {"project": self.project, **query} if of_project else dict(query)
        pairs = urlencode({name: value for name, value in given.items() if value is not None})
        return f"/_mock{path}?{pairs}" if pairs else f"/_mock{path}"


class ClockHandle:
    """The project's clock. A moment is ISO 8601 with a zone, a datetime with one, or unix seconds."""

    def __init__(self, mock: Handle) -> None:
        self._mock = mock

    def state(self) -> ClockState:
        """How it is set."""
        return self._mock.ask("GET", "/clock", ClockState)

    def now(self) -> float:
        """Unix seconds."""
        return self.state().now

    def freeze(self, at: Moment | None = None) -> ClockState:
        """Stand still at a moment, or where it is."""
        return self._set("freeze", "now" if at is None else as_moment(at))

    def travel_to(self, at: Moment) -> ClockState:
        """Jump to a moment; a running clock runs on from there."""
        return self._set("travel_to", as_moment(at))

    def shift(
        self, by: Span = 0.0, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0
    ) -> ClockState:
        """Move by `10m`, a timedelta, seconds, or the parts named; backwards if negative."""
        parts = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds).total_seconds()
        return self._set("shift", as_span(by) if by else parts)

    def tick(self, by: Span = 1.0) -> ClockState:
        """Move a frozen clock forward, by a second unless told otherwise."""
        return self._set("tick", as_span(by))

    def scale(self, factor: float) -> ClockState:
        """Run on, so many times as fast as the world."""
        return self._set("scale", factor)

    def resume(self) -> ClockState:
        """Go on with the world's time, unmoved."""
        return self._set("resume", "now")

    def _set(self, name: str, value: str | float) -> ClockState:
        return self._mock.ask("PUT", "/clock", ClockState, body={name: value})


class WorkflowsHandle:
    """The workflows with a script, of the whole server."""

    def __init__(self, mock: Handle) -> None:
        self._mock = mock

    def list(self) -> list[WorkflowState]:
        """All of them."""
        return self._mock.ask("GET", "/workflows", WorkflowList, of_project=False).workflows

    def add(self, workflow_id: str, script: Mapping[str, Any]) -> WorkflowState:
        """Let a script answer for an id: what a workflow file holds, such as `{"default": [{"message": "Hi"}]}`."""
        body = {**script, "id": workflow_id}
        return self._mock.ask("POST", "/workflows", WorkflowState, body=body, of_project=False)

    def remove(self, workflow_id: str) -> None:
        """Take away one that was added."""
        path = f"/workflows/{quote(workflow_id, safe='')}"
        self._mock.ask("DELETE", path, WorkflowList, of_project=False)


class ThreadsHandle:
    """The project's threads, whoever's they are."""

    def __init__(self, mock: Handle) -> None:
        self._mock = mock

    def list(self, *, user: str | None = None) -> list[ThreadSummary]:
        """Up to 1,000 of them, newest first."""
        return self._mock.ask("GET", "/threads", ThreadSummaries, query={"user": user, "limit": PAGE}).threads

    def get(self, thread_id: str) -> ThreadView:
        """One of them with its items, oldest first, as the conversation shows them."""
        return self._mock.ask("GET", self._path(thread_id), ThreadView)

    def rename(self, thread_id: str, title: str | None) -> ThreadView:
        """Give one another title, or none."""
        return self._mock.ask("PATCH", self._path(thread_id), ThreadView, body={"title": title})

    def lock(self, thread_id: str, *, reason: str | None = None) -> ThreadView:
        """Let one take no messages for now."""
        return self._set_status(thread_id, "locked", reason=reason)

    def close(self, thread_id: str, *, reason: str | None = None) -> ThreadView:
        """Let one take no more messages."""
        return self._set_status(thread_id, "closed", reason=reason)

    def reopen(self, thread_id: str) -> ThreadView:
        """Let one that was locked or closed take messages again."""
        return self._set_status(thread_id, "active")

    def delete(self, thread_id: str) -> None:
        """Delete one with its items and attachments."""
        self._mock.ask("DELETE", self._path(thread_id), Cleared)

    def _set_status(self, thread_id: str, status: str, *, reason: str | None = None) -> ThreadView:
        body = {"status": {"type": status, "reason": reason}}
        return self._mock.ask("PATCH", self._path(thread_id), ThreadView, body=body)

    @staticmethod
    def _path(thread_id: str) -> str:
        return f"/threads/{quote(thread_id, safe='')}"


class SessionsHandle:
    """The project's sessions, seen from behind."""

    def __init__(self, mock: Handle) -> None:
        self._mock = mock

    def list(self, *, status: str | None = None, user: str | None = None) -> list[SessionState]:
        """Up to 1,000 of them, newest first."""
        query = {"status": status, "user": user, "limit": PAGE}
        return self._mock.ask("GET", "/sessions", SessionList, query=query).sessions

    def get(self, session_id: str) -> SessionDetail:
        """One of them, with its history, what is left of it, and its settings."""
        return self._mock.ask("GET", self._path(session_id), SessionDetail)

    def expire(self, session_id: str) -> SessionState:
        """Let one expire now."""
        return self._mock.ask("POST", f"{self._path(session_id)}/expire", SessionState)

    def cancel(self, session_id: str) -> SessionState:
        """Cancel one, without an API key."""
        return self._mock.ask("POST", f"{self._path(session_id)}/cancel", SessionState)

    @staticmethod
    def _path(session_id: str) -> str:
        return f"/sessions/{quote(session_id, safe='')}"

"""A handle on a running emulator: its clock, faults, journal, sessions and state, for tests."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, TypeVar
from urllib.parse import quote, urlencode

import msgspec
from msgspec import UNSET

from mock_server.documents import read_document
from mock_server.state.feed import Happening
from mock_server.testing.transport import Transport
from mock_server.wire.control import (
    ClockState,
    ProjectContents,
    ProjectList,
    SessionList,
    SessionState,
)
from mock_server.wire.faults import FaultList, FaultRule
from mock_server.wire.findings import Behaviour, FidelityList, Finding, FindingList
from mock_server.wire.health import Health
from mock_server.wire.journal import Cleared, CurlCommand, Record, RecordMatch, RecordPage, Verdict, VerifyParams
from mock_server.wire.workflows import WorkflowList, WorkflowState

T = TypeVar("T")
Moment = str | float | datetime
Span = str | float | timedelta
PAGE = 1000


class ChatKitMock:
    """One project of a running emulator. Every method is one call to `/_mock`; all raise ControlError when refused.

    clock, faults, journal, sessions: the parts of the project; workflows: those of the server.
    """

    def __init__(self, transport: Transport, *, project: str | None = None) -> None:
        """`project` is the one to act on, by default the server's own default."""
        self._transport, self.project = transport, project
        self.clock, self.faults = ClockHandle(self), FaultsHandle(self)
        self.journal, self.sessions = JournalHandle(self), SessionsHandle(self)
        self.workflows = WorkflowsHandle(self)

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

    def __init__(self, mock: ChatKitMock) -> None:
        self._mock = mock

    def state(self) -> ClockState:
        """How it is set."""
        return self._mock.ask("GET", "/clock", ClockState)

    def now(self) -> float:
        """Unix seconds."""
        return self.state().now

    def freeze(self, at: Moment | None = None) -> ClockState:
        """Stand still at a moment, or where it is."""
        return self._set("freeze", "now" if at is None else _moment(at))

    def travel_to(self, at: Moment) -> ClockState:
        """Jump to a moment; a running clock runs on from there."""
        return self._set("travel_to", _moment(at))

    def shift(
        self, by: Span = 0.0, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0
    ) -> ClockState:
        """Move by `10m`, a timedelta, seconds, or the parts named; backwards if negative."""
        parts = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds).total_seconds()
        return self._set("shift", _span(by) if by else parts)

    def tick(self, by: Span = 1.0) -> ClockState:
        """Move a frozen clock forward, by a second unless told otherwise."""
        return self._set("tick", _span(by))

    def scale(self, factor: float) -> ClockState:
        """Run on, so many times as fast as the world."""
        return self._set("scale", factor)

    def resume(self) -> ClockState:
        """Go on with the world's time, unmoved."""
        return self._set("resume", "now")

    def _set(self, name: str, value: str | float) -> ClockState:
        return self._mock.ask("PUT", "/clock", ClockState, body={name: value})


class FaultHandle:
    """A fault that was added; as a context manager it is taken away at the end."""

    def __init__(self, mock: ChatKitMock, rule: FaultRule) -> None:
        self._mock, self.id, self.name = mock, rule.id, rule.name

    @property
    def hits(self) -> int:
        """How many calls it has struck."""
        return next((rule.hits for rule in self._mock.faults.list() if rule.id == self.id), 0)

    def remove(self) -> None:
        """Take it away."""
        self._mock.faults.remove(self.id)

    def __enter__(self) -> Self:
        """It is at work already."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take it away, unless that was done."""
        if any(rule.id == self.id for rule in self._mock.faults.list()):
            self.remove()


class FaultsHandle:
    """The project's faults, tried in order: the first that fits a call strikes it."""

    def __init__(self, mock: ChatKitMock) -> None:
        self._mock = mock

    def add(
        self,
        operation: str | None = None,
        *,
        name: str | None = None,
        path: str | None = None,
        workflow: str | None = None,
        user: str | None = None,
        session: str | None = None,
        nth: int | list[int] | None = None,
        probability: float | None = None,
        times: int | None = None,
        lasts: Span | None = None,
        **do: Any,
    ) -> FaultHandle:
        """Add a fault: which calls it is for, how often, and by `do` what happens to them.

        `do` takes `error` (a status, or a FaultError), `retry_after` with it, `delay`, `drop`, `cut`, `malformed`,
        `truncated`, `bandwidth` and `end_session`, as described at `wire.faults.FaultAction`.
        """
        match = {"operation": operation, "path": path, "workflow": workflow, "user": user, "session": session}
        rule = {"name": name, "times": times, "lasts": None if lasts is None else _span(lasts)}
        body = {
            **_given(rule),
            "match": _given({**match, "nth": nth, "probability": probability}),
            "do": _action(do),
        }
        return FaultHandle(self._mock, self._mock.ask("POST", "/faults", FaultRule, body=body))

    def use(self, name: str) -> list[FaultRule]:
        """Add the faults of a shipped set, such as `flaky`."""
        return self._mock.ask("POST", f"/faults/sets/{quote(name, safe='')}", FaultList).faults

    def list(self) -> list[FaultRule]:
        """All of them, with what they count."""
        return self._mock.ask("GET", "/faults", FaultList).faults

    def remove(self, fault: str) -> None:
        """Take away one, by its id or name."""
        self._mock.ask("DELETE", f"/faults/{quote(fault, safe='')}", Cleared)

    def clear(self) -> int:
        """Take away all; gives how many there were."""
        return self._mock.ask("DELETE", "/faults", Cleared).cleared


class JournalHandle:
    """What the project was asked and what it answered. Filters are those of `wire.journal.RecordFilter`."""

    def __init__(self, mock: ChatKitMock) -> None:
        self._mock = mock

    def requests(self, operation: str | None = None, **filters: Any) -> list[Record]:
        """The requests that fit, oldest first."""
        found: list[Record] = []
        after = None
        while True:
            query = {"operation": operation, "order": "asc", "limit": PAGE, "after": after, **filters}
            page = self._mock.ask("GET", "/requests", RecordPage, query=query)
            found += page.data
            if not page.has_more:
                return found
            after = page.last_id

    def last(self, operation: str | None = None, **filters: Any) -> Record:
        """The newest request that fits. Raises AssertionError if there is none."""
        query = {"operation": operation, "limit": 1, **filters}
        page = self._mock.ask("GET", "/requests", RecordPage, query=query)
        if not page.data:
            self.assert_called(operation, **filters)
        return page.data[0]

    def get(self, request_id: str) -> Record:
        """One request."""
        return self._mock.ask("GET", f"/requests/{quote(request_id, safe='')}", Record)

    def verify(self, claim: VerifyParams) -> Verdict:
        """Whether a claim holds, and if not, why."""
        return self._mock.ask("POST", "/requests/verify", Verdict, body=claim)

    def assert_called(
        self,
        operation: str | None = None,
        *,
        times: int | None = None,
        at_least: int | None = None,
        at_most: int | None = None,
        **match: Any,
    ) -> list[str]:
        """Raise AssertionError, with the nearest misses, unless the request came so often; at least once by default.

        `match` takes the filters, `body` (JSON it contains) and `headers`. Gives the ids of the requests.
        """
        claim = VerifyParams(
            match=_match(operation, match),
            times=UNSET if times is None else times,
            at_least=UNSET if at_least is None else at_least,
            at_most=UNSET if at_most is None else at_most,
        )
        return self._assert(claim)

    def assert_not_called(self, operation: str | None = None, **match: Any) -> None:
        """Raise AssertionError if the request came."""
        self.assert_called(operation, times=0, **match)

    def assert_order(self, *operations: str | Mapping[str, Any]) -> list[str]:
        """Raise AssertionError unless these came in this order, with anything in between.

        Each is an operation, or the filters of a request.
        """
        sequence = [_match(each, {}) if isinstance(each, str) else _match(None, each) for each in operations]
        return self._assert(VerifyParams(sequence=sequence))

    def export(self, form: Literal["jsonl", "har", "wire"] = "jsonl", **filters: Any) -> str:
        """The journal as JSON Lines, HAR 1.2, or cases for `fixtures/wire`."""
        return self._mock.raw("GET", "/requests/export", query={"format": form, **filters}).decode()

    def curl(self, request_id: str) -> str:
        """One request as a shell command."""
        return self._mock.ask("GET", f"/requests/{quote(request_id, safe='')}/curl", CurlCommand).command

    def clear(self) -> int:
        """Forget all; gives how many there were."""
        return self._mock.ask("DELETE", "/requests", Cleared).cleared

    def _assert(self, claim: VerifyParams) -> list[str]:
        verdict = self.verify(claim)
        if not verdict.passed:
            raise AssertionError(verdict.explanation)
        return verdict.requests


class WorkflowsHandle:
    """The workflows with a script, of the whole server."""

    def __init__(self, mock: ChatKitMock) -> None:
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


class SessionsHandle:
    """The project's sessions, seen from behind."""

    def __init__(self, mock: ChatKitMock) -> None:
        self._mock = mock

    def list(self, *, status: str | None = None, user: str | None = None) -> list[SessionState]:
        """Up to 1,000 of them, newest first."""
        query = {"status": status, "user": user, "limit": PAGE}
        return self._mock.ask("GET", "/sessions", SessionList, query=query).sessions

    def get(self, session_id: str) -> SessionState:
        """One of them, with its history and what is left of it."""
        return self._mock.ask("GET", self._path(session_id), SessionState)

    def expire(self, session_id: str) -> SessionState:
        """Let one expire now."""
        return self._mock.ask("POST", f"{self._path(session_id)}/expire", SessionState)

    def cancel(self, session_id: str) -> SessionState:
        """Cancel one, without an API key."""
        return self._mock.ask("POST", f"{self._path(session_id)}/cancel", SessionState)

    @staticmethod
    def _path(session_id: str) -> str:
        return f"/sessions/{quote(session_id, safe='')}"


def _given(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _action(do: Mapping[str, Any]) -> dict[str, Any]:
    action = {name: _span(value) if name == "delay" else value for name, value in do.items()}
    if "retry_after" in action:
        error = msgspec.to_builtins(action.get("error", 429))
        whole = error if isinstance(error, dict) else {"status": error}
        action["error"] = {**whole, "retry_after": action.pop("retry_after")}
    return action


def _moment(moment: Moment) -> str | float:
    if isinstance(moment, datetime):
        if moment.tzinfo is None:
            raise ValueError(f"{moment} has no zone; write datetime(..., tzinfo=UTC)")
        return moment.isoformat()
    return moment


def _span(span: Span) -> str | float:
    return span.total_seconds() if isinstance(span, timedelta) else span


def _match(operation: str | None, match: Mapping[str, Any]) -> RecordMatch:
    given = dict(match) if operation is None else {"operation": operation, **match}
    return msgspec.convert(given, RecordMatch)

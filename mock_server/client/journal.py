"""The part of a handle that queries the journal."""

from collections.abc import Mapping
from typing import Any, Literal, TypedDict, Unpack
from urllib.parse import quote

from mock_server.client.control import PAGE, ControlClient
from mock_server.client.identity import IdLike, id_of
from mock_server.wire.control.operations import OperationName
from mock_server.wire.control.requests import (
    Cleared,
    CurlCommand,
    Outcome,
    Record,
    RecordPage,
    Verdict,
    VerifyParams,
)
from mock_server.wording import refuse_unknown

__tracebackhide__ = True  # pytest shows the line of the test


class Filters(TypedDict, total=False):
    """Which requests, as in `wire.control.requests.RecordFilter`."""

    method: str
    path: str
    status: int
    session: IdLike
    user: str
    workflow: str
    thread: IdLike
    fault: str
    outcome: Outcome


class Match(Filters, total=False):
    """Which requests, also by their bodies and headers, as in `wire.control.requests.RecordMatch`."""

    body: Any
    headers: Mapping[str, str]


class Claim(Match, total=False):
    """Which requests, and how often they were received."""

    times: int
    at_least: int
    at_most: int


class Expected(Match, total=False):
    """One request of an order."""

    operation: OperationName


class JournalHandle:
    """The project's requests and responses.

    Every method raises ControlError for a value that it can't understand, and TypeError for an unknown argument.
    """

    def __init__(self, control: ControlClient) -> None:
        self._control = control

    def requests(self, operation: OperationName | None = None, **filters: Unpack[Filters]) -> list[Record]:
        """Return the matching requests, oldest first."""
        found: list[Record] = []
        after = None
        while True:
            query = {"operation": operation, "order": "asc", "limit": PAGE, "after": after, **_plain(filters, Filters)}
            page = self._control.ask("GET", "/requests", RecordPage, query=query)
            found += page.data
            if not page.has_more:
                return found
            after = page.last_id

    def last(self, operation: OperationName | None = None, **filters: Unpack[Filters]) -> Record:
        """Return the newest matching request. Raises AssertionError if there is none."""
        query = {"operation": operation, "limit": 1, **_plain(filters, Filters)}
        page = self._control.ask("GET", "/requests", RecordPage, query=query)
        if not page.data:
            self._assert(as_claim(operation, filters))
        return page.data[0]

    def get(self, request: IdLike) -> Record:
        """Return one request."""
        return self._control.ask("GET", f"/requests/{quote(id_of(request), safe='')}", Record)

    def verify(self, claim: VerifyParams | Mapping[str, Any]) -> Verdict:
        """Return whether a claim holds and, if not, why."""
        return self._control.ask("POST", "/requests/verify", Verdict, body=claim)

    def assert_called(self, operation: OperationName | None = None, **claim: Unpack[Claim]) -> list[str]:
        """Raise AssertionError, with the nearest misses, unless matching requests were received this often.

        `times` is exact, `at_least` and `at_most` are bounds; the default is at least once. `body` is JSON that the
        request's body contains. Returns the ids of the requests.
        """
        return self._assert(as_claim(operation, claim))

    def assert_not_called(self, operation: OperationName | None = None, **match: Unpack[Match]) -> None:
        """Raise AssertionError if a matching request was received."""
        self._assert(as_claim(operation, {**match, "times": 0}))

    def assert_order(self, *requests: OperationName | Expected) -> list[str]:
        """Raise AssertionError unless these requests were received in this order, possibly with others in between.

        Each is an operation, or the filters of a request. Returns the ids of the requests.
        """
        sequence = [_expected(each) for each in requests]
        return self._assert({"sequence": sequence})

    def export(self, form: Literal["jsonl", "har", "wire"] = "jsonl", **filters: Unpack[Filters]) -> str:
        """Return the journal as JSON Lines, HAR 1.2, or cases for `fixtures/wire`."""
        return self._control.raw("GET", "/requests/export", query={"format": form, **_plain(filters, Filters)}).decode()

    def curl(self, request: IdLike) -> str:
        """Return a curl command that repeats a request."""
        return self._control.ask("GET", f"/requests/{quote(id_of(request), safe='')}/curl", CurlCommand).command

    def clear(self) -> int:
        """Clear the journal, and return how many requests it held."""
        return self._control.ask("DELETE", "/requests", Cleared).cleared

    def _assert(self, claim: Mapping[str, Any]) -> list[str]:
        verdict = self.verify(claim)
        if not verdict.passed:
            raise AssertionError(verdict.explanation)
        return verdict.requests


def as_claim(operation: OperationName | None, claim: Mapping[str, object]) -> dict[str, Any]:
    """Return a `Claim` in the form in which it is verified. Raises TypeError for a name that a claim does not have."""
    match = _plain(claim, Claim)
    counts: dict[str, Any] = {name: match.pop(name) for name in ("times", "at_least", "at_most") if name in match}
    return {"match": match if operation is None else {"operation": operation, **match}, **counts}


def _expected(request: OperationName | Expected) -> dict[str, Any]:
    if isinstance(request, str):
        return {"operation": request}
    if not isinstance(request, Mapping):
        raise TypeError(f"an operation or filters were expected, not {request!r}")
    return _plain(request, Expected)


def _plain(filters: Mapping[str, object], known: type[Filters]) -> dict[str, Any]:
    refuse_unknown(filters, known.__annotations__)
    given: dict[str, Any] = {name: value for name, value in filters.items() if value is not None}
    return given | {name: id_of(given[name]) for name in ("session", "thread") if name in given}

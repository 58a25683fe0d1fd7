"""The part of a handle that queries the journal."""

from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import quote

import msgspec
from msgspec import UNSET

from mock_server.client.control import PAGE, ControlClient
from mock_server.wire.control.requests import (
    Cleared,
    CurlCommand,
    Record,
    RecordMatch,
    RecordPage,
    Verdict,
    VerifyParams,
)


class JournalHandle:
    """The project's requests and responses. Filters are those of `wire.control.requests.RecordFilter`."""

    def __init__(self, control: ControlClient) -> None:
        self._control = control

    def requests(self, operation: str | None = None, **filters: Any) -> list[Record]:
        """Return the matching requests, oldest first."""
        found: list[Record] = []
        after = None
        while True:
            query = {"operation": operation, "order": "asc", "limit": PAGE, "after": after, **filters}
            page = self._control.ask("GET", "/requests", RecordPage, query=query)
            found += page.data
            if not page.has_more:
                return found
            after = page.last_id

    def last(self, operation: str | None = None, **filters: Any) -> Record:
        """Return the newest matching request. Raises AssertionError if there is none."""
        query = {"operation": operation, "limit": 1, **filters}
        page = self._control.ask("GET", "/requests", RecordPage, query=query)
        if not page.data:
            self.assert_called(operation, **filters)
        return page.data[0]

    def get(self, request_id: str) -> Record:
        """Return one request."""
        return self._control.ask("GET", f"/requests/{quote(request_id, safe='')}", Record)

    def verify(self, claim: VerifyParams) -> Verdict:
        """Return whether a claim holds and, if not, why."""
        return self._control.ask("POST", "/requests/verify", Verdict, body=claim)

    def assert_called(
        self,
        operation: str | None = None,
        *,
        times: int | None = None,
        at_least: int | None = None,
        at_most: int | None = None,
        **match: Any,
    ) -> list[str]:
        """Raise AssertionError, with the nearest misses, unless matching requests were received this often.

        The default is at least once. `match` takes the filters, `body` (JSON that it contains) and `headers`. Returns
        the ids of the requests.
        """
        __tracebackhide__ = True  # pytest shows the line of the test
        claim = VerifyParams(
            match=_match(operation, match),
            times=UNSET if times is None else times,
            at_least=UNSET if at_least is None else at_least,
            at_most=UNSET if at_most is None else at_most,
        )
        return self._assert(claim)

    def assert_not_called(self, operation: str | None = None, **match: Any) -> None:
        """Raise AssertionError if a matching request was received."""
        __tracebackhide__ = True
        self.assert_called(operation, times=0, **match)

    def assert_order(self, *operations: str | Mapping[str, Any]) -> list[str]:
        """Raise AssertionError unless these requests were received in this order, possibly with others in between.

        Each is an operation, or the filters of a request. Returns the ids of the requests.
        """
        __tracebackhide__ = True
        sequence = [_match(each, {}) if isinstance(each, str) else _match(None, each) for each in operations]
        return self._assert(VerifyParams(sequence=sequence))

    def export(self, form: Literal["jsonl", "har", "wire"] = "jsonl", **filters: Any) -> str:
        """Return the journal as JSON Lines, HAR 1.2, or cases for `fixtures/wire`."""
        return self._control.raw("GET", "/requests/export", query={"format": form, **filters}).decode()

    def curl(self, request_id: str) -> str:
        """Return a curl command that repeats a request."""
        return self._control.ask("GET", f"/requests/{quote(request_id, safe='')}/curl", CurlCommand).command

    def clear(self) -> int:
        """Clear the journal, and return how many requests it held."""
        return self._control.ask("DELETE", "/requests", Cleared).cleared

    def _assert(self, claim: VerifyParams) -> list[str]:
        __tracebackhide__ = True
        verdict = self.verify(claim)
        if not verdict.passed:
            raise AssertionError(verdict.explanation)
        return verdict.requests


def _match(operation: str | None, match: Mapping[str, Any]) -> RecordMatch:
    given = dict(match) if operation is None else {"operation": operation, **match}
    return msgspec.convert(given, RecordMatch)

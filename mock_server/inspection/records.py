"""The journal's entries in readable form: parsed, with keys and secrets masked."""

import shlex
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from msgspec import UNSET

from mock_server.errors import BodyMalformed
from mock_server.masking import hidden, hidden_header, hidden_or_none, hidden_query, hidden_value
from mock_server.patterns import is_like, is_named
from mock_server.state.journal import Entry, Journal
from mock_server.wire.codec import decode_any
from mock_server.wire.control.requests import (
    Record,
    RecordedMessage,
    RecordFilter,
    RequestsQuery,
    RequestSummary,
    SummariesQuery,
)
from mock_server.wire.headers import Headers, decode_headers
from mock_server.wire.shape import within_limits

_SET_BY_CURL = {"content-length", "host", "connection", "accept-encoding"}
_OF_CREDENTIALS = (b"ek_", b"sk-", b"\\u", b"\\x", b"%")  # without any of these, there is nothing to mask
PLAIN_IN_PATHS = "/:@!$&'()*+,;=-._~"


def record(entry: Entry, *, project: str) -> Record:
    """Return an entry in readable form."""
    events, times = entry.events, entry.event_times
    return Record(
        **_head(entry, project),
        request=_message(entry.headers, entry.body),
        response=_message(decode_headers(entry.response_head), entry.response_body) if entry.response_head else None,
        events=None if events is None else [_event(frame) for frame in events],
        event_times=None if times is None else [_milliseconds(at - entry.began) for at in times],
        failure=hidden_or_none(entry.failure),
        store=None if entry.calls is None else list(entry.calls),
    )


def summary(entry: Entry, *, project: str) -> RequestSummary:
    """Return an entry in short, without parsing its bodies."""
    events = entry.events
    return RequestSummary(**_head(entry, project), events=None if events is None else len(events))


def page(journal: Journal, query: RequestsQuery, *, project: str) -> dict[str, Any]:
    """Return a page of the journal, a RecordPage whose records are built one by one as they are read.

    A cursor that is not in the journal is ignored, as in the lists of the API.
    """
    fitting = [entry for entry in journal if fits(entry, query)]
    if query.order == "desc":
        fitting.reverse()
    start = next((at for at, entry in enumerate(fitting, start=1) if entry.id == query.after), 0)
    chosen = fitting[start : start + query.limit]
    return {
        "object": "list",
        "data": (record(entry, project=project) for entry in chosen),
        "first_id": chosen[0].id if chosen else None,
        "last_id": chosen[-1].id if chosen else None,
        "has_more": len(fitting) > start + query.limit,
        "forgotten": journal.forgotten,
    }


def predicate(wanted: SummariesQuery) -> Callable[[Entry], bool] | None:
    """Return a predicate that tells whether an entry matches a query; None if every entry does."""
    given = _given(wanted)
    status_class = int(wanted.status_class[0]) if wanted.status_class else None
    search = wanted.search.casefold() if wanted.search else ""
    if not given and status_class is None and not search:
        return None

    def fits(entry: Entry) -> bool:
        return (
            all(_is_as_wanted(entry, name, value) for name, value in given)
            and (status_class is None or entry.status // 100 == status_class)
            and (not search or search in "\n".join(filter(None, _searched(entry))).casefold())
        )

    return fits


def fits(entry: Entry | Record, wanted: RecordFilter) -> bool:
    """Return whether an entry matches a filter."""
    return not any(True for _ in misfits(entry, wanted))


def misfits(entry: Entry | Record, wanted: RecordFilter) -> "list[tuple[str, Any, Any]]":
    """Return the fields in which an entry does not match a filter: the name, and the expected and actual values."""
    return [
        (name, value, getattr(entry, name)) for name, value in _given(wanted) if not _is_as_wanted(entry, name, value)
    ]


def body_of(entry: Entry) -> Any:
    """Return a request's body: JSON, text, or None."""
    return _parsed(entry.body)


def curl(entry: Entry, *, base: str) -> str:
    """Return a shell command that sends a request to `base`, with its key or secret in `$OPENAI_API_KEY`."""
    query = f"?{hidden_query(entry.query)}" if entry.query else ""
    verb = ["-I"] if entry.method == "HEAD" else ["-X", entry.method]
    parts = ["curl", "-g", *verb, shlex.quote(f"{base}{quote(hidden(entry.path), safe=PLAIN_IN_PATHS)}{query}")]
    for name, value in texts(entry.headers):
        if name == "authorization":
            parts += ["-H", '"Authorization: Bearer $OPENAI_API_KEY"']
        elif name not in _SET_BY_CURL:
            parts += ["-H", shlex.quote(f"{hidden(name)}: {hidden_header(name, value)}")]
    if entry.body:
        parts += ["--data-raw", shlex.quote(hidden(entry.body.decode("utf-8", "replace")))]
    return " ".join(parts)


def hidden_headers(headers: Headers) -> dict[str, str]:
    """Return headers by name, repeated ones joined, with keys and secrets masked."""
    shown: dict[str, str] = {}
    for given, value in texts(headers):
        name, text = hidden(given), hidden_header(given, value)
        shown[name] = f"{shown[name]}, {text}" if name in shown else text
    return shown


def texts(headers: Headers) -> list[tuple[str, str]]:
    """Return headers as text, their names in lower case."""
    return [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in headers]


def _head(entry: Entry, project: str) -> dict[str, Any]:
    return {
        "id": entry.id,
        "project": project,
        "at": entry.at,
        "milliseconds": _milliseconds(entry.seconds),
        "operation": entry.operation,
        "method": entry.method,
        "path": hidden(entry.path),
        "query": hidden_query(entry.query),
        "status": entry.status or None,
        "outcome": entry.outcome,
        "session": hidden_or_none(entry.session),
        "user": hidden_or_none(entry.user),
        "workflow": hidden_or_none(entry.workflow),
        "thread": hidden_or_none(entry.thread),
        "fault": entry.fault,
    }


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 3)


def _given(wanted: RecordFilter) -> list[tuple[str, Any]]:
    said = ((name, getattr(wanted, name)) for name in RecordFilter.__struct_fields__)
    return [(name, value) for name, value in said if value is not UNSET]


def _is_as_wanted(entry: Entry | Record, name: str, value: Any) -> bool:
    match name:
        case "operation":
            return is_named(entry.operation, value)
        case "method":
            return entry.method == value.upper()  # type: ignore[no-any-return]
        case "path" | "fault":
            return is_like(getattr(entry, name), value)
    return getattr(entry, name) == value  # type: ignore[no-any-return]


def _searched(entry: Entry) -> tuple[str | None, ...]:
    subject = (entry.session, entry.user, entry.workflow, entry.thread, entry.fault)
    return (entry.id, entry.path, entry.operation, *subject)


def _message(headers: Headers, body: bytes) -> RecordedMessage:
    return RecordedMessage(headers=hidden_headers(headers), body=_shown(body), size=len(body))


def _event(frame: bytes) -> Any:
    return _shown(frame.removeprefix(b"data: ").rstrip(b"\n"))


def _shown(body: bytes) -> Any:
    """Return a body with its keys and secrets masked."""
    value = _parsed(body)
    return hidden_value(value) if any(mark in body for mark in _OF_CREDENTIALS) else value


def _parsed(body: bytes) -> Any:
    """Return the JSON in a body, or its text if it is not JSON as requests have to be; None if empty or not text."""
    if body and within_limits(body):
        with suppress(BodyMalformed):
            value = decode_any(body)
            return "null" if value is None else value
    try:
        return body.decode() or None
    except UnicodeDecodeError:
        return None

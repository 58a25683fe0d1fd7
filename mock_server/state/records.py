"""The journal's entries as people read them: parsed, and without a key or a secret."""

import shlex
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import msgspec
from msgspec import UNSET

from mock_server.state.faults import is_like, is_named
from mock_server.state.journal import Entry, Headers, Journal, parsed_head
from mock_server.state.masking import hidden, hidden_header, hidden_or_none, hidden_query, hidden_value
from mock_server.wire.codec import repeats_a_key
from mock_server.wire.journal import Message, Record, RecordFilter, RecordPage, RequestsQuery

_SET_BY_CURL = {"content-length", "host", "connection", "accept-encoding"}
_PLAIN_IN_PATHS = "/:@!$&'()*+,;=-._~"


def record(entry: Entry, *, project: str) -> Record:
    """An entry to show."""
    return Record(
        id=entry.id,
        project=project,
        at=entry.at,
        milliseconds=round(entry.seconds * 1000, 3),
        operation=entry.operation,
        method=entry.method,
        path=hidden(entry.path),
        query=hidden_query(entry.query),
        status=entry.status or None,
        outcome=entry.outcome,  # type: ignore[arg-type]
        session=hidden_or_none(entry.session),
        user=hidden_or_none(entry.user),
        workflow=hidden_or_none(entry.workflow),
        thread=hidden_or_none(entry.thread),
        fault=entry.fault,
        request=_message(entry.headers, entry.body),
        answer=_message(parsed_head(entry.answer_head), entry.answer) if entry.answer_head else None,
        events=None if entry.events is None else [_event(frame) for frame in entry.events],
    )


def page(journal: Journal, query: RequestsQuery, *, project: str) -> RecordPage:
    """A page of the journal. A cursor that is not there is no cursor, as with lists of the API."""
    fitting = [entry for entry in journal if fits(entry, query)]
    if query.order == "desc":
        fitting.reverse()
    start = next((at for at, entry in enumerate(fitting, start=1) if entry.id == query.after), 0)
    data = [record(entry, project=project) for entry in fitting[start : start + query.limit]]
    return RecordPage(
        data=data,
        first_id=data[0].id if data else None,
        last_id=data[-1].id if data else None,
        has_more=len(fitting) > start + query.limit,
        forgotten=journal.forgotten,
    )


def fits(entry: Entry | Record, wanted: RecordFilter) -> bool:
    """Whether an entry is among those asked for."""
    return not any(True for _ in misfits(entry, wanted))


def misfits(entry: Entry | Record, wanted: RecordFilter) -> "list[tuple[str, Any, Any]]":
    """The fields in which an entry is not as wanted: name, wanted, given."""
    checks: dict[str, Callable[[Any], bool]] = {
        "operation": lambda value: is_named(entry.operation, value),
        "method": lambda value: entry.method == value.upper(),
        "path": lambda value: is_like(entry.path, value),
        "fault": lambda value: is_like(entry.fault, value),
    }
    found = []
    for name in RecordFilter.__struct_fields__:
        value = getattr(wanted, name)
        if value is UNSET:
            continue
        given = getattr(entry, name)
        if not (checks[name](value) if name in checks else given == value):
            found.append((name, value, given))
    return found


def body_of(entry: Entry) -> Any:
    """A request's body: JSON, text, or None."""
    return _parsed(entry.body)


def curl(entry: Entry, *, base: str) -> str:
    """A request to `base` as a shell command, its key or secret in the variable `OPENAI_API_KEY`."""
    query = f"?{hidden_query(entry.query)}" if entry.query else ""
    verb = ["-I"] if entry.method == "HEAD" else ["-X", entry.method]
    parts = ["curl", "-g", *verb, shlex.quote(f"{base}{quote(hidden(entry.path), safe=_PLAIN_IN_PATHS)}{query}")]
    for name, value in texts(entry.headers):
        if name == "authorization":
            parts += ["-H", '"Authorization: Bearer $OPENAI_API_KEY"']
        elif name not in _SET_BY_CURL:
            parts += ["-H", shlex.quote(f"{name}: {hidden_header(name, value)}")]
    if entry.body:
        parts += ["--data-raw", shlex.quote(hidden(entry.body.decode("utf-8", "replace")))]
    return " ".join(parts)


def hidden_headers(headers: Headers) -> dict[str, str]:
    """Headers by name, several values joined, without keys and secrets."""
    shown: dict[str, str] = {}
    for name, value in texts(headers):
        text = hidden_header(name, value)
        shown[name] = f"{shown[name]}, {text}" if name in shown else text
    return shown


def texts(headers: Headers) -> list[tuple[str, str]]:
    """Headers as text."""
    return [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in headers]


def _message(headers: Headers, body: bytes) -> Message:
    return Message(headers=hidden_headers(headers), body=hidden_value(_parsed(body)), size=len(body))


def _event(frame: bytes) -> Any:
    return hidden_value(_parsed(frame.removeprefix(b"data: ").rstrip(b"\n")))


def _parsed(body: bytes) -> Any:
    """JSON if it is that, and keeps all that was sent; else text; None for nothing, and for what is no text."""
    if not body:
        return None
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        value = None
    if value is not None and not repeats_a_key(body):
        return value
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None

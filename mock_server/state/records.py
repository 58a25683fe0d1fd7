"""The journal's entries as people read them: parsed, and without a key or a secret."""

import re
import shlex
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import UNSET

from mock_server.ids import masked
from mock_server.state.faults import is_like, is_named
from mock_server.state.journal import Entry, Headers, Journal
from mock_server.wire.journal import Message, Record, RecordFilter, RecordPage, RequestsQuery

_CREDENTIAL = re.compile(r"\b(?:ek|sk)[_-][A-Za-z0-9_\-+/=]{6,}")
_KEY_HEADERS = {"authorization", "cookie", "proxy-authorization", "api-key", "x-api-key"}
_IN_ONE_PIECE = {"content-length", "host", "connection", "accept-encoding"}  # what curl sets by itself


def record(entry: Entry, *, project: str) -> Record:
    """An entry to show."""
    answered = entry.answer_headers is not None
    return Record(
        id=entry.id,
        project=project,
        at=entry.at,
        milliseconds=round(entry.seconds * 1000, 3),
        operation=entry.operation,
        method=entry.method,
        path=_hidden(entry.path),
        query=_hidden(entry.query.decode("latin-1")),
        status=entry.status or None,
        outcome=entry.outcome,  # type: ignore[arg-type]
        session=entry.session,
        user=entry.user,
        workflow=entry.workflow,
        fault=entry.fault,
        request=_message(entry.headers, entry.body),
        answer=_message(entry.answer_headers or [], entry.answer) if answered else None,
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
    query = f"?{_hidden(entry.query.decode('latin-1'))}" if entry.query else ""
    parts = ["curl", "-X", entry.method, shlex.quote(f"{base}{entry.path}{query}")]
    for name, value in _texts(entry.headers):
        if name == "authorization":
            parts += ["-H", '"Authorization: Bearer $OPENAI_API_KEY"']
        elif name not in _IN_ONE_PIECE:
            parts += ["-H", shlex.quote(f"{name}: {_hidden(value)}")]
    if entry.body:
        parts += ["--data-raw", shlex.quote(_hidden(entry.body.decode("utf-8", "replace")))]
    return " ".join(parts)


def hidden_headers(headers: Headers) -> dict[str, str]:
    """Headers by name, several values joined, without keys and secrets."""
    shown: dict[str, str] = {}
    for name, value in _texts(headers):
        text = _hidden_key(value) if name in _KEY_HEADERS else _hidden(value)
        shown[name] = f"{shown[name]}, {text}" if name in shown else text
    return shown


def _message(headers: Headers, body: bytes) -> Message:
    return Message(headers=hidden_headers(headers), body=_without_credentials(_parsed(body)), size=len(body))


def _event(frame: bytes) -> Any:
    return _without_credentials(_parsed(frame.removeprefix(b"data: ").rstrip(b"\n")))


def _parsed(body: bytes) -> Any:
    if not body:
        return None
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        pass
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None


def _without_credentials(value: Any) -> Any:
    match value:
        case str():
            return _hidden(value)
        case list():
            return [_without_credentials(each) for each in value]
        case dict():
            return {_hidden(key): _without_credentials(each) for key, each in value.items()}
    return value


def _hidden(text: str) -> str:
    return _CREDENTIAL.sub(lambda found: masked(found[0]), text)


def _hidden_key(value: str) -> str:
    scheme, space, key = value.partition(" ")
    return f"{scheme} {masked(key)}" if space else masked(value)


def _texts(headers: Headers) -> list[tuple[str, str]]:
    return [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in headers]

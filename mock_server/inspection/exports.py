"""Exports the journal in formats that other tools read."""

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import parse_qsl

import msgspec

import mock_server
from mock_server.config import BETA
from mock_server.moments import iso
from mock_server.wire.control.requests import Record, RecordedMessage
from mock_server.wire.pieces import encoded

_ID = re.compile(r"(cksess|ek|cthr|cti|cfile)_[0-9a-f*]{8,}\S*")
_STANDARD = {"openai-beta": BETA, "content-type": "application/json"}  # what cases leave out


def json_lines(records: Iterable[Record]) -> Iterator[bytes]:
    """Yield JSON Lines, one record per line."""
    for record in records:
        yield msgspec.json.encode(record) + b"\n"


def har(records: Iterable[Record]) -> Iterator[bytes]:
    """Yield an HTTP Archive (HAR 1.2), which browsers and proxies can open."""
    log = {
        "version": "1.2",
        "creator": {"name": "chatkit-mock-server", "version": mock_server.__version__},
        "entries": map(_har_entry, records),
    }
    return encoded({"log": log})


def wire_cases(records: Iterable[Record]) -> Iterator[bytes]:
    """Yield YAML documents in the format of `fixtures/wire`, one per request whose response was not a stream."""
    import yaml  # noqa: PLC0415 - for this export only

    dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    for record in records:
        if record.response is not None and record.events is None:
            text = yaml.dump(_case(record), Dumper=dumper, sort_keys=False, allow_unicode=True, explicit_start=True)
            yield text.encode()
        else:
            yield b""


def _har_entry(record: Record) -> dict[str, Any]:
    answer = record.response or RecordedMessage(headers={}, body=None, size=0)
    host = record.request.headers.get("host", "127.0.0.1")
    query = f"?{record.query}" if record.query else ""
    text = _text(answer.body)
    if record.events is not None:
        text = "".join(f"data: {_text(event)}\n\n" for event in record.events)
    return {
        "startedDateTime": iso(record.at),
        "time": record.milliseconds,
        "request": {
            "method": record.method,
            "url": f"http://{host}{record.path}{query}",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _pairs(record.request.headers),
            "queryString": [{"name": name, "value": value} for name, value in parse_qsl(record.query)],
            "headersSize": -1,
            "bodySize": record.request.size,
            **_har_body(record.request),
        },
        "response": {
            "status": record.status or 0,
            "statusText": "",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _pairs(answer.headers),
            "content": {"size": len(text.encode()), "mimeType": answer.headers.get("content-type", ""), "text": text},
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": -1,
        },
        "cache": {},
        "timings": {"send": 0, "wait": record.milliseconds, "receive": 0},
        "comment": f"{record.id} {record.operation or ''} {record.fault or ''}".strip(),
    }


def _har_body(request: RecordedMessage) -> dict[str, Any]:
    if not request.size:
        return {}
    media_type = request.headers.get("content-type", "")
    return {"postData": {"mimeType": media_type, "text": _text(request.body)}}


def _pairs(headers: dict[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers.items()]


def _text(body: Any) -> str:
    if body is None:
        return ""
    return body if isinstance(body, str) else msgspec.json.encode(body).decode()


def _case(record: Record) -> dict[str, Any]:
    """Return a wire case; values that differ from run to run become placeholders, as in the shipped cases."""
    assert record.response is not None
    request: dict[str, Any] = {"method": record.method, "path": record.path}
    if record.query:
        request["path"] += f"?{record.query}"
    if isinstance(record.request.body, dict | list):
        request["body"] = record.request.body
    elif record.request.body is not None:
        request["text"] = record.request.body
    sent = record.request.headers
    headers = {name: sent.get(name) for name, value in _STANDARD.items() if sent.get(name) != value}
    if "authorization" not in sent or record.status == 401:
        headers["authorization"] = sent.get("authorization")
    if headers:
        request["headers"] = headers
    return {
        "provenance": {"mark": "inferred", "source": "recorded from the emulator's journal"},
        "request": request,
        "answer": {"status": record.status, "body": _placeholders(record.response.body, now=record.at)},
    }


def _placeholders(value: Any, *, now: float, key: str = "") -> Any:
    match value:
        case dict():
            return {name: _placeholders(each, now=now, key=name) for name, each in value.items()}
        case list():
            return [_placeholders(each, now=now) for each in value]
        case str() if _ID.fullmatch(value):
            return f"<{value.partition('_')[0]}>"
        case int() if key in {"expires_at", "created_at"}:
            return f"<now+{value - int(now)}>"
    return value

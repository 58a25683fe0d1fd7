"""Reading responses with suspicion: what is not exactly HTTP/1.1 is an error."""

import asyncio
import json
import re
from typing import Any, NamedTuple

_STATUS = re.compile(rb"HTTP/1\.1 ([1-5]\d\d) [ -~]*")
_HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+): ?([\t -~\x80-\xff]*)")
_ERROR = {"message", "type", "param", "code"}


class Garbled(Exception):
    """What arrived is no response."""


class Response(NamedTuple):
    """A response; names of headers are in lower case."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes
    head: bytes

    def is_failure_in_order(self) -> bool:
        """Whether this has the envelope that errors have."""
        try:
            error: Any = json.loads(self.body)["error"]
        except (ValueError, TypeError, KeyError):
            return False
        return isinstance(error, dict) and error.keys() == _ERROR and isinstance(error["message"], str)


async def read_response(stream: asyncio.StreamReader, *, method: str) -> Response | None:
    """Return the next response that is no interim one, or None at the end. Raises Garbled, OSError."""
    try:
        head = await stream.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise Garbled(f"the connection ends within a head: {error.partial!r}") from None
        return None
    first, *lines = head[:-4].split(b"\r\n")
    status = _STATUS.fullmatch(first)
    headers = [_HEADER.fullmatch(line) for line in lines]
    if status is None or None in headers:
        raise Garbled(f"this is no head: {head!r}")
    if status[1].startswith(b"1"):
        return await read_response(stream, method=method)
    named = {header[1].lower(): header[2] for header in headers if header}
    bodiless = method == "HEAD" or status[1] in {b"204", b"304"}
    body = b"" if bodiless else await _body(stream, named)
    return Response(int(status[1]), named, body, head)


async def _body(stream: asyncio.StreamReader, headers: dict[bytes, bytes]) -> bytes:
    try:
        if headers.get(b"transfer-encoding") == b"chunked":
            return await _chunks(stream)
        if b"content-length" in headers:
            return await stream.readexactly(int(headers[b"content-length"]))
        if headers.get(b"connection") != b"close":
            raise Garbled(f"nothing says how long the body is: {headers}")
        return await stream.read()
    except asyncio.IncompleteReadError as error:
        raise Garbled(f"the connection ends within a body: {error.partial[-200:]!r}") from None


async def _chunks(stream: asyncio.StreamReader) -> bytes:
    body = b""
    while size := await _size(stream):
        body += await stream.readexactly(size)
        if await stream.readexactly(2) != b"\r\n":
            raise Garbled("a chunk is longer than its size")
    if await stream.readexactly(2) != b"\r\n":
        raise Garbled("there is something behind the last chunk")
    return body


async def _size(stream: asyncio.StreamReader) -> int:
    line = await stream.readuntil(b"\r\n")
    if not re.fullmatch(rb"[0-9a-f]{1,8}\r\n", line):
        raise Garbled(f"this is no size of a chunk: {line!r}")
    return int(line, 16)

"""A file as a response: opened before the response begins, so that nothing can take it away meanwhile."""

import os
import re
from collections.abc import AsyncIterator
from typing import IO
from urllib.parse import quote

import anyio.to_thread
from msgspec import Struct
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from mock_server.errors import RangeOutside
from mock_server.http.context import RequestContext

_PIECE = 256 * 1024  # bytes per read
_RANGE = re.compile(rb"bytes=(\d{0,18})-(\d{0,18})")


class Part(Struct, frozen=True):
    """Bytes of a file, from `start` up to but without `end`."""

    start: int
    end: int


class FileResponse(StreamingResponse):
    """A file, or the part of it that the request's `Range` header asks for.

    It closes the file. Raises RangeOutside.
    """

    def __init__(self, context: RequestContext, file: IO[bytes], *, headers: dict[str, str]) -> None:
        self._file = file
        try:
            size = os.fstat(self._file.fileno()).st_size
            part = requested_part(context, size)
        except BaseException:
            self._file.close()
            raise
        sent = part or Part(0, size)
        own = {**headers, "accept-ranges": "bytes", "content-length": str(sent.end - sent.start)}
        if part is not None:
            own["content-range"] = f"bytes {part.start}-{part.end - 1}/{size}"
        pieces = _pieces(self._file, Part(0, 0) if context.method == "HEAD" else sent)
        super().__init__(pieces, status_code=200 if part is None else 206, headers=own)

    async def __call__(self, _: Scope, __: Receive, send: Send) -> None:
        """Send it, and close the file whatever becomes of that."""
        with self._file:
            await self.stream_response(send)  # `send` raises if the client has gone


def requested_part(context: RequestContext, size: int) -> Part | None:
    """Return the part that a request asks for, None for the whole. Raises RangeOutside.

    A range that is malformed, one of several and one under a condition are ignored, as a server may (RFC 9110, 14.2).
    """
    found = _RANGE.fullmatch(context.headers.get(b"range", b"").replace(b" ", b""))
    if found is None or found[1] == found[2] == b"" or b"if-range" in context.headers:
        return None
    if not found[1]:
        start, end = max(0, size - int(found[2])), size
    else:
        start, end = int(found[1]), min(size, int(found[2]) + 1) if found[2] else size
        if found[2] and int(found[2]) < start:
            return None
    if start >= end:
        raise RangeOutside(size)
    return Part(start, end)


def disposition(name: str, *, in_place: bool) -> str:
    """Return a `Content-Disposition` for a file of this name, with nothing in it that a header can't hold."""
    return f"{'inline' if in_place else 'attachment'}; filename*=utf-8''{quote(name, safe='', errors='replace')}"


async def _pieces(file: IO[bytes], part: Part) -> AsyncIterator[bytes]:
    file.seek(part.start)
    left = part.end - part.start
    while left > 0:
        piece = await anyio.to_thread.run_sync(file.read, min(_PIECE, left))
        if not piece:
            return
        left -= len(piece)
        yield piece

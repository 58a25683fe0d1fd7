"""One request to an application without a socket, and its response."""

import asyncio
from typing import Any
from urllib.parse import unquote, urlsplit

from starlette.types import ASGIApp, Message, Scope

__tracebackhide__ = True  # pytest shows the line of the test
_AHEAD = 32  # how many messages an application may be ahead of its reader
_PATIENCE = 0.5  # seconds for an application to end after its reader has left
_END = object()

Headers = list[tuple[bytes, bytes]]


class Exchange:
    """One request and its response. Everything but the constructor runs in the loop."""

    def __init__(self, app: ASGIApp, scope: Scope, body: bytes) -> None:
        self._app, self._scope, self._body = app, scope, body
        self._messages: asyncio.Queue[Any] = asyncio.Queue(_AHEAD)
        self._left = asyncio.Event()
        self._asked = False
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> tuple[int, Headers]:
        """Return the status and the headers, once they are there.

        Raises what the application raised, or ConnectionResetError if it ended without a response.
        """
        self._task = asyncio.ensure_future(self._serve())
        message = await self._next()
        if message is _END:
            raise ConnectionResetError("the server disconnected without sending a response")
        return message["status"], list(message.get("headers", []))

    async def more(self) -> bytes | None:
        """Return the next piece of the body, or None at its end. Raises ConnectionResetError if the body is cut off."""
        message = await self._next()
        if message is _END:
            raise ConnectionResetError("the server closed the connection before the body was complete")
        if not message.get("more_body", False):
            self._asked = True
            return message.get("body") or None
        body: bytes = message.get("body", b"")
        return body

    @property
    def is_complete(self) -> bool:
        """Whether the last piece has been read."""
        return self._asked

    async def leave(self) -> None:
        """Disconnect: the application is notified, and gets a moment to end by itself."""
        self._left.set()
        while not self._messages.empty():
            self._messages.get_nowait()
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=_PATIENCE)
            self._task.cancel()

    async def _next(self) -> Any:
        message = await self._messages.get()
        if isinstance(message, Exception):
            raise message
        return message

    async def _serve(self) -> None:
        end: Any = _END
        try:
            await self._app(self._scope, self._receive, self._send)
        except Exception as error:  # noqa: BLE001 - passed on to the reader
            end = error
        if not self._left.is_set():
            await self._messages.put(end)

    async def _receive(self) -> Message:
        body, self._body = self._body, b""
        if self._scope.pop("mock_server.unread", False):
            return {"type": "http.request", "body": body, "more_body": False}
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if self._left.is_set():
            return
        put = asyncio.ensure_future(self._messages.put(message))
        left = asyncio.ensure_future(self._left.wait())
        await asyncio.wait({put, left}, return_when=asyncio.FIRST_COMPLETED)
        put.cancel()
        left.cancel()


def scope_of(method: str, url: str, headers: Headers) -> Scope:
    """Return the ASGI scope of a request."""
    parts = urlsplit(url)
    given = [(name.lower(), value) for name, value in headers]
    if not any(name == b"host" for name, _ in given):
        given.append((b"host", parts.netloc.encode()))
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": parts.scheme,
        "path": unquote(parts.path) or "/",
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "root_path": "",
        "headers": given,
        "client": ("127.0.0.1", 0),
        "server": (parts.hostname or "", parts.port or 80),
        "mock_server.unread": True,
    }

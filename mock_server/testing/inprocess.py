"""An emulator without a socket: requests reach the application directly, responses stream as they are produced."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator, Mapping
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import unquote, urlsplit

from starlette.types import ASGIApp, Message, Scope

from mock_server.client.transport import TIMEOUT, Unreachable, refusal
from mock_server.server.loop import loop_factory

__tracebackhide__ = True  # pytest shows the line of the test
T = TypeVar("T")
ORIGIN = "http://mock.localhost"  # a name for this machine, where nothing listens
_AHEAD = 32  # how many messages an application may be ahead of its reader
_PATIENCE = 0.5  # seconds for an application to end after its reader has left
_END = object()

Headers = list[tuple[bytes, bytes]]


class LoopThread:
    """A thread with an event loop for the application; the loop's time can't be frozen."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name="chatkit-mock", daemon=True)
        self._started: Future[None] = Future()

    def start(self) -> None:
        """Start, and return once the loop runs. Raises what kept it from running."""
        self._thread.start()
        self._started.result()

    def stop(self) -> None:
        """Cancel everything that runs, and return once the thread has ended."""
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def submit(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        """Run a coroutine in the loop. Raises Unreachable if the thread has stopped."""
        if self._loop is None or not self._thread.is_alive():
            work.close()
            raise Unreachable(ORIGIN, "it has stopped")
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            try:
                self._loop = runner.get_loop()
            except Exception as error:  # noqa: BLE001 - raised by `start`
                self._started.set_exception(error)
                return
            self._loop.call_soon(self._started.set_result, None)
            self._loop.run_forever()  # closing the runner cancels what is left


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


class InProcess:
    """An application that is reached without a socket; a context manager and a `client.transport.Transport`."""

    origin = ORIGIN

    def __init__(self, app: ASGIApp) -> None:
        self.app, self.loop = app, LoopThread()

    def __enter__(self) -> Self:
        """Start the loop's thread."""
        self.loop.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the loop's thread."""
        self.loop.stop()

    def begin(self, method: str, url: str, headers: Headers, body: bytes) -> Exchange:
        """Return a new exchange; awaiting its `start` sends the request."""
        return Exchange(self.app, scope_of(method, url, headers), body)

    def call(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> bytes:
        """Send a request, and return the response's body. Raises ControlError, Unreachable."""
        sent = [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()]
        if body is not None:
            sent.append((b"content-type", b"application/json"))
        exchange = self.begin(method, ORIGIN + path, sent, body or b"")
        status, answered = self.loop.submit(exchange.start()).result(TIMEOUT)
        content = b"".join(self.pieces(exchange))
        if status >= 400:
            hint = dict(answered).get(b"x-mock-hint", b"").decode("latin-1")
            raise refusal(status, content, hint=hint)
        return content

    def lines(self, path: str) -> Iterator[bytes]:
        """Yield the lines of an endless response. Raises Unreachable."""
        exchange = self.begin("GET", ORIGIN + path, [], b"")
        self.loop.submit(exchange.start()).result(TIMEOUT)
        try:
            for piece in self.pieces(exchange):
                yield from piece.splitlines(keepends=True)
        finally:
            self.loop.submit(exchange.leave()).result(TIMEOUT)

    def pieces(self, exchange: Exchange) -> Iterator[bytes]:
        """Yield the pieces of a body as they are produced."""
        while not exchange.is_complete:
            piece = self.loop.submit(exchange.more()).result()
            if piece:
                yield piece

"""An emulator without a socket: requests reach the application directly, responses stream as they are produced."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator, Mapping
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Self, TypeVar

from starlette.types import ASGIApp

from mock_server.client.transport import TIMEOUT, Unreachable, refusal
from mock_server.inprocess.exchange import Exchange, Headers, scope_of
from mock_server.server.loop import loop_factory

__tracebackhide__ = True  # pytest shows the line of the test
T = TypeVar("T")
ORIGIN = "http://mock.localhost"  # a name for this machine, where nothing listens


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

"""Transports for httpx and httpx2, and so for the official clients, that reach an emulator without a socket.

Errors are raised as on a socket. The asynchronous transport is for asyncio and trio.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any, TypeVar

import anyio
import anyio.to_thread

from mock_server.inprocess.emulator import InProcess
from mock_server.inprocess.exchange import Exchange

T = TypeVar("T")


def mock_transport(emulator: InProcess, *, library: Any) -> Any:
    """Return a transport for a `Client` of the library, which is the module httpx or httpx2."""
    stream = type("MockStream", (_Stream, library.SyncByteStream), {})
    bases, members = (_Transport, library.BaseTransport), {"library": library, "stream": stream}
    return type("MockTransport", bases, members)(emulator)


def async_mock_transport(emulator: InProcess, *, library: Any) -> Any:
    """Return a transport for an `AsyncClient` of the library, which is the module httpx or httpx2."""
    stream = type("AsyncMockStream", (_AsyncStream, library.AsyncByteStream), {})
    bases, members = (_AsyncTransport, library.AsyncBaseTransport), {"library": library, "stream": stream}
    return type("AsyncMockTransport", bases, members)(emulator)


class _Base:
    library: Any
    stream: Any

    def __init__(self, emulator: InProcess) -> None:
        self._emulator = emulator

    def _begin(self, request: Any, body: bytes) -> Exchange:
        return self._emulator.begin(request.method, str(request.url), list(request.headers.raw), body)

    def _response(self, exchange: Exchange, request: Any, status: int, headers: list[tuple[bytes, bytes]]) -> Any:
        stream = self.stream(self._emulator, exchange, request, self.library)
        return self.library.Response(status, headers=headers, stream=stream, request=request)


class _Transport(_Base):
    def handle_request(self, request: Any) -> Any:
        """Send a request. Raises the library's RemoteProtocolError if the connection breaks, ReadTimeout."""
        exchange = self._begin(request, request.read())
        with _errors_of(self.library, request):
            try:
                status, headers = self._emulator.loop.submit(exchange.start()).result(_timeout(request))
            except TimeoutError:
                self._emulator.loop.submit(exchange.leave())
                raise
        return self._response(exchange, request, status, headers)


class _AsyncTransport(_Base):
    async def handle_async_request(self, request: Any) -> Any:
        """Send a request. Raises the library's RemoteProtocolError if the connection breaks, ReadTimeout."""
        exchange = self._begin(request, await request.aread())
        with _errors_of(self.library, request):
            try:
                status, headers = await _awaited(self._emulator.loop.submit(exchange.start()), _timeout(request))
            except BaseException:  # a cancelled task, too
                self._emulator.loop.submit(exchange.leave())
                raise
        return self._response(exchange, request, status, headers)


class _Body:
    def __init__(self, emulator: InProcess, exchange: Exchange, request: Any, library: Any) -> None:
        self._loop, self._exchange, self._request, self._library = emulator.loop, exchange, request, library


class _Stream(_Body):
    def __iter__(self) -> Iterator[bytes]:
        while not self._exchange.is_complete:
            with _errors_of(self._library, self._request):
                piece = self._loop.submit(self._exchange.more()).result(_timeout(self._request))
            if piece:
                yield piece

    def close(self) -> None:
        self._loop.submit(self._exchange.leave()).result()


class _AsyncStream(_Body):
    async def __aiter__(self) -> AsyncIterator[bytes]:
        while not self._exchange.is_complete:
            with _errors_of(self._library, self._request):
                piece = await _awaited(self._loop.submit(self._exchange.more()), _timeout(self._request))
            if piece:
                yield piece

    async def aclose(self) -> None:
        left = self._loop.submit(self._exchange.leave())
        with anyio.CancelScope(shield=True):
            await _awaited(left, None)


@contextmanager
def _errors_of(library: Any, request: Any) -> Iterator[None]:
    """Raise what a library raises, where a connection breaks or takes too long."""
    try:
        yield
    except TimeoutError as error:
        raise library.ReadTimeout("the emulator sent nothing in time", request=request) from error
    except ConnectionResetError as error:
        raise library.RemoteProtocolError(str(error), request=request) from error


def _timeout(request: Any) -> float | None:
    timeout: float | None = request.extensions.get("timeout", {}).get("read")
    return timeout


async def _awaited(future: "Future[T]", timeout: float | None) -> T:  # noqa: ASYNC109 - the client's own timeout
    try:
        asyncio.get_running_loop()
    except RuntimeError:  # on trio, where a thread waits
        return await _awaited_by_thread(future, timeout)
    return await asyncio.wait_for(asyncio.wrap_future(future), timeout)


async def _awaited_by_thread(future: "Future[T]", timeout: float | None) -> T:  # noqa: ASYNC109 - see above
    own = anyio.CapacityLimiter(1)  # of this thread: any number may wait
    try:
        return await anyio.to_thread.run_sync(future.result, timeout, abandon_on_cancel=True, limiter=own)
    finally:
        future.cancel()  # which ends the thread, if it still waits

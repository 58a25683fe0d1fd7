"""Transports for httpx2, and so for the official clients, that reach an emulator without a socket.

Errors are raised as on a socket. The asynchronous transport is for asyncio.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from typing import TypeVar

import httpx2

from mock_server.testing.inprocess import Exchange, InProcess

T = TypeVar("T")


class MockTransport(httpx2.BaseTransport):
    """A transport for `httpx2.Client(transport=...)`."""

    def __init__(self, emulator: InProcess) -> None:
        self._emulator = emulator

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request. Raises httpx2.RemoteProtocolError if the connection breaks, ReadTimeout."""
        exchange = self._emulator.begin(request.method, str(request.url), list(request.headers.raw), request.read())
        started = self._emulator.loop.submit(exchange.start())
        try:
            status, headers = started.result(_timeout(request))
        except TimeoutError as error:
            self._emulator.loop.submit(exchange.leave())
            raise httpx2.ReadTimeout("the emulator did not respond in time", request=request) from error
        except ConnectionResetError as error:
            raise httpx2.RemoteProtocolError(str(error), request=request) from error
        stream = _Stream(self._emulator, exchange, request)
        return httpx2.Response(status, headers=headers, stream=stream, request=request)


class AsyncMockTransport(httpx2.AsyncBaseTransport):
    """A transport for `httpx2.AsyncClient(transport=...)`, on asyncio."""

    def __init__(self, emulator: InProcess) -> None:
        self._emulator = emulator

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request. Raises httpx2.RemoteProtocolError if the connection breaks, ReadTimeout."""
        body = await request.aread()
        exchange = self._emulator.begin(request.method, str(request.url), list(request.headers.raw), body)
        try:
            status, headers = await _awaited(self._emulator.loop.submit(exchange.start()), _timeout(request))
        except (TimeoutError, asyncio.CancelledError) as error:
            self._emulator.loop.submit(exchange.leave())
            if isinstance(error, asyncio.CancelledError):
                raise
            raise httpx2.ReadTimeout("the emulator did not respond in time", request=request) from error
        except ConnectionResetError as error:
            raise httpx2.RemoteProtocolError(str(error), request=request) from error
        stream = _AsyncStream(self._emulator, exchange, request)
        return httpx2.Response(status, headers=headers, stream=stream, request=request)


class _Stream(httpx2.SyncByteStream):
    def __init__(self, emulator: InProcess, exchange: Exchange, request: httpx2.Request) -> None:
        self._emulator, self._exchange, self._request = emulator, exchange, request

    def __iter__(self) -> Iterator[bytes]:
        while not self._exchange.is_complete:
            try:
                piece = self._emulator.loop.submit(self._exchange.more()).result(_timeout(self._request))
            except TimeoutError as error:
                raise httpx2.ReadTimeout("the emulator sent no data in time", request=self._request) from error
            except ConnectionResetError as error:
                raise httpx2.RemoteProtocolError(str(error), request=self._request) from error
            if piece:
                yield piece

    def close(self) -> None:
        self._emulator.loop.submit(self._exchange.leave()).result()


class _AsyncStream(httpx2.AsyncByteStream):
    def __init__(self, emulator: InProcess, exchange: Exchange, request: httpx2.Request) -> None:
        self._emulator, self._exchange, self._request = emulator, exchange, request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while not self._exchange.is_complete:
            try:
                more = self._emulator.loop.submit(self._exchange.more())
                piece = await _awaited(more, _timeout(self._request))
            except TimeoutError as error:
                raise httpx2.ReadTimeout("the emulator sent no data in time", request=self._request) from error
            except ConnectionResetError as error:
                raise httpx2.RemoteProtocolError(str(error), request=self._request) from error
            if piece:
                yield piece

    async def aclose(self) -> None:
        await asyncio.wrap_future(self._emulator.loop.submit(self._exchange.leave()))


def _timeout(request: httpx2.Request) -> float | None:
    timeout: float | None = request.extensions.get("timeout", {}).get("read")
    return timeout


async def _awaited(future: "Future[T]", timeout: float | None) -> T:  # noqa: ASYNC109 - the client's own timeout
    return await asyncio.wait_for(asyncio.wrap_future(future), timeout)

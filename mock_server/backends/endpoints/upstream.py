"""A response as it arrives on a connection to a server of the user's own."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

import httptools

from mock_server.backends.endpoints.address import Address
from mock_server.errors import BackendFailed
from mock_server.wire.headers import Headers, encode_headers

T = TypeVar("T")
_CONNECTING, _HEAD = 5.0, 60.0  # seconds
_AT_ONCE = 65_536  # bytes that are read at once
_MOST_HEAD = 262_144  # bytes of a response's headers
_NO_LENGTH = {b"content-length", b"transfer-encoding"}
_BROKEN = (OSError, EOFError, httptools.HttpParserError, httptools.HttpParserUpgrade)


class BrokenOff(Exception):
    """A response that did not come to its end; the message says why."""


class Upstream:
    """One request over a connection of its own, read no faster than it is asked for.

    status, headers: those of the response, once `ask` has returned; names are in lower case.
    """

    def __init__(self, address: Address) -> None:
        self._address = address
        self._parser = httptools.HttpResponseParser(self)
        self._writer: asyncio.StreamWriter | None = None
        self._body = bytearray()
        self._coming: Headers = []
        self.status, self.headers = 0, dict[bytes, bytes]()
        self._is_complete = False
        self._error: Exception | None = None

    async def ask(self, headers: Headers, body: bytes) -> None:
        """Send a request, and return when the head of its response is there. Raises BackendFailed."""
        await self._connect()
        head = b"POST %b HTTP/1.1\r\n%b\r\n" % (self._address.target.encode(), encode_headers(headers))
        try:
            await _within(_HEAD, self._exchange(head + body))
        except TimeoutError:
            raise self._failed(f"has not answered within {_HEAD:.0f} seconds") from None
        except httptools.HttpParserError as error:
            raise self._failed(f"does not answer in HTTP/1.1 ({error})") from None
        except httptools.HttpParserUpgrade:
            raise self._failed("answered with another protocol (status 101)") from None
        except (OSError, EOFError) as error:
            raise self._failed(f"closed the connection without an answer ({_reason(error)})") from None

    async def piece(self) -> bytes:
        """Return what has arrived of the body, at least a byte; none at the end. Raises BrokenOff."""
        try:
            while not self._body and not self._is_complete:
                await self._read()
        except _BROKEN as error:
            raise BrokenOff(_reason(error)) from None
        body, self._body = bytes(self._body), bytearray()
        return body

    def close(self) -> None:
        """Close the connection at once."""
        if self._writer is not None:
            self._writer.transport.abort()

    async def _connect(self) -> None:
        address = self._address
        name = address.host if address.is_secure else None
        opening = asyncio.open_connection(address.host, address.port, ssl=address.tls, server_hostname=name)
        try:
            self._reader, self._writer = await _within(_CONNECTING, opening)
        except TimeoutError:
            reason = f"did not accept a connection within {_CONNECTING:.0f} seconds"
            raise self._failed(reason, hint="Is it running, and is the address right?") from None
        except (OSError, UnicodeError) as error:  # also what ssl raises
            raise self._failed(
                f"can't be reached ({_reason(error)})", hint="Start it, or name another address."
            ) from None

    async def _exchange(self, request: bytes) -> None:
        assert self._writer is not None
        self._writer.write(request)
        sent = 0
        while not self.status:
            sent += await self._read()
            if sent > _MOST_HEAD and not self.status:
                raise self._failed(f"answered with headers of more than {_MOST_HEAD // 1024} KiB")

    async def _read(self) -> int:
        """Read once. Raises EOFError where the response should go on."""
        if self._error is not None:
            raise self._error
        piece = await self._reader.read(_AT_ONCE)
        if piece:
            self._feed(piece)
        elif self.status and not _NO_LENGTH & self.headers.keys():
            self._is_complete = True  # such a body ends with the connection
        else:
            raise EOFError("end of the connection")
        return len(piece)

    def _feed(self, piece: bytes) -> None:
        try:
            self._parser.feed_data(piece)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            if not self.status:
                raise
            self._error = error  # met after what came before it; what follows a whole response is never met

    def _failed(self, what: str, *, hint: str | None = None) -> BackendFailed:
        return BackendFailed(502, f"Your server at {self._address.url} {what}", hint=hint)

    # What httptools calls.

    def on_message_begin(self) -> None:
        """Begin a response."""
        self._coming = []

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header."""
        self._coming.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """Keep the status, unless it is one that announces another."""
        status = self._parser.get_status_code()
        if status >= 200 and not self.status:
            self.status, self.headers = status, dict(self._coming)

    def on_body(self, body: bytes) -> None:
        """Keep a piece of the body."""
        if not self._is_complete:
            self._body += body

    def on_message_complete(self) -> None:
        """Note the end."""
        self._is_complete = bool(self.status)


async def _within(seconds: float, work: Awaitable[T]) -> T:
    async with asyncio.timeout(seconds):
        return await work


def _reason(error: BaseException) -> str:
    text = getattr(error, "verify_message", None) or getattr(error, "strerror", None) or str(error)
    return " ".join((text or type(error).__name__).split())

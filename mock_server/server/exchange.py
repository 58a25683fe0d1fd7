"""One request and its response: ASGI, and what ASGI lacks."""

import asyncio
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Scope, Send

from mock_server.http.context import CONNECTION
from mock_server.server.transport import JoiningTransport

if TYPE_CHECKING:
    from mock_server.wire.headers import Headers

_PHRASES = {status.value: status.phrase for status in HTTPStatus}
STATUS_LINES = {status: f"HTTP/1.1 {status} {_PHRASES.get(status, '')}\r\n".encode() for status in range(100, 600)}
_PIECE = 64 * 1024  # bytes of a body that are received at a time, if more have arrived
_BODILESS = (204, 304)
_CONTROLS = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


class ClientGone(ClientDisconnect, OSError):
    """There is nobody to send to: an OSError, as ASGI wants it."""


class Host(Protocol):
    """The connection of an exchange."""

    transport: JoiningTransport
    is_lost: bool

    async def wait_until_writable(self) -> None:
        """Wait until the client has read more."""

    def read_on(self) -> None:
        """Read further, unless there is too much to be read already."""

    def on_response(self, exchange: "Exchange") -> None:
        """Take note that the response is complete."""

    def on_exit(self, exchange: "Exchange") -> None:
        """Take note that the application has returned."""


class Exchange:
    """A request and its response, in the scope's extensions as what handlers know of the connection.

    keep_alive: whether the connection stays open after the response.
    is_whole: whether the request has arrived to its end; failure: why the rest of it can't be read.
    """

    __slots__ = (
        "_chunked",
        "_gone",
        "_host",
        "_is_received",
        "_left",
        "_news",
        "_unread",
        "expects_continue",
        "failure",
        "has_begun",
        "is_complete",
        "is_whole",
        "keep_alive",
        "scope",
        "task",
    )

    task: "asyncio.Task[None]"

    def __init__(self, host: Host, scope: Scope, *, keep_alive: bool, expects_continue: bool) -> None:
        self._host, self.scope = host, scope
        self.keep_alive, self.expects_continue = keep_alive, expects_continue
        self._unread: bytes | bytearray = b""
        self.is_whole = self._is_received = False
        self.has_begun = self.is_complete = self._chunked = False
        self._left: int | None = None
        self._news: asyncio.Event | None = None
        self._gone: asyncio.Future[None] | None = None
        self.failure: Exception | None = None
        scope["extensions"] = {CONNECTION: self}

    async def run(self, app: ASGIApp) -> None:
        """Call the application."""
        try:
            await app(self.scope, self.receive, self.send)
        except Exception:  # noqa: BLE001, S110 - the middleware has logged it: what is left is to end the connection
            pass
        finally:
            self._host.on_exit(self)
            self.scope.clear()  # ends a circle of references, which would cost the garbage collector's time

    # What the connection tells.

    def add(self, body: bytes) -> None:
        """Take a piece of the request's body."""
        if self._unread:
            self._unread = bytearray(self._unread) if isinstance(self._unread, bytes) else self._unread
            self._unread += body
        else:
            self._unread = body
        self._wake()

    def end(self) -> None:
        """Take note that the request is whole."""
        self.is_whole = True
        self._wake()

    def fail(self, error: Exception) -> None:
        """Raise this in the application, because the rest of the body can't be read."""
        self.failure, self.keep_alive = error, False
        self._wake()

    def lose(self) -> None:
        """Take note that the client has gone."""
        if self._gone is not None and not self._gone.done():
            self._gone.set_result(None)
        self._wake()

    def _wake(self) -> None:
        if self._news is not None:
            self._news.set()

    # What handlers do.

    @property
    def unread(self) -> int:
        """How many bytes of the request's body wait to be received."""
        return len(self._unread)

    @property
    def gone(self) -> "asyncio.Future[None]":
        """A future that is done once the client has gone."""
        if self._gone is None:
            self._gone = asyncio.get_running_loop().create_future()
            if self._host.is_lost:
                self._gone.set_result(None)
        return self._gone

    def abort(self) -> None:
        """Close the connection at once."""
        self._host.transport.abort()

    def respond(self, send: Send, status: int, head: bytes, body: bytes) -> bool:
        """Send a whole response in one packet; `head` holds its header lines. Raises ClientGone.

        Returns False if it has to be sent message by message: `send` is not that of this exchange, a response has
        begun, or the client reads too slowly.
        """
        host = self._host
        if not self._is_ready(send):
            return False
        shown = b"" if self.scope["method"] == "HEAD" or status in _BODILESS else body
        host.transport.write(b"".join((STATUS_LINES[status], head, self._ending(), shown)))
        self._complete()
        return True

    def begin(self, send: Send, status: int, head: bytes) -> bool:
        """Begin a response of any length; otherwise as `respond`."""
        is_ready = self._is_ready(send)
        if is_ready:
            self._write_head(status, head)
        return is_ready

    def _is_ready(self, send: Send) -> bool:
        host = self._host
        if getattr(send, "__self__", None) is not self or self.has_begun or host.transport.is_full:
            return False
        if host.is_lost:
            raise ClientGone
        return True

    async def receive(self) -> Message:
        """Return the next piece of the body, or that the client has gone. Raises what the parser refuses."""
        host = self._host
        if self.expects_continue and not self.has_begun:
            self.expects_continue = False
            host.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        while not (host.is_lost or self.is_complete or self._unread or (self.is_whole and not self._is_received)):
            if self.failure is not None:
                raise self.failure
            await self._wait_for_news()
        if host.is_lost or self.is_complete:
            return {"type": "http.disconnect"}
        body = self._take()
        host.read_on()
        self._is_received = self.is_whole and not self._unread
        return {"type": "http.request", "body": body, "more_body": not self._is_received}

    def _take(self) -> bytes:
        unread = self._unread
        if isinstance(unread, bytes):
            self._unread = b""
            return unread
        piece = bytes(unread[:_PIECE])
        del unread[:_PIECE]
        return piece

    async def _wait_for_news(self) -> None:
        if self._news is None:
            self._news = asyncio.Event()
        self._news.clear()
        await self._news.wait()

    async def send(self, message: Message) -> None:
        """Send a part of the response. Raises ClientGone."""
        host = self._host
        if host.transport.is_full:
            await host.wait_until_writable()
        if host.is_lost:
            raise ClientGone
        if self.is_complete:
            raise RuntimeError("the response is complete")
        if not self.has_begun:
            self._begin(message["status"], message.get("headers", []))
            return
        more: bool = message.get("more_body", False)
        self._write(message.get("body", b""), more=more)
        if not more:
            self._complete()

    def _begin(self, status: int, headers: "Headers") -> None:
        for name, value in headers:
            if _CONTROLS.search(value):
                raise RuntimeError(f"control characters in the header {name!r}")
            if name == b"content-length":
                self._left = int(value)
        self._write_head(status, b"".join([b"%b: %b\r\n" % pair for pair in headers]))

    def _write_head(self, status: int, head: bytes) -> None:
        self.has_begun = True
        framing = b""
        if self.scope["method"] == "HEAD" or status in _BODILESS:
            self._left = 0
        elif self._left is None:
            self._chunked = self.scope["http_version"] == "1.1"
            self.keep_alive = self.keep_alive and self._chunked
            framing = b"transfer-encoding: chunked\r\n" if self._chunked else b""
        self._host.transport.write(b"".join((STATUS_LINES[status], head, framing, self._ending())))

    def _ending(self) -> bytes:
        """Return the last lines of a head: what becomes of the connection."""
        if self.expects_continue and not self.is_whole:
            self.keep_alive = False  # nobody can tell whether a body follows that was never asked for
        if not self.keep_alive:
            return b"connection: close\r\n\r\n"
        return b"\r\n" if self.scope["http_version"] == "1.1" else b"connection: keep-alive\r\n\r\n"

    def _write(self, body: bytes, *, more: bool) -> None:
        if self.scope["method"] == "HEAD":
            return
        if self._chunked:
            body = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
            body += b"" if more else b"0\r\n\r\n"
        elif self._left is not None:
            self._left -= len(body)
            if self._left < 0 or (self._left and not more):
                raise RuntimeError("the body is not as long as its Content-Length")
        if body:
            self._host.transport.write(body)

    def _complete(self) -> None:
        self.has_begun = self.is_complete = True
        self._wake()
        self._host.on_response(self)

"""HTTP/1.1 on one connection: requests are served one after another, and whoever leaves is noticed."""

import asyncio
from collections import deque
from typing import Any
from urllib.parse import unquote

import httptools
import uvicorn
from starlette.types import Scope

from mock_server.errors import MockServerError, RequestMalformed, ServerFull
from mock_server.http.errors import render
from mock_server.server.connections import Connections
from mock_server.server.exchange import STATUS_LINES, Exchange
from mock_server.server.parser import RequestParser
from mock_server.server.transport import JoiningTransport

_SLICE = 64 * 1024  # bytes that are parsed at a time, so that other connections get their turn
_AHEAD = 16 * 1024 * 1024  # bytes that are kept for later: then a client is left to wait, and not heard when it leaves

# Seconds after which a connection is closed
_IDLE = 5.0  # between two requests, as in uvicorn
_SILENT = 60.0  # within a request that does not arrive, and before the first
_LINGER = 2.0  # while a client that has its response still sends: it may not have read it
_HALF_CLOSED = 0.5  # if the client has closed, or at least its sending half, and nothing could be sent to it

_ASGI = {"version": "3.0", "spec_version": "2.4"}


class HttpProtocol(asyncio.Protocol):
    """A connection. Requests that arrive while one is served wait for their turn.

    Reading goes on meanwhile, within limits, since only that tells that a client has gone. A client that has closed
    looks like one that has closed its sending half only and still reads, until something can't be sent to it; so it has
    a while in which something has to be sent.
    """

    def __init__(self, config: uvicorn.Config, server_state: Connections, **_: Any) -> None:
        """Set up a protocol, as uvicorn does."""
        self._app, self._connections = config.loaded_app, server_state
        self._loop = asyncio.get_running_loop()
        self._parser = RequestParser(self)
        self._running: Exchange | None = None
        self._reading: Exchange | None = None  # the one whose request arrives, or arrived last
        self._waiting: deque[Exchange] = deque()
        self._unparsed = bytearray()  # what arrives while another request waits
        self._refusal: Exception | None = None  # is sent after everything else
        self.is_lost = self._is_last = self._is_deaf = self._has_ended = self._is_paused = False
        self._was_active, self._quiet_since = True, 0.0
        self._sent: tuple[int, int] | None = None
        self._writable: asyncio.Event | None = None

    # What the transport calls.

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Set up a connection."""
        self.transport = JoiningTransport(transport, self._connections.flush_soon)
        self._connections.add(self)
        server, client = transport.get_extra_info("sockname"), transport.get_extra_info("peername")
        self._server, self._client = server and tuple(server[:2]), client and tuple(client[:2])
        self._scheme = "https" if self.transport.is_secure else "http"
        if not self._connections.has_room_for(transport.get_extra_info("socket").fileno()):
            self._send_failure(ServerFull())
            self.transport.close()

    def data_received(self, data: bytes) -> None:
        """Parse what has arrived."""
        if self._is_deaf:
            return
        self._was_active = True
        if self._waiting or len(data) > _SLICE:
            self._unparsed += data
            self._parse_on()
        else:
            self._parse(data)
        if not self._is_paused and self._is_full() and not self.transport.is_closing():
            self._is_paused = True
            self.transport.pause_reading()

    def eof_received(self) -> bool:
        """Serve what is whole, and close then."""
        self._has_ended = True
        if self.transport.is_secure or not self._is_worth_serving():  # TLS has no half-closed connections
            self.transport.flush()
            return False
        return True

    def connection_lost(self, _: Exception | None) -> None:
        """Tell whoever is still at work."""
        self.is_lost = True
        self._connections.connections.discard(self)
        self._waiting.clear()
        self.resume_writing()
        if self._running is not None:
            self._running.lose()

    def pause_writing(self) -> None:
        """Let the application wait, because the client reads too slowly."""
        self.transport.is_full, self._writable = True, asyncio.Event()

    def resume_writing(self) -> None:
        """Let the application go on."""
        self.transport.is_full = False
        if self._writable is not None:
            self._writable.set()

    # What the parser calls.

    def on_request(self, parser: RequestParser) -> None:
        """Serve a request, or let it wait."""
        if self._is_last:
            self._reading = None  # what follows a request that wants to close is not served
            return
        self._is_last = not parser.keep_alive
        self._reading = exchange = Exchange(
            self, self._scope(parser), keep_alive=parser.keep_alive, expects_continue=parser.expects_continue
        )
        if self._running is None:
            self._start(exchange)
        else:
            self._waiting.append(exchange)

    def on_body(self, body: bytes) -> None:
        """Keep a piece of a body until it is received."""
        if self._reading is not None and not self._reading.is_complete:
            self._reading.add(body)

    def on_end(self) -> None:
        """Take note that a request is whole."""
        if self._reading is not None:
            self._reading.end()
            if self._reading.is_complete and not self._reading.keep_alive:
                self.transport.close()

    def _parse(self, data: bytes) -> None:
        try:
            self._parser.feed(data)
        except MockServerError as error:
            self._refuse(error)

    def _parse_on(self) -> None:
        while self._unparsed and not self._waiting:
            part = bytes(self._unparsed[:_SLICE])
            del self._unparsed[:_SLICE]
            self._parse(part)

    def _serve_next(self) -> None:
        if self._waiting:
            self._start(self._waiting.popleft())
        self._parse_on()
        if self._running is None and self._refusal is not None:
            self._send_failure(self._refusal)
        elif self._has_ended and not self._is_worth_serving():
            self.transport.close()

    def _is_worth_serving(self) -> bool:
        """Whether something arrived whole that has no response yet."""
        running = self._running
        return running is not None and (running.is_whole or bool(self._unparsed))

    def _scope(self, parser: RequestParser) -> Scope:
        path, query = _split(parser.target)
        decoded = path.decode("ascii")
        return {
            "type": "http",
            "asgi": _ASGI,
            "http_version": parser.version,
            "server": self._server,
            "client": self._client,
            "scheme": self._scheme,
            "method": parser.method,
            "root_path": "",
            "path": unquote(decoded) if "%" in decoded else decoded,
            "raw_path": path,
            "query_string": query,
            "headers": parser.headers,
            "state": {},
        }

    def _start(self, exchange: Exchange) -> None:
        self._running = exchange
        exchange.task = task = self._loop.create_task(exchange.run(self._app))
        self._connections.tasks.add(task)

    def _refuse(self, error: Exception) -> None:
        """Respond to what can't be parsed, in its turn."""
        self._is_deaf = True
        self._unparsed.clear()
        reading = self._reading
        if reading is not None and not reading.is_whole:
            if reading.is_complete:
                self._linger()
            else:
                reading.fail(error)
        elif self._running is None:
            self._send_failure(error)
        elif not self._is_last:
            self._refusal = error
        self.read_on()

    # What an exchange calls.

    async def wait_until_writable(self) -> None:
        """Wait until the client has read more, or has gone."""
        if self._writable is not None:
            await self._writable.wait()

    def read_on(self) -> None:
        """Read further, unless there is too much to be read already."""
        if self._is_paused and not self._is_full() and not self.transport.is_closing():
            self._is_paused = False
            self.transport.resume_reading()

    def on_response(self, exchange: Exchange) -> None:
        """Go on with the next request, or wait for it, or close."""
        self._running, self._was_active = None, True
        if not exchange.keep_alive:
            self._close_gently()
        else:
            self._serve_next()
        self.read_on()

    def on_exit(self, exchange: Exchange) -> None:
        """End the connection if the response is not complete."""
        self._connections.tasks.discard(exchange.task)
        if exchange.is_complete or self.is_lost:
            return
        if exchange.has_begun or self.transport.is_closing():
            self.transport.close()
        else:
            self._send_failure(exchange.failure or RuntimeError("the application returned without a response"))

    # How it ends.

    def look(self, now: float) -> None:
        """End what has waited for too long at `now` on the loop's clock."""
        if self._running is not None:
            self._look_for_client(now)
        elif self._was_active:
            self._was_active, self._quiet_since = False, now
        elif now - self._quiet_since > self._patience():
            self.transport.close()

    def _patience(self) -> float:
        if self._is_deaf:
            return _LINGER
        return _IDLE if self._parser.is_between else _SILENT

    def _look_for_client(self, now: float) -> None:
        if not self._has_ended:
            return
        sent = (self.transport.sent, self.transport.get_write_buffer_size())
        if sent != self._sent:
            self._sent, self._quiet_since = sent, now
        elif now - self._quiet_since > _HALF_CLOSED:
            self.transport.abort()

    def _send_failure(self, error: Exception) -> None:
        failure = render(error)
        head = b"content-type: application/json\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % len(failure.body)
        self.transport.write(b"".join((STATUS_LINES[failure.status], head, failure.body)))
        self._linger()

    def _close_gently(self) -> None:
        if self._is_deaf or (self._reading is not None and not self._reading.is_whole):
            self._linger()
        else:
            self.transport.close()

    def _linger(self) -> None:
        """Close once the client has sent everything: closing before would lose what it has not read yet."""
        self._running, self._is_deaf, self._was_active = None, True, True
        self.transport.half_close()

    def _is_full(self) -> bool:
        unread = 0 if self._reading is None or self._is_deaf else self._reading.unread
        return unread + len(self._unparsed) > _AHEAD


def _split(target: bytes) -> tuple[bytes, bytes]:
    """Return the path and the query of a request's target. Raises RequestMalformed."""
    if not target.isascii():
        raise RequestMalformed("The target has characters beyond ASCII")
    if not target.startswith(b"/") and b"://" in target:
        parts = httptools.parse_url(target)
        return parts.path or b"/", parts.query or b""
    path, _, query = target.partition(b"?")
    return path, query

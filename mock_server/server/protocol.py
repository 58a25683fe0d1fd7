"""uvicorn's HTTP protocol, with two things that ASGI lacks: sending a whole response at once, and aborting."""

import asyncio
from typing import Any, cast

import httptools
from starlette.types import Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from mock_server.http.context import CONNECTION


class Outbox(ServerState):
    """What the connections of one server have written but not sent; it is sent in the loop's next iteration.

    The packets of several connections then leave one after another, which costs less and wakes clients less often.
    """

    def __init__(self) -> None:
        super().__init__()
        self._waiting: list[JoiningTransport] = []

    def add(self, transport: "JoiningTransport") -> None:
        """Flush this transport in the loop's next iteration."""
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._send)
        self._waiting.append(transport)

    def _send(self) -> None:
        waiting, self._waiting = self._waiting, []
        for transport in waiting:
            transport.flush()


class JoiningTransport:
    """A transport that sends everything written in one iteration of the loop at once; otherwise like the real one."""

    def __init__(self, transport: asyncio.Transport, outbox: Outbox) -> None:
        self._transport, self._outbox = transport, outbox
        self.is_closing = transport.is_closing  # called for every response
        self._written: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        """Return an attribute of the real transport."""
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send this together with everything else written before the loop's next iteration."""
        if not self._written:
            self._outbox.add(self)
        self._written.append(data)

    def close(self) -> None:
        """Send what was written, then close."""
        self.flush()
        self._transport.close()

    def flush(self) -> None:
        """Send what was written."""
        written, self._written = self._written, []
        if written and not self._transport.is_closing():
            self._transport.write(written[0] if len(written) == 1 else b"".join(written))


class HttpToolsConnection:
    """What may be done to the connection of a request."""

    def __init__(self, transport: JoiningTransport) -> None:
        self._transport = transport
        self.abort = transport.abort

    def respond(self, send: Send, status: int, head: bytes, body: bytes) -> bool:
        """Send a whole response in one packet, bypassing uvicorn's checks; `head` holds its header lines.

        Returns False if it has to be sent message by message: `send` is not uvicorn's own, a response has begun, or
        the client reads too slowly.
        """
        cycle = getattr(send, "__self__", None)
        if not isinstance(cycle, RequestResponseCycle) or cycle.response_started or cycle.flow.write_paused:
            return False
        ending = b"\r\n" if cycle.keep_alive else b"connection: close\r\n\r\n"
        shown = b"" if cycle.scope["method"] == "HEAD" else body
        cycle.response_started = cycle.response_complete = True
        cycle.waiting_for_100_continue = False
        if not cycle.disconnected:
            self._transport.write(b"".join((STATUS_LINE[status], head, ending, shown)))
        cycle.message_event.set()
        if not cycle.keep_alive and not cycle.more_body:
            self._transport.close()
        cycle.on_response()
        return True


class UndelimitedCycle(RequestResponseCycle):
    """A response over HTTP/1.0, which knows no chunks: a body of unknown length ends with the connection."""

    async def send(self, message: Any) -> None:
        """Send a message. uvicorn sends no chunks only where it counts what is left, so each piece sets the count."""
        self.chunked_encoding = False
        self.expected_content_length = len(message.get("body", b""))
        await super().send(message)


class JoiningProtocol(HttpToolsProtocol):
    """uvicorn's protocol over a JoiningTransport; each request has its connection in the scope's extensions."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Set up a connection."""
        assert isinstance(self.server_state, Outbox)
        joining = JoiningTransport(transport, self.server_state)
        super().connection_made(cast("asyncio.Transport", joining))
        self._extensions: dict[str, dict[object, object]] = {CONNECTION: cast("Any", HttpToolsConnection(joining))}

    def on_message_begin(self) -> None:
        """Set up a request."""
        super().on_message_begin()
        self.scope["extensions"] = self._extensions

    # A client may offer another protocol, as Java's HttpClient does with `Upgrade: h2c`. A server may ignore the offer
    # (RFC 9110, 7.8), but httptools stops after the headers and skips the body. So such a request is parsed once more
    # without that header, which is then put back.

    _upgrade: bytes | None = None

    def data_received(self, data: bytes) -> None:
        """Parse what has arrived."""
        self._unset_keepalive_if_required()
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as error:
            if self._upgrade is not None:
                self._parse_again(data[error.args[0] :])
        except httptools.HttpParserError:
            self.send_400_response("Invalid HTTP request received.")

    def on_headers_complete(self) -> None:
        """Start the request, unless it has to be parsed once more."""
        if self.parser.should_upgrade() and self.parser.get_method() != b"CONNECT":
            self._upgrade = b", ".join(value for name, value in self.headers if name == b"upgrade")
            return
        if self._upgrade is not None:
            self.headers.append((b"upgrade", self._upgrade))
            self._upgrade = None
        super().on_headers_complete()
        if self.scope["http_version"] == "1.0":
            self.cycle.__class__ = UndelimitedCycle
        if not self.parser.should_keep_alive():
            self.cycle.keep_alive = False  # older versions of uvicorn look only when they send by themselves

    def on_message_complete(self) -> None:
        """End the request's body, and a connection that had to be kept until then.

        Closing it earlier would reset it, and a client that is still sending could lose the response.
        """
        if self._upgrade is None:
            super().on_message_complete()
            if self.cycle.response_complete and not self.cycle.keep_alive:
                self.transport.close()

    def _parse_again(self, rest: bytes) -> None:
        lines = [b"%b: %b\r\n" % pair for pair in self.headers if pair[0] != b"upgrade"]
        start = b"%b %b HTTP/%b\r\n" % (self.parser.get_method(), self.url, self.parser.get_http_version().encode())
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn does
        self.data_received(b"".join([start, *lines, b"\r\n", rest]))

    def connection_lost(self, exc: Exception | None) -> None:
        """Clean up after a connection."""
        super().connection_lost(exc)
        if self._idle_timer is not None:
            self._idle_timer.cancel()

    # An idle keep-alive connection is closed after some seconds. uvicorn sets and cancels a timer for each response;
    # here, one timer checks from time to time how long the connection has been idle.

    _idle_timer: asyncio.TimerHandle | None = None
    _idle_since: float | None = None

    def on_response_complete(self) -> None:
        """Start the next pipelined request, or become idle."""
        if self.pipeline or self.transport.is_closing():
            super().on_response_complete()
            return
        self.server_state.total_requests += 1
        self.flow.resume_reading()
        self._idle_since = self.loop.time()
        if self._idle_timer is None:
            self._idle_timer = self.loop.call_later(self.timeout_keep_alive, self._look_if_idle)

    def _unset_keepalive_if_required(self) -> None:
        self._idle_since = None

    def _look_if_idle(self) -> None:
        self._idle_timer = None
        if self._idle_since is None:
            return
        left = self._idle_since + self.timeout_keep_alive - self.loop.time()
        if left <= 0:
            self.timeout_keep_alive_handler()
        else:
            self._idle_timer = self.loop.call_later(left, self._look_if_idle)

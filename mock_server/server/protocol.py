"""HTTP as uvicorn speaks it, with two things ASGI has no word for: a whole answer at once, and a broken connection."""

import asyncio
from typing import Any, cast

from starlette.types import Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from mock_server.http.context import CONNECTION


class Outbox(ServerState):
    """What the connections of one server have written and not sent; it goes out in the loop's next turn.

    So the packets of several connections leave one after another, which costs less, and wakes clients less often.
    """

    def __init__(self) -> None:
        super().__init__()
        self._waiting: list[JoiningTransport] = []

    def add(self, transport: "JoiningTransport") -> None:
        """Flush this transport in the next turn."""
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._send)
        self._waiting.append(transport)

    def _send(self) -> None:
        waiting, self._waiting = self._waiting, []
        for transport in waiting:
            transport.flush()


class JoiningTransport:
    """A transport that sends what was written in one turn of the loop at once; all else is the real one's."""

    def __init__(self, transport: asyncio.Transport, outbox: Outbox) -> None:
        self._transport, self._outbox = transport, outbox
        self.is_closing = transport.is_closing  # asked for every answer
        self._written: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        """What the real transport has."""
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send with what else is written until the loop's next turn."""
        if not self._written:
            self._outbox.add(self)
        self._written.append(data)

    def close(self) -> None:
        """Send what is written, then close."""
        self.flush()
        self._transport.close()

    def flush(self) -> None:
        """Send what is written."""
        written, self._written = self._written, []
        if written and not self._transport.is_closing():
            self._transport.write(written[0] if len(written) == 1 else b"".join(written))


class HttpToolsConnection:
    """What serves a request may do to its connection."""

    def __init__(self, transport: JoiningTransport) -> None:
        self._transport = transport
        self.abort = transport.abort

    def respond(self, send: Send, status: int, head: bytes, body: bytes) -> bool:
        """Send a whole answer in one packet, past the checks of each message; `head` is its header lines.

        False where it has to go message by message: `send` is not uvicorn's own, an answer has begun, or the client
        reads too slowly.
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
        if not cycle.keep_alive:
            self._transport.close()
        cycle.on_response()
        return True


class JoiningProtocol(HttpToolsProtocol):
    """uvicorn's protocol over such a transport; each request finds its connection among the scope's extensions."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin a connection."""
        assert isinstance(self.server_state, Outbox)
        joining = JoiningTransport(transport, self.server_state)
        super().connection_made(cast("asyncio.Transport", joining))
        self._extensions: dict[str, dict[object, object]] = {CONNECTION: cast("Any", HttpToolsConnection(joining))}

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self.scope["extensions"] = self._extensions

    def connection_lost(self, exc: Exception | None) -> None:
        """End a connection."""
        super().connection_lost(exc)
        if self._idle_timer is not None:
            self._idle_timer.cancel()

    # A connection that is kept alive is closed after some seconds. uvicorn sets and cancels a timer for each answer;
    # here one timer looks now and then how long nothing has been asked.

    _idle_timer: asyncio.TimerHandle | None = None
    _idle_since: float | None = None

    def on_response_complete(self) -> None:
        """Go on with the next request that waits, or begin to be idle."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
            return
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

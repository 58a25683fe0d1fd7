"""HTTP as uvicorn speaks it, with two things ASGI has no word for: a whole answer at once, and a broken connection."""

import asyncio
from typing import Any, cast

from starlette.types import Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from mock_server.http.call import CONNECTION


class JoiningTransport:
    """A transport that sends what was written in one turn of the loop at once; all else is the real one's.

    Sending in the next turn also lets several connections' packets out one after another, which wakes a client less
    often.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._written: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        """What the real transport has."""
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send with what else is written until the loop's next turn."""
        if not self._written:
            self._loop.call_soon(self.flush)
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


class Connection:
    """What serves a request may do to its connection."""

    def __init__(self, transport: JoiningTransport) -> None:
        self._transport = transport
        self.abort = transport.abort

    def answer(self, send: Send, status: int, head: bytes, body: bytes) -> bool:
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
        joining = JoiningTransport(transport, self.loop)
        super().connection_made(cast("asyncio.Transport", joining))
        self._extensions: dict[str, dict[object, object]] = {CONNECTION: cast("Any", Connection(joining))}

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self.scope["extensions"] = self._extensions

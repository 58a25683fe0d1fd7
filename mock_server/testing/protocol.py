"""HTTP as uvicorn speaks it, with the head and the body of an answer in one packet: a fifth more answers a second."""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class JoiningTransport:
    """A transport that sends what was written in one turn of the loop at once; all else is the real one's."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._written: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        """What the real transport has."""
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send with what else is written until the loop's next turn."""
        if not self._written:
            self._loop.call_soon(self._flush)
        self._written.append(data)

    def close(self) -> None:
        """Send what is written, then close."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        written, self._written = self._written, []
        if written and not self._transport.is_closing():
            self._transport.write(written[0] if len(written) == 1 else b"".join(written))


class JoiningProtocol(HttpToolsProtocol):
    """uvicorn's protocol over such a transport."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin a connection."""
        super().connection_made(cast("asyncio.Transport", JoiningTransport(transport, self.loop)))
        self._extensions: dict[str, dict[object, object]] = {"mock_server.connection": {"abort": transport.abort}}

    def on_message_begin(self) -> None:
        """Begin a request; what serves it may break the connection, which ASGI itself has no word for."""
        super().on_message_begin()
        self.scope["extensions"] = self._extensions

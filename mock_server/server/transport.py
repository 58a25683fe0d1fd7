"""A transport that sends what was written in one iteration of the loop in one packet."""

import asyncio
from collections.abc import Callable
from typing import Any


class JoiningTransport:
    """A transport that sends everything written in one iteration of the loop at once; otherwise like the real one.

    is_full: whether the client reads too slowly; sent: how often something was sent.
    """

    def __init__(self, transport: asyncio.Transport, flush_soon: Callable[["JoiningTransport"], None]) -> None:
        """Wrap a transport; `flush_soon` is called when there is something to flush."""
        self._transport, self._flush_soon = transport, flush_soon
        self.is_closing = transport.is_closing  # called for every response
        self.is_secure = transport.get_extra_info("sslcontext") is not None
        self._written: list[bytes] = []
        self.is_full, self.sent = False, 0

    def __getattr__(self, name: str) -> Any:
        """Return an attribute of the real transport."""
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send this together with everything else written before the loop's next iteration."""
        if not self._written:
            self._flush_soon(self)
        self._written.append(data)

    def close(self) -> None:
        """Send what was written, then close."""
        self.flush()
        self._transport.close()

    def half_close(self) -> None:
        """Send what was written, then say that nothing follows, where that is possible."""
        self.flush()
        if not self.is_closing() and self._transport.can_write_eof():
            self._transport.write_eof()

    def flush(self) -> None:
        """Send what was written."""
        written, self._written = self._written, []
        if written and not self._transport.is_closing():
            self.sent += 1
            self._transport.write(written[0] if len(written) == 1 else b"".join(written))

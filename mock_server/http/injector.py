"""What a fault does to a response while it is sent."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from msgspec import UNSET
from starlette.types import Send

from mock_server.errors import Dropped

if TYPE_CHECKING:
    from mock_server.wire.control.faults import FaultAction

_SLICES = 10  # pieces per second in which a body is sent under a limited bandwidth


class FaultInjector:
    """Damages one response while it is sent."""

    def __init__(self, do: "FaultAction", *, send: Send, pause: Callable[[float], Awaitable[None]]) -> None:
        """`send` is that of the request; `pause` waits for so many seconds, as long as there is a client."""
        self._do, self._send, self._pause = do, send, pause
        self._passed = 0

    def whole(self, body: bytes) -> bytes:
        """Return a whole body, malformed if the fault says so."""
        return body if self._do.malformed is UNSET else _broken(body)

    @property
    def truncates(self) -> bool:
        """Whether only half of a body is sent before the connection is closed."""
        return self._do.truncated is not UNSET

    def event(self, frame: bytes) -> tuple[bytes, bool]:
        """Return a stream event as it is sent, and whether the connection is closed after it. Raises Dropped."""
        do, passed = self._do, self._passed
        self._passed += 1
        if do.cut is not UNSET and passed >= do.cut:
            raise Dropped
        if do.malformed is not UNSET and passed == do.malformed:
            frame = _broken(frame.rstrip(b"\r\n")) + b"\n\n"
        if do.truncated is not UNSET and passed >= do.truncated:
            return frame[: len(frame) // 2], True
        return frame, False

    async def deliver(self, body: bytes, *, more: bool) -> None:
        """Send a piece of a body, no faster than the bandwidth allows."""
        rate, send = self._do.bandwidth, self._send
        if rate is UNSET or not body:
            await send({"type": "http.response.body", "body": body, "more_body": more})
            return
        size = max(1, rate // _SLICES)
        for at in range(0, len(body), size):
            piece = body[at : at + size]
            await self._pause(len(piece) / rate)
            is_last = at + size >= len(body)
            await send({"type": "http.response.body", "body": piece, "more_body": more or not is_last})


def _broken(text: bytes) -> bytes:
    """Return JSON without its closing brackets, which no parser accepts."""
    return text.rstrip(b"]}\r\n ")

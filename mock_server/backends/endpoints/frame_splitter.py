"""Splits a stream of bytes into frames of server-sent events, untouched."""

import re

MOST = 1024 * 1024  # bytes of a frame; a longer one is passed on in pieces
_END = re.compile(rb"\n\n|\n\r\n|\r\r")  # the last of these also ends what ends in two CRLF


class FrameSplitter:
    """Gathers bytes as they arrive until a frame is whole. Comments, such as pings, are frames too."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._seen = 0  # bytes of the rest in which no end begins

    def feed(self, piece: bytes) -> list[bytes]:
        """Return the frames that are whole now, with their ends."""
        rest, begin, frames = self._rest, 0, list[bytes]()
        rest += piece
        for found in _END.finditer(rest, self._seen):
            frames.append(bytes(rest[begin : found.end()]))
            begin = found.end()
        del rest[:begin]
        self._seen = max(0, len(rest) - 2)
        return [*frames, *self.rest()] if len(rest) > MOST else frames

    def rest(self) -> list[bytes]:
        """Return what is left when the stream has ended, if anything, and forget it."""
        left, self._rest, self._seen = self._rest, bytearray(), 0
        return [bytes(left)] if left else []


def is_event_stream(status: int, media_type: str) -> bool:
    """Return whether a response consists of frames."""
    return status < 400 and media_type.partition(";")[0].strip().lower() == "text/event-stream"

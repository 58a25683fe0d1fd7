"""The shape of JSON, which is looked at before it is parsed, because every value and every level costs time and memory.

A body of a megabyte may be one long text, which is parsed at once, or half a million empty lists, which are not.
"""

from collections.abc import Iterator

from mock_server.errors import BodyMalformed
from mock_server.slices import Work, at_once

DEPTH = 100  # levels of objects and arrays
VALUES = 50_000  # keys and values
_SLICE = 65_536  # bytes that are looked at at once
_PUNCTUATION = b"[]{},:"
_OTHERS = bytes(set(range(256)) - set(_PUNCTUATION))


def looks_small(body: bytes) -> bool:
    """Return whether JSON is surely within the limits, from its length and its brackets alone."""
    return len(body) <= VALUES and body.count(b"[") + body.count(b"{") <= DEPTH


def check_shape(body: bytes, *, most: int = VALUES) -> Work[None]:
    """Raise BodyMalformed for too many values or levels; yield after each slice."""
    values = depth = 0
    for marks in _punctuation(body):
        values += len(marks) - marks.count(b"]") - marks.count(b"}")
        if values > most:
            raise BodyMalformed(f"The body has too many values: at most {most:,} keys and values can be sent at once.")
        depth = _depth_after(marks, depth)
        yield


def within_limits(body: bytes) -> bool:
    """Return whether JSON is within the limits; at once, so only for what is short."""
    try:
        if not looks_small(body):
            at_once(check_shape(body))
    except BodyMalformed:
        return False
    return True


def _depth_after(marks: bytes, depth: int) -> int:
    for mark in marks.translate(None, b",:"):
        depth += 1 if mark in b"[{" else -1
        if depth > DEPTH:
            raise BodyMalformed(f"The body is nested too deeply: at most {DEPTH} levels of objects and arrays.")
    return depth


def _punctuation(body: bytes) -> Iterator[bytes]:
    """Yield the punctuation outside of texts, slice by slice."""
    at, inside = 0, False
    while at < len(body):
        end = at + _SLICE
        piece = bytes(body[at:end])
        if (len(piece) - len(piece.rstrip(b"\\"))) % 2:  # a slice must not end within an escape
            piece += bytes(body[end : end + 1])
            end += 1
        parts = piece.replace(b"\\\\", b"").replace(b'\\"', b"").split(b'"')
        yield b"".join(parts[1::2] if inside else parts[::2]).translate(None, _OTHERS)
        inside ^= len(parts) % 2 == 0
        at = end

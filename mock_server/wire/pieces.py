"""Large JSON documents in pieces, each small enough to be parsed or encoded at once."""

import base64
import re
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice
from typing import Any, BinaryIO

import msgspec
from msgspec import Struct

from mock_server.errors import BodyMalformed
from mock_server.slices import Work
from mock_server.wire.shape import DEPTH

Path = tuple[str, ...]  # keys, and `[]` for any place in an array
PIECE = 65_536  # bytes of a piece, roughly
_BRACKETS_AT_ONCE = 100
_ENTRIES = 100  # of a list, that are encoded at once
_INDENT = 2

# Everything up to the next bracket outside of a text.
_TO_BRACKET = re.compile(rb'[^"{}\[\]]*+(?:"(?:[^"\\]++|\\.)*+"[^"{}\[\]]*+){0,2000}+', re.DOTALL)
_KEY = re.compile(rb'"((?:[^"\\]|\\.){0,200})"\s*:\s*$', re.DOTALL)
_COMMA = re.compile(rb"\s*,")
_OPENING = b"[{"
_BRACKETS = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}


class Cut(Struct, frozen=True):
    """A long array or object that was cut out of a document.

    place: where it was, with the index of each array, such as `("projects", 0, "sessions")`.
    pieces: its contents, each in brackets again.
    """

    place: tuple[str | int, ...]
    pieces: list[bytes]


def cut(body: bytes, paths: frozenset[Path]) -> Work[tuple[bytes, list[Cut]]]:
    """Return a document with what is long at `paths` empty, and what was cut out there.

    Yields now and then. Raises BodyMalformed for a document that is nested too deeply; any other fault is left for the
    parser to find in the pieces.
    """
    return _Cutter(body, paths).run()


class _Cutter:
    """Walks from bracket to bracket, which is much faster than from value to value."""

    def __init__(self, body: bytes, paths: frozenset[Path]) -> None:
        self._body, self._paths = body, paths
        self._deepest = max(map(len, paths)) + 1
        self._kept: list[bytes] = []
        self._kept_until = 0
        self._cuts: list[Cut] = []
        self._paused_at = self._passed = 0

    def run(self) -> Work[tuple[bytes, list[Cut]]]:
        body, at = self._body, 0
        path: list[str | int] = []
        entries = [0]  # how many arrays and objects each open one has so far
        while at < len(body):
            end, at = self._next(at)
            if self._is_pause_due(at):
                yield
            if end >= len(body) or body[end] not in _BRACKETS:
                continue
            if body[end] not in _OPENING:
                if not path:
                    break
                path.pop()
                entries.pop()
                continue
            path.append(self._step(end, entries))
            entries.append(0)
            place = tuple(path[1:])
            if len(place) < self._deepest and _pattern(place) in self._paths:
                at = yield from self._contents(at, place)
            elif len(path) > DEPTH:
                raise BodyMalformed(f"The body is nested too deeply: at most {DEPTH} levels of objects and arrays.")
        return b"".join([*self._kept, body[self._kept_until :]]), self._cuts

    def _is_pause_due(self, at: int) -> bool:
        """Return whether many brackets or many bytes have been passed since it last was."""
        self._passed += 1
        if self._passed < _BRACKETS_AT_ONCE and at - self._paused_at < PIECE:
            return False
        self._passed, self._paused_at = 0, at
        return True

    def _next(self, at: int) -> tuple[int, int]:
        """Return where the next bracket is, and where to go on; the places are equal if it is further away."""
        end: int = _TO_BRACKET.match(self._body, at).end()  # type: ignore[union-attr]
        if self._body[end : end + 1] != b'"':
            return end, end + 1
        return (end, end) if end > at else (len(self._body), len(self._body))  # a text without an end

    def _step(self, end: int, entries: list[int]) -> str | int:
        """Return the key or the index of what opens at `end`."""
        key = _KEY.search(self._body, max(0, end - 256), end)
        entries[-1] += 1
        return entries[-1] - 1 if key is None else key[1].decode("utf-8", "replace")

    def _contents(self, start: int, place: tuple[str | int, ...]) -> Work[int]:
        """Cut the contents that begin at `start`, if they are long, and return where they end."""
        body, at, depth, began = self._body, start, 1, start
        pieces: list[bytes] = []
        brackets = (body[start - 1 : start], b"]" if body[start - 1 : start] == b"[" else b"}")
        while depth and at < len(body):
            end, at = self._next(at)
            if self._is_pause_due(at):
                yield
            depth += _BRACKETS.get(body[end], 0) if end < len(body) else 0
            if depth > DEPTH:
                raise BodyMalformed(f"The body is nested too deeply: at most {DEPTH} levels of objects and arrays.")
            if depth == 1 and at - began >= PIECE and (comma := _COMMA.match(body, at)):
                pieces.append(body[began:at].join(brackets))
                began = at = comma.end()
        if pieces:
            pieces.append(body[began : at - 1].join(brackets))
            self._kept.append(body[self._kept_until : start])
            self._kept_until = at - 1
            self._cuts.append(Cut(place, pieces))
        return at - 1


def _pattern(place: tuple[str | int, ...]) -> Path:
    return tuple("[]" if isinstance(step, int) else step for step in place)


def encoded(value: Any, opened: tuple[type[Struct], ...] = (), *, depth: int = 0) -> Iterator[bytes]:
    """Yield JSON as `codec.encode` returns it, in pieces. An iterator counts as a list.

    Dicts, lists and the Structs that are `opened` are taken apart, and bytes become base64 bit by bit. A partial
    opens a file, or returns None, and stands for its bytes.
    """
    match value:
        case partial():
            yield from _content(value())
        case dict():
            yield from _members(value.items(), opened, depth)
        case Struct() if isinstance(value, opened):
            yield from _members(((name, getattr(value, name)) for name in value.__struct_fields__), opened, depth)
        case list() | tuple():
            yield from _entries(iter(value), opened, depth, grouped=_ENTRIES)
        case Iterator():  # each entry is built when it is read
            yield from _entries(value, opened, depth, grouped=1)
        case str() | bytes() if len(value) > PIECE:
            yield from _text(value)
        case _:
            yield _formatted(value, depth)


def _text(value: str | bytes) -> Iterator[bytes]:
    yield b'"'
    for at in range(0, len(value), 3 * PIECE):
        piece = value[at : at + 3 * PIECE]
        yield base64.b64encode(piece) if isinstance(piece, bytes) else msgspec.json.encode(piece)[1:-1]
    yield b'"'


def _content(file: BinaryIO | None) -> Iterator[bytes]:
    if file is None:
        yield b"null"
        return
    with file:
        yield b'"'
        while piece := file.read(3 * PIECE):
            yield base64.b64encode(piece)
        yield b'"'


def _members(members: Iterable[tuple[str, Any]], opened: tuple[type[Struct], ...], depth: int) -> Iterator[bytes]:
    line, before = b"\n" + b" " * (depth + 1) * _INDENT, b"{"
    for name, value in members:
        yield b"%b%b%b: " % (before, line, msgspec.json.encode(name))
        yield from encoded(value, opened, depth=depth + 1)
        before = b","
    yield b"{}" if before == b"{" else b"\n" + b" " * depth * _INDENT + b"}"


def _entries(entries: Iterator[Any], opened: tuple[type[Struct], ...], depth: int, *, grouped: int) -> Iterator[bytes]:
    line, before = b"\n" + b" " * (depth + 1) * _INDENT, b"["
    for value in entries:
        yield before + line
        before = b","
        if isinstance(value, (dict, *opened)):
            yield from encoded(value, opened, depth=depth + 1)
        else:
            group = [value, *islice(entries, grouped - 1)]
            yield _formatted(group, depth)[1 + len(line) : -(1 + depth * _INDENT) - 1]
    yield b"[]" if before == b"[" else b"\n" + b" " * depth * _INDENT + b"]"


def _formatted(value: Any, depth: int) -> bytes:
    text = msgspec.json.format(msgspec.json.encode(value), indent=_INDENT)
    return text.replace(b"\n", b"\n" + b" " * depth * _INDENT) if depth else text

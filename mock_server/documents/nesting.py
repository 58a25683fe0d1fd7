"""How deep documents may be nested, and what their aliases may do: no later reader then fails or runs out of memory."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from mock_server.errors import DocumentInvalid

if TYPE_CHECKING:
    import yaml

DEPTH = 100  # lists and mappings within each other
REPEATED = 1_000_000  # values, and characters of text, that aliases may add
TOO_DEEP = f"is nested too deeply; {DEPTH} levels are allowed"


def is_too_deep(value: Any) -> bool:
    """Return whether a value without cycles is nested too deeply."""
    level = [value]
    for _ in range(DEPTH + 1):
        level = [child for each in level if isinstance(each, dict | list) for child in _children(each)]
        if not level:
            return False
    return any(isinstance(each, dict | list) for each in level)


def _children(value: dict[Any, Any] | list[Any]) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


class _Open(Struct, kw_only=True):
    """A collection whose end has not been seen: the size and height of what it holds so far."""

    anchor: str | None
    size: int = 1
    height: int = 0


def check_events(events: "Iterable[yaml.Event]", *, source: str) -> None:
    """Raise DocumentInvalid, with the line, for YAML that is nested too deeply, holds itself or repeats too much."""
    from yaml import events as kinds  # noqa: PLC0415 - needed for files only

    check = _Check(source)
    for event in events:
        match event:
            case kinds.CollectionStartEvent():
                check.begin(event)
            case kinds.CollectionEndEvent():
                check.end()
            case kinds.ScalarEvent():
                check.add(event.anchor, 1 + len(event.value), 0)
            case kinds.AliasEvent():
                check.repeat(event)


class _Check:
    def __init__(self, source: str) -> None:
        self._source, self._repeated = source, 0
        self._open: list[_Open] = []
        self._known: dict[str, tuple[int, int]] = {}  # sizes and heights by anchor

    def begin(self, event: "yaml.CollectionStartEvent") -> None:
        self._open.append(_Open(anchor=event.anchor))
        if len(self._open) > DEPTH:
            raise self._invalid(TOO_DEEP, event)

    def end(self) -> None:
        done = self._open.pop()
        self.add(done.anchor, done.size, done.height + 1)

    def add(self, anchor: str | None, size: int, height: int) -> None:
        if anchor is not None:
            self._known[anchor] = (size, height)
        if self._open:
            parent = self._open[-1]
            parent.size += size
            parent.height = max(parent.height, height)

    def repeat(self, event: "yaml.AliasEvent") -> None:
        if any(each.anchor == event.anchor for each in self._open):
            raise self._invalid(f"the alias '*{event.anchor}' is within the value that it stands for", event)
        size, height = self._known.get(event.anchor or "", (0, 0))
        self._repeated += size
        if self._repeated > REPEATED:
            raise self._invalid(f"aliases such as '*{event.anchor}' repeat too much; write less of it", event)
        if len(self._open) + height > DEPTH:
            raise self._invalid(TOO_DEEP, event)
        self.add(None, size, height)

    def _invalid(self, reason: str, event: "yaml.Event") -> DocumentInvalid:
        mark = event.start_mark
        return DocumentInvalid(reason, source=self._source, line=mark.line + 1 if mark else None)

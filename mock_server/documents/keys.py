"""Keys of YAML, which may stand only once in a mapping: PyYAML silently keeps the last."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from mock_server.errors import DocumentInvalid
from mock_server.wording import quoted

if TYPE_CHECKING:
    import yaml

_MERGE = "<<"  # takes over the keys of another mapping, or of those in a list


class _Open(Struct):
    """A collection whose end has not been seen; `keys` is None for a list."""

    keys: set[str] | None
    is_key_next: bool = True


def with_unique_keys(events: "Iterable[yaml.Event]", *, source: str) -> "Iterator[yaml.Event]":
    """Yield the events of YAML. Raises DocumentInvalid, with the line, for a key that stands twice in one mapping."""
    from yaml import events as kinds  # noqa: PLC0415 - needed for files only

    within, anchored = [_Open(None)], dict[str, str]()
    for event in events:
        if isinstance(event, kinds.CollectionEndEvent):
            within.pop()
        elif isinstance(event, kinds.NodeEvent):
            _note(within[-1], event, anchored, source)
        if isinstance(event, kinds.CollectionStartEvent):
            within.append(_Open(set() if isinstance(event, kinds.MappingStartEvent) else None))
        yield event


def _note(within: _Open, event: "yaml.NodeEvent", anchored: dict[str, str], source: str) -> None:
    """Note a key or a value of a collection; `anchored` are the texts that aliases repeat."""
    text: str | None = getattr(event, "value", None)
    if event.anchor and text is not None:
        anchored[event.anchor] = text
    if within.keys is not None and within.is_key_next:
        key = anchored.get(event.anchor or "") if text is None else text  # a key that is no text is refused elsewhere
        if key in within.keys:
            way_out = "merge several with '<<: [*a, *b]'" if key == _MERGE else "keep one of them"
            line = event.start_mark.line + 1 if event.start_mark else None
            reason = f"has the key {quoted(key)} twice in one mapping; {way_out}"
            raise DocumentInvalid(reason, source=source, line=line)
        if key is not None:
            within.keys.add(key)
    within.is_key_next = not within.is_key_next

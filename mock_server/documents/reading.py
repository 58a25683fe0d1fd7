"""Reads YAML and JSON files into plain values, and finds the line of a place in them."""

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from mock_server.documents.nesting import is_too_deep
from mock_server.errors import BodyMalformed, DocumentInvalid
from mock_server.wire.codec import decode_any

if TYPE_CHECKING:
    import yaml

__tracebackhide__ = True  # pytest shows the line of the test
STANDARD_INPUT = Path("-")
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+|\.\.\.)\]")


class Document(Struct, frozen=True, kw_only=True):
    """A parsed file: where it is from, its text, and its value."""

    source: str
    text: str
    value: Any

    def line_of(self, place: str) -> int | None:
        """Return the line, counted from 1, of a place such as `threads[0].items[1].type`."""
        node = _composed(self.text)
        line = node.start_mark.line + 1 if node else None
        for name, index in _STEP.findall(place):
            node = _child(node, name, index)
            if node is None:
                return line
            line = node.start_mark.line + 1
        return line

    def invalid(self, reason: str, *, place: str, kind: type[DocumentInvalid] = DocumentInvalid) -> DocumentInvalid:
        """Return what to raise for a fault at a place, with its line."""
        return kind(reason, source=self.source, line=self.line_of(place), place=place)


def read_document(path: Path) -> Document:
    """Parse a YAML or JSON file, or standard input for `-`. Raises DocumentInvalid with file, line and reason."""
    source = "standard input" if path == STANDARD_INPUT else str(path)
    text = _text(path, source)
    return Document(source=source, text=text, value=_value(text, source))


def _text(path: Path, source: str) -> str:
    try:
        content = sys.stdin.buffer.read() if path == STANDARD_INPUT else path.read_bytes()
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise DocumentInvalid(f"can't be read: {reason}", source=source) from None
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        kind = "UTF-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "another encoding or no text"
        reason = f"is {kind}; save it as UTF-8"
        raise DocumentInvalid(reason, source=source, line=content.count(b"\n", 0, error.start) + 1) from None


def _value(text: str, source: str) -> Any:
    if text.lstrip()[:1] in {"{", "["}:
        try:
            value = decode_any(text.encode())
        except (BodyMalformed, UnicodeError):
            pass  # it may be YAML, which says where it breaks
        else:
            if not is_too_deep(value):
                return value
    from mock_server.documents import yaml_text  # noqa: PLC0415 - a third of the start-up time, needed for files only

    return yaml_text.parse(text, source=source)


def _composed(text: str) -> "yaml.Node | None":
    from mock_server.documents import yaml_text  # noqa: PLC0415 - see above

    return yaml_text.compose(text)


def _child(node: "yaml.Node | None", name: str, index: str) -> "yaml.Node | None":
    children = getattr(node, "value", None)
    if not isinstance(children, list) or bool(name) is not (getattr(node, "id", "") == "mapping"):
        return None
    if name:
        return next((value for key, value in reversed(children) if key.value == name), None)
    return children[int(index)] if index.isdigit() and int(index) < len(children) else None

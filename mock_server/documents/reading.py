"""Reads YAML and JSON files into plain values, and finds the line of a place in them."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mock_server.errors import DocumentInvalid

if TYPE_CHECKING:
    import yaml

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+|\.\.\.)\]")


def read_document(path: Path) -> Any:
    """Parse a YAML or JSON file. Raises DocumentInvalid with file, line and reason."""
    import yaml  # noqa: PLC0415 - a third of the start-up time, needed for files only

    try:
        return yaml.load(read_text(path), _loader())  # noqa: S506 - both loaders are safe
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise DocumentInvalid(str(error.problem), source=str(path), line=line) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise DocumentInvalid(f"is neither YAML nor JSON: {error}", source=str(path)) from None


def read_text(path: Path) -> str:
    """Return a file's text. Raises DocumentInvalid."""
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise DocumentInvalid(f"can't be read: {error.strerror or error}", source=str(path)) from None
    except UnicodeDecodeError:
        raise DocumentInvalid("is not UTF-8", source=str(path)) from None


def line_of(path: Path, place: str) -> int | None:
    """Return the line, counted from 1, of a place such as `threads[0].items[1].type` in a file that parses."""
    import yaml  # noqa: PLC0415 - see above

    node = yaml.compose(path.read_text("utf-8"), Loader=_loader())
    line = node.start_mark.line + 1 if node else None
    for name, index in _STEP.findall(place):
        node = _child(node, name, index)
        if node is None:
            return line
        line = node.start_mark.line + 1
    return line


def _loader() -> "type[yaml.SafeLoader]":
    import yaml  # noqa: PLC0415 - see above

    loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return loader


def _child(node: "yaml.Node | None", name: str, index: str) -> "yaml.Node | None":
    children = getattr(node, "value", None)
    if not isinstance(children, list):
        return None
    if name:
        return next((value for key, value in children if key.value == name), None)
    return children[int(index)] if index.isdigit() and int(index) < len(children) else None

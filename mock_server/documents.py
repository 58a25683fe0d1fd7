"""Files people write: YAML or JSON in, plain values out, and the line where something stands."""

import re
from pathlib import Path
from typing import Any

import yaml

from mock_server.errors import DocumentInvalid

_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+|\.\.\.)\]")


def read_document(path: Path) -> Any:
    """A YAML or JSON file, parsed. Raises DocumentInvalid with file, line and reason."""
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise DocumentInvalid(f"can't be read: {error.strerror or error}", source=str(path)) from None
    except UnicodeDecodeError:
        raise DocumentInvalid("is not UTF-8", source=str(path)) from None
    try:
        return yaml.load(text, _Loader)  # noqa: S506 - both are safe loaders
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise DocumentInvalid(str(error.problem), source=str(path), line=line) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise DocumentInvalid(f"is neither YAML nor JSON: {error}", source=str(path)) from None


def line_of(path: Path, place: str) -> int | None:
    """The line, counted from 1, of a place such as `threads[0].items[1].type` in a file that parses."""
    node = yaml.compose(path.read_text("utf-8"), Loader=_Loader)
    line = node.start_mark.line + 1 if node else None
    for name, index in _STEP.findall(place):
        node = _child(node, name, index)
        if node is None:
            return line
        line = node.start_mark.line + 1
    return line


def _child(node: yaml.Node | None, name: str, index: str) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode) and name:
        return next((value for key, value in node.value if key.value == name), None)
    if isinstance(node, yaml.SequenceNode) and index.isdigit() and int(index) < len(node.value):
        child: yaml.Node = node.value[int(index)]
        return child
    return None

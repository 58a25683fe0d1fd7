"""Parses YAML. Imported late: yaml is a third of the start-up time."""

import re
from typing import Any

import yaml

from mock_server.documents.keys import with_unique_keys
from mock_server.documents.loaders import PlainLoader, loaders
from mock_server.documents.nesting import check_events
from mock_server.errors import DocumentInvalid

_ODD = re.compile(f"(?m)^ *\ufeff|{yaml.reader.Reader.NON_PRINTABLE.pattern}")
_WORDS = {
    "found character '\\t' that cannot start any token": "a line must not begin with a tab; indent it with spaces",
    "found unhashable key": "a key must be a single value",
    "expected a single document in the stream": "holds several documents; keep each in a file of its own",
}


def parse(text: str, *, source: str) -> Any:
    """Return the value of a text. Raises DocumentInvalid with line and reason."""
    odd = _ODD.search(text)
    if odd is not None:
        code, line = ord(odd[0][-1]), text.count("\n", 0, odd.start()) + 1
        raise DocumentInvalid(f"contains the character U+{code:04X}, which is not text", source=source, line=line)
    for loader in loaders():
        try:
            check_events(with_unique_keys(yaml.parse(text, loader), source=source), source=source)
            return yaml.load(text, loader)  # noqa: S506 - all of them are safe
        except yaml.YAMLError as error:
            failure = error  # that of the last loader counts, which is the same everywhere
    raise _invalid(failure, source)


def compose(text: str) -> yaml.Node | None:
    """Return the nodes of a text that has a value, as far as they can be told."""
    # JSON may have tabs and escapes that YAML has not.
    for loader, each in [(loader, text) for loader in loaders()] + [
        (PlainLoader, text.replace("\t", " ").replace("\\u", "_u"))
    ]:
        try:
            return yaml.compose(each, loader)
        except yaml.YAMLError:
            continue
    return None


def _invalid(error: yaml.YAMLError, source: str) -> DocumentInvalid:
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None) or error
    known = [_WORDS[each] for each in (problem, getattr(error, "context", None)) if each in _WORDS]
    if isinstance(error, yaml.constructor.ConstructorError):
        known += [str(problem).replace("could not determine a constructor for", "nothing here reads")]
    reason = known[0] if known else f"is neither YAML nor JSON: {problem}"
    return DocumentInvalid(reason, source=source, line=mark.line + 1 if mark else None)

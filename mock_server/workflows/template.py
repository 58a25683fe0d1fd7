"""`{{mustache}}` templates in scripts, with names and sections only; pystache renders them and evaluates no code.

Its expressions take time that grows with the square of blanks, and sections in sections multiply, so both are bounded.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from mock_server.errors import OperationRefused
from mock_server.wording import quoted

# What a template can use: the user's text and id, the number of the turn, and what it replies to.
NAMES = ("text", "user", "turn", "state", "session", "thread", "action", "tool", "output", "answers", "attachments")
STEPS = 5000  # tags and entries of lists that are rendered for one step of a script
RENDERED = 16 * 1024 * 1024  # characters of all its texts
_LENGTH = 32_768  # characters of a text with tags
_TAG = 200  # characters of a tag
_DEPTH = 20  # of sections in sections
_BLANKS = re.compile(r"[ \t]{201}")
_BLANKS_IN_TAG = re.compile(r"\s{9}")


class TemplateTooLong(OperationRefused):
    """A template whose rendering was ended."""

    def __init__(self) -> None:
        super().__init__(
            f"The templates in a step of the workflow need more than {STEPS:,} tags and entries of lists, or more than "
            f"{RENDERED // 1024**2} MiB: avoid a section within a section, and repeat less."
        )


def render(value: Any, names: Mapping[str, Any]) -> Any:
    """Return a JSON value with every template in it rendered; missing values are empty. Raises TemplateTooLong."""
    return _Rendering(names).filled(value)


class _Rendering:
    """Renders the templates of one step, within bounds."""

    def __init__(self, names: Mapping[str, Any]) -> None:
        from pystache.context import ContextStack  # noqa: PLC0415 - starting fast
        from pystache.renderengine import RenderEngine  # noqa: PLC0415

        self._names, self._stack = names, ContextStack
        self._engine = RenderEngine(
            literal=self._counted, escape=self._counted, resolve_context=self._looked_up, to_str=str
        )
        self._steps = self._size = self._length = 0

    def filled(self, value: Any) -> Any:
        match value:
            case str() if "{{" in value:
                self._length = len(value)
                return _parsed(value).render(self._engine, self._stack.create(dict(self._names)))
            case list():
                return [self.filled(entry) for entry in value]
            case dict():
                return {key: self.filled(entry) for key, entry in value.items()}
        return value

    def _looked_up(self, stack: Any, name: str) -> Any:
        from pystache.context import KeyNotFoundError  # noqa: PLC0415 - starting fast

        try:
            value = stack.get(name)
        except KeyNotFoundError:
            value = ""
        times = len(value) if isinstance(value, list) else 1
        self._spend(steps=times, size=times * self._length if times > 1 else 0)
        return value

    def _counted(self, text: str) -> str:
        self._spend(size=len(text))
        return text

    def _spend(self, *, steps: int = 0, size: int = 0) -> None:
        self._steps += steps
        self._size += size
        if self._steps > STEPS or self._size > RENDERED:
            raise TemplateTooLong


def check_template(text: str, names: Sequence[str] = NAMES) -> None:
    """Raise ValueError for a template that can't be used, with the reason; `names` are those that it may use."""
    if len(text) > _LENGTH or _BLANKS.search(text):
        raise ValueError(f"is too long for a template: at most {_LENGTH:,} characters, and 200 blanks in a row")
    depth = 0
    for tag in _tags(text):
        if tag[:1] in {"=", ">"}:
            raise ValueError(f"the template has a tag '{tag[:1]}'; only names and sections can be used")
        depth += {"#": 1, "^": 1, "/": -1}.get(tag[:1], 0)
        if depth > _DEPTH:
            raise ValueError(f"the template has more than {_DEPTH} sections within each other")
    unknown = next(_unknown_names(text, names), None)
    if unknown is not None:
        raise ValueError(f"unknown name {quoted(unknown, empty='that is empty')}; templates can use {', '.join(names)}")


def _tags(text: str) -> Iterator[str]:
    """Yield what is within the braces of each tag. Raises ValueError for one that is not closed, or too long."""
    at = text.find("{{")
    while at != -1:
        end = text.find("}}", at + 2, at + 2 + _TAG)
        tag = text[at + 2 : end]
        if end == -1 or _BLANKS_IN_TAG.search(tag):
            reason = f"a tag is not closed, or has more than {_TAG} characters, or 8 blanks in a row"
            raise ValueError(f"the template does not parse: {reason}")
        yield tag.strip()
        at = text.find("{{", end + 2)


def _unknown_names(text: str, names: Sequence[str]) -> Iterator[str]:
    """Yield the names in a template that do not exist. Raises ValueError for a template that does not parse."""
    import pystache  # noqa: PLC0415 - starting fast

    opened, closed = re.findall(r"{{[#^]\s*([\w.]+)", text), re.findall(r"{{/\s*([\w.]+)", text)
    try:
        parsed = _parsed(text)
    except pystache.parser.ParsingError as error:
        raise ValueError(f"the template does not parse: {error}") from None
    if sorted(opened) != sorted(closed):
        raise ValueError("the template does not parse: a section is opened but not closed")
    for node in parsed._parse_tree:  # noqa: SLF001 - pystache offers no other way
        key = getattr(node, "key", None)
        if key is not None and key != "." and key.partition(".")[0] not in names:
            yield key


@lru_cache(maxsize=1024)
def _parsed(text: str) -> Any:
    import pystache  # noqa: PLC0415 - starting fast

    return pystache.parse(text)

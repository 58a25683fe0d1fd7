"""`{{mustache}}` templates in scripts, with names and sections only; pystache renders them and evaluates no code."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

# What a template can use: the user's text and id, the number of the turn, and what it replies to.
NAMES = ("text", "user", "turn", "state", "session", "thread", "action", "tool", "output", "answers", "attachments")


def render(value: Any, names: Mapping[str, Any]) -> Any:
    """Return a JSON value with every template in it rendered; missing values are empty."""
    match value:
        case str() if "{{" in value:
            return _renderer().render(value, dict(names))
        case list():
            return [render(entry, names) for entry in value]
        case dict():
            return {key: render(entry, names) for key, entry in value.items()}
    return value


def unknown_names(text: str) -> Iterator[str]:
    """Yield the names in a template that do not exist. Raises ValueError for a template that does not parse."""
    import pystache  # noqa: PLC0415 - starting fast

    opened, closed = re.findall(r"{{[#^]\s*([\w.]+)", text), re.findall(r"{{/\s*([\w.]+)", text)
    try:
        parsed = pystache.parse(text)
    except pystache.parser.ParsingError as error:
        raise ValueError(f"the template does not parse: {error}") from None
    if sorted(opened) != sorted(closed):
        raise ValueError("the template does not parse: a section is opened but not closed")
    for node in parsed._parse_tree:  # noqa: SLF001 - pystache offers no other way
        key = getattr(node, "key", None)
        if key is not None and key != "." and key.partition(".")[0] not in NAMES:
            yield key


def _renderer() -> Any:
    import pystache  # noqa: PLC0415 - starting fast

    return pystache.Renderer(escape=lambda text: text, partials={}, missing_tags="ignore")

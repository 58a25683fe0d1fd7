"""Keys and secrets, made unreadable wherever people read."""

import re
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlencode

from mock_server.ids import masked

_CREDENTIAL = re.compile(r"(?<![A-Za-z0-9])(?:ek_|sk-)[A-Za-z0-9_=-]{6,}")
_KEY_HEADERS = {"authorization", "cookie", "proxy-authorization", "api-key", "x-api-key"}


def hidden(text: str) -> str:
    """A text without the keys and secrets in it."""
    return _CREDENTIAL.sub(lambda found: masked(found[0]), text)


def hidden_or_none(text: str | None) -> str | None:
    """The same, where there may be none."""
    return None if text is None else hidden(text)


def hidden_query(query: bytes) -> str:
    """A query without keys and secrets, also those that were escaped."""
    text = query.decode("latin-1")
    if not _CREDENTIAL.search(unquote_plus(text)):
        return text
    return urlencode([(hidden(name), hidden(value)) for name, value in parse_qsl(text, keep_blank_values=True)])


def hidden_value(value: Any) -> Any:
    """JSON without keys and secrets, at any depth."""
    match value:
        case str():
            return hidden(value)
        case list():
            return [hidden_value(each) for each in value]
        case dict():
            return {hidden(key): hidden_value(each) for key, each in value.items()}
    return value


def hidden_header(name: str, value: str) -> str:
    """A header's value; those that hold keys are masked whatever the key looks like."""
    if name not in _KEY_HEADERS:
        return hidden(value)
    scheme, space, key = value.partition(" ")
    return f"{scheme} {masked(key)}" if space else masked(value)

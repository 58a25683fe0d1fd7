"""Masks API keys and client secrets in everything that people may see."""

import re
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlencode

from mock_server.ids import masked

_CREDENTIAL = re.compile(r"(?<![A-Za-z0-9])(?:ek_|sk-)[A-Za-z0-9_=-]{6,}")
_KEY_HEADERS = {"authorization", "cookie", "proxy-authorization", "api-key", "x-api-key"}


def hidden(text: str) -> str:
    """Return a text with the keys and secrets in it masked."""
    return _CREDENTIAL.sub(lambda found: masked(found[0]), text)


def hidden_or_none(text: str | None) -> str | None:
    """Return the same for a text that may be None."""
    return None if text is None else hidden(text)


def hidden_query(query: bytes) -> str:
    """Return a query string with its keys and secrets masked, percent-encoded ones included."""
    text = query.decode("latin-1")
    if not _CREDENTIAL.search(unquote_plus(text)):
        return text
    return urlencode([(hidden(name), hidden(value)) for name, value in parse_qsl(text, keep_blank_values=True)])


def hidden_value(value: Any) -> Any:
    """Return JSON with its keys and secrets masked, at any depth."""
    match value:
        case str():
            return hidden(value)
        case list():
            return [hidden_value(each) for each in value]
        case dict():
            return {hidden(key): hidden_value(each) for key, each in value.items()}
    return value


def hidden_header(name: str, value: str) -> str:
    """Return a header's value with its secrets masked; in headers meant for keys, any value is masked."""
    if name not in _KEY_HEADERS:
        return hidden(value)
    scheme, space, key = value.partition(" ")
    return f"{scheme} {masked(key)}" if space else masked(value)

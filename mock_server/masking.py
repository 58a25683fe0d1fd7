"""Masks API keys and client secrets in everything that people may see."""

import re
from typing import Any

from mock_server.ids import masked

# A character of a key may be written as an escape of URLs or of JSON, or of both, several times over: `-` as `%2D`,
# `%252d`, `\u002d` or `%5Cu002D`.
_SLASHES = r"(?:\\|%(?:25)*+5[cC]){0,15}+"
_UNICODE = r"(?:u005[cC])*+(?:u0025(?:25)*+|u00|x)"
_ESCAPE = rf"(?:%(?:25)*+(?:5[cC]{_SLASHES}{_UNICODE})?+|\\(?<!\\\\)\\*+{_SLASHES}{_UNICODE})"
_HEX = "[0-9a-fA-F]"
# What stands before the first character of a key: no letter or digit, unless it is the end of an escape.
_BEFORE = (
    rf"(?:(?<![A-Za-z0-9].)|(?<=\\[A-Za-z0-9].)|(?<=5[cC][a-z].)|(?<=x{_HEX}{{2}}.)"
    rf"|(?<=%{_HEX}{{2}}.)|(?<=25{_HEX}{{2}}.)|(?<=u{_HEX}{{4}}.))"
)
_ESCAPED_REST = rf"{_ESCAPE}(?:2[dD]|3[0-9dD]|4[1-9a-fA-F]|5[0-9aAfF]|6[1-9a-fA-F]|7[0-9aA])"
_REST = rf"(?=(?:[A-Za-z0-9_=-]|{_ESCAPED_REST}){{6}})(?:[A-Za-z0-9_=-]++|{_ESCAPED_REST})++"
_CREDENTIAL = re.compile(
    rf"(?:s{_BEFORE}|{_ESCAPE}73)(?:k|{_ESCAPE}6[bB])(?:-|{_ESCAPE}2[dD]){_REST}"
    rf"|(?:e{_BEFORE}|{_ESCAPE}65)(?:k|{_ESCAPE}6[bB])(?:_|{_ESCAPE}5[fF]){_REST}"
)
_ESCAPED = re.compile(f"{_ESCAPE}({_HEX}{{2}})")
# Without any of these, which are looked for much faster, there is nothing to mask: the beginning of a key, or a
# character of it that is written as an escape.
_FIRST_SIGNS = ("sk-", "ek_", "%", "\\")
_CODES = ("73", "65", "6b", "6B", "2d", "2D", "5f", "5F")
_SIGNS = ("sk-", "ek_", *(before + code for before in ("%", "25", "u00", "x") for code in _CODES))
_SECRET_HEADERS = re.compile("token|key|secret|auth|cookie|password|credential")
_OPEN_HEADERS = {"idempotency-key", "www-authenticate", "sec-websocket-key"}
_WITH_SCHEME = {"authorization", "proxy-authorization"}


def hidden(text: str) -> str:
    """Return a text with the keys and secrets in it masked, also those that are written with escapes."""
    return _CREDENTIAL.sub(_masked, text) if _may_hold_secrets(text) else text


def hidden_or_none(text: str | None) -> str | None:
    """Return the same for a text that may be None."""
    return None if text is None else hidden(text)


def hidden_query(query: bytes) -> str:
    """Return a query string with its keys and secrets masked."""
    return hidden(query.decode("latin-1"))


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
    """Return a header's value with its secrets masked; in headers meant for secrets, any value is masked."""
    if name in _OPEN_HEADERS or not _SECRET_HEADERS.search(name):
        return hidden(value)
    scheme, space, key = value.partition(" ") if name in _WITH_SCHEME else ("", "", value)
    return f"{scheme} {masked(key)}" if space else masked(value)


def _may_hold_secrets(text: str) -> bool:
    """Return whether there may be something to mask in a text, which is much faster to tell than to mask it."""
    return any(sign in text for sign in _FIRST_SIGNS) and any(sign in text for sign in _SIGNS)


def _masked(found: re.Match[str]) -> str:
    return masked(_ESCAPED.sub(lambda escape: chr(int(escape[1], 16)), found[0]))

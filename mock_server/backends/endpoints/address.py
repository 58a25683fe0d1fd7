"""The address of a server of the user's own."""

import ssl
from functools import cached_property
from urllib.parse import urlsplit

from msgspec import Struct

from mock_server.errors import BackendUnusable

_PORTS = {"http": 80, "https": 443}


class Address(Struct, frozen=True, dict=True, kw_only=True):
    """Where to connect to and what to ask for. target: the path with the query; authority: as in a Host header."""

    url: str
    host: str
    port: int
    authority: str
    target: str
    is_secure: bool

    @cached_property
    def tls(self) -> ssl.SSLContext | None:
        """What verifies the server; None over plain HTTP."""
        return ssl.create_default_context() if self.is_secure else None


def address_of(url: str) -> Address:
    """Return the address in a URL. Raises BackendUnusable for one that can't be used as it is."""
    shown = url[:200]
    if not url.isascii() or not url.isprintable() or {" ", "\\"} & set(url):
        raise BackendUnusable(ascii(shown), "percent-encode blanks and letters outside ASCII in this URL")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise BackendUnusable(shown, f"this is no URL: {error}") from None
    if parts.username is not None or parts.password is not None:
        told = f"{parts.scheme}://...@{parts.netloc.rpartition('@')[2]}"
        raise BackendUnusable(
            told, "leave the user and the password out; --backend-header 'Authorization: ...' sends one"
        )
    if parts.scheme not in _PORTS or not host or port == 0:
        raise BackendUnusable(shown, "write a URL with a scheme and a host, such as http://127.0.0.1:8000/chatkit")
    if "#" in url:
        raise BackendUnusable(shown, "leave out what follows the #; it is never sent to a server")
    return Address(
        url=url,
        host=host,
        port=port or _PORTS[parts.scheme],
        authority=parts.netloc,
        target=(parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
        is_secure=parts.scheme == "https",
    )

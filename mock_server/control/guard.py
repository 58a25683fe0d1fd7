"""Who may use the control plane: programs and pages on this machine, but no page from elsewhere."""

import hmac
import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from mock_server.errors import ControlForbidden
from mock_server.http.context import RequestContext
from mock_server.http.cookies import CONTROL_KEY, cookie

_HOST = re.compile(r"(?:\[([0-9a-f:.]+(?:%\w+)?)\]|([^\s:/?#@\\\[\]]+))(?::\d*)?", re.ASCII)


def same_machine(context: RequestContext) -> None:
    """Raise ControlForbidden for a request that a page from elsewhere could have sent, or without the control key.

    That is one with a foreign `Origin`, from another site, or with a `Host` that a rebound DNS name could have sent.
    """
    host = _host(context)
    if not _is_trusted(host, context.projects.settings.allow_hosts):
        refused = f"the host name '{host}'" if host else "a request without a host name"
        raise ControlForbidden(f"/_mock refuses {refused}; start the server with --allow-host to accept it.")
    no_other_site(context, refuser="/_mock")
    if not has_control_key(context):
        raise ControlForbidden(
            f"{context.path} asks for the control key: send it as 'Authorization: Bearer KEY', set "
            "CHATKIT_MOCK_CONTROL_KEY, or open /?control_key=KEY in the browser."
        )


def no_other_site(context: RequestContext, *, refuser: str) -> None:
    """Raise ControlForbidden for a request of a page of another origin, or one that another site has caused."""
    host = _host(context)
    origins, sites = _all(context, b"origin"), _all(context, b"sec-fetch-site")
    for origin in origins:
        if origin and _netloc(origin) != host:
            raise ControlForbidden(f"{refuser} refuses pages from '{origin}'; use it from a page on {host}.")
    if any("cross-site" in site.lower() for site in sites):
        raise ControlForbidden(f"{refuser} refuses requests from other sites; use it from a page on {host}.")


def has_control_key(context: RequestContext) -> bool:
    """Return whether a request has the control key, if there is one."""
    wanted = context.projects.settings.control_key
    given = (context.bearer, cookie(context.headers.get(b"cookie", b""), CONTROL_KEY))
    return wanted is None or any(hmac.compare_digest(each.encode(), wanted.encode()) for each in given)


def _host(context: RequestContext) -> str:
    return context.headers.get(b"host", b"").decode("latin-1")


def _all(context: RequestContext, name: bytes) -> list[str]:
    return [value.decode("latin-1") for each, value in context.scope["headers"] if each == name]


def _netloc(url: str) -> str:
    """Return the host and port of a URL; nothing of a text that is not a URL, such as `http://[`."""
    try:
        return urlsplit(url).netloc
    except ValueError:
        return ""


def _is_trusted(host: str, allowed: tuple[str, ...]) -> bool:
    found = _HOST.fullmatch(host.lower())
    name = "" if found is None else found[1] or found[2]
    return name == "localhost" or name.endswith(".localhost") or name in map(str.lower, allowed) or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True

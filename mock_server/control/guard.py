"""Who may use the control plane: programs and pages on this machine, but no page from elsewhere."""

import hmac
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from mock_server.errors import ControlForbidden
from mock_server.http.context import RequestContext
from mock_server.http.cookies import CONTROL_KEY, cookie


def same_machine(context: RequestContext) -> None:
    """Raise ControlForbidden for a request that a page from elsewhere could have sent, or without the control key.

    That is one with a foreign `Origin`, from another site, or with a `Host` that a rebound DNS name could have sent.
    """
    host = context.headers.get(b"host", b"").decode("latin-1")
    if not _is_trusted(_split(f"//{host}").hostname or "", context.projects.settings.allow_hosts):
        refused = f"the host name '{host}'" if host else "a request without a host name"
        raise ControlForbidden(f"/_mock refuses {refused}; start the server with --allow-host to accept it.")
    origin = context.headers.get(b"origin", b"").decode("latin-1")
    if origin and _split(origin).netloc != host:
        raise ControlForbidden(f"/_mock refuses pages from '{origin}'; use it from a page on {host}.")
    if context.headers.get(b"sec-fetch-site") == b"cross-site":
        raise ControlForbidden(f"/_mock refuses requests from other sites; use it from a page on {host}.")
    if not has_control_key(context):
        raise ControlForbidden(
            f"{context.path} asks for the control key: send it as 'Authorization: Bearer KEY', set "
            "CHATKIT_MOCK_CONTROL_KEY, or open /?control_key=KEY in the browser."
        )


def has_control_key(context: RequestContext) -> bool:
    """Return whether a request has the control key, if there is one."""
    wanted = context.projects.settings.control_key
    given = (context.bearer, cookie(context.headers.get(b"cookie", b""), CONTROL_KEY))
    return wanted is None or any(hmac.compare_digest(each.encode(), wanted.encode()) for each in given)


def _split(url: str) -> SplitResult:
    """Return the parts of a URL; none of a text that is not a URL, such as `http://[`."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", "", "", "")


def _is_trusted(name: str, allowed: tuple[str, ...]) -> bool:
    return name == "localhost" or name.endswith(".localhost") or name in map(str.lower, allowed) or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True

"""Who may use the control plane: programs and pages on this machine, but no page from elsewhere."""

from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from mock_server.errors import ControlForbidden
from mock_server.http.context import RequestContext


def same_machine(context: RequestContext) -> None:
    """Raise ControlForbidden for a foreign `Origin`, or a `Host` that a rebound DNS name could have sent."""
    host = context.headers.get(b"host", b"").decode("latin-1")
    if not _is_trusted(_split(f"//{host}").hostname or "", context.projects.settings.allow_hosts):
        refused = f"the host name '{host}'" if host else "a request without a host name"
        raise ControlForbidden(f"/_mock refuses {refused}; start the server with --allow-host to accept it.")
    origin = context.headers.get(b"origin", b"").decode("latin-1")
    if origin and _split(origin).netloc != host:
        raise ControlForbidden(f"/_mock refuses pages from '{origin}'; use it from a page on {host}.")


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

"""The caller of a request to the ChatKit API."""

from mock_server.backends.caller import Caller
from mock_server.http.context import RequestContext


def caller_of(context: RequestContext) -> Caller:
    """Return the caller of a request that has passed its guard."""
    session = context.session
    if session is None:
        named = context.headers.get(b"x-mock-user", b"").decode("latin-1")
        user = named or context.projects.settings.custom_user
    else:
        user = session.user
    return Caller(
        context.project,
        user=user,
        session=session,
        has_key=session is None and bool(context.bearer),
        now=context.now,
        address=_address(context),
    )


def _address(context: RequestContext) -> str:
    host = context.headers.get(b"host", b"127.0.0.1").decode("latin-1")
    name = context.project.name
    prefix = "" if name == context.projects.default.name else f"/p/{name}"
    return f"{context.scope['scheme']}://{host}{prefix}"

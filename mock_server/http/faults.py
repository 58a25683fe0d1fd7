"""What a fault does to a request before it is handled. Where there is a socket, connections are really closed."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import UNSET

from mock_server.errors import Dropped, Injected
from mock_server.http.context import RequestContext
from mock_server.http.injector import FaultInjector
from mock_server.moments import seconds
from mock_server.state.faults import does

if TYPE_CHECKING:
    from mock_server.wire.control.faults import FaultError, FaultRule

_ON_RESPONSES = ("cut", "malformed", "truncated", "bandwidth")  # effects that the injector has


async def apply_fault(context: RequestContext, rule: "FaultRule", *, guard: Callable[[RequestContext], None]) -> None:
    """Apply a rule before the request is handled, and set up what happens to the response.

    Raises Injected, Dropped, ClientDisconnect, or what the guard raises after the rule has ended the session.
    """
    do = rule.do
    context.entry.fault = rule.name
    if any(does(do, effect) for effect in _ON_RESPONSES):
        context.injector = FaultInjector(do, send=context.send, pause=context.pause)
    context.project.publish_fault(rule.name, request=context.request_id, operation=context.entry.operation)
    if do.delay is not UNSET:
        await context.pause(seconds(do.delay, most=3600))
        context.refuse_if_reset()
    if do.end_session is not UNSET:
        context.ending = do.end_session
        if context.session is not None:
            context.session = context.project.end_session(context.session.id, do.end_session, now=context.now)
    if do.drop:
        raise Dropped
    if do.error is not UNSET:
        raise _injected(do.error)
    if do.end_session is not UNSET:
        guard(context)


def drop(context: RequestContext) -> None:
    """Close the connection at once. Without a connection, raises ConnectionResetError, as a socket would."""
    connection = context.connection
    if connection is None:
        by = f"the fault '{context.entry.fault}'" if context.entry.fault else "a reset"
        raise ConnectionResetError(f"{by} dropped the connection")
    connection.abort()


def _injected(error: "int | FaultError") -> Injected:
    if isinstance(error, int):
        return Injected(error, message=None, kind=None, retry_after=None)
    given = {name: getattr(error, name) for name in ("code", "param") if getattr(error, name) is not UNSET}
    return Injected(
        error.status,
        message=error.message or None,
        kind=error.type or None,
        retry_after=None if error.retry_after is UNSET else error.retry_after,
        **given,
    )

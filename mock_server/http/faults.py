"""What a fault does to a request and its response: real at the socket wherever there is one."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import UNSET
from starlette.types import Send

from mock_server.errors import Dropped, Injected
from mock_server.http.context import RequestContext
from mock_server.moments import seconds

if TYPE_CHECKING:
    from mock_server.wire.control.faults import FaultAction, FaultError, FaultRule

_SLICES = 10  # pieces per second in which a body is sent under a limited bandwidth


async def apply_fault(context: RequestContext, rule: "FaultRule", *, guard: Callable[[RequestContext], None]) -> None:
    """Do what a rule says before the request is handled, and arrange what happens to its response.

    Raises Injected, Dropped, or what the guard raises once the session has ended.
    """
    do = rule.do
    context.entry.fault = rule.name
    if any(each is not UNSET for each in (do.cut, do.malformed, do.truncated, do.bandwidth)):
        context.injector = FaultInjector(do)
    context.project.publish_fault(rule.name, request=context.request_id, operation=context.entry.operation)
    if do.delay is not UNSET:
        await asyncio.sleep(seconds(do.delay, most=3600))
    if do.end_session is not UNSET:
        context.ending = do.end_session
        if context.session is not None:
            context.project.end_session(context.session.id, do.end_session, now=context.now)
    if do.drop:
        raise Dropped
    if do.error is not UNSET:
        raise _injected(do.error)
    if do.end_session is not UNSET:
        guard(context)


def drop(context: RequestContext) -> None:
    """Close the connection at once. Raises ConnectionResetError where there is none, as a socket would."""
    connection = context.connection
    if connection is None:
        raise ConnectionResetError(f"the fault '{context.entry.fault}' dropped the connection")
    connection.abort()


class FaultInjector:
    """Breaks one response on its way out."""

    def __init__(self, do: "FaultAction") -> None:
        self._do = do
        self._passed = 0

    def whole(self, body: bytes) -> bytes:
        """Return a whole body as it is announced: malformed if the fault says so."""
        return body if self._do.malformed is UNSET else _broken(body)

    @property
    def truncates(self) -> bool:
        """Whether half of a body is sent, and the connection drops then."""
        return self._do.truncated is not UNSET

    def event(self, frame: bytes) -> tuple[bytes, bool]:
        """Return a stream event as it is sent, and whether the connection drops after it. Raises Dropped."""
        do, passed = self._do, self._passed
        self._passed += 1
        if do.cut is not UNSET and passed >= do.cut:
            raise Dropped
        if do.malformed is not UNSET and passed == do.malformed:
            frame = _broken(frame.rstrip(b"\n")) + b"\n\n"
        if do.truncated is not UNSET and passed >= do.truncated:
            return frame[: len(frame) // 2], True
        return frame, False

    async def deliver(self, send: Send, body: bytes, *, more: bool) -> None:
        """Send a piece of a body, no faster than the bandwidth allows."""
        rate = self._do.bandwidth
        if rate is UNSET or not body:
            await send({"type": "http.response.body", "body": body, "more_body": more})
            return
        size = max(1, rate // _SLICES)
        for at in range(0, len(body), size):
            piece = body[at : at + size]
            await asyncio.sleep(len(piece) / rate)
            is_last = at + size >= len(body)
            await send({"type": "http.response.body", "body": piece, "more_body": more or not is_last})


def _broken(text: bytes) -> bytes:
    """Return JSON without its last brackets, which no parser accepts."""
    return text.rstrip(b"]}\n ")


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

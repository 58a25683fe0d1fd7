"""What a fault does to a call: real at the socket wherever there is one."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import UNSET

from mock_server.errors import Dropped, Injected
from mock_server.http.call import Call
from mock_server.http.headers import head_of
from mock_server.moments import seconds
from mock_server.state.journal import parsed_head

if TYPE_CHECKING:
    from mock_server.wire.faults import FaultAction, FaultError, FaultRule

_SLICES = 10  # a second of bandwidth is sent in so many pieces


async def inflict(call: Call, rule: "FaultRule", *, guard: Callable[[Call], None]) -> None:
    """Do to a call what a rule says. Raises Injected, Dropped, or what the guard raises once the session is over."""
    do = rule.do
    call.entry.fault = rule.name
    if any(each is not UNSET for each in (do.cut, do.malformed, do.truncated, do.bandwidth)):
        call.spoiler = Spoiler(do)
    call.project.feed.publish("fault", fault=rule.name, request=call.request_id, operation=call.entry.operation)
    if do.delay is not UNSET:
        await asyncio.sleep(seconds(do.delay, most=3600))
    if do.end_session is not UNSET:
        call.ending = do.end_session
        if call.session is not None:
            call.project.end_session(call.session.id, do.end_session, now=call.now)
    if do.drop:
        raise Dropped
    if do.error is not UNSET:
        raise _injected(do.error)
    if do.end_session is not UNSET:
        guard(call)


def drop(call: Call) -> None:
    """Close the connection at once. Raises ConnectionResetError where there is none, as a socket would."""
    connection = call.connection
    if connection is None:
        raise ConnectionResetError(f"the fault '{call.entry.fault}' dropped the connection")
    connection.abort()


class Spoiler:
    """Harms an answer on its way out."""

    def __init__(self, do: "FaultAction") -> None:
        self._do = do
        self._passed = 0

    async def respond(self, call: Call, status: int, body: bytes, lines: bytes) -> None:
        """Send a whole answer, harmed. Raises Dropped in the middle of a truncated one."""
        do = self._do
        if do.malformed is not UNSET:
            body = _broken(body)
        headers = parsed_head(head_of(call, b"%bcontent-length: %d\r\n" % (lines, len(body))))
        start = {"type": "http.response.start", "status": status, "headers": headers}
        await call.send(start)
        if do.truncated is not UNSET:
            call.entry.answer = body[: len(body) // 2]
            await self.trickle(call, call.entry.answer, more=True)
            raise Dropped
        call.entry.answer = body
        await self.trickle(call, body, more=False)

    async def event(self, call: Call, frame: bytes) -> None:
        """Send one event of a stream, harmed if it is its turn. Raises Dropped to end the stream."""
        do = self._do
        if do.cut is not UNSET and self._passed >= do.cut:
            raise Dropped
        if do.malformed is not UNSET and self._passed == do.malformed:
            frame = _broken(frame.rstrip(b"\n")) + b"\n\n"
        truncated = do.truncated is not UNSET and self._passed >= do.truncated
        if truncated:
            frame = frame[: len(frame) // 2]
        self._passed += 1
        await self.trickle(call, frame, more=True)
        call.entry.keep_event(frame)
        if truncated:
            raise Dropped

    async def piece(self, call: Call, body: bytes, *, more: bool) -> None:
        """Send a piece of a file, harmed. Raises Dropped in the middle of a truncated one."""
        if self._do.truncated is not UNSET:
            await self.trickle(call, body[: len(body) // 2], more=True)
            raise Dropped
        await self.trickle(call, body, more=more)

    async def trickle(self, call: Call, body: bytes, *, more: bool) -> None:
        """Send a piece of a body, no faster than the bandwidth allows."""
        rate = self._do.bandwidth
        if rate is UNSET or not body:
            await call.send({"type": "http.response.body", "body": body, "more_body": more})
            return
        size = max(1, rate // _SLICES)
        for at in range(0, len(body), size):
            piece = body[at : at + size]
            await asyncio.sleep(len(piece) / rate)
            last = at + size >= len(body)
            await call.send({"type": "http.response.body", "body": piece, "more_body": more or not last})


def _broken(text: bytes) -> bytes:
    """JSON without its last brackets: no parser takes it."""
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

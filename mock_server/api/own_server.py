"""Responses that come from a server of the user's own."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect

from mock_server.backends.backend import Backend, Call, Frames, OwnResponse
from mock_server.backends.failures import note_broken_stream
from mock_server.backends.gate import Gate
from mock_server.http.context import RequestContext
from mock_server.http.response import RecordedStream, WholeResponse

T = TypeVar("T")


async def pass_on(context: RequestContext, call: Call, server: Backend) -> "WholeResponse | OwnStream":
    """Perform an operation within the limits of its session, and return the response.

    Raises ThreadNotFound, UploadRefused, BackendFailed, and ClientDisconnect if the client leaves before.
    """
    assert context.backends is not None
    owners = context.backends.owners.of(context.project)
    owners.called(call.caller)
    context.backends.show_time(context.project.clock)
    context.entry.by_own_server = True
    context.entry.thread = getattr(call.params, "thread_id", None)
    answered = await _unless_gone(context, Gate(call, server, owners).answer())
    if isinstance(answered, OwnResponse):
        return WholeResponse(answered.body, status=answered.status, media_type=answered.media_type, hint=answered.hint)
    return OwnStream(context, call, answered, partial(owners.learn, caller=call.caller))


class OwnStream(RecordedStream):
    """The frames of a server of the user's own, as it makes them."""

    def __init__(
        self, context: RequestContext, call: Call, frames: Frames, learn: Callable[[Iterable[bytes]], str | None]
    ) -> None:
        """`learn` looks at the frames that pass, and returns the id of the thread that they create, if any."""
        super().__init__(context)
        self._call, self._frames, self._learn, self._is_broken = call, frames, learn, False

    async def __call__(self) -> None:
        """Send the whole stream, and let the server end it."""
        try:
            await super().__call__()
        finally:
            await self._frames.leave()

    async def send_events(self) -> bool:
        """Send every frame. Returns whether the stream was sent to its end. Raises Dropped."""
        entry = self.context.entry
        while taken := await self._take():
            self.context.refuse_if_reset()
            entry.thread = self._learn(taken) or entry.thread
            for batch in taken if self.context.injector is not None else [b"".join(taken)]:
                await self.send(batch)
            if self.gone.done():
                break
        if not self.gone.done() and not self._is_broken:
            return True
        await self._frames.leave()
        entry.outcome = "dropped" if self._is_broken else "abandoned"
        return False

    async def _take(self) -> list[bytes]:
        taking = asyncio.ensure_future(self._frames.take())
        waiting: set[asyncio.Future[Any]] = {taking, self.gone}
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            return taking.result() if taking.done() else []
        except Exception as error:  # noqa: BLE001 - whatever the server raises breaks off its stream
            note_broken_stream(error, self._call)
            self._is_broken = True
            return []
        finally:
            taking.cancel()
            await asyncio.wait({taking})


async def _unless_gone(context: RequestContext, work: Awaitable[T]) -> T:
    """Return a result, and cancel the work if the client leaves first. Raises ClientDisconnect then."""
    connection = context.connection
    if connection is None:
        return await work
    task = asyncio.ensure_future(work)
    waiting: set[asyncio.Future[Any]] = {task, connection.gone}
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise ClientDisconnect
        return task.result()
    finally:
        task.cancel()

"""Responses that come from a server of the user's own."""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect
from starlette.responses import Response

from mock_server.backends.backend import Answer, Call, Frames
from mock_server.backends.failures import note_broken_stream
from mock_server.http.context import RequestContext
from mock_server.http.response import EventStream

T = TypeVar("T")


async def pass_on(context: RequestContext, call: Call, reply: Awaitable[Answer | Frames]) -> "Response | OwnStream":
    """Return the response to a reply that is under way. Raises BackendFailed, and ClientDisconnect meanwhile."""
    answered = await _unless_gone(context, reply)
    if isinstance(answered, Answer):
        return Response(answered.body, answered.status, media_type=answered.media_type)
    return OwnStream(context, call, answered)


class OwnStream(EventStream):
    """The frames of a server of the user's own, as it makes them."""

    def __init__(self, context: RequestContext, call: Call, frames: Frames) -> None:
        super().__init__(context)
        self._call, self._frames, self._is_broken = call, frames, False

    async def __call__(self) -> None:
        """Send the whole stream and record it in the journal."""
        journal, entry = self.context.project.journal, self.context.entry
        entry.begin_stream()
        journal.open_streams += 1
        try:
            await super().__call__()
        finally:
            journal.open_streams -= 1
            await self._frames.leave()

    async def send_events(self) -> bool:
        """Send every frame. Returns whether the stream was sent to its end."""
        entry = self.context.entry
        while taken := await self._take():
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

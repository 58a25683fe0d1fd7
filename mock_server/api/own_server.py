"""Responses that come from a server of the user's own."""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from mock_server.backends.backend import Answer, Frames
from mock_server.http.context import RequestContext
from mock_server.http.errors import hint_header
from mock_server.http.response import EventStream, respond
from mock_server.wire.headers import Headers, encode_headers

T = TypeVar("T")


async def pass_on(context: RequestContext, reply: Awaitable[Answer | Frames]) -> "OwnAnswer | OwnStream":
    """Return the response to a reply that is under way. Raises BackendFailed, and ClientDisconnect meanwhile."""
    answered = await _unless_gone(context, reply)
    if isinstance(answered, Answer):
        return OwnAnswer(context, answered)
    return OwnStream(context, answered)


class OwnAnswer(Response):
    """A whole response of a server of the user's own, with its status, type and body as they are."""

    def __init__(self, context: RequestContext, answer: Answer) -> None:
        super().__init__(answer.body, answer.status)
        self._context, self._answer = context, answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - as in Response
        """Send it. Raises Dropped."""
        answer = self._answer
        own: Headers = [(b"content-type", answer.media_type.encode("latin-1"))] if answer.media_type else []
        if answer.hint is not None:
            own.append(hint_header(answer.hint))
        await respond(self._context, answer.status, answer.body, encode_headers(own))


class OwnStream(EventStream):
    """The frames of a server of the user's own, as it makes them."""

    def __init__(self, context: RequestContext, frames: Frames) -> None:
        super().__init__(context)
        self._frames = frames

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
        if not self.gone.done():
            return True
        await self._frames.leave()
        entry.outcome = "abandoned"
        return False

    async def _take(self) -> list[bytes]:
        taking = asyncio.ensure_future(self._frames.take())
        waiting: set[asyncio.Future[Any]] = {taking, self.gone}
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            return taking.result() if taking.done() else []
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

"""The scripted server as a user of the emulator writes one: its Store keeps users apart, and it fails when told to."""

from collections.abc import AsyncIterator
from typing import Any

from chatkit import types as ck
from chatkit.server import NonStreamingResult
from chatkit.store import NotFoundError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from support.memory_store import page
from support.scripted_server import Scripted
from support.user_server import UserStore

RAISES = "boom"  # the word on which it raises, in a message or as a title


class TwinStore(UserStore):
    """Fails where a thread gets the title on which it raises."""

    async def save_thread(self, thread: ck.ThreadMetadata, context: Any) -> None:
        if thread.title == RAISES:
            raise OSError(RAISES)
        await super().save_thread(thread, context)

    async def load_threads(self, limit: int, after: str | None, order: str, context: Any) -> ck.Page[ck.ThreadMetadata]:
        """The order is that of times, as in the emulator: a clock may move back."""
        mine = [await self.load_thread(each, context) for each, user in self.users.items() if user == context["user"]]
        return page(sorted(mine, key=lambda thread: thread.created_at), limit, after, order)

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: Any
    ) -> ck.Page[ck.ThreadItem]:
        if context is not None:  # as the script's helper has it
            await self.load_thread(thread_id, context)
        return await super().load_thread_items(thread_id, after, limit, order, context)


class Twin(Scripted):
    """Answers as `scripted_workflow` does."""

    def __init__(self) -> None:
        super().__init__(TwinStore())

    async def respond(
        self, thread: ck.ThreadMetadata, input_user_message: ck.UserMessageItem | None, context: Any
    ) -> Any:
        named = thread.title  # which the script leaves as it is
        try:
            if input_user_message is not None and RAISES in "".join(part.text for part in input_user_message.content):
                thread.title = "A title"
                raise LookupError(RAISES)
            async for event in super().respond(thread, input_user_message, context):
                thread.title = named or thread.title
                yield event
        finally:
            thread.title = named or thread.title


class TwinApp:
    """The same as an application; `clear` lets a new server answer."""

    def __init__(self) -> None:
        self.clear()
        self.app = Starlette(routes=[Route("/chatkit", self._converse, methods=["POST"])])

    def clear(self) -> None:
        """Forget every thread: the emulator's reset leaves an application as it is."""
        self._server = Twin()

    async def _converse(self, request: Request) -> Response:
        context: Any = {"user": request.headers["x-mock-user"]}
        try:
            result = await self._server.process(await request.body(), context)
            if isinstance(result, NonStreamingResult):
                return Response(result.json, media_type="application/json")
            frames = aiter(result)
            first = await anext(frames, b"")
        except NotFoundError as error:
            told = {"message": str(error), "type": "invalid_request_error", "param": None, "code": None}
            return JSONResponse({"error": told}, 404)
        return StreamingResponse(_joined(first, frames), media_type="text/event-stream")


async def _joined(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    if first:
        yield first
    async for frame in rest:
        yield frame

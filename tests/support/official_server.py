"""A server of one's own, as its author writes one with `openai-chatkit`."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

from chatkit import types as ck
from chatkit.actions import Action
from chatkit.server import ChatKitServer, StreamingResult
from chatkit.store import StoreItemType
from chatkit.widgets import DynamicWidgetRoot
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from support.memory_store import Memory

Json = dict[str, Any]
Events = AsyncIterator[ck.ThreadStreamEvent]

CARD: Json = {
    "type": "Card",
    "children": [
        {"type": "Text", "value": "Not yet"},
        {"type": "Button", "label": "Press", "onClickAction": {"type": "press", "payload": {"n": 1}}},
    ],
}
PRESSED: Json = {"type": "Card", "children": [{"type": "Text", "value": "Pressed"}]}


class OfficialServer(ChatKitServer[None]):
    """Answers by what the message says, else repeats it, a word at a time.

    heard: the bodies of the requests. feedback: what it was given.
    """

    store: Memory

    def __init__(self) -> None:
        super().__init__(Memory())
        self.heard: list[Json] = []
        self.feedback: list[tuple[list[str], str]] = []
        self.pace = 0.02  # seconds between words
        self.broken = False

    async def respond(
        self, thread: ck.ThreadMetadata, input_user_message: ck.UserMessageItem | None, context: None
    ) -> Events:
        if input_user_message is None:
            page = await self.store.load_thread_items(thread.id, None, 1, "desc", context)
            (call,) = page.data
            assert isinstance(call, ck.ClientToolCallItem)
            assert isinstance(call.output, dict)
            reply = self._message(thread, f"It is {call.output['theme']}.")
        else:
            reply = self._reply(thread, "".join(part.text for part in input_user_message.content))
        async for event in reply:
            yield event

    async def action(
        self, thread: ck.ThreadMetadata, action: Action[str, Any], sender: ck.WidgetItem | None, context: None
    ) -> Events:
        assert sender is not None
        widget = DynamicWidgetRoot.model_validate(PRESSED)
        yield ck.ThreadItemReplacedEvent(item=sender.model_copy(update={"widget": widget}))
        async for event in self._message(thread, f"You pressed {action.payload['n']}."):
            yield event

    async def add_feedback(self, thread_id: str, item_ids: list[str], feedback: str, context: None) -> None:
        self.feedback.append((item_ids, feedback))

    def _reply(self, thread: ck.ThreadMetadata, said: str) -> Events:
        thread.title = thread.title or said
        replies: dict[str, Callable[[ck.ThreadMetadata], Events]] = {
            "card": self._card,
            "dark": self._tool,
            "break": self._break,
        }
        reply = next((reply for word, reply in replies.items() if word in said), None)
        return reply(thread) if reply else self._message(thread, f"You said: {said}")

    async def _message(self, thread: ck.ThreadMetadata, text: str) -> Events:
        item = ck.AssistantMessageItem(**self._base(thread, "message"), content=[])
        yield ck.ThreadItemAddedEvent(item=item)
        part = ck.AssistantMessageContent(text="", annotations=[])
        added = ck.AssistantMessageContentPartAdded(content_index=0, content=part)
        yield ck.ThreadItemUpdatedEvent(item_id=item.id, update=added)
        for word in text.split(" "):
            delta = ck.AssistantMessageContentPartTextDelta(content_index=0, delta=f"{word} ")
            yield ck.ThreadItemUpdatedEvent(item_id=item.id, update=delta)
            await asyncio.sleep(self.pace)
        whole = ck.AssistantMessageContent(text=text, annotations=[])
        yield ck.ThreadItemDoneEvent(item=item.model_copy(update={"content": [whole]}))

    async def _card(self, thread: ck.ThreadMetadata) -> Events:
        widget = DynamicWidgetRoot.model_validate(CARD)
        yield ck.ThreadItemDoneEvent(item=ck.WidgetItem(**self._base(thread, "message"), widget=widget))

    async def _tool(self, thread: ck.ThreadMetadata) -> Events:
        base = self._base(thread, "tool_call")
        call = ck.ClientToolCallItem(**base, call_id="call_1", name="get_theme", arguments={"of": "page"})
        yield ck.ThreadItemDoneEvent(item=call)

    async def _break(self, thread: ck.ThreadMetadata) -> Events:
        if self.broken:
            raise RuntimeError("out of order")
        async for event in self._message(thread, "Now it works."):
            yield event

    def _base(self, thread: ck.ThreadMetadata, kind: StoreItemType) -> Json:
        item_id = self.store.generate_item_id(kind, thread, None)
        return {"id": item_id, "thread_id": thread.id, "created_at": datetime(2026, 1, 1, tzinfo=UTC)}


def served(server: ChatKitServer[None]) -> Starlette:
    """The server as an application, open to pages of other origins."""

    async def converse(request: Request) -> Response:
        if isinstance(server, OfficialServer):
            server.heard.append(await request.json())
        result = await server.process(await request.body(), None)
        if isinstance(result, StreamingResult):
            return StreamingResponse(result, media_type="text/event-stream")
        return Response(result.json, media_type="application/json")

    cors = Middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"])
    return Starlette(routes=[Route("/chatkit", converse, methods=["POST"])], middleware=[cors])

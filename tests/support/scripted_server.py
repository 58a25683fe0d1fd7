"""The official `ChatKitServer`, scripted as `scripted_workflow` is. Its import takes two seconds."""

import asyncio
import json
import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

from chatkit import types as ck
from chatkit.actions import Action
from chatkit.agents import AgentContext, stream_agent_response
from chatkit.errors import CustomStreamError, ErrorCode, StreamError
from chatkit.server import ChatKitServer, NonStreamingResult, StreamingResult, stream_widget
from chatkit.store import StoreItemType
from chatkit.widgets import DynamicWidgetRoot
from support.memory_store import Memory
from support.scripted_workflow import CARD, CHOICE, EMPTY_LINE, FREE, PRESSED, TASK, TOUCHED, WRITTEN
from support.talk import Json, events_of

Events = AsyncIterator[ck.ThreadStreamEvent]


class Turn:
    """What a reply is made of."""

    def __init__(self, store: Memory, thread: ck.ThreadMetadata, sender: ck.WidgetItem | None = None) -> None:
        self.store, self.thread, self.sender = store, thread, sender

    def base(self, kind: StoreItemType = "message") -> Json:
        """The fields of every item."""
        item_id = self.store.generate_item_id(kind, self.thread, None)
        return {"id": item_id, "thread_id": self.thread.id, "created_at": datetime(2026, 1, 1, tzinfo=UTC)}

    def agent(self) -> AgentContext[None]:
        """The helper that integrations stream with."""
        return AgentContext(thread=self.thread, store=self.store, request_context=None)

    def message(self, text: str) -> Events:
        """A message, in words, converted from a model's events by the official package."""
        run = SimpleNamespace(stream_events=lambda: model_events(self.base()["id"], text))
        return stream_agent_response(self.agent(), cast("Any", run))


async def model_events(item_id: str, text: str) -> AsyncIterator[SimpleNamespace]:
    """What a model streams for a message of one part."""
    place: Json = {"item_id": item_id, "content_index": 0}
    part: Json = {"type": "output_text", "text": text, "annotations": []}
    whole: list[Json] = [
        {"type": "response.output_item.added", "item": {"type": "message", "id": item_id, "content": []}},
        {"type": "response.content_part.added", **place, "part": {**part, "text": ""}},
        *({"type": "response.output_text.delta", **place, "delta": word} for word in words(text)),
        {"type": "response.output_text.done", **place, "text": text},
        {"type": "response.output_item.done", "item": {"type": "message", "id": item_id, "content": [part]}},
    ]
    for event in whole:
        data = json.loads(json.dumps(event), object_hook=lambda fields: SimpleNamespace(**fields))
        yield SimpleNamespace(type="raw_response_event", data=data)


def words(text: str) -> list[str]:
    """Words with the space behind them."""
    return re.findall(r"\S+\s*", text)


async def card(turn: Turn) -> Events:
    async for event in stream_widget(turn.thread, DynamicWidgetRoot.model_validate(CARD)):
        yield event


async def writing(turn: Turn) -> Events:
    async def states() -> Any:
        pieces = words(WRITTEN)
        for at in range(len(pieces) + 1):
            line = {**EMPTY_LINE, "value": "".join(pieces[:at])}
            yield DynamicWidgetRoot.model_validate({"type": "Card", "children": [line]})

    async for event in stream_widget(turn.thread, states()):
        yield event


async def press(turn: Turn) -> Events:
    assert turn.sender is not None
    widget = DynamicWidgetRoot.model_validate(PRESSED)
    yield ck.ThreadItemReplacedEvent(item=turn.sender.model_copy(update={"widget": widget}))
    async for event in turn.message("Pressed it."):
        yield event


async def ignore(turn: Turn) -> Events:
    nothing: list[ck.ThreadStreamEvent] = []
    for event in nothing:
        yield event


async def tool(turn: Turn) -> Events:
    call = ck.ClientToolCallItem(**turn.base("tool_call"), call_id="call_1", name="look_up", arguments={"what": "it"})
    yield ck.ThreadItemDoneEvent(item=call)


async def questions(turn: Turn) -> Events:
    choice, free = (
        ck.StructuredInputMultipleChoice.model_validate(CHOICE),
        ck.StructuredInputFreeform.model_validate(FREE),
    )
    yield ck.ThreadItemDoneEvent(item=ck.StructuredInputItem(**turn.base(), inputs=[choice, free]))


async def fail(turn: Turn) -> Events:
    async for event in ignore(turn):
        yield event
    raise StreamError(ErrorCode.STREAM_ERROR)


async def excuse(turn: Turn) -> Events:
    async for event in turn.message("One moment."):
        yield event
    raise CustomStreamError("Out of order.", allow_retry=False)


async def parade(turn: Turn) -> Events:
    task = ck.CustomTask.model_validate(TASK)
    yield ck.ProgressUpdateEvent(text="Working", icon="search")
    yield ck.ClientEffectEvent(name="ring", data={"times": 2})
    yield ck.NoticeEvent(level="warning", message="Mind the step", title="Step")
    yield ck.ThreadItemDoneEvent(item=ck.TaskItem(**turn.base("task"), task=task))
    image = ck.GeneratedImageItem(**turn.base())
    yield ck.ThreadItemAddedEvent(item=image)
    made = ck.GeneratedImage(id="img_1", url="https://example.com/a.png")
    yield ck.ThreadItemUpdatedEvent(item_id=image.id, update=ck.GeneratedImageUpdated(image=made, progress=1.0))
    yield ck.ThreadItemDoneEvent(item=image.model_copy(update={"image": made}))
    work = ck.WorkflowItem(**turn.base("workflow"), workflow=ck.Workflow(type="custom", tasks=[], expanded=True))
    yield ck.ThreadItemAddedEvent(item=work)
    yield ck.ThreadItemUpdatedEvent(item_id=work.id, update=ck.WorkflowTaskAdded(task_index=0, task=task))
    summary = ck.CustomSummary(title="Looked", icon="check")
    done = work.workflow.model_copy(update={"tasks": [task], "summary": summary})
    yield ck.ThreadItemDoneEvent(item=work.model_copy(update={"workflow": done}))
    yield ck.ThreadItemDoneEvent(item=ck.EndOfTurnItem(**turn.base()))


REPLIES: dict[str, Callable[[Turn], Events]] = {
    "card": card,
    "writing": writing,
    "tool": tool,
    "questions": questions,
    "break": fail,
    "excuse": excuse,
    "parade": parade,
    "client_tool_call": lambda turn: turn.message("The tool answered."),
    "structured_input": lambda turn: turn.message("Thank you."),
}


class Scripted(ChatKitServer[None]):
    """The official server with the replies above."""

    store: Memory

    async def respond(
        self, thread: ck.ThreadMetadata, input_user_message: ck.UserMessageItem | None, context: None
    ) -> Events:
        if input_user_message is None:
            last = await self.store.load_thread_items(thread.id, None, 1, "desc", context)
            said: str = last.data[0].type
        else:
            said = "".join(part.text for part in input_user_message.content)
        reply = next((reply for word, reply in REPLIES.items() if word in said.split()), None)
        turn = Turn(self.store, thread)
        events = reply(turn) if reply else turn.message("Here is a plain answer.")
        try:
            async for event in events:
                if isinstance(event, ck.ThreadItemUpdatedEvent) and event.update.type.endswith("text_delta"):
                    thread.title = "A title"  # where the hosted API has named a thread: after the first word (observed)
                yield event
        finally:
            thread.title = "A title"

    async def action(
        self, thread: ck.ThreadMetadata, action: Action[str, Any], sender: ck.WidgetItem | None, context: None
    ) -> Events:
        turn = Turn(self.store, thread, sender)
        async for event in {"press": press, "ignore": ignore}[action.type](turn):
            yield event

    async def sync_action(
        self, thread: ck.ThreadMetadata, action: Action[str, Any], sender: ck.WidgetItem | None, context: None
    ) -> ck.SyncCustomActionResponse:
        changed = {"press": PRESSED, "touch": TOUCHED}.get(action.type)
        if sender is None or changed is None:
            return ck.SyncCustomActionResponse()
        updated = sender.model_copy(update={"widget": DynamicWidgetRoot.model_validate(changed)})
        await self.store.save_item(thread.id, updated, context)
        if action.type == "press":
            async for event in Turn(self.store, thread).message("Pressed it."):
                if isinstance(event, ck.ThreadItemDoneEvent):
                    await self.store.add_thread_item(thread.id, event.item, context)
        return ck.SyncCustomActionResponse(updated_item=updated)


class Overheard(Scripted):
    """The same server; `sent` is what it sent last, byte by byte."""

    sent = b""

    async def process(self, request: str | bytes | bytearray, context: Any) -> StreamingResult | NonStreamingResult:
        result = await super().process(request, context)
        if isinstance(result, NonStreamingResult):
            self.sent = result.json
            return result
        self.sent = b""
        return StreamingResult(self._overheard(result))

    async def _overheard(self, frames: StreamingResult) -> AsyncGenerator[bytes, None]:
        async for frame in frames:
            self.sent += frame
            yield frame


class Official:
    """The official server behind the methods of `Talk`."""

    def __init__(self) -> None:
        self.server = Scripted(Memory())

    def stream(self, op: str, **params: Any) -> list[Json]:
        """The events of an operation that streams."""
        return events_of(asyncio.run(self._answer(op, params)).decode())

    def json(self, op: str, **params: Any) -> Json:
        """The answer of an operation that does not stream."""
        answer: Json = json.loads(asyncio.run(self._answer(op, params)))
        return answer

    async def _answer(self, op: str, params: Json) -> bytes:
        result = await self.server.process(json.dumps({"type": op, "params": params}), None)
        if isinstance(result, NonStreamingResult):
            return result.json
        assert isinstance(result, StreamingResult)
        return b"".join([frame async for frame in result])

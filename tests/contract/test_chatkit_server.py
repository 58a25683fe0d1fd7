"""The conversation in custom mode has the shapes of the official server's.

The same operations go to `chatkit.server.ChatKitServer` of `openai-chatkit` and to the emulator, both scripted alike.
Compared are the order of events, every key, the kinds of values, numbers, and the words that are part of the protocol;
ids, times and texts are not.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Protocol, cast

import pytest
import yaml
from chatkit import types as ck
from chatkit.actions import Action
from chatkit.agents import AgentContext, stream_agent_response
from chatkit.errors import CustomStreamError, ErrorCode, StreamError
from chatkit.server import ChatKitServer, NonStreamingResult, StreamingResult, stream_widget
from chatkit.store import NotFoundError, Store, StoreItemType
from chatkit.widgets import DynamicWidgetRoot
from starlette.testclient import TestClient
from talk import Json, Talk, events_of, kinds

from mock_server.app import MockServer
from mock_server.config import Settings
from mock_server.state.project import Projects
from mock_server.workflows.catalog import Catalog

# What the emulator sends beyond the official server's, by the object's type: the hosted API sends it (observed).
HOSTED_EXTRAS: dict[tuple[str, str], Any] = {
    ("workflow", "response_items"): [],  # on workflow items, always empty
    ("user_message", "quoted_text"): "",  # an empty string where nothing is quoted
}
# Strings that are words of the protocol rather than text.
WORDS = {"type", "status", "status_indicator", "code", "level", "name"}
# Flags that a script decides: the official server says `done` of every piece of a widget's text or of none, as the
# component's `streaming` stands; the emulator says it of the last one.
SCRIPTED_FLAGS = {"done"}

BUTTON = {"type": "Button", "label": "Go", "onClickAction": {"type": "press", "payload": {"n": 1}}}
CARD: Json = {"type": "Card", "children": [{"type": "Text", "id": "line", "value": "Hello"}, BUTTON]}
PRESSED: Json = {"type": "Card", "children": [{"type": "Text", "id": "line", "value": "Done"}]}
NEW_LINE: Json = {"type": "Text", "id": "line", "value": "Touched", "weight": "bold"}
TOUCHED: Json = {"type": "Card", "children": [NEW_LINE, BUTTON]}
EMPTY_LINE: Json = {"type": "Text", "id": "line", "value": "", "streaming": True}
WRITTEN = "On its way."
CHOICE: Json = {"type": "multiple_choice", "id": "when", "question": "When?", "options": [{"value": "Now"}]}
FREE: Json = {"type": "freeform", "id": "why", "question": "Why?", "description": "In short"}
TASK: Json = {"type": "custom", "title": "Look", "content": "Around"}

WORKFLOW: Json = {
    "turns": [
        {"when": {"text": "card"}, "reply": [{"widget": CARD}]},
        {
            "when": {"text": "writing"},
            "reply": [
                {"widget": {"type": "Card", "children": [EMPTY_LINE]}},
                {"update_widget": {"component_id": "line", "text": WRITTEN}},
            ],
        },
        {"when": {"action": "press"}, "reply": [{"update_widget": {"root": PRESSED}}, {"message": "Pressed it."}]},
        {
            "when": {"action": "touch"},
            "reply": [{"update_widget": {"component_id": "line", "component": NEW_LINE}}],
        },
        {"when": {"action": "ignore"}, "reply": []},
        {"when": {"text": "tool"}, "reply": [{"client_tool": {"name": "look_up", "arguments": {"what": "it"}}}]},
        {"when": {"tool": "look_up"}, "reply": [{"message": "The tool answered."}]},
        {"when": {"text": "questions"}, "reply": [{"structured_input": [CHOICE, FREE]}]},
        {"when": {"answers": {}}, "reply": [{"message": "Thank you."}]},
        {"when": {"text": "break"}, "reply": [{"error": {"allow_retry": True}}]},
        {
            "when": {"text": "excuse"},
            "reply": [{"message": "One moment."}, {"error": {"message": "Out of order.", "allow_retry": False}}],
        },
        {
            "when": {"text": "parade"},
            "reply": [
                {"progress": {"text": "Working", "icon": "search"}},
                {"effect": {"name": "ring", "data": {"times": 2}}},
                {"notice": {"level": "warning", "message": "Mind the step", "title": "Step"}},
                {"task": TASK},
                {"image": {"url": "https://example.com/a.png"}},
                {"workflow": {"tasks": [TASK], "title": "Looked", "icon": "check", "expanded": True}},
                {"end_of_turn": True},
            ],
        },
    ],
    "default": [{"message": "Here is a plain answer."}],
}


# The official server, scripted as the workflow above.


class Memory(Store[None]):
    """Threads and items in dicts; what goes in or out is a copy."""

    def __init__(self) -> None:
        self.threads: dict[str, ck.ThreadMetadata] = {}
        self.items: dict[str, dict[str, ck.ThreadItem]] = {}

    async def load_thread(self, thread_id: str, context: None) -> ck.ThreadMetadata:
        if thread_id not in self.threads:
            raise NotFoundError(thread_id)
        return ck.ThreadMetadata(**self.threads[thread_id].model_dump(exclude={"items"}))

    async def save_thread(self, thread: ck.ThreadMetadata, context: None) -> None:
        self.threads[thread.id] = thread.model_copy(deep=True)

    async def load_threads(
        self, limit: int, after: str | None, order: str, context: None
    ) -> ck.Page[ck.ThreadMetadata]:
        return page([await self.load_thread(each, context) for each in self.threads], limit, after, order)

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: None
    ) -> ck.Page[ck.ThreadItem]:
        kept = [item.model_copy(deep=True) for item in self.items.get(thread_id, {}).values()]
        return page(kept, limit, after, order)

    async def add_thread_item(self, thread_id: str, item: ck.ThreadItem, context: None) -> None:
        self.items.setdefault(thread_id, {})[item.id] = item.model_copy(deep=True)

    async def save_item(self, thread_id: str, item: ck.ThreadItem, context: None) -> None:
        await self.add_thread_item(thread_id, item, context)

    async def load_item(self, thread_id: str, item_id: str, context: None) -> ck.ThreadItem:
        return self.items[thread_id][item_id].model_copy(deep=True)

    async def delete_thread(self, thread_id: str, context: None) -> None:
        del self.threads[thread_id]
        self.items.pop(thread_id, None)

    async def delete_thread_item(self, thread_id: str, item_id: str, context: None) -> None:
        del self.items[thread_id][item_id]

    async def save_attachment(self, attachment: ck.Attachment, context: None) -> None:
        raise NotImplementedError

    async def load_attachment(self, attachment_id: str, context: None) -> ck.Attachment:
        raise NotImplementedError

    async def delete_attachment(self, attachment_id: str, context: None) -> None:
        raise NotImplementedError


def page(entries: list[Any], limit: int, after: str | None, order: str) -> ck.Page[Any]:
    """The entries behind a cursor."""
    ordered = entries if order == "asc" else entries[::-1]
    start = next((at for at, entry in enumerate(ordered, 1) if entry.id == after), 0)
    data = ordered[start : start + limit]
    has_more = len(ordered) > start + limit
    return ck.Page(data=data, has_more=has_more, after=data[-1].id if has_more else None)


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


# Both, side by side.


class Speaker(Protocol):
    """What takes operations."""

    def stream(self, op: str, **params: Any) -> list[Json]: ...
    def json(self, op: str, **params: Any) -> Json: ...


class Side:
    """One of the two, with the ids it gave: of the thread, and of the newest item of each type."""

    def __init__(self, speaker: Speaker) -> None:
        self.speaker = speaker
        self.ids: dict[str, str] = {}

    def params(self, op: str, item: str, given: Json) -> Json:
        """The params, with this side's ids."""
        known = {} if op in {"threads.create", "threads.list"} else {"thread_id": self.ids["thread"]}
        after = {"after": self.ids[given["after"]]} if "after" in given else {}
        ids = [self.ids[each] for each in given.get("item_ids", [])]
        return (
            known | ({"item_id": self.ids[item]} if item else {}) | given | after | ({"item_ids": ids} if ids else {})
        )

    def remember(self, events: list[Json]) -> None:
        """Keep the ids of what was streamed."""
        for event in events:
            if "thread" in event:
                self.ids["thread"] = event["thread"]["id"]
            elif "item" in event:
                self.ids[event["item"]["type"]] = event["item"]["id"]


class Both:
    """The emulator and the official server; each operation goes to both, and its two answers have one shape."""

    def __init__(self, ours: Speaker) -> None:
        self.ours, self.official = Side(ours), Side(Official())

    def stream(self, op: str, *, item: str = "", **params: Any) -> list[str]:
        """What is streamed, as `kinds` has it."""
        answers = []
        for side in (self.ours, self.official):
            events = side.speaker.stream(op, **side.params(op, item, params))
            side.remember(events)
            answers.append(events)
        ours, official = answers
        assert kinds(ours) == kinds(official)
        for ours_event, official_event in zip(ours, official, strict=True):
            assert shape(without_extras(ours_event)) == shape(official_event)
        return kinds(ours)

    def json(self, op: str, *, item: str = "", **params: Any) -> Json:
        """What the emulator answers at once."""
        ours, official = (side.speaker.json(op, **side.params(op, item, params)) for side in (self.ours, self.official))
        assert shape(without_extras(ours)) == shape(official)
        return ours

    def say(self, text: str, **fields: Any) -> list[str]:
        """Send a message, in a new thread at first."""
        op = "threads.add_user_message" if self.ours.ids else "threads.create"
        part = {"type": "input_text", "text": text}
        return self.stream(op, input={"content": [part], "attachments": [], "inference_options": {}, **fields})

    def same_items(self) -> list[str]:
        """The types of the thread's items, oldest first."""
        return [item["type"] for item in self.json("items.list", order="asc")["data"]]


def shape(value: Any, key: str = "") -> Any:
    """A value without its texts."""
    if isinstance(value, dict):
        return {name: shape(entry, name) for name, entry in value.items()}
    if isinstance(value, list):
        return [shape(entry) for entry in value]
    if isinstance(value, bool) and key in SCRIPTED_FLAGS:
        return "a flag"
    return value if not isinstance(value, str) or key in WORDS else "a text"


def without_extras(value: Any) -> Any:
    """A value without what only the hosted API sends."""
    if isinstance(value, list):
        return [without_extras(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    kind = str(value.get("type"))
    extra = {name for name, entry in value.items() if HOSTED_EXTRAS.get((kind, name), ...) == entry}
    return {name: without_extras(entry) for name, entry in value.items() if name not in extra}


@pytest.fixture
def both(tmp_path: Path) -> Both:
    """The two, nothing said yet."""
    (tmp_path / "wf_alike.yaml").write_text(yaml.safe_dump(WORKFLOW))
    projects = Projects(Settings(custom_mode=True, custom_workflow="wf_alike"))
    app = MockServer(projects, workflows=Catalog([tmp_path]))
    return Both(Talk(TestClient(app, base_url="http://127.0.0.1")))


# Messages.


def test_a_new_thread_is_answered_word_by_word(both: Both) -> None:
    streamed = both.say("Hello")
    assert streamed[:3] == ["thread.created", "thread.item.done user_message", "stream_options"]
    assert streamed.count("thread.item.updated assistant_message.content_part.text_delta") == 5
    assert both.same_items() == ["user_message", "assistant_message"]


def test_a_further_message_is_answered(both: Both) -> None:
    both.say("Hello")
    assert both.say("Again")[-1] == "thread.item.done assistant_message"
    assert len(both.same_items()) == 4


def test_a_message_keeps_what_the_user_picked_and_quoted(both: Both) -> None:
    tag = {"type": "input_tag", "id": "t1", "text": "@ada", "data": {"n": "1"}, "group": "people", "interactive": True}
    options = {"model": "m", "tool_choice": {"id": "search"}}
    both.say("Hello", content=[tag], quoted_text="You said", inference_options=options)
    both.same_items()


def test_nulls_in_a_message_are_left_out(both: Both) -> None:
    tag: Json = {"type": "input_tag", "id": "t1", "text": "@ada", "data": {}, "group": None}
    options = {"model": None, "tool_choice": None}
    both.say("Hello", content=[tag], quoted_text=None, inference_options=options)
    both.same_items()


def test_a_message_is_answered_again(both: Both) -> None:
    both.say("Hello")
    again = both.stream("threads.retry_after_item", item="user_message")
    assert again[0] == "stream_options"
    assert again[-1] == "thread.item.done assistant_message"
    assert both.same_items() == ["user_message", "assistant_message"]


def test_every_other_kind_of_step_is_streamed_alike(both: Both) -> None:
    streamed = both.say("a parade")
    assert {"progress_update", "client_effect", "notice", "thread.item.done workflow"} <= set(streamed)
    assert both.same_items() == ["user_message", "task", "generated_image", "workflow", "end_of_turn"]


# Errors.


def test_a_failure_can_be_retried(both: Both) -> None:
    assert "error" in both.say("break")
    assert "error" in both.stream("threads.retry_after_item", item="user_message")
    assert both.same_items() == ["user_message"]


def test_a_failure_says_its_own_words_after_what_was_said(both: Both) -> None:
    streamed = both.say("an excuse")
    assert streamed.index("thread.item.done assistant_message") < streamed.index("error")
    assert both.same_items() == ["user_message", "assistant_message"]


# Widgets and their actions.


def test_a_widgets_action_replaces_it(both: Both) -> None:
    assert "thread.item.done widget" in both.say("a card")
    action = {"type": "press", "payload": {"n": 1}}
    streamed = both.stream("threads.custom_action", item="widget", action=action)
    assert streamed[:2] == ["stream_options", "thread.item.replaced widget"]
    assert both.same_items() == ["user_message", "widget", "assistant_message"]


def test_an_action_may_be_answered_by_nothing(both: Both) -> None:
    both.say("a card")
    assert both.stream("threads.custom_action", item="widget", action={"type": "ignore"}) == ["stream_options"]
    assert both.stream("threads.custom_action", action={"type": "ignore"}) == ["stream_options"]


def test_an_action_of_no_widget_is_an_error(both: Both) -> None:
    both.say("Hello")
    assert both.stream("threads.custom_action", item="user_message", action={"type": "press"}) == ["error"]


def test_a_widgets_text_is_streamed_and_then_done(both: Both) -> None:
    streamed = both.say("writing")
    assert streamed.count("thread.item.updated widget.streaming_text.value_delta") == 3
    assert both.same_items() == ["user_message", "widget"]


def test_a_sync_action_answers_with_the_widget(both: Both) -> None:
    both.say("a card")
    answer = both.json("threads.sync_custom_action", item="widget", action={"type": "press", "payload": {"n": 1}})
    assert answer["updated_item"]["widget"] == PRESSED
    assert both.same_items() == ["user_message", "widget", "assistant_message"]


def test_a_sync_action_that_changes_one_component_answers_with_the_widget(both: Both) -> None:
    both.say("a card")
    answer = both.json("threads.sync_custom_action", item="widget", action={"type": "touch"})
    assert answer["updated_item"]["widget"] == TOUCHED


def test_a_sync_action_may_change_nothing(both: Both) -> None:
    both.say("a card")
    assert both.json("threads.sync_custom_action", item="widget", action={"type": "ignore"}) == {}


# Client tools and questions.


@pytest.mark.parametrize("result", [{"found": True, "at": None}, "found", [1, 2], None], ids=str)
def test_a_client_tools_output_is_answered(both: Both, result: Any) -> None:
    assert "thread.item.done client_tool_call" in both.say("use the tool")
    streamed = both.stream("threads.add_client_tool_output", result=result)
    assert streamed[0] == "stream_options"
    assert streamed[-1] == "thread.item.done assistant_message"
    assert both.same_items() == ["user_message", "client_tool_call", "assistant_message"]


def test_an_older_tool_call_never_answered_is_dropped(both: Both) -> None:
    both.say("use the tool")
    both.say("use the tool again")
    both.stream("threads.add_client_tool_output", result="found")
    assert both.same_items().count("client_tool_call") == 1


ANSWERS: dict[str, Json] = {
    "all": {"status": "answered", "answers": {"when": {"values": ["Now", "Later"]}, "why": {"values": ["So"]}}},
    "some": {"status": "answered", "answers": {"when": {"skipped": True}, "unknown": {"values": ["x"]}}},
    "none": {"status": "skipped"},
}


@pytest.mark.parametrize("answers", ANSWERS)
def test_questions_are_replaced_by_their_answers(both: Both, answers: str) -> None:
    assert "thread.item.done structured_input" in both.say("questions")
    streamed = both.stream("threads.add_structured_input", item="structured_input", input=ANSWERS[answers])
    assert streamed[:2] == ["stream_options", "thread.item.replaced structured_input"]
    assert both.same_items() == ["user_message", "structured_input", "assistant_message"]


# Operations answered at once.


def test_a_thread_is_shown_with_its_items(both: Both) -> None:
    both.say("Hello")
    shown = both.json("threads.get_by_id")
    assert [item["type"] for item in shown["items"]["data"]] == ["user_message", "assistant_message"]


def test_a_long_thread_is_shown_with_its_first_twenty_items(both: Both) -> None:
    for _ in range(11):
        both.say("Hello")
    assert len(both.json("threads.get_by_id")["items"]["data"]) == 20
    assert len(both.json("items.list")["data"]) == 20


def test_items_come_in_pages(both: Both) -> None:
    both.say("Hello")
    assert both.json("items.list", limit=1)["has_more"]
    rest = both.json("items.list", limit=1, after="assistant_message")
    assert [item["type"] for item in rest["data"]] == ["user_message"]


def test_a_limit_of_none_at_all_is_the_usual_one(both: Both) -> None:
    both.say("Hello")
    assert len(both.json("items.list", limit=0)["data"]) == 2


def test_threads_come_in_pages(both: Both) -> None:
    assert both.json("threads.list") == {"data": [], "has_more": False}
    both.say("Hello")
    message = {"content": [{"type": "input_text", "text": "Hi"}], "attachments": [], "inference_options": {}}
    both.stream("threads.create", input=message)
    assert both.json("threads.list", limit=1)["has_more"]
    assert len(both.json("threads.list", limit=1, after="thread")["data"]) == 1
    assert len(both.json("threads.list", limit=9999, order="asc")["data"]) == 2


def test_a_thread_is_renamed(both: Both) -> None:
    both.say("Hello")
    assert both.json("threads.update", title="Better")["title"] == "Better"
    assert both.json("threads.get_by_id")["title"] == "Better"


def test_feedback_is_taken_without_a_word(both: Both) -> None:
    both.say("Hello")
    assert both.json("items.feedback", item_ids=["assistant_message"], kind="positive") == {}


def test_a_thread_is_deleted_without_a_word(both: Both) -> None:
    both.say("Hello")
    assert both.json("threads.delete") == {}
    assert both.json("threads.list") == {"data": [], "has_more": False}

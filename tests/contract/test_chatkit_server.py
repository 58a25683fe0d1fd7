"""The conversation in custom mode has the shapes of the official server's.

The same operations go to `chatkit.server.ChatKitServer` of `openai-chatkit` and to the emulator, both scripted alike.
Compared are the order of events, every key, the kinds of values, numbers, and the words that are part of the protocol;
ids, times and texts are not. The same conversations go to the official server behind the emulator, byte by byte.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol

import httpx2
import pytest
import yaml
from support.emulator import Client
from support.plain_uvicorn import plain_uvicorn
from support.scripted_workflow import PRESSED, TOUCHED, WORKFLOW
from support.talk import Json, Talk, kinds

from mock_server.app import MockServer
from mock_server.config import Settings
from mock_server.state.projects import Projects
from mock_server.testing import ChatKitMock
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

    def __init__(self, ours: Speaker, official: Speaker) -> None:
        self.ours, self.official = Side(ours), Side(official)

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


@pytest.fixture(params=["a workflow", "a server", "an application", "a URL"])
def both(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Both]:
    """The two, nothing said yet: the emulator with a workflow, or with the official server behind it."""
    from support.scripted_server import Official  # noqa: PLC0415 - its import takes two seconds

    if request.param == "a workflow":
        yield Both(scripted(tmp_path), Official())
    else:
        with bridged(request.param) as ours:
            yield Both(ours, Official())


def scripted(folder: Path) -> Talk:
    (folder / "wf_alike.yaml").write_text(yaml.safe_dump(WORKFLOW))
    projects = Projects(Settings(custom_mode=True, custom_workflow="wf_alike"))
    app = MockServer(projects, workflows=Catalog([folder]))
    return Talk(Client(app, headers={}))


@contextmanager
def bridged(form: str) -> Iterator[Talk]:
    """The official server behind the emulator: nothing that it sends is changed."""
    from support.memory_store import Memory  # noqa: PLC0415 - its import takes two seconds
    from support.official_server import served  # noqa: PLC0415 - the same
    from support.scripted_server import Overheard  # noqa: PLC0415 - the same

    server = Overheard(Memory())

    class Untouched(Talk):
        def raw(self, body: str | bytes) -> httpx2.Response:
            answer = super().raw(body)
            assert answer.content == server.sent
            return answer

    with ExitStack() as stack:
        backend: Any = server
        if form == "an application":
            backend = served(server)
        elif form == "a URL":
            backend = f"{stack.enter_context(plain_uvicorn(served(server)))}/chatkit"
        mock = stack.enter_context(ChatKitMock(backend=backend))
        yield Untouched(stack.enter_context(mock.http_client()))


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

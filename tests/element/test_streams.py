"""Streams that go wrong, end early, or say what nobody has heard of; and what one does about it."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect
from support.chat_page import ChatPage, Json
from support.own_server import NOTHING, THREAD, OwnServer, added, answered, done, item, updated

from mock_server.testing import ChatKitMock

pytestmark = pytest.mark.browser

DELTA = "assistant_message.content_part.text_delta"
LOST = "The connection was lost."


@pytest.fixture(scope="module")
def mock() -> Iterator[ChatKitMock]:
    """An emulator that serves custom mode too."""
    with ChatKitMock(custom_mode=True, custom_workflow="wf_scripted") as started:
        yield started


def talk(chat: ChatPage, own: OwnServer, *steps: Any, options: str = "{}") -> None:
    """Send a message that is answered so."""
    own.plays(*steps)
    chat.open(options, api=own.api)
    chat.ask("Hi")


def logged(chat: ChatPage) -> list[Json]:
    """What was told for logs, but for messages that were sent."""
    return [detail for _, detail in chat.events("log") if detail["name"] != "composer.submit"]


def test_progress_is_shown_until_the_answer_comes(chat: ChatPage) -> None:
    reply = [{"progress": {"text": "Looking", "icon": "search"}}, {"pause": "300ms"}, {"message": "Found"}]
    chat.open(script={"default": reply})
    chat.say("Hi")
    expect(chat.frame.get_by_role("status").filter(has_text="Looking")).to_be_visible()
    expect(chat.items("assistant_message")).to_contain_text("Found")
    expect(chat.frame.get_by_text("Looking")).to_have_count(0)


@pytest.mark.parametrize(("level", "role"), [("info", "status"), ("warning", "status"), ("danger", "alert")])
def test_notices_are_told(chat: ChatPage, level: str, role: Any) -> None:
    notice = {"level": level, "title": "Mind", "message": "It is **late**"}
    chat.open(script={"default": [{"notice": notice}]})
    chat.ask("Hi")
    shown = chat.frame.get_by_role(role).filter(has_text="Mind")
    expect(shown).to_contain_text("It is late")
    expect(shown.locator("strong").last).to_have_text("late")
    chat.say("Again")
    expect(shown).to_have_count(1)


def test_an_error_offers_another_try_where_it_may(chat: ChatPage) -> None:
    error = {"message": "The backend gave up.", "allow_retry": True}
    chat.open(script={"turns": [{"when": {"text": "Hi"}, "reply": [{"message": "Well"}, {"error": error}]}]})
    chat.ask("Hi")
    alert = chat.frame.get_by_role("alert")
    expect(alert).to_contain_text("The backend gave up.")
    assert chat.wait_for("error") == {"error": "The backend gave up.", "isError": True}
    chat.mock.workflows.add("wf_scripted", {"default": [{"message": "This time it worked."}]})
    alert.get_by_role("button", name="Retry").click()
    expect(chat.items("assistant_message")).to_have_text(["The assistant said:This time it worked."])
    expect(alert).to_have_count(0)
    (asked,) = chat.bodies("threads.retry_after_item")
    assert asked["item_id"] == chat.items("user_message").get_attribute("data-item-id")


def test_an_error_without_another_try(chat: ChatPage) -> None:
    chat.open(script={"default": [{"error": "It can't be done."}]})
    chat.ask("Hi")
    expect(chat.frame.get_by_role("alert")).to_have_text("It can't be done.")
    chat.ask("Something else")
    expect(chat.frame.get_by_role("alert")).to_have_count(1)


def test_an_error_without_words_has_the_chats_own(chat: ChatPage) -> None:
    chat.open(script={"default": [{"error": {"code": "stream.error"}}]})
    chat.ask("Hi")
    words = "There was an error while generating the assistant's response."
    expect(chat.frame.get_by_role("alert")).to_have_text(words)


@pytest.mark.parametrize("kind", ["lock", "close"])
def test_a_thread_that_is_not_open_says_why(chat: ChatPage, kind: str) -> None:
    chat.open(script={"default": [{"message": "Bye"}, {kind: "A colleague looks into it."}]})
    chat.ask("Hi")
    expect(chat.frame.get_by_role("status").filter(has_text="A colleague looks into it.")).to_be_visible()
    expect(chat.field).to_be_hidden()
    chat.button("New chat").click()
    expect(chat.field).to_be_visible()


def test_a_closed_thread_needs_no_reason(chat: ChatPage, own: OwnServer) -> None:
    own.answers["threads.get_by_id"] = [{**THREAD, "status": {"type": "closed"}, "items": NOTHING}]
    chat.open("{ initialThread: 'thr_1' }", api=own.api)
    expect(chat.frame.get_by_role("status").filter(has_text="This conversation is closed.")).to_be_visible()


def test_items_come_and_go_and_change(chat: ChatPage, own: OwnServer) -> None:
    removed = {"type": "thread.item.removed", "item_id": "it_1"}
    replaced = {"type": "thread.item.replaced", "item": answered("Better", "it_2")}
    talk(chat, own, done(answered("Gone", "it_1")), done(answered("Good", "it_2")), removed, replaced)
    expect(chat.items("assistant_message")).to_have_text(["The assistant said:Better"])


def test_an_item_may_become_another_one(chat: ChatPage, own: OwnServer) -> None:
    task = item("task", task={"type": "custom", "title": "Done"})
    talk(chat, own, done(answered("Wait")), {"type": "thread.item.replaced", "item": task})
    expect(chat.items("task")).to_contain_text("Done")
    expect(chat.items("assistant_message")).to_have_count(0)


def test_what_is_not_known_is_passed_over_and_logged(chat: ChatPage, own: OwnServer) -> None:
    talk(
        chat,
        own,
        {"type": "thread.fireworks"},
        done(item("hologram", "it_9")),
        added(answered("", "it_1")),
        updated("it_1", "assistant_message.dance"),
        updated("it_none", DELTA, content_index=0, delta="x"),
        done(answered("Hello")),
    )
    expect(chat.items("assistant_message")).to_contain_text("Hello")
    expect(chat.frame.get_by_role("alert")).to_have_count(0)
    assert logged(chat) == [
        {"name": "event.unknown", "data": {"type": "thread.fireworks"}},
        {"name": "item.unknown", "data": {"id": "it_9", "type": "hologram"}},
        {"name": "update.unknown", "data": {"item_id": "it_1", "type": "assistant_message.dance"}},
        {"name": "update.unknown", "data": {"item_id": "it_none", "type": DELTA}},
    ]


@pytest.mark.parametrize(
    "event",
    [
        {"type": "thread.item.done"},
        {"type": "thread.item.added", "item": None},
        {"type": "thread.item.updated", "item_id": "it_0"},
        {"type": "thread.created"},
        {"type": "stream_options"},
        "data: null\n\n",
        "data: 7\n\n",
        "data: []\n\n",
    ],
)
def test_what_is_not_well_formed_is_passed_over_and_logged(chat: ChatPage, own: OwnServer, event: Any) -> None:
    talk(chat, own, done(answered("First", "it_0")), event, done(answered("Hello")))
    expect(chat.items("assistant_message").last).to_contain_text("Hello")
    expect(chat.frame.get_by_role("alert")).to_have_count(0)
    assert len(logged(chat)) == 1


@pytest.mark.parametrize("kind", ["workflow", "task", "widget", "structured_input", "assistant_message"])
def test_an_item_that_cant_be_drawn_is_passed_over_and_logged(chat: ChatPage, own: OwnServer, kind: str) -> None:
    talk(chat, own, done(item(kind, "it_0")), done(answered("Hello")))
    expect(chat.items("assistant_message").last).to_contain_text("Hello")
    expect(chat.button("Send message")).to_be_visible()


def test_comments_and_names_in_a_stream_are_passed_over(chat: ChatPage, own: OwnServer) -> None:
    talk(chat, own, ": ping\n\n", "event: message\nid: 7\n", done(answered("Hello")))
    expect(chat.items("assistant_message")).to_contain_text("Hello")


def test_text_may_come_for_a_piece_that_never_began(chat: ChatPage, own: OwnServer) -> None:
    own.plays(
        added(item("assistant_message", content=[])),
        updated("it_1", DELTA, content_index=1, delta="Hel"),
        updated("it_1", DELTA, content_index=1, delta="lo"),
    )
    chat.open(api=own.api)
    chat.ask("Hi")
    expect(chat.items("assistant_message")).to_have_text("The assistant said:Hello")


@pytest.mark.parametrize("end", ["data: {not json\n\n", None])
def test_a_stream_that_breaks_off_keeps_what_came(chat: ChatPage, own: OwnServer, end: str | None) -> None:
    gate = threading.Event()
    begun = added(item("assistant_message", content=[]))
    own.plays(begun, updated("it_1", DELTA, content_index=0, delta="Half"), gate, end)
    own.turns(done(answered("Whole", "it_2")))
    chat.open(api=own.api)
    chat.say("Hi")
    expect(chat.items("assistant_message")).to_contain_text("Half")
    gate.set()
    alert = chat.frame.get_by_role("alert")
    expect(alert).to_contain_text(LOST)
    expect(chat.items("assistant_message")).to_have_text("The assistant said:Half")
    assert chat.wait_for("error")["error"].startswith("The stream broke off:")
    alert.get_by_role("button", name="Retry").click()
    expect(chat.items("assistant_message")).to_have_text("The assistant said:Whole")
    assert own.asked[-1]["params"] == {"thread_id": "thr_1", "item_id": "msg_1"}
    chat.complaints.clear()  # Chromium calls a broken connection a matter of CORS


def test_a_message_that_was_lost_is_sent_again(chat: ChatPage, own: OwnServer) -> None:
    own.turns(None)
    own.plays(done(answered("Hello")))
    chat.open(api=own.api)
    chat.ask("Precious")
    expect(chat.items("user_message")).to_contain_text("Precious")
    chat.frame.get_by_role("alert").get_by_role("button", name="Retry").click()
    expect(chat.items("assistant_message")).to_contain_text("Hello")
    expect(chat.items("user_message")).to_have_count(1)
    assert [body["type"] for body in own.asked] == ["threads.create", "threads.create"]
    chat.complaints.clear()  # Chromium calls a broken connection a matter of CORS


def test_a_hosted_stream_that_is_cut_can_be_retried(chat: ChatPage) -> None:
    lost = [{"message": "Half"}, {"pause": "200ms"}, {"disconnect": True}]
    chat.open(script={"default": lost})
    chat.ask("Hi")
    expect(chat.frame.get_by_role("alert")).to_contain_text(LOST)
    expect(chat.items("assistant_message")).to_contain_text("Half")
    chat.mock.workflows.add("wf_scripted", {"default": [{"message": "Whole"}]})
    chat.frame.get_by_role("alert").get_by_role("button", name="Retry").click()
    expect(chat.items("assistant_message")).to_have_text("The assistant said:Whole")


def test_a_stream_may_end_without_an_answer(chat: ChatPage, own: OwnServer) -> None:
    talk(chat, own)
    expect(chat.frame.get_by_role("alert")).to_have_count(0)
    expect(chat.log.locator("article")).to_have_count(1)
    chat.field.fill("Again")
    expect(chat.button("Send message")).to_be_enabled()


def test_stop_keeps_what_arrived(chat: ChatPage) -> None:
    custom = f"{{ url: '{chat.mock.url}/v1/chatkit/conversation', domainKey: 'key' }}"
    words = {"message": {"text": "one two " + "three " * 99, "stream": {"every": "200ms"}}}
    chat.open(
        api=custom, script={"turns": [{"when": {"text": "Hi"}, "reply": [words]}], "default": [{"message": "So"}]}
    )
    chat.say("Hi")
    expect(chat.items("assistant_message")).to_contain_text("one two")
    chat.button("Stop").click()
    chat.settle()
    expect(chat.button("Stop")).to_have_count(0)
    expect(chat.items("assistant_message")).to_contain_text("one two")
    expect(chat.frame.get_by_role("alert")).to_have_count(0)
    chat.ask("Go on")
    expect(chat.items("assistant_message").last).to_contain_text("So")
    assert chat.names().count("response.end") == 2
    assert chat.events("error") == []


def test_a_hosted_response_cant_be_stopped(chat: ChatPage) -> None:
    chat.open(script={"default": [{"progress": "Wait"}, {"pause": "300ms"}, {"message": "Done"}]})
    chat.say("Hi")
    expect(chat.frame.get_by_text("Wait")).to_be_visible()
    expect(chat.button("Stop")).to_have_count(0)
    chat.settle()


def test_a_new_chat_ends_the_response(chat: ChatPage) -> None:
    chat.open(script={"default": [{"message": {"text": "word " * 99, "stream": {"every": "200ms"}}}]})
    chat.say("Hi")
    expect(chat.items("assistant_message")).to_be_visible()
    chat.button("New chat").click()
    expect(chat.frame.get_by_role("heading", name="What can I help with today?")).to_be_visible()
    chat.page.wait_for_function("events.some(([name]) => name === 'response.end')")
    expect(chat.frame.get_by_role("alert")).to_have_count(0)
    expect(chat.log.locator("article")).to_have_count(0)


def test_a_failure_before_a_stream_is_tried_again(chat: ChatPage) -> None:
    chat.mock.faults.add("conversation.threads.create", error=500, times=1)
    chat.open(script={"default": [{"message": "Hello"}]})
    chat.ask("Hi")
    expect(chat.items("assistant_message")).to_contain_text("Hello")
    expect(chat.items("user_message")).to_have_count(1)
    assert len(chat.bodies("threads.create")) == 2
    assert chat.events("error") == []


@pytest.mark.parametrize("hosted", [True, False])
def test_a_server_that_cant_be_reached_is_told_of(chat: ChatPage, hosted: bool) -> None:
    custom = f"{{ url: '{chat.mock.url}/v1/chatkit/conversation', domainKey: 'key' }}"
    api = "{ getClientSecret }" if hosted else custom
    chat.open(api=api, script={"default": [{"message": "Hello"}]})
    chat.wait_for("ready")
    chat.context.set_offline(True)
    chat.say("Hi")
    alert = chat.frame.get_by_role("alert")
    expect(alert).to_contain_text("be reached. Please try again.")
    expect(chat.items("user_message")).to_contain_text("Hi")
    chat.context.set_offline(False)
    alert.get_by_role("button", name="Retry").click()
    expect(chat.items("assistant_message")).to_contain_text("Hello")
    expect(chat.items("user_message")).to_have_count(1)

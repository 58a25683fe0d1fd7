"""Streams that go wrong, end early, or say what nobody has heard of; and what one does about it."""

import threading
from collections.abc import Iterator
from itertools import chain
from typing import Any

import pytest
from playwright.sync_api import expect
from support.chat_page import ChatPage, Json
from support.open_chat import change, new_chat, play, talk
from support.own_server import NOTHING, THREAD, OwnServer, Step, added, answered, done, item, updated

from mock_server.testing import ChatKitMock

pytestmark = pytest.mark.browser

DELTA = "assistant_message.content_part.text_delta"
LOST = "The connection was lost."
# What goes wrong in a stream, and as what it is logged.
MALFORMED: list[tuple[Json | str, str, str | None]] = [
    ({"type": "thread.item.done"}, "event.malformed", "thread.item.done"),
    ({"type": "thread.item.added", "item": None}, "item.unknown", None),
    ({"type": "thread.item.updated", "item_id": "it_0"}, "event.malformed", "thread.item.updated"),
    ({"type": "thread.created"}, "event.malformed", "thread.created"),
    ({"type": "stream_options"}, "event.malformed", "stream_options"),
    ("data: null\n\n", "event.unknown", None),
    ("data: 7\n\n", "event.unknown", None),
    ("data: []\n\n", "event.unknown", None),
]


@pytest.fixture(scope="module")
def mock() -> Iterator[ChatKitMock]:
    """An emulator that serves custom mode too."""
    with ChatKitMock(custom_mode=True, custom_workflow="wf_scripted") as started:
        yield started


def custom(chat: ChatPage) -> str:
    """Make the API of custom mode at the emulator."""
    return f"{{ url: '{chat.mock.url}/v1/chatkit/conversation', domainKey: 'key' }}"


def logged(chat: ChatPage) -> list[Json]:
    """Return what the page was told for its logs in this conversation, but for messages that were sent."""
    return [detail for _, detail in chat.events("log") if detail["name"] != "composer.submit"]


def test_an_answer_is_shown_as_it_comes(chat: ChatPage, own: OwnServer) -> None:
    gate = threading.Event()
    own.plays({"type": "progress_update", "icon": "search", "text": "Looking"}, gate, done(answered("Found")))
    chat.open(api=own.api)
    chat.say("Hi")
    expect(chat.frame.get_by_role("status").filter(has_text="Looking")).to_be_visible()
    gate.set()
    answers = chat.items("assistant_message")
    expect(answers).to_contain_text("Found")
    expect(chat.frame.get_by_text("Looking"), "Progress is shown until the answer comes").to_have_count(0)
    chat.settle()

    removed = {"type": "thread.item.removed", "item_id": "it_1"}
    replaced = {"type": "thread.item.replaced", "item": answered("Better", "it_2")}
    talk(chat, own, done(answered("Gone", "it_1")), done(answered("Good", "it_2")), removed, replaced)
    expect(answers, "Items come and go and change").to_have_text(["The assistant said:Better"])

    task = item("task", task={"type": "custom", "title": "Done"})
    talk(chat, own, done(answered("Wait")), {"type": "thread.item.replaced", "item": task})
    expect(chat.items("task"), "An item may become another one").to_contain_text("Done")
    expect(answers, "An item that became another one is gone").to_have_count(0)

    begun = added(item("assistant_message", content=[]))
    deltas = [updated("it_1", DELTA, content_index=1, delta=text) for text in ("Hel", "lo")]
    talk(chat, own, begun, *deltas)
    expect(answers, "Text may come for a piece that never began").to_have_text("The assistant said:Hello")

    talk(chat, own, ": ping\n\n", "event: message\nid: 7\n", done(answered("Hello")))
    expect(answers, "Comments and names in a stream are passed over").to_contain_text("Hello")

    talk(chat, own)
    expect(chat.frame.get_by_role("alert"), "A stream may end without an answer").to_have_count(0)
    expect(chat.log.locator("article")).to_have_count(1)
    chat.field.fill("Again")
    expect(chat.button("Send message")).to_be_enabled()


def test_what_is_not_understood_is_passed_over_and_logged(chat: ChatPage, own: OwnServer) -> None:
    chat.open(api=own.api)
    answers, alert = chat.items("assistant_message"), chat.frame.get_by_role("alert")
    unknown = [
        {"type": "thread.fireworks"},
        done(item("hologram", "it_9")),
        added(answered("", "it_1")),
        updated("it_1", "assistant_message.dance"),
        updated("it_none", DELTA, content_index=0, delta="x"),
    ]
    talk(chat, own, *unknown, done(answered("Hello")))
    expect(answers, "What is not known is passed over").to_contain_text("Hello")
    expect(alert).to_have_count(0)
    assert logged(chat) == [
        {"name": "event.unknown", "data": {"type": "thread.fireworks"}},
        {"name": "item.unknown", "data": {"id": "it_9", "type": "hologram"}},
        {"name": "update.unknown", "data": {"item_id": "it_1", "type": "assistant_message.dance"}},
        {"name": "update.unknown", "data": {"item_id": "it_none", "type": DELTA}},
    ]

    begun: list[Step] = [done(answered("First", "it_0"))]
    events = [
        (event, done(answered(f"Answer {place}", f"it_{place}"))) for place, (event, *_) in enumerate(MALFORMED, 1)
    ]
    talk(chat, own, *begun, *chain.from_iterable(events))
    for place, (event, *_) in enumerate(MALFORMED, 1):
        expect(answers.nth(place), f"{event} is passed over").to_contain_text(f"Answer {place}")
    expect(alert, "What is malformed is passed over silently").to_have_count(0)
    assert [(log["name"], log["data"]["type"]) for log in logged(chat)] == [(name, kind) for _, name, kind in MALFORMED]


def test_an_item_that_cant_be_drawn_does_not_hinder_others(chat: ChatPage, own: OwnServer) -> None:
    chat.open(api=own.api)
    kinds = ("workflow", "task", "widget", "structured_input", "assistant_message")
    steps = [(done(item(kind, f"bad_{kind}")), done(answered(f"After a {kind}", f"it_{kind}"))) for kind in kinds]
    talk(chat, own, *chain.from_iterable(steps))
    for kind in kinds:
        expect(chat.log.locator(f"[data-item-id=it_{kind}]"), kind).to_contain_text(f"After a {kind}")
    expect(chat.button("Send message")).to_be_visible()


def test_notices_are_shown(chat: ChatPage) -> None:
    chat.open(script={"default": []})
    roles: dict[str, Any] = {"info": "status", "warning": "status", "danger": "alert"}
    for level, role in roles.items():
        title = f"Mind the {level}"
        play(chat, {"notice": {"level": level, "title": title, "message": "It is **late**"}})
        chat.ask("Hi")
        shown = chat.frame.get_by_role(role).filter(has_text=title)
        expect(shown, f"A notice of {level} is shown").to_contain_text("It is late")
        expect(shown.locator("strong").last, f"A notice of {level} is Markdown").to_have_text("late")
        chat.ask("Again")
        expect(shown, f"Only the latest notice of {level} is shown").to_have_count(1)


def test_an_error_offers_another_try_where_it_may(chat: ChatPage) -> None:
    error = {"message": "The backend gave up.", "allow_retry": True}
    chat.open(script={"turns": [{"when": {"text": "Hi"}, "reply": [{"message": "Well"}, {"error": error}]}]})
    chat.ask("Hi")
    alert = chat.frame.get_by_role("alert")
    expect(alert).to_contain_text("The backend gave up.")
    assert chat.wait_for("error") == {"error": "The backend gave up.", "isError": True}
    play(chat, {"message": "This time it worked."})
    alert.get_by_role("button", name="Retry").click()
    expect(chat.items("assistant_message")).to_have_text(["The assistant said:This time it worked."])
    expect(alert).to_have_count(0)
    (asked,) = chat.bodies("threads.retry_after_item")
    assert asked["item_id"] == chat.items("user_message").get_attribute("data-item-id")
    chat.settle()

    new_chat(chat)
    play(chat, {"error": "It can't be done."})
    chat.ask("Hi")
    expect(alert, "There may be no other try").to_have_text("It can't be done.")
    chat.ask("Something else")
    expect(alert, "Only the latest error is shown").to_have_count(1)

    new_chat(chat)
    play(chat, {"error": {"code": "stream.error"}})
    chat.ask("Hi")
    words = "There was an error while generating the assistant's response."
    expect(alert, "An error without words is shown with the chat's own").to_have_text(words)


def test_a_thread_that_is_not_open_says_why(chat: ChatPage, own: OwnServer) -> None:
    chat.open(script={"default": []})
    for kind in ("lock", "close"):
        play(chat, {"message": "Bye"}, {kind: "A colleague looks into it."})
        chat.ask("Hi")
        reason = chat.frame.get_by_role("status").filter(has_text="A colleague looks into it.")
        expect(reason, f"The reason of a {kind} is shown").to_be_visible()
        expect(chat.field, f"Nothing can be written after a {kind}").to_be_hidden()
        new_chat(chat)
        expect(chat.field, f"A new conversation can begin after a {kind}").to_be_visible()

    own.answers["threads.get_by_id"] = [{**THREAD, "status": {"type": "closed"}, "items": NOTHING}]
    change(chat, f"{{ api: {own.api} }}")
    chat.call("setThreadId", "thr_1")
    closed = chat.frame.get_by_role("status").filter(has_text="This conversation is closed.")
    expect(closed, "A closed thread needs no reason").to_be_visible()


def test_a_stream_that_breaks_off_keeps_what_came(chat: ChatPage, own: OwnServer) -> None:
    chat.open(api=own.api)
    answers, alert = chat.items("assistant_message"), chat.frame.get_by_role("alert")
    begun = added(item("assistant_message", content=[]))
    ends: dict[str, str | None] = {"what is no JSON": "data: {not json\n\n", "the connection's end": None}
    for name, end in ends.items():
        new_chat(chat)
        gate = threading.Event()
        own.plays(begun, updated("it_1", DELTA, content_index=0, delta="Half"), gate, end)
        own.turns(done(answered("Whole", "it_2")))
        chat.say("Hi")
        expect(answers).to_contain_text("Half")
        gate.set()
        expect(alert, f"{name} is shown").to_contain_text(LOST)
        expect(answers, f"What came before {name} is kept").to_have_text("The assistant said:Half")
        assert chat.wait_for("error")["error"].startswith("The stream was interrupted:"), f"The page is told of {name}"
        alert.get_by_role("button", name="Retry").click()
        expect(answers, f"There is another try after {name}").to_have_text("The assistant said:Whole")
        assert own.asked[-1]["params"] == {"thread_id": "thr_1", "item_id": "msg_1"}
        chat.settle()
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


def test_a_hosted_stream_that_fails_can_be_retried(chat: ChatPage) -> None:
    chat.mock.faults.add("conversation.threads.create", error=500, times=1)
    chat.open(script={"default": [{"message": "Hello"}]})
    chat.ask("Hi")
    answers, alert = chat.items("assistant_message"), chat.frame.get_by_role("alert")
    expect(answers, "A failure before a stream is tried again").to_contain_text("Hello")
    expect(chat.items("user_message")).to_have_count(1)
    assert len(chat.bodies("threads.create")) == 2, "A failure before a stream is tried again once"
    assert chat.events("error") == [], "A failure before a stream is tried again silently"

    new_chat(chat)
    play(chat, {"message": "Half"}, {"pause": "200ms"}, {"disconnect": True})
    chat.ask("Hi")
    expect(alert, "The user is told of a stream that is cut").to_contain_text(LOST)
    expect(answers, "What came before the cut is kept").to_contain_text("Half")
    play(chat, {"message": "Whole"})
    alert.get_by_role("button", name="Retry").click()
    expect(answers, "A stream that is cut can be retried").to_have_text("The assistant said:Whole")


def test_a_response_ends_by_stop_or_by_a_new_chat(chat: ChatPage) -> None:
    words = {"message": {"text": "one two " + "three " * 99, "stream": {"every": "100ms"}}}
    script = {"turns": [{"when": {"text": "Hi"}, "reply": [words]}], "default": [{"message": "So"}]}
    chat.open(api=custom(chat), script=script)
    chat.say("Hi")
    expect(chat.items("assistant_message")).to_contain_text("one two")
    chat.button("Stop").click()
    chat.settle()
    expect(chat.button("Stop")).to_have_count(0)
    expect(chat.items("assistant_message"), "Stop keeps what arrived").to_contain_text("one two")
    expect(chat.frame.get_by_role("alert"), "Stop is no failure").to_have_count(0)
    chat.ask("Go on")
    expect(chat.items("assistant_message").last).to_contain_text("So")
    assert chat.names().count("response.end") == 2
    assert chat.events("error") == [], "Stop is no failure"

    change(chat, "{ api: { getClientSecret } }")
    new_chat(chat)
    play(chat, {"message": "One"}, {"progress": "Wait"}, {"pause": "20s"}, {"message": "Two"})
    chat.say("Hi")
    expect(chat.items("assistant_message")).to_be_visible()
    expect(chat.frame.get_by_text("Wait")).to_be_visible()
    expect(chat.button("Stop"), "A hosted response can't be stopped").to_have_count(0)
    chat.button("New chat").click()
    expect(chat.frame.get_by_role("heading", name="What can I help with today?")).to_be_visible()
    chat.wait_for("response.end")
    expect(chat.frame.get_by_role("alert"), "A new chat may end a response").to_have_count(0)
    expect(chat.log.locator("article"), "Nothing is left of a response that a new chat ends").to_have_count(0)


def test_a_server_that_cant_be_reached_can_be_tried_again(chat: ChatPage) -> None:
    chat.open(script={"default": [{"message": "Hello"}]})
    alert = chat.frame.get_by_role("alert")
    for mode, api in (("hosted", "{ getClientSecret }"), ("custom", custom(chat))):
        change(chat, f"{{ api: {api} }}")
        new_chat(chat)
        chat.context.set_offline(True)
        chat.say("Hi")
        expect(alert, f"The user is told in {mode} mode").to_contain_text("reach the server. Please try again.")
        expect(chat.items("user_message"), f"The message is kept in {mode} mode").to_contain_text("Hi")
        chat.context.set_offline(False)
        alert.get_by_role("button", name="Retry").click()
        expect(chat.items("assistant_message"), f"There is another try in {mode} mode").to_contain_text("Hello")
        expect(chat.items("user_message"), f"The message is sent once in {mode} mode").to_have_count(1)

"""The names and roles that the element promises to its users' tests and to assistive technology."""

import re
from typing import Literal

import pytest
from element.chat_page import ChatPage
from element.own_server import OwnServer, answered, done
from element.scenes import SCENES, theme
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Role = Literal[
    "alert", "article", "button", "dialog", "heading", "list", "listbox", "log", "main", "menu", "menuitemradio",
    "option", "status", "textbox",
]  # fmt: skip

NAMED: list[tuple[str, Role, str]] = [
    ("start", "heading", "Where to?"),
    ("start", "button", "A hotel"),
    ("start", "textbox", "Message the AI"),
    ("start", "button", "Send message"),
    ("start", "button", "Attach files"),
    ("start", "button", "Tools"),
    ("start", "button", "Choose model: Fast"),
    ("start", "button", "Dictate"),
    ("start", "button", "New chat"),
    ("start", "button", "Chat history"),
    ("start", "button", "settings cog"),
    ("start", "button", "menu"),
    ("written", "button", "Remove tool: Search the web"),
    ("written", "list", "Attachments"),
    ("written", "button", "Remove picture.png"),
    ("talk", "log", "Conversation"),
    ("talk", "heading", "Talk"),
    ("streaming", "button", "Stop"),
    ("history", "dialog", "History"),
    ("history", "button", "A talk"),
    ("history", "button", "Close history"),
    ("failure", "button", "Retry"),
    ("tools", "menu", "Tools"),
    ("tools", "menuitemradio", "Draw"),
    ("models", "menu", "Models"),
    ("models", "menuitemradio", "Fast"),
    ("mentions", "listbox", "Suggestions"),
    ("mentions", "option", "Ada"),
    ("commands", "listbox", "Suggestions"),
    ("commands", "option", "Attach files"),
]


@pytest.mark.parametrize(("scene", "role", "name"), NAMED)
def test_it_has_this_name(chat: ChatPage, own: OwnServer, scene: str, role: Role, name: str) -> None:
    SCENES[scene](chat, own, theme())
    expect(chat.frame.get_by_role(role, name=name, exact=True)).to_have_count(1)


@pytest.mark.parametrize("name", ["Rename thread", "Delete thread"])
def test_each_thread_has_its_buttons(chat: ChatPage, own: OwnServer, name: str) -> None:
    SCENES["history"](chat, own, theme())
    expect(chat.button(name)).to_have_count(3)


@pytest.mark.parametrize("name", ["Copy", "Good response", "Bad response", "Retry"])
def test_an_answer_has_its_buttons(chat: ChatPage, own: OwnServer, name: str) -> None:
    own.plays(done(answered("Hello")))
    chat.open("{ threadItemActions: { feedback: true, retry: true } }", api=own.api)
    chat.ask("Hi")
    expect(chat.button(name)).to_have_count(1)


@pytest.mark.parametrize(("level", "name"), [(5, "You said:"), (6, "The assistant said:")])
def test_a_message_says_whose_it_is(chat: ChatPage, own: OwnServer, level: int, name: str) -> None:
    own.plays(done(answered("Hello")))
    chat.open(api=own.api)
    chat.ask("Hi")
    expect(chat.frame.get_by_role("heading", name=name, level=level, exact=True)).to_have_count(1)


def test_the_frame_and_the_main_part_are_named(chat: ChatPage, own: OwnServer) -> None:
    chat.open(api=own.api)
    expect(chat.page.get_by_title("Chat", exact=True)).to_be_visible()
    expect(chat.frame.get_by_role("main")).to_have_count(1)
    expect(chat.frame.get_by_test_id("chatkit-emulator-badge")).to_have_text("Emulator")


def test_items_tell_their_types_and_ids(chat: ChatPage, own: OwnServer) -> None:
    own.plays(done(answered("Hello")))
    chat.open(api=own.api)
    chat.ask("Hi")
    articles = chat.log.get_by_role("article")
    facts = "(all) => all.map(({ dataset }) => [dataset.itemType, dataset.itemId])"
    assert articles.evaluate_all(facts) == [["user_message", "msg_1"], ["assistant_message", "it_1"]]


@pytest.mark.parametrize(("level", "role"), [("info", "status"), ("warning", "status"), ("danger", "alert")])
def test_a_notice_is_said_as_loudly_as_it_should(chat: ChatPage, own: OwnServer, level: str, role: Role) -> None:
    own.plays({"type": "notice", "level": level, "title": "Mind", "message": "This"}, done(answered("Hello")))
    chat.open(api=own.api)
    chat.ask("Hi")
    expect(chat.frame.get_by_role(role).filter(has_text="Mind")).to_have_count(1)


@pytest.mark.parametrize(("scene", "role", "words"), [
    ("streaming", "status", "Searching"), ("failure", "alert", "It failed."), ("toast", "alert", "is too large."),
    ("locked", "status", "It is over."), ("uploads", "alert", "Uploads are not set up here."),
])  # fmt: skip
def test_it_is_said_aloud(chat: ChatPage, own: OwnServer, scene: str, role: Role, words: str) -> None:
    SCENES[scene](chat, own, theme())
    expect(chat.frame.get_by_role(role).filter(has_text=words)).to_have_count(1)
    chat.complaints.clear()


def test_a_list_of_tasks_has_checkboxes(chat: ChatPage, own: OwnServer) -> None:
    own.plays(done(answered("- [x] washed\n- [ ] dried")))
    chat.open(api=own.api)
    chat.ask("Hi")
    expect(chat.log.get_by_role("checkbox", name="Done")).to_be_checked()
    expect(chat.log.get_by_role("checkbox", name="To do")).not_to_be_checked()
    expect(chat.frame.get_by_role("textbox")).to_have_count(1)


def test_a_numbered_list_begins_where_it_says(chat: ChatPage, own: OwnServer) -> None:
    own.plays(done(answered("3. three\n4. four\n\n| a |\n|--:|\n| b |")))
    chat.open(api=own.api)
    chat.ask("Hi")
    expect(chat.log.locator("ol").first).to_have_attribute("start", "3")
    expect(chat.log.get_by_role("cell")).to_have_css("text-align", re.compile("right"))


@pytest.mark.parametrize("scene", ["start", "talk", "written", "mentions", "streaming", "failure"])
def test_the_composer_is_the_first_textbox(chat: ChatPage, own: OwnServer, scene: str) -> None:
    SCENES[scene](chat, own, theme())
    if scene != "talk":  # which has fields of widgets
        expect(chat.frame.get_by_role("textbox")).to_have_count(1)
    assert chat.field.get_attribute("aria-label") == chat.field.get_attribute("placeholder") == "Message the AI"
    chat.complaints.clear()


def test_the_log_is_busy_while_an_answer_streams(chat: ChatPage, own: OwnServer) -> None:
    SCENES["streaming"](chat, own, theme())
    expect(chat.log).to_have_attribute("aria-busy", "true")
    chat.button("Stop").click()
    expect(chat.log).to_have_attribute("aria-busy", "false")


def test_a_new_chat_has_a_heading_of_the_first_level(chat: ChatPage, own: OwnServer) -> None:
    chat.open(api=own.api)
    expect(chat.frame.get_by_role("heading", level=1, name="Chat", exact=True)).to_have_count(1)

"""The names and roles that the element promises to its users' tests and to assistive technology."""

import re
from typing import Literal

import pytest
from playwright.sync_api import expect
from support.chat_page import ChatPage
from support.own_server import OwnServer, answered, done
from support.scenes import SCENES, theme

pytestmark = pytest.mark.browser

Role = Literal[
    "alert", "article", "button", "dialog", "heading", "list", "listbox", "log", "main", "menu", "menuitemradio",
    "option", "status", "textbox",
]  # fmt: skip

NAMES: dict[str, list[tuple[Role, str]]] = {
    "start": [
        ("heading", "Where to?"),
        ("button", "A hotel"),
        ("textbox", "Message the AI"),
        ("button", "Send message"),
        ("button", "Attach files"),
        ("button", "Tools"),
        ("button", "Choose model: Fast"),
        ("button", "Dictate"),
        ("button", "New chat"),
        ("button", "Chat history"),
        ("button", "settings cog"),
        ("button", "menu"),
    ],
    "written": [
        ("button", "Remove tool: Search the web"),
        ("list", "Attachments"),
        ("button", "Remove picture.png"),
    ],
    "talk": [("log", "Conversation"), ("heading", "Talk")],
    "streaming": [("button", "Stop")],
    "history": [("dialog", "History"), ("button", "A talk"), ("button", "Close history")],
    "failure": [("button", "Retry")],
    "tools": [("menu", "Tools"), ("menuitemradio", "Draw")],
    "models": [("menu", "Models"), ("menuitemradio", "Fast")],
    "mentions": [("listbox", "Suggestions"), ("option", "Ada")],
    "commands": [("listbox", "Suggestions"), ("option", "Attach files")],
}
ANNOUNCED: dict[str, tuple[Role, str]] = {
    "streaming": ("status", "Searching"),
    "failure": ("alert", "It failed."),
    "toast": ("alert", "is too large."),
    "locked": ("status", "It is over."),
    "uploads": ("alert", "Uploads are not set up here."),
}
WITH_COMPOSER = ["start", "talk", "written", "mentions", "streaming", "failure"]


@pytest.mark.parametrize("scene", sorted({*NAMES, *ANNOUNCED, *WITH_COMPOSER}))
def test_a_scene_has_these_names_and_roles(chat: ChatPage, own: OwnServer, scene: str) -> None:
    SCENES[scene](chat, own, theme())
    for role, name in NAMES.get(scene, []):
        expect(chat.frame.get_by_role(role, name=name, exact=True), f"{role} {name!r}").to_have_count(1)
    if scene in ANNOUNCED:
        role, words = ANNOUNCED[scene]
        expect(chat.frame.get_by_role(role).filter(has_text=words), f"{role} says {words!r}").to_have_count(1)
    if scene in WITH_COMPOSER:
        if scene != "talk":  # which has fields of widgets
            expect(chat.frame.get_by_role("textbox"), "the composer is the only textbox").to_have_count(1)
        assert chat.field.get_attribute("aria-label") == chat.field.get_attribute("placeholder") == "Message the AI"
    chat.complaints.clear()


def test_each_thread_has_its_buttons(chat: ChatPage, own: OwnServer) -> None:
    SCENES["history"](chat, own, theme())
    expect(chat.button("Rename thread")).to_have_count(3)
    expect(chat.button("Delete thread")).to_have_count(3)


def test_an_answer_has_its_buttons_and_messages_say_whose_they_are(chat: ChatPage, own: OwnServer) -> None:
    own.plays(done(answered("Hello")))
    chat.open("{ threadItemActions: { feedback: true, retry: true } }", api=own.api)
    chat.ask("Hi")
    for name in ("Copy", "Good response", "Bad response", "Retry"):
        expect(chat.button(name), name).to_have_count(1)
    for level, name in ((5, "You said:"), (6, "The assistant said:")):
        expect(chat.frame.get_by_role("heading", name=name, level=level, exact=True), name).to_have_count(1)
    articles = chat.log.get_by_role("article")
    facts = "(all) => all.map(({ dataset }) => [dataset.itemType, dataset.itemId])"
    assert articles.evaluate_all(facts) == [["user_message", "msg_1"], ["assistant_message", "it_1"]]


def test_the_frame_and_its_parts_are_named(chat: ChatPage, own: OwnServer) -> None:
    chat.open(api=own.api)
    expect(chat.page.get_by_title("Chat", exact=True)).to_be_visible()
    expect(chat.frame.get_by_role("main")).to_have_count(1)
    expect(chat.frame.get_by_test_id("chatkit-emulator-badge")).to_have_text("Emulator")
    expect(chat.frame.get_by_role("heading", level=1, name="Chat", exact=True)).to_have_count(1)


def test_a_notice_is_announced_as_loudly_as_it_should_be(chat: ChatPage, own: OwnServer) -> None:
    roles: dict[str, Role] = {"info": "status", "warning": "status", "danger": "alert"}
    notices = [{"type": "notice", "level": level, "title": level, "message": "This"} for level in roles]
    own.plays(*notices, done(answered("Hello")))
    chat.open(api=own.api)
    chat.ask("Hi")
    for level, role in roles.items():
        expect(chat.frame.get_by_role(role).filter(has_text=level), level).to_have_count(1)


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


def test_the_log_is_busy_while_an_answer_streams(chat: ChatPage, own: OwnServer) -> None:
    SCENES["streaming"](chat, own, theme())
    expect(chat.log).to_have_attribute("aria-busy", "true")
    chat.button("Stop").click()
    expect(chat.log).to_have_attribute("aria-busy", "false")

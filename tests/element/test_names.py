"""The names and roles that the element promises to its users' tests and to assistive technology."""

import re
from typing import Literal

import pytest
from playwright.sync_api import expect
from support.chat_page import ChatPage
from support.open_chat import talk
from support.own_server import OwnServer, answered, done
from support.scenes import SHOWS, start, start_again, theme

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
    "uploads": ("alert", "File uploads are not configured."),
}
WITH_COMPOSER = ["start", "talk", "written", "mentions", "streaming", "failure"]
COMPOSING = ["tools", "models", "mentions", "commands", "written", "uploads", "toast"]
CONVERSING = ["talk", "failure", "locked", "history", "streaming"]


def check_names(chat: ChatPage, scene: str) -> None:
    """Check the names and roles in an open scene."""
    for role, name in NAMES.get(scene, []):
        expect(chat.frame.get_by_role(role, name=name, exact=True), f"{scene}: {role} {name!r}").to_have_count(1)
    if scene in ANNOUNCED:
        role, words = ANNOUNCED[scene]
        says = f"{scene}: {role} says {words!r}"
        expect(chat.frame.get_by_role(role).filter(has_text=words), says).to_have_count(1)
    if scene in WITH_COMPOSER:
        if scene != "talk":  # which has fields of widgets
            only = f"{scene}: the composer is the only textbox"
            expect(chat.frame.get_by_role("textbox"), only).to_have_count(1)
        for attribute in ("aria-label", "placeholder"):
            assert chat.field.get_attribute(attribute) == "Message the AI", f"{scene}: the composer's {attribute}"


def test_the_frame_and_its_parts_have_names(chat: ChatPage, own: OwnServer) -> None:
    chat.open(api=own.api)
    expect(chat.page.get_by_title("Chat", exact=True)).to_be_visible()
    expect(chat.frame.get_by_role("main")).to_have_count(1)
    expect(chat.frame.get_by_test_id("chatkit-emulator-badge")).to_have_text("Emulator")
    expect(chat.frame.get_by_role("heading", level=1, name="Chat", exact=True)).to_have_count(1)


def test_what_composing_shows_has_names_and_roles(chat: ChatPage, own: OwnServer) -> None:
    start(chat, own, theme())
    check_names(chat, "start")
    for scene in COMPOSING:
        SHOWS[scene](chat, own)
        check_names(chat, scene)
        start_again(chat)


def test_what_conversations_show_has_names_and_roles(chat: ChatPage, own: OwnServer) -> None:
    start(chat, own, theme())
    for scene in CONVERSING:
        start_again(chat)
        SHOWS[scene](chat, own)
        check_names(chat, scene)
        if scene == "history":
            for name in ("Rename thread", "Delete thread"):
                expect(chat.button(name), f"Each thread has a button {name!r}").to_have_count(3)
    expect(chat.log, "The log is busy while an answer streams").to_have_attribute("aria-busy", "true")
    chat.button("Stop").click()
    expect(chat.log, "The log is not busy after that").to_have_attribute("aria-busy", "false")


def test_an_answer_and_its_parts_have_names_and_roles(chat: ChatPage, own: OwnServer) -> None:
    chat.open("{ threadItemActions: { feedback: true, retry: true } }", api=own.api)
    talk(chat, own, done(answered("Hello")))
    for name in ("Copy", "Good response", "Bad response", "Retry"):
        expect(chat.button(name), name).to_have_count(1)
    for depth, name in ((5, "You said:"), (6, "The assistant said:")):
        expect(chat.frame.get_by_role("heading", name=name, level=depth, exact=True), name).to_have_count(1)
    articles = chat.log.get_by_role("article")
    facts = "(all) => all.map(({ dataset }) => [dataset.itemType, dataset.itemId])"
    assert articles.evaluate_all(facts) == [["user_message", "msg_1"], ["assistant_message", "it_1"]]

    talk(chat, own, done(answered("- [x] washed\n- [ ] dried")))
    expect(chat.log.get_by_role("checkbox", name="Done")).to_be_checked()
    expect(chat.log.get_by_role("checkbox", name="To do")).not_to_be_checked()
    expect(chat.frame.get_by_role("textbox"), "A list of tasks has no fields").to_have_count(1)

    talk(chat, own, done(answered("3. three\n4. four\n\n| a |\n|--:|\n| b |")))
    expect(chat.log.locator("ol").first, "A numbered list begins where it says").to_have_attribute("start", "3")
    cell = chat.log.get_by_role("cell")
    expect(cell, "A column is aligned as it says").to_have_css("text-align", re.compile("right"))

    roles: dict[str, Role] = {"info": "status", "warning": "status", "danger": "alert"}
    notices = [{"type": "notice", "level": level, "title": level, "message": "This"} for level in roles]
    talk(chat, own, *notices, done(answered("Hello")))
    for level, role in roles.items():
        notice = chat.frame.get_by_role(role).filter(has_text=level)
        expect(notice, f"A notice of {level} is announced as loudly as it must be").to_have_count(1)

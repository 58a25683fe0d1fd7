"""The user's threads, and what stands above and below the conversation."""

from typing import Any

import pytest
from playwright.sync_api import Locator, expect
from support.chat_page import ChatPage, Json
from support.own_server import THREAD, OwnServer, answered, asked_by_user

pytestmark = pytest.mark.browser

GREETING = "What can I help with today?"
BUSY = "sent too many requests. Please try again later."


def history(chat: ChatPage) -> Locator:
    """The dialog, opened."""
    chat.button("Chat history").click()
    return chat.frame.get_by_role("dialog", name="History")


def thread(chat: ChatPage, title: str) -> Locator:
    """A thread in the dialog."""
    return chat.frame.get_by_role("dialog").get_by_role("button", name=title, exact=True)


def rename(chat: ChatPage, title: str) -> None:
    """Rename the first thread."""
    chat.button("Rename thread").first.click()
    field = chat.frame.get_by_role("textbox", name="New title")
    field.fill(title)
    field.press("Enter")


def delete(chat: ChatPage) -> None:
    """Delete the first thread, and say yes."""
    chat.button("Delete thread").first.click()
    chat.frame.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()


def loading(*items: Json, **facts: Any) -> Json:
    """A thread with its first page of items."""
    return {**THREAD, "items": {"data": list(items), "has_more": False, **facts}}


def test_a_thread_can_be_opened_again(chat: ChatPage) -> None:
    chat.elsewhere("Yesterday's words")
    chat.open()
    expect(history(chat)).to_be_visible()
    thread(chat, "Yesterday's words").click()
    expect(chat.frame.get_by_role("dialog")).to_have_count(0)
    expect(chat.items("user_message")).to_contain_text("Yesterday's words")
    expect(chat.frame.get_by_role("heading", name="Yesterday's words")).to_be_visible()
    assert chat.names()[-3:] == ["thread.change", "thread.load.start", "thread.load.end"]


def test_the_thread_that_is_shown_is_marked(chat: ChatPage) -> None:
    chat.elsewhere("Before")
    chat.open()
    chat.ask("Now")
    history(chat)
    expect(thread(chat, "Now")).to_have_attribute("aria-current", "true")
    expect(thread(chat, "Before")).not_to_have_attribute("aria-current", "true")


def test_the_history_closes_by_its_button_and_by_escape(chat: ChatPage) -> None:
    chat.open()
    dialog = history(chat)
    chat.button("Close history").click()
    expect(dialog).to_have_count(0)
    expect(history(chat)).to_contain_text("No conversations yet")
    chat.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    chat.page.wait_for_function("events.length === 5")
    assert chat.names() == ["ready", "history.open", "history.close", "history.open", "history.close"]


def test_a_thread_can_be_renamed(chat: ChatPage) -> None:
    chat.open()
    chat.ask("Hi")
    history(chat)
    rename(chat, "A better title")
    expect(thread(chat, "A better title")).to_be_visible()
    expect(chat.frame.get_by_role("heading", name="A better title", include_hidden=True)).to_have_count(1)
    assert chat.bodies("threads.update")[0]["title"] == "A better title"


def test_a_thread_keeps_its_title_when_the_new_one_is_not_taken(chat: ChatPage) -> None:
    chat.open()
    chat.ask("Hi")
    history(chat)
    chat.mock.faults.add("conversation.threads.update", error=429)
    rename(chat, "A better title")
    expect(chat.frame.get_by_role("alert")).to_contain_text(BUSY)
    chat.button("Close history").click()
    expect(chat.frame.get_by_role("heading", name="Hi", exact=True)).to_be_visible()


def test_a_thread_is_deleted_when_one_is_sure(chat: ChatPage) -> None:
    chat.elsewhere("Precious")
    chat.open()
    history(chat)
    chat.button("Delete thread").click()
    chat.button("Cancel").click()
    expect(thread(chat, "Precious")).to_be_visible()
    assert chat.bodies("threads.delete") == []
    delete(chat)
    expect(chat.frame.get_by_role("dialog")).to_contain_text("No conversations yet")
    assert len(chat.bodies("threads.delete")) == 1
    assert chat.mock.threads.list() == []


def test_a_new_chat_begins_when_the_current_thread_is_deleted(chat: ChatPage) -> None:
    chat.open()
    chat.ask("Hi")
    history(chat)
    delete(chat)
    expect(chat.frame.get_by_role("dialog")).to_contain_text("No conversations yet")
    chat.button("Close history").click()
    expect(chat.frame.get_by_role("heading", name=GREETING)).to_be_visible()
    assert chat.events("thread.change")[-1][1] == {"threadId": None}


def test_a_thread_that_cant_be_deleted_stays(chat: ChatPage) -> None:
    chat.open()
    chat.ask("Hi")
    history(chat)
    chat.mock.faults.add("conversation.threads.delete", error=429)
    delete(chat)
    expect(chat.frame.get_by_role("alert")).to_contain_text(BUSY)
    chat.button("Close history").click()
    expect(chat.items("user_message")).to_be_visible()


def test_what_failed_in_the_history_can_be_read_there(chat: ChatPage) -> None:
    chat.elsewhere("Precious")
    chat.open()
    dialog = history(chat)
    chat.mock.faults.add("conversation.threads.delete", error=429)
    delete(chat)
    expect(dialog.get_by_role("alert")).to_contain_text(BUSY)


@pytest.mark.parametrize(("option", "button"), [("showDelete", "Delete thread"), ("showRename", "Rename thread")])
def test_what_can_be_done_with_threads_is_an_option(chat: ChatPage, option: str, button: str) -> None:
    chat.elsewhere("Before")
    chat.open(f"{{ history: {{ {option}: false }} }}")
    expect(history(chat)).to_contain_text("Before")
    expect(chat.button(button)).to_have_count(0)


def test_dates_are_told_in_the_locale(chat: ChatPage) -> None:
    chat.mock.load({"threads": [{"user": "ada", "title": "Old", "created_at": "2026-03-05T12:00:00Z"}]})
    chat.open("{ locale: 'de-DE' }")
    expect(history(chat)).to_contain_text("05.03.2026")


@pytest.mark.parametrize("moment", ["2026-03-05T12:00:00", "2026-03-05T12:00:00Z", "2026-03-05T09:00:00-03:00"])
def test_moments_with_any_zone_are_dates(chat: ChatPage, own: OwnServer, moment: str) -> None:
    own.answers["threads.list"] = [{"data": [{**THREAD, "created_at": moment}], "has_more": False}]
    chat.open(api=own.api)
    expect(history(chat)).to_contain_text("Mar 5, 2026")


def test_all_pages_of_the_history_are_read(chat: ChatPage, own: OwnServer) -> None:
    pages = [[{**THREAD, "id": f"thr_{name}", "title": f"Talk {name}"}] for name in range(3)]
    own.answers["threads.list"] = [{"data": page, "has_more": at < 2} for at, page in enumerate(pages)]
    chat.open(api=own.api)
    history(chat)
    expect(thread(chat, "Talk 2")).to_be_visible()
    assert [body["params"].get("after") for body in own.asked] == [None, "thr_0", "thr_1"]


def test_a_history_that_cant_be_read_can_be_tried_again(chat: ChatPage) -> None:
    chat.elsewhere("Before")
    chat.open()
    with chat.mock.faults.add("conversation.threads.list", error=500):
        expect(history(chat).get_by_role("status")).to_contain_text("Something went wrong.")
    chat.button("Retry").click()
    expect(thread(chat, "Before")).to_be_visible()


def test_a_history_that_cant_be_read_again_says_so(chat: ChatPage) -> None:
    chat.elsewhere("Before")
    chat.open()
    expect(history(chat)).to_contain_text("Before")
    chat.button("Close history").click()
    with chat.mock.faults.add("conversation.threads.list", error=500):
        history(chat)
        expect(chat.button("Retry")).to_be_visible()


def test_a_long_thread_is_read_whole(chat: ChatPage) -> None:
    said = [{"type": "user_message", "content": [{"type": "input_text", "text": f"No. {at}"}]} for at in range(50)]
    chat.mock.load({"threads": [{"id": "cthr_long", "user": "ada", "items": said}]})
    chat.open("{ initialThread: 'cthr_long' }")
    expect(chat.items("user_message")).to_have_count(50)
    expect(chat.items("user_message").last).to_contain_text("No. 49")
    assert len(chat.bodies("items.list")) == 1


def test_a_page_without_items_is_the_last(chat: ChatPage, own: OwnServer) -> None:
    own.answers["threads.get_by_id"] = [loading(asked_by_user(), answered("Hello"), has_more=True)]
    own.answers["items.list"] = [{"data": [], "has_more": True}]
    chat.open("{ initialThread: 'thr_1' }", api=own.api)
    expect(chat.items("assistant_message")).to_contain_text("Hello")


def test_a_thread_that_cant_be_read_can_be_tried_again(chat: ChatPage) -> None:
    name = chat.elsewhere("Before")
    with chat.mock.faults.add("conversation.threads.get_by_id", error=500):
        chat.open(f"{{ initialThread: '{name}' }}")
        alert = chat.frame.get_by_role("alert")
        expect(alert).to_contain_text("Something went wrong. Please try again later.")
    alert.get_by_role("button", name="Retry").click()
    expect(chat.items("user_message")).to_contain_text("Before")


def test_the_header_has_the_threads_title(chat: ChatPage) -> None:
    chat.open()
    chat.ask("Where is my parcel?")
    expect(chat.frame.get_by_role("heading", name="Where is my parcel?", level=1)).to_be_visible()
    chat.button("New chat").click()
    expect(chat.frame.get_by_role("heading", name="Where is my parcel?")).to_have_count(0)


def test_the_header_may_have_a_title_of_its_own(chat: ChatPage) -> None:
    chat.open("{ header: { title: { text: 'Support' } } }")
    chat.ask("Hi")
    expect(chat.frame.get_by_role("heading", name="Support", level=1)).to_be_visible()
    expect(chat.frame.get_by_role("heading", name="Hi", exact=True)).to_have_count(0)


def test_the_title_can_be_left_out(chat: ChatPage) -> None:
    chat.open("{ header: { title: { enabled: false } } }")
    chat.ask("Hi")
    expect(chat.frame.get_by_role("heading", level=1)).to_have_count(0)
    expect(chat.button("New chat")).to_be_visible()


def test_the_header_has_the_apps_own_buttons(chat: ChatPage) -> None:
    left = "leftAction: { icon: 'sidebar-left', onClick: () => { window.left = true; } }"
    right = "rightAction: { icon: 'settings-cog', onClick: () => { window.right = true; } }"
    chat.open(f"{{ header: {{ {left}, {right} }} }}")
    chat.button("sidebar left").click()
    chat.button("settings cog").click()
    chat.page.wait_for_function("window.left && window.right")


def test_there_may_be_no_header(chat: ChatPage) -> None:
    chat.open("{ header: { enabled: false } }")
    expect(chat.field).to_be_visible()
    expect(chat.button("New chat")).to_have_count(0)
    expect(chat.button("Chat history")).to_have_count(0)


def test_the_badge_is_there_without_a_header(chat: ChatPage) -> None:
    chat.open("{ header: { enabled: false } }")
    expect(chat.frame.get_by_test_id("chatkit-emulator-badge")).to_be_visible()


def test_there_may_be_no_history(chat: ChatPage) -> None:
    chat.open("{ history: { enabled: false } }")
    expect(chat.button("New chat")).to_be_visible()
    expect(chat.button("Chat history")).to_have_count(0)


def test_a_disclaimer_is_markdown(chat: ChatPage) -> None:
    chat.open("{ disclaimer: { text: 'It may **err**. [Terms](https://example.com/terms)' } }")
    expect(chat.frame.get_by_text("It may err.")).to_be_visible()
    expect(chat.frame.get_by_role("link", name="Terms")).to_have_attribute("href", "https://example.com/terms")
    chat.page.evaluate("chat.setOptions({ api: { getClientSecret } })")
    expect(chat.frame.get_by_text("It may err.")).to_be_hidden()


def test_a_disclaimer_may_have_more_contrast(chat: ChatPage) -> None:
    chat.open("{ disclaimer: { text: 'Mind' } }")
    words = chat.frame.get_by_text("Mind")
    plain = words.evaluate("(node) => getComputedStyle(node).color")
    chat.page.evaluate("chat.setOptions({ ...options(), disclaimer: { text: 'Mind', highContrast: true } })")
    expect(words).not_to_have_css("color", plain)

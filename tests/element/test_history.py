"""The user's threads, and what stands above and below the conversation."""

from typing import Any

import pytest
from playwright.sync_api import Locator, expect
from support.chat_page import ChatPage, Json
from support.open_chat import change
from support.own_server import THREAD, OwnServer, answered, asked_by_user

pytestmark = pytest.mark.browser

GREETING = "What can I help with today?"
BUSY = "sent too many requests. Please try again later."


def history(chat: ChatPage) -> Locator:
    """Open the dialog, and wait until the threads are read."""
    chat.button("Chat history").click()
    dialog = chat.frame.get_by_role("dialog", name="History")
    expect(dialog.get_by_text("Loading")).to_have_count(0)
    return dialog


def close(chat: ChatPage) -> None:
    """Close the dialog."""
    chat.button("Close history").click()
    expect(chat.frame.get_by_role("dialog")).to_have_count(0)


def thread(chat: ChatPage, title: str) -> Locator:
    """Find a thread in the dialog."""
    return chat.frame.get_by_role("dialog").get_by_role("button", name=title, exact=True)


def title(chat: ChatPage, text: str) -> Locator:
    """Find a heading of exactly this text."""
    return chat.frame.get_by_role("heading", name=text, exact=True)


def rename(chat: ChatPage, text: str) -> None:
    """Rename the first thread."""
    chat.button("Rename thread").first.click()
    field = chat.frame.get_by_role("textbox", name="New title")
    field.fill(text)
    field.press("Enter")


def delete(chat: ChatPage) -> None:
    """Delete the first thread, and say yes."""
    chat.button("Delete thread").first.click()
    chat.frame.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()


def loading(*items: Json, **facts: Any) -> Json:
    """Make a thread with its first page of items."""
    return {**THREAD, "items": {"data": list(items), "has_more": False, **facts}}


def test_the_history_closes_and_opens_threads(chat: ChatPage) -> None:
    chat.open()
    dialog = history(chat)
    chat.button("Close history").click()
    expect(dialog, "A button closes the history").to_have_count(0)
    expect(history(chat)).to_contain_text("No conversations yet")
    chat.page.keyboard.press("Escape")
    expect(dialog, "Escape closes the history").to_have_count(0)
    chat.page.wait_for_function("events.length === 5")
    assert chat.names() == ["ready", "history.open", "history.close", "history.open", "history.close"]

    chat.elsewhere("Yesterday's words")
    expect(history(chat)).to_be_visible()
    thread(chat, "Yesterday's words").click()
    expect(dialog, "The choice of a thread closes the history").to_have_count(0)
    expect(chat.items("user_message"), "A thread can be opened again").to_contain_text("Yesterday's words")
    expect(chat.frame.get_by_role("heading", name="Yesterday's words")).to_be_visible()
    assert chat.names()[-3:] == ["thread.change", "thread.load.start", "thread.load.end"]

    chat.button("New chat").click()
    chat.ask("Now")
    history(chat)
    expect(thread(chat, "Now"), "The thread that is shown is marked").to_have_attribute("aria-current", "true")
    expect(thread(chat, "Yesterday's words")).not_to_have_attribute("aria-current", "true")


def test_a_history_that_cant_be_read_can_be_tried_again(chat: ChatPage) -> None:
    chat.elsewhere("Before")
    chat.open()
    with chat.mock.faults.add("conversation.threads.list", error=500):
        expect(history(chat).get_by_role("status")).to_contain_text("Something went wrong.")
    chat.button("Retry").click()
    expect(thread(chat, "Before")).to_be_visible()
    close(chat)

    expect(history(chat)).to_contain_text("Before")
    close(chat)
    with chat.mock.faults.add("conversation.threads.list", error=500):
        history(chat)
        expect(chat.button("Retry"), "It says so too if it could be read before").to_be_visible()


def test_a_thread_can_be_renamed(chat: ChatPage) -> None:
    chat.open()
    chat.ask("Hi")
    history(chat)
    with chat.mock.faults.add("conversation.threads.update", error=429):
        rename(chat, "A better title")
        expect(chat.frame.get_by_role("alert"), "The server may refuse").to_contain_text(BUSY)
        expect(thread(chat, "Hi")).to_be_visible()
    close(chat)
    expect(title(chat, "Hi"), "A thread keeps its title when the server refuses another").to_be_visible()

    history(chat)
    rename(chat, "A better title")
    expect(thread(chat, "A better title")).to_be_visible()
    expect(chat.frame.get_by_role("heading", name="A better title", include_hidden=True)).to_have_count(1)
    assert [sent["title"] for sent in chat.bodies("threads.update")] == ["A better title"] * 2


def test_a_thread_is_deleted_when_the_user_is_sure(chat: ChatPage) -> None:
    chat.elsewhere("Precious")
    chat.open()
    dialog = history(chat)
    chat.button("Delete thread").click()
    chat.button("Cancel").click()
    expect(thread(chat, "Precious"), "A thread stays when the user is not sure").to_be_visible()
    assert chat.bodies("threads.delete") == [], "Nothing is deleted when the user is not sure"
    with chat.mock.faults.add("conversation.threads.delete", error=429):
        delete(chat)
        expect(dialog.get_by_role("alert"), "What failed in the history can be read there").to_contain_text(BUSY)
    delete(chat)
    expect(dialog).to_contain_text("No conversations yet")
    assert len(chat.bodies("threads.delete")) == 2, "Each try is one request"
    assert chat.mock.threads.list() == []


def test_a_new_chat_begins_when_the_current_thread_is_deleted(chat: ChatPage) -> None:
    chat.open()
    chat.ask("Hi")
    dialog = history(chat)
    with chat.mock.faults.add("conversation.threads.delete", error=429):
        delete(chat)
        expect(chat.frame.get_by_role("alert")).to_contain_text(BUSY)
        expect(thread(chat, "Hi")).to_be_visible()
    close(chat)
    expect(chat.items("user_message"), "A thread that can't be deleted stays").to_be_visible()

    history(chat)
    delete(chat)
    expect(dialog).to_contain_text("No conversations yet")
    close(chat)
    expect(chat.frame.get_by_role("heading", name=GREETING)).to_be_visible()
    assert chat.events("thread.change")[-1][1] == {"threadId": None}


def test_what_the_history_offers_is_an_option(chat: ChatPage) -> None:
    chat.elsewhere("Before")
    chat.open()
    for option, button in (("showDelete", "Delete thread"), ("showRename", "Rename thread")):
        change(chat, f"{{ history: {{ {option}: false }} }}")
        expect(history(chat), option).to_contain_text("Before")
        expect(chat.button(button), option).to_have_count(0)
        close(chat)

    change(chat, "{ history: { enabled: false } }")
    expect(chat.button("New chat")).to_be_visible()
    expect(chat.button("Chat history"), "There may be no history").to_have_count(0)


def test_dates_are_shown_in_the_locale(chat: ChatPage, own: OwnServer) -> None:
    chat.mock.load({"threads": [{"user": "ada", "title": "Old", "created_at": "2026-03-05T12:00:00Z"}]})
    chat.open("{ locale: 'de-DE' }")
    expect(history(chat)).to_contain_text("05.03.2026")
    close(chat)

    change(chat, f"{{ api: {own.api}, locale: 'en-US' }}")
    for moment in ("2026-03-05T12:00:00", "2026-03-05T12:00:00Z", "2026-03-05T09:00:00-03:00"):
        own.answers["threads.list"] = [{"data": [{**THREAD, "title": moment, "created_at": moment}], "has_more": False}]
        dialog = history(chat)
        expect(thread(chat, moment)).to_be_visible()
        expect(dialog, f"{moment} is a date").to_contain_text("Mar 5, 2026")
        close(chat)


def test_lists_are_read_to_their_end(chat: ChatPage, own: OwnServer) -> None:
    pages = [[{**THREAD, "id": f"thr_{name}", "title": f"Talk {name}"}] for name in range(3)]
    own.answers["threads.list"] = [{"data": page, "has_more": at < 2} for at, page in enumerate(pages)]
    chat.open(api=own.api)
    history(chat)
    expect(thread(chat, "Talk 2"), "All pages of the history are read").to_be_visible()
    assert [body["params"].get("after") for body in own.asked] == [None, "thr_0", "thr_1"]
    close(chat)

    own.answers["threads.get_by_id"] = [loading(asked_by_user(), answered("Hello"), has_more=True)]
    own.answers["items.list"] = [{"data": [], "has_more": True}]
    chat.call("setThreadId", "thr_1")
    expect(chat.items("assistant_message"), "A page without items is the last").to_contain_text("Hello")


def test_a_thread_is_read_whole_and_again_after_a_failure(chat: ChatPage) -> None:
    said = [{"type": "user_message", "content": [{"type": "input_text", "text": f"No. {at}"}]} for at in range(50)]
    chat.mock.load({"threads": [{"id": "cthr_long", "user": "ada", "items": said}]})
    name = chat.elsewhere("Before")
    with chat.mock.faults.add("conversation.threads.get_by_id", error=500):
        chat.open(f"{{ initialThread: '{name}' }}")
        alert = chat.frame.get_by_role("alert")
        expect(alert).to_contain_text("Something went wrong. Please try again later.")
    alert.get_by_role("button", name="Retry").click()
    expect(chat.items("user_message"), "A thread that could not be read is read again").to_contain_text("Before")

    chat.call("setThreadId", "cthr_long")
    expect(chat.items("user_message"), "A long thread is read whole").to_have_count(50)
    expect(chat.items("user_message").last).to_contain_text("No. 49")
    assert len(chat.bodies("items.list")) == 1, "One request reads the rest of a long thread"


def test_the_header_has_a_title(chat: ChatPage) -> None:
    chat.open()
    chat.ask("Where is my parcel?")
    titles = chat.frame.get_by_role("heading", level=1)
    of_thread = chat.frame.get_by_role("heading", name="Where is my parcel?")
    expect(titles.and_(of_thread), "The title is the thread's").to_be_visible()

    change(chat, "{ header: { title: { text: 'Support' } } }")
    expect(chat.frame.get_by_role("heading", name="Support", level=1), "The app may name it").to_be_visible()
    expect(of_thread, "The app's title replaces the thread's").to_have_count(0)

    change(chat, "{ header: { title: { enabled: false } } }")
    expect(titles, "The title can be left out").to_have_count(0)
    expect(chat.button("New chat")).to_be_visible()

    change(chat, "{}")
    expect(of_thread).to_be_visible()
    chat.button("New chat").click()
    expect(of_thread, "A new chat has no title").to_have_count(0)


def test_the_header_has_the_apps_buttons_or_is_left_out(chat: ChatPage) -> None:
    left = "leftAction: { icon: 'sidebar-left', onClick: () => { window.left = true; } }"
    right = "rightAction: { icon: 'settings-cog', onClick: () => { window.right = true; } }"
    chat.open(f"{{ header: {{ {left}, {right} }} }}")
    chat.button("sidebar left").click()
    chat.button("settings cog").click()
    chat.page.wait_for_function("window.left && window.right")

    change(chat, "{ header: { enabled: false } }")
    expect(chat.field).to_be_visible()
    expect(chat.button("New chat"), "There may be no header").to_have_count(0)
    expect(chat.button("Chat history"), "There may be no header").to_have_count(0)
    badge = chat.frame.get_by_test_id("chatkit-emulator-badge")
    expect(badge, "The badge is there without a header").to_be_visible()


def test_a_disclaimer_is_markdown(chat: ChatPage) -> None:
    chat.open("{ disclaimer: { text: 'It may **err**. [Terms](https://example.com/terms)' } }")
    expect(chat.frame.get_by_text("It may err.")).to_be_visible()
    expect(chat.frame.get_by_role("link", name="Terms")).to_have_attribute("href", "https://example.com/terms")
    chat.page.evaluate("chat.setOptions({ api: { getClientSecret } })")
    expect(chat.frame.get_by_text("It may err."), "A disclaimer can be taken away").to_be_hidden()

    change(chat, "{ disclaimer: { text: 'Mind' } }")
    words = chat.frame.get_by_text("Mind")
    plain = words.evaluate("(node) => getComputedStyle(node).color")
    change(chat, "{ disclaimer: { text: 'Mind', highContrast: true } }")
    expect(words, "A disclaimer may have more contrast").not_to_have_css("color", plain)

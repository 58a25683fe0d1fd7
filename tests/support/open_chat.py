"""Ways to go on in an open page with the chat, which costs less than another page."""

from playwright.sync_api import expect
from support.chat_page import ChatPage, Json
from support.own_server import OwnServer, Step


def change(chat: ChatPage, options: str) -> None:
    """Replace options of the open page, and wait until the chat has them."""
    chat.page.evaluate(f"(chat.setOptions({{ ...options(), ...{options} }}), chat.setComposerValue({{}}))")


def forget_events(chat: ChatPage) -> None:
    """Let the page forget the events so far."""
    chat.page.evaluate("events.length = 0")


def new_chat(chat: ChatPage) -> None:
    """Begin a new conversation, once the answer in the present one has ended, and forget the events so far."""
    expect(chat.frame.locator("[role=log][aria-busy=true]"), "The answer has ended").to_have_count(0)
    chat.button("New chat").click()
    expect(chat.log.locator("article"), "A new conversation is empty").to_have_count(0)
    forget_events(chat)


def talk(chat: ChatPage, own: OwnServer, *steps: Step) -> None:
    """Begin a new conversation, whose first message the app's own server answers so."""
    new_chat(chat)
    own.plays(*steps)
    chat.ask("Hi")


def play(chat: ChatPage, *reply: Json) -> None:
    """Let the emulator answer each message so from now on, in a page that was opened with a script."""
    chat.mock.workflows.add("wf_scripted", {"default": list(reply)})

"""The same app talks with an official `ChatKitServer`: what the element speaks is the real protocol."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import BrowserContext, expect
from support.node import NEEDS
from support.shop import Shop
from support.shop_chat import TOLD, Chat

from mock_server.server.thread import ServerThread
from mock_server.testing.browser import route_chatkit
from mock_server.testing.clients import Mock

if TYPE_CHECKING:
    from support.official_server import OfficialServer

pytestmark = NEEDS


@pytest.fixture
def server() -> "OfficialServer":
    """The server, nothing said yet."""
    from support.official_server import OfficialServer  # noqa: PLC0415 - its import takes two seconds

    return OfficialServer()


@pytest.fixture
def chat(context: BrowserContext, shop: Shop, chatkit_mock: Mock, server: "OfficialServer") -> Iterator[Chat]:
    """The app's page in custom mode: the emulator serves the element, and nothing else."""
    from support.official_server import served  # noqa: PLC0415 - see above

    route_chatkit(context, chatkit_mock.url)
    with ServerThread(served(server)) as api, ServerThread(shop.app) as page:
        chat = Chat(context, page.origin, f"{api.origin}/chatkit", "custom", heard=server.heard.copy)
        yield chat
        chat.check()
    chatkit_mock.journal.assert_not_called("conversation")


def test_streams_and_goes_on(chat: Chat, server: "OfficialServer") -> None:
    server.pace = 0.3
    chat.open().say("one two three four")
    expect(chat.log).to_have_attribute("aria-busy", "true")
    expect(chat.answers).to_contain_text("You said: one")
    assert "four" not in chat.answers.inner_text()
    expect(chat.answers).to_contain_text("You said: one two three four")
    chat.settle()
    server.pace = 0
    chat.ask("again", "You said: again")
    assert chat.operations() == ["threads.create", "threads.add_user_message"]
    expect(chat.frame.get_by_role("heading", name="one two three four", level=1)).to_be_visible()
    assert chat.names("onResponseStart", "onResponseEnd") == ["onResponseStart", "onResponseEnd"] * 2


def test_stops(chat: Chat, server: "OfficialServer") -> None:
    server.pace = 0.3
    chat.open().say("one two three four five six")
    expect(chat.answers).to_contain_text("one")
    chat.button("Stop").click()
    chat.settle()
    server.pace = 0
    chat.ask("again", "You said: again")
    assert "six" not in chat.answers.first.inner_text()


def test_takes_a_widgets_action(chat: Chat) -> None:
    chat.open().say("a card")
    card = chat.items("widget")
    expect(card).to_contain_text("Not yet")
    card.get_by_role("button", name="Press").click()
    expect(chat.answers).to_contain_text("You pressed 1.")
    expect(card).to_contain_text("Pressed")
    expect(card.get_by_role("button", name="Press")).to_have_count(0)
    chat.settle()


def test_answers_a_client_tool(chat: Chat) -> None:
    chat.open().ask("is it dark?", "It is light.")
    assert chat.seen("toolCalls") == [{"name": "get_theme", "params": {"of": "page"}}]
    assert chat.operations() == ["threads.create", "threads.add_client_tool_output"]


def test_keeps_a_history(chat: Chat, server: "OfficialServer") -> None:
    chat.open().ask("first", "You said: first")
    chat.button("New chat").click()
    chat.ask("second", "You said: second")
    chat.button("Chat history").click()
    row = chat.history.get_by_role("listitem").filter(has_text="second")
    row.get_by_role("button", name="Delete thread").click()
    row.get_by_role("button", name="Delete", exact=True).click()
    expect(row).to_have_count(0)
    chat.history.get_by_role("button", name="first", exact=True).click()
    expect(chat.answers).to_contain_text("You said: first")
    assert [thread.title for thread in server.store.threads.values()] == ["first"]


def test_gives_feedback_and_answers_again(chat: Chat, server: "OfficialServer") -> None:
    chat.open().ask("hello", "You said: hello")
    answer = chat.answers.get_attribute("data-item-id")
    chat.button("Bad response").click()
    expect(chat.button("Bad response")).to_have_attribute("aria-pressed", "true")
    chat.button("Retry").click()
    expect(chat.log.locator(f'[data-item-id="{answer}"]')).to_have_count(0)
    expect(chat.answers).to_contain_text("You said: hello")
    chat.settle()
    assert server.feedback == [([answer], "negative")]
    expect(chat.questions).to_have_count(1)


def test_offers_to_try_again(chat: Chat, server: "OfficialServer", caplog: pytest.LogCaptureFixture) -> None:
    chat.expected = [TOLD]
    server.broken = True
    chat.open().say("break")
    retry = chat.frame.get_by_role("alert").get_by_role("button", name="Retry")
    expect(retry).to_be_visible()
    server.broken = False
    retry.click()
    expect(chat.answers).to_contain_text("Now it works.")
    assert chat.operations() == ["threads.create", "threads.retry_after_item"]

"""What the tests of the element begin with: an emulator, a browser, and a page with the element."""

from collections.abc import Iterator

import pytest
from element.chat_page import ChatPage, chat_page, mock_and_browser
from element.own_server import OwnServer, own_server
from playwright.sync_api import Browser

from mock_server.testing import ChatKitMock


@pytest.fixture(scope="module")
def stage() -> Iterator[tuple[ChatKitMock, Browser]]:
    """An emulator and a browser."""
    with mock_and_browser() as stage:
        yield stage


@pytest.fixture
def chat(stage: tuple[ChatKitMock, Browser]) -> Iterator[ChatPage]:
    """A page, not opened yet."""
    mock, browser = stage
    mock.start_anew()
    with chat_page(browser, mock) as page:
        yield page


@pytest.fixture
def mock(stage: tuple[ChatKitMock, Browser]) -> ChatKitMock:
    """The emulator."""
    return stage[0]


@pytest.fixture
def own() -> Iterator[OwnServer]:
    """A server of the app's own."""
    with own_server() as server:
        yield server

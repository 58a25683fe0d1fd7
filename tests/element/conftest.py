"""What the tests of the element start with: an emulator, and a page with the element."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from support.chat_page import ChatPage, chat_page
from support.own_server import OwnServer, own_server
from support.tabs import Tabs
from support.widget_page import WidgetPage, widget_page

from mock_server.testing import ChatKitMock


@pytest.fixture(scope="module")
def mock() -> Iterator[ChatKitMock]:
    """The emulator of a module's tests."""
    with ChatKitMock() as started:
        yield started


@pytest.fixture
def chat(tabs: Tabs, mock: ChatKitMock) -> Iterator[ChatPage]:
    """A page, not opened yet."""
    mock.start_anew()
    with chat_page(tabs, mock) as page:
        yield page


@pytest.fixture
def own() -> Iterator[OwnServer]:
    """A server of the app's own."""
    with own_server() as server:
        yield server


@pytest.fixture(scope="module")
def widgets(browser: Browser) -> Iterator[WidgetPage]:
    """A page that shows widgets."""
    with widget_page(browser) as page:
        yield page

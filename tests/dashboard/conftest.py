"""The dashboard in a browser, beside a running emulator and the official client."""

from collections.abc import Iterator

import pytest
from support.dashboard_page import Dashboard, dashboard_page
from support.tabs import Tabs

from mock_server.testing import ChatKitMock


@pytest.fixture
def mock() -> Iterator[ChatKitMock]:
    """A fresh emulator, begun with the shipped demo."""
    with ChatKitMock(load=["demo"]) as started:
        yield started


@pytest.fixture
def dashboard(tabs: Tabs, mock: ChatKitMock) -> Iterator[Dashboard]:
    """The dashboard, not opened yet."""
    with dashboard_page(tabs, mock) as page:
        yield page

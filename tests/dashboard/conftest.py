"""The dashboard in a browser, beside a running emulator and the official client."""

from collections.abc import Iterator

import pytest
from support.dashboard_page import Dashboard, dashboard_page
from support.tabs import Tabs

from mock_server.testing import ChatKitMock

PHONE = {"width": 390, "height": 844}


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


@pytest.fixture(params=["light", "dark", "phone"])
def looks(request: pytest.FixtureRequest, tabs: Tabs, mock: ChatKitMock) -> Iterator[Dashboard]:
    """The same in light and dark, and on a phone."""
    scheme = "dark" if request.param == "dark" else "light"
    window = {"viewport": PHONE} if request.param == "phone" else {}
    with dashboard_page(tabs, mock, color_scheme=scheme, reduced_motion="reduce", **window) as page:
        yield page

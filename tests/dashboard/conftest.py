"""The dashboard in a browser, beside a running emulator and the official client."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from support.dashboard_page import Dashboard

from mock_server.testing import ChatKitMock

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def mock() -> Iterator[ChatKitMock]:
    """A fresh emulator, begun with the shipped demo."""
    with ChatKitMock(load=["demo"]) as started:
        yield started


@pytest.fixture
def dashboard(browser: Browser, mock: ChatKitMock) -> Iterator[Dashboard]:
    """The dashboard, not opened yet. In the end its console must have been silent."""
    made = Dashboard(browser, mock)
    yield made
    made.context.close()
    assert made.complaints == []


@pytest.fixture(params=["light", "dark", "phone"])
def looks(request: pytest.FixtureRequest, browser: Browser, mock: ChatKitMock) -> Iterator[Dashboard]:
    """The same in light and dark, and on a phone."""
    scheme = "dark" if request.param == "dark" else "light"
    window = {"viewport": PHONE} if request.param == "phone" else {}
    made = Dashboard(browser, mock, color_scheme=scheme, reduced_motion="reduce", **window)
    yield made
    made.context.close()
    assert made.complaints == []

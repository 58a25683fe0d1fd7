"""The dashboard as the tests open it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Locator, Response, ViewportSize, expect
from support.axe import violations
from support.tabs import Tab, Tabs

from mock_server.client.clock import ClockHandle
from mock_server.testing import ChatKitMock, connect

PHONE: ViewportSize = {"width": 390, "height": 844}


class Dashboard:
    """What a person does with the dashboard.

    mock: the emulator, with `openai()` for the official client. page: the browser's. complaints: what its console said.
    """

    def __init__(self, tab: Tab, mock: ChatKitMock) -> None:
        self.tab, self.page, self.context = tab, tab.page, tab.context
        self.mock, self.client = mock, mock.openai(max_retries=0)
        self.complaints: list[str] = []
        self.page.set_default_timeout(7000)
        tab.listen("console", lambda told: self.complaints.append(told.text) if told.type == "error" else None)
        tab.listen("pageerror", lambda error: self.complaints.append(str(error)))
        tab.listen("response", self._check)

    def _check(self, response: Response) -> None:
        if response.status >= 500:
            self.complaints.append(f"{response.status} {response.url}")

    def open(self, path: str = "dashboard") -> "Dashboard":
        """Show a view, and wait until it listens to the live stream."""
        self.page.goto(f"{self.mock.url}/{path}")
        expect(self.page.get_by_text("Live", exact=True)).to_be_visible()
        return self

    def go(self, path: str) -> None:
        """Show another view in the open page, as its links do."""
        self.page.evaluate(
            "(address) => (history.pushState(null, '', address), dispatchEvent(new PopStateEvent('popstate')))",
            f"{self.mock.url}/{path}",
        )

    @property
    def clock(self) -> ClockHandle:
        """The server's own clock. That of `mock` moves the time of this process beneath it instead."""
        return connect(self.mock.url).clock

    @property
    def main(self) -> Locator:
        """The view itself."""
        return self.page.get_by_role("main")

    def row(self, text: str) -> Locator:
        """The row of a list that has this text."""
        return self.main.get_by_role("row").filter(has_text=text)

    def check_looks(self, scene: str) -> None:
        """Check that everybody can use what is shown: in light, in dark and on a phone, without movement."""
        window = self.page.viewport_size
        assert window
        for look, scheme, size in (("light", "light", window), ("dark", "dark", window), ("phone", "light", PHONE)):
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            self.page.set_viewport_size(size)
            assert violations(self.page) == [], f"{scene}, {look}"
            assert not self.overflows(), f"{scene} is wider than the window, {look}"
        self.page.set_viewport_size(window)

    def forgive(self) -> None:
        """End the visit, and forget what the browser said of refusals that this test is about."""
        self.tab.leave()
        self.complaints.clear()

    def overflows(self) -> bool:
        """Whether the page is wider than its window."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth > innerWidth"))


@contextmanager
def dashboard_page(tabs: Tabs, mock: ChatKitMock, **context: Any) -> Iterator[Dashboard]:
    """The dashboard for one test, not opened yet. In the end its console must have been silent."""
    with tabs.borrow(**{"viewport": {"width": 1280, "height": 860}, **context}) as tab:
        made = Dashboard(tab, mock)
        yield made
        assert made.complaints == []

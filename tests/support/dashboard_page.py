"""The dashboard as the tests open it."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Locator, Page, Response, expect

from mock_server.testing import ChatKitMock


class Dashboard:
    """What a person does with the dashboard.

    mock: the emulator, with `openai()` for the official client. page: the browser's. complaints: what its console said.
    """

    def __init__(self, browser: Browser, mock: ChatKitMock, **context: Any) -> None:
        self.mock, self.client = mock, mock.openai(max_retries=0)
        self.context = browser.new_context(**{"viewport": {"width": 1280, "height": 860}, **context})
        self.complaints: list[str] = []
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(7000)
        self.page.on("console", lambda told: self.complaints.append(told.text) if told.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("response", self._check)

    def _check(self, response: Response) -> None:
        if response.status >= 500:
            self.complaints.append(f"{response.status} {response.url}")

    def open(self, path: str = "dashboard") -> "Dashboard":
        """Show a view, and wait until it listens to the live stream."""
        self.page.goto(f"{self.mock.url}/{path}")
        expect(self.page.get_by_text("Live", exact=True)).to_be_visible()
        return self

    @property
    def main(self) -> Locator:
        """The view itself."""
        return self.page.get_by_role("main")

    def row(self, text: str) -> Locator:
        """The row of a list that has this text."""
        return self.main.get_by_role("row").filter(has_text=text)

    def violations(self) -> list[str]:
        """What axe finds serious or critical."""
        found = Axe().run(self.page).response["violations"]
        return [
            f"{each['id']}: {[node['html'][:160] for node in each['nodes']][:3]}"
            for each in found
            if each["impact"] in {"serious", "critical"}
        ]

    def forgive(self) -> None:
        """End the visit, and forget what the browser said of refusals that this test is about."""
        self.page.close()
        self.complaints.clear()

    def overflows(self) -> bool:
        """Whether the page is wider than its window."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth > innerWidth"))

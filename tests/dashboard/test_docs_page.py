"""The reference page, seen in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from mock_server.testing.server import ServerThread

pytestmark = pytest.mark.browser


@pytest.fixture(params=["light", "dark"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(color_scheme=request.param, viewport={"width": 320, "height": 700})
    opened = context.new_page()
    problems: list[str] = []
    opened.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: problems.append(str(error)))
    yield opened
    context.close()
    assert problems == []


def test_shows_every_operation_and_its_fields(page: Page, served: ServerThread) -> None:
    page.goto(f"{served.origin}/docs")
    expect(page.get_by_role("heading", level=1)).to_have_text("ChatKit, emulated")
    page.get_by_text("Create a ChatKit session.").click()
    create = page.locator("#sessions\\.create")
    expect(create).to_contain_text("seconds integer required, at least 1, at most 600")
    expect(create).to_contain_text("413 The body is larger than the server's limit.")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_opens_what_the_link_names(page: Page, served: ServerThread) -> None:
    page.goto(f"{served.origin}/p/other/docs#threads.list_items")
    expect(page.get_by_text("chatkit.task_group").first).to_be_visible()

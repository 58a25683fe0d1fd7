"""The reference page, in light and in dark, in a narrow window."""

from typing import Literal

import pytest
from playwright.sync_api import ViewportSize, expect
from support.dashboard_page import Dashboard

pytestmark = pytest.mark.browser

NARROW: ViewportSize = {"width": 320, "height": 700}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def test_shows_every_operation_and_its_fields(dashboard: Dashboard) -> None:
    page = dashboard.page
    page.set_viewport_size(NARROW)
    page.goto(f"{dashboard.mock.url}/docs")
    expect(page.get_by_role("heading", level=1)).to_have_text("ChatKit emulator")
    page.get_by_text("Create a ChatKit session.").click()
    create = page.locator("#sessions\\.create")
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        expect(create, f"A field, {scheme}").to_contain_text("seconds integer required, at least 1, at most 600")
        expect(create, f"A refusal, {scheme}").to_contain_text("413 The body is larger than the server's limit.")
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= NARROW["width"], f"The page fits into the window, {scheme}"


def test_opens_what_the_link_names(dashboard: Dashboard) -> None:
    page = dashboard.page
    page.set_viewport_size(NARROW)
    page.emulate_media(color_scheme="dark")
    page.goto(f"{dashboard.mock.url}/p/other/docs#threads.list_items")
    for scheme in reversed(SCHEMES):
        page.emulate_media(color_scheme=scheme)
        expect(page.get_by_text("chatkit.task_group").first, f"It is open, {scheme}").to_be_visible()

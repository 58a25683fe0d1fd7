"""Everybody can use the chat: with a screen reader, by keyboard, in any colours, in a narrow window."""

from collections.abc import Iterator
from itertools import product

import pytest
from playwright.sync_api import ViewportSize
from support.chat_page import ChatPage, chat_page
from support.own_server import OwnServer
from support.scenes import SCENES, SHOWS, barriers, inside, theme
from support.tabs import Tabs

from mock_server.testing import ChatKitMock

pytestmark = pytest.mark.browser

CUT = """() => [...document.querySelectorAll("button, input, textarea, [role=option], h1, h2, .notice, .toast")]
  .filter((element) => element.checkVisibility() && !element.matches(".hidden, .hidden *, .w-check"))
  .filter((element) => {
    const { left, right, width } = element.getBoundingClientRect();
    const scrolls = element.closest(".scrolled, .w-scroll, pre");
    return !scrolls && width > 0 && (left < -0.5 || right > innerWidth + 0.5);
  })
  .map((element) => element.outerHTML.slice(0, 200))"""
SHOWN = "document.body.innerText"
DRAWN = "document.body.outerHTML"
STYLED = """[document.documentElement.cloneNode().outerHTML,
  ...document.adoptedStyleSheets.flatMap(({ cssRules }) => [...cssRules]).map(({ cssText }) => cssText)].join()"""
MOVING = "document.getAnimations().filter((each) => each.playState === 'running').length"
BARE = """() => [...document.querySelectorAll(".send, .primary, .prompts button, .w-button[data-variant=solid]")]
  .filter((element) => element.checkVisibility() && getComputedStyle(element).borderTopStyle === "none")
  .map(({ outerHTML }) => outerHTML.slice(0, 120))"""
WIDE = """() => [document.body, ...document.querySelectorAll("html, main, .log, .history, .composer")]
  .filter((element) => element.checkVisibility() && element.scrollWidth > element.clientWidth)
  .map((element) => `${element.localName}.${element.className}: ${element.scrollWidth}`)"""
SCROLLING = "(all) => all.map((each) => each.scrollWidth > each.clientWidth && each.tabIndex === 0)"
FORCED = "matchMedia('(forced-colors: active)').matches"
COLOURS = ["color-contrast", "link-in-text-block"]  # the rules that depend on colours
MENUS = {"tools", "models"}  # the scenes with an open menu
PHONE: ViewportSize = {"width": 320, "height": 640}
DESK: ViewportSize = {"width": 760, "height": 820}


@pytest.fixture
def calm(tabs: Tabs, mock: ChatKitMock) -> Iterator[ChatPage]:
    """A page of a user who wants no movement."""
    mock.start_anew()
    with chat_page(tabs, mock, reduced_motion="reduce") as page:
        yield page


def restyle(chat: ChatPage, own: OwnServer, scene: str, further: str) -> None:
    """Give the open scene another theme; all that is shown must stay."""
    shown, styled = (inside(chat).evaluate(each) for each in (SHOWN, STYLED))
    if scene in MENUS:
        chat.page.keyboard.press("Escape")
    chat.page.evaluate(f"chat.setOptions({{ ...options(), {further} }})")
    chat.call("setComposerValue", {})  # the chat has the options now
    if scene in MENUS:
        SHOWS[scene](chat, own)  # again, because other options close a menu
    assert inside(chat).evaluate(STYLED) != styled, f"{further} changes the style"
    assert inside(chat).evaluate(SHOWN) == shown, f"{further} changes nothing else"


def check_fit(chat: ChatPage, where: str) -> None:
    """Check that nothing is wider than the window, or cut."""
    assert inside(chat).evaluate(WIDE) == [], where
    assert inside(chat).evaluate(CUT) == [], where


def check_phone(chat: ChatPage, scene: str) -> None:
    """Check a scene that was opened on a small phone."""
    check_fit(chat, "on a small phone")
    if scene in {"start", "talk", "written", "failure", "history"}:
        assert barriers(chat) == [], "on a small phone"
    if scene == "talk":
        for wide in ("pre", ".scrolled"):
            scrolling = chat.log.locator(wide).evaluate_all(SCROLLING)
            assert scrolling == [True], f"{wide} scrolls within itself, also by keyboard"


def check_forced_colours(chat: ChatPage) -> None:
    """Check that controls keep their edges where the system forces its colours."""
    chat.page.emulate_media(forced_colors="active")
    assert inside(chat).evaluate(FORCED)
    assert inside(chat).evaluate(BARE) == [], "controls have edges in forced colours"


@pytest.mark.exhaustive
@pytest.mark.parametrize("scene", SCENES)
def test_a_scene_is_for_everybody(calm: ChatPage, own: OwnServer, scene: str) -> None:
    calm.page.set_viewport_size(PHONE)
    SCENES[scene](calm, own, theme())
    check_phone(calm, scene)

    calm.page.set_viewport_size(DESK)
    assert inside(calm).evaluate(MOVING) == 0, "nothing moves for a user who wants no movement"
    assert barriers(calm) == [], "in light"
    drawn = inside(calm).evaluate(DRAWN)
    restyle(calm, own, scene, theme("dark"))
    assert inside(calm).evaluate(DRAWN) == drawn, "dark changes colours alone, so that these alone are checked again"
    assert barriers(calm, rules=COLOURS) == [], "in dark"

    restyle(calm, own, scene, theme(typography={"baseSize": 18}))
    inside(calm).evaluate("document.documentElement.style.fontSize = '36px'")
    check_fit(calm, "with letters twice as large")
    check_forced_colours(calm)


@pytest.mark.exhaustive
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_any_accent_can_be_read(calm: ChatPage, own: OwnServer, scheme: str) -> None:
    SCENES["talk"](calm, own, theme())
    calm.call("setComposerValue", {"text": "Hello", "selectedToolId": "search"})
    styles = [(0, "compact"), (1, "spacious"), (2, "compact"), (3, "spacious")]
    for accent, (level, density) in product(["#ffe600", "#888", "#0000ff"], styles):
        color = {"accent": {"primary": accent, "level": level}}
        restyle(calm, own, "talk", theme(scheme, density=density, color=color))
        assert barriers(calm, rules=COLOURS) == [], f"{accent}, level {level}, {density}"

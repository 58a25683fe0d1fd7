"""Everybody can use the chat: with a screen reader, by keyboard, in any colours, in a narrow window."""

from collections.abc import Iterator

import pytest
from support.chat_page import ChatPage, chat_page
from support.own_server import OwnServer
from support.scenes import SCENES, barriers, inside, talk, theme
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
STYLED = """[document.documentElement.cloneNode().outerHTML,
  ...document.adoptedStyleSheets.flatMap(({ cssRules }) => [...cssRules]).map(({ cssText }) => cssText)].join()"""
MOVING = "document.getAnimations().filter((each) => each.playState === 'running').length"
BARE = """() => [...document.querySelectorAll(".send, .primary, .prompts button, .w-button[data-variant=solid]")]
  .filter((element) => element.checkVisibility() && getComputedStyle(element).borderTopStyle === "none")
  .map(({ outerHTML }) => outerHTML.slice(0, 120))"""
WIDE = """() => [document.body, ...document.querySelectorAll("html, main, .log, .history, .composer")]
  .filter((element) => element.checkVisibility() && element.scrollWidth > element.clientWidth)
  .map((element) => `${element.localName}.${element.className}: ${element.scrollWidth}`)"""


@pytest.fixture
def calm(tabs: Tabs, mock: ChatKitMock) -> Iterator[ChatPage]:
    """A page of one who wants no movement."""
    mock.start_anew()
    with chat_page(tabs, mock, reduced_motion="reduce") as page:
        yield page


def restyle(chat: ChatPage, _: OwnServer, __: str, further: str) -> None:
    """Give the chat another theme; all that is shown must stay."""
    shown, styled = (inside(chat).evaluate(each) for each in (SHOWN, STYLED))
    chat.page.evaluate(f"chat.setOptions({{ ...options(), {further} }})")
    inside(chat).wait_for_function(f"(before) => {STYLED} !== before", arg=styled)
    assert inside(chat).evaluate(SHOWN) == shown


def reopen(chat: ChatPage, own: OwnServer, scene: str, further: str) -> None:
    """Open the scene in another theme."""
    SCENES[scene](chat, own, further)


def shrink(chat: ChatPage) -> None:
    """Make the window as small as a small phone's."""
    chat.page.set_viewport_size({"width": 320, "height": 640})


@pytest.mark.parametrize("scene", SCENES)
def test_a_scene_is_for_everybody(calm: ChatPage, own: OwnServer, scene: str) -> None:
    SCENES[scene](calm, own, theme())
    assert inside(calm).evaluate(MOVING) == 0, "nothing moves for one who wants no movement"
    assert barriers(calm) == [], "in light"
    change = reopen if scene in {"tools", "models"} else restyle  # a menu closes when the options change
    change(calm, own, scene, theme("dark"))
    assert barriers(calm) == [], "in dark"
    change(calm, own, scene, theme(typography={"baseSize": 18}))
    inside(calm).evaluate("document.documentElement.style.fontSize = '36px'")
    assert inside(calm).evaluate(WIDE) == [], "with letters twice as large"
    assert inside(calm).evaluate(CUT) == [], "with letters twice as large"


@pytest.mark.parametrize("scene", SCENES)
def test_a_scene_fits_a_small_phone(calm: ChatPage, own: OwnServer, scene: str) -> None:
    shrink(calm)
    SCENES[scene](calm, own, theme())
    assert inside(calm).evaluate(WIDE) == []
    assert inside(calm).evaluate(CUT) == []
    if scene in {"start", "talk", "written", "failure", "history"}:
        assert barriers(calm) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("accent", ["#ffe600", "#888", "#0000ff"])
def test_any_accent_can_be_read(calm: ChatPage, own: OwnServer, accent: str, scheme: str) -> None:
    talk(calm, own, theme())
    for level, density in ((0, "compact"), (1, "spacious"), (2, "compact"), (3, "spacious")):
        restyle(
            calm, own, "talk", theme(scheme, density=density, color={"accent": {"primary": accent, "level": level}})
        )
        calm.call("setComposerValue", {"text": "Hello", "selectedToolId": "search"})
        assert barriers(calm) == [], f"level {level}, {density}"


def test_tables_and_code_scroll_within_themselves(calm: ChatPage, own: OwnServer) -> None:
    shrink(calm)
    talk(calm, own, theme())
    wide = "(all) => all.map(({ scrollWidth, clientWidth, tabIndex }) => scrollWidth > clientWidth && tabIndex === 0)"
    assert calm.log.locator("pre").evaluate_all(wide) == [True]
    assert calm.log.locator(".scrolled").evaluate_all(wide) == [True]


@pytest.mark.parametrize("scene", ["start", "written", "talk"])
def test_forced_colours_keep_the_edges_of_controls(tabs: Tabs, mock: ChatKitMock, own: OwnServer, scene: str) -> None:
    with chat_page(tabs, mock, forced_colors="active") as chat:
        SCENES[scene](chat, own, theme())
        assert inside(chat).evaluate(BARE) == []

"""Everybody can use the chat: with a screen reader, by keyboard, in any colours, in a narrow window."""

from collections.abc import Iterator

import pytest
from element.chat_page import ChatPage, chat_page
from element.own_server import OwnServer
from element.scenes import SCENES, barriers, inside, talk, theme
from playwright.sync_api import Browser

from mock_server.testing import ChatKitMock

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CUT = """() => [...document.querySelectorAll("button, input, textarea, [role=option], h1, h2, .notice, .toast")]
  .filter((element) => element.checkVisibility() && !element.matches(".hidden, .hidden *, .w-check"))
  .filter((element) => {
    const { left, right, width } = element.getBoundingClientRect();
    const scrolls = element.closest(".scrolled, .w-scroll, pre");
    return !scrolls && width > 0 && (left < -0.5 || right > innerWidth + 0.5);
  })
  .map((element) => element.outerHTML.slice(0, 200))"""
BARE = """() => [...document.querySelectorAll(".send, .primary, .prompts button, .w-button[data-variant=solid]")]
  .filter((element) => element.checkVisibility() && getComputedStyle(element).borderTopStyle === "none")
  .map(({ outerHTML }) => outerHTML.slice(0, 120))"""
WIDE = """() => [document.body, ...document.querySelectorAll("html, main, .log, .history, .composer")]
  .filter((element) => element.checkVisibility() && element.scrollWidth > element.clientWidth)
  .map((element) => `${element.localName}.${element.className}: ${element.scrollWidth}`)"""


@pytest.fixture
def calm(stage: tuple[ChatKitMock, Browser]) -> Iterator[ChatPage]:
    """A page of one who wants no movement."""
    mock, browser = stage
    mock.start_anew()
    with chat_page(browser, mock, reduced_motion="reduce") as page:
        yield page


@pytest.fixture
def narrow(stage: tuple[ChatKitMock, Browser]) -> Iterator[ChatPage]:
    """A page on a small phone."""
    mock, browser = stage
    mock.start_anew()
    with chat_page(browser, mock, reduced_motion="reduce", viewport={"width": 320, "height": 640}) as page:
        yield page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("scene", SCENES)
def test_there_are_no_barriers(calm: ChatPage, own: OwnServer, scene: str, scheme: str) -> None:
    SCENES[scene](calm, own, theme(scheme))
    assert barriers(calm) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("level", "density"), [(0, "compact"), (1, "spacious"), (2, "compact"), (3, "spacious")])
@pytest.mark.parametrize("accent", ["#ffe600", "#888", "#0000ff"])
def test_any_accent_can_be_read(
    calm: ChatPage, own: OwnServer, accent: str, level: int, scheme: str, density: str
) -> None:
    talk(calm, own, theme(scheme, density=density, color={"accent": {"primary": accent, "level": level}}))
    calm.call("setComposerValue", {"text": "Hello", "selectedToolId": "search"})
    assert barriers(calm) == []


@pytest.mark.parametrize("scene", ["start", "talk", "written", "failure", "history"])
def test_a_small_phone_has_no_barriers(narrow: ChatPage, own: OwnServer, scene: str) -> None:
    SCENES[scene](narrow, own, theme())
    assert barriers(narrow) == []


@pytest.mark.parametrize("scene", SCENES)
def test_nothing_is_wider_than_a_small_phone(narrow: ChatPage, own: OwnServer, scene: str) -> None:
    SCENES[scene](narrow, own, theme())
    assert inside(narrow).evaluate(WIDE) == []
    assert inside(narrow).evaluate(CUT) == []


@pytest.mark.parametrize("scene", SCENES)
def test_letters_may_be_twice_as_large(calm: ChatPage, own: OwnServer, scene: str) -> None:
    SCENES[scene](calm, own, theme(typography={"baseSize": 18}))
    inside(calm).evaluate("document.documentElement.style.fontSize = '36px'")
    assert inside(calm).evaluate(WIDE) == []
    assert inside(calm).evaluate(CUT) == []


def test_tables_and_code_scroll_within_themselves(narrow: ChatPage, own: OwnServer) -> None:
    talk(narrow, own, theme())
    wide = "(all) => all.map(({ scrollWidth, clientWidth, tabIndex }) => scrollWidth > clientWidth && tabIndex === 0)"
    assert narrow.log.locator("pre").evaluate_all(wide) == [True]
    assert narrow.log.locator(".scrolled").evaluate_all(wide) == [True]


@pytest.mark.parametrize("scene", SCENES)
def test_nothing_moves_for_one_who_wants_no_movement(calm: ChatPage, own: OwnServer, scene: str) -> None:
    SCENES[scene](calm, own, theme())
    running = "document.getAnimations().filter((each) => each.playState === 'running').length"
    assert inside(calm).evaluate(running) == 0


@pytest.mark.parametrize("scene", ["start", "written", "talk"])
def test_forced_colours_keep_the_edges_of_controls(
    stage: tuple[ChatKitMock, Browser], own: OwnServer, scene: str
) -> None:
    mock, browser = stage
    with chat_page(browser, mock, forced_colors="active") as chat:
        SCENES[scene](chat, own, theme())
        assert inside(chat).evaluate(BARE) == []

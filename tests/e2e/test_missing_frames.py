"""A frame that does not load: the page hears of it and why, and nothing stays blank."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect
from support.bare_app import ISOLATED, BareApp, bare_app

from mock_server.testing.clients import Mock

pytestmark = pytest.mark.browser

FRAME = "**/deployments/chatkit/frame.html"


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def app(page: Page, chatkit_mock: Mock) -> Iterator[BareApp]:
    with bare_app(page, chatkit_mock) as opened:
        yield opened


def missed(app: BareApp, reason: str) -> None:
    """The error is the event's, one line of the console's, and what the element shows; calls fail with it."""
    (message,) = app.told("error")
    assert message
    assert message.startswith("The chat's frame http://")
    assert reason in message
    assert len(app.lines) == 1, app.lines
    expect(app.page.locator("openai-chatkit").get_by_role("alert")).to_have_text(message)


def forbidden(app: BareApp, policy: str) -> None:
    app.headers["content_security_policy"] = policy
    app.open()
    missed(app, f"Content Security Policy forbids it; add {app.mock.url} to its frame-src")


@pytest.mark.parametrize(
    "policy", ["frame-src 'none'", "child-src 'self'", "default-src * 'unsafe-inline'; frame-src a.test"]
)
def test_a_content_security_policy_is_named(app: BareApp, policy: str) -> None:
    forbidden(app, policy)


def test_a_policy_that_only_reports_is_no_error(app: BareApp) -> None:
    app.headers["content_security_policy_report_only"] = "frame-src 'none'"
    app.open().told("ready")
    assert app.page.evaluate("events") == [["ready", None]]


def test_headers_that_were_lost_on_the_way(app: BareApp) -> None:
    def redirect(route: Route) -> None:
        response = route.fetch()
        kept = {"content-type": "text/html", "access-control-allow-origin": "*"}
        route.fulfill(status=200, body=response.text(), headers=kept)

    app.page.route(FRAME, redirect)
    app.headers.update(ISOLATED, cross_origin_embedder_policy="require-corp")
    app.open()
    missed(app, "Cross-Origin-Embedder-Policy forbids it, because the emulator's headers were lost")


def test_an_emulator_that_has_stopped(app: BareApp) -> None:
    app.page.route(FRAME, lambda route: route.abort("connectionrefused"))
    app.open()
    missed(app, f"{app.mock.url} can't be reached from this page; check that the emulator runs there")


def test_a_server_that_never_responds(app: BareApp) -> None:
    app.page.route(FRAME, lambda _: None)
    app.open()
    missed(app, "can't be reached")


@pytest.mark.parametrize("status", [200, 404])
def test_a_copy_of_the_script_on_a_server_of_the_app(app: BareApp, status: int) -> None:
    with app.mock.http_client() as web:
        app.files["/vendor/chatkit.js"] = (200, web.get("/deployments/chatkit/chatkit.js").text)
    app.files["/vendor/frame.html"] = (status, "<!doctype html><title>The app</title>")
    app.open("/vendor/chatkit.js")
    missed(app, "something else is there; load the script from the emulator itself, not from a copy")


def test_a_frame_that_another_server_forbids_to_show(app: BareApp) -> None:
    def forbid(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, headers={**response.headers, "x-frame-options": "DENY"})

    app.page.route(FRAME, forbid)
    app.open()
    missed(app, "the browser blocks it, or what it loads")


def test_a_frame_whose_script_is_missing(app: BareApp) -> None:
    app.page.route("**/frame/main.js", lambda route: route.abort())
    app.open()
    missed(app, "the browser blocks it, or what it loads")


def test_calls_fail_with_the_same_reason(app: BareApp) -> None:
    app.headers["content_security_policy"] = "frame-src 'none'"
    app.open()
    app.told("error")
    app.page.evaluate("chat.remove()")
    called = """() => { document.body.append(chat);
      return chat.sendUserMessage({ text: "Hi" }).then(() => "sent", (error) => error.message) }"""
    assert "Content Security Policy forbids it" in app.page.evaluate(called)
    assert len(app.told("error")) == 2, "Attached again, it tries again"
    expect(app.page.locator("openai-chatkit").get_by_role("alert")).to_have_count(1)


def test_a_frame_that_comes_late_is_shown(app: BareApp) -> None:
    held: list[Route] = []
    app.page.route(FRAME, lambda route: held.append(route) if not held else route.continue_())
    app.open()
    app.told("error")
    held[0].continue_()
    app.told("ready")
    expect(app.frame.get_by_role("textbox").first).to_be_visible()
    expect(app.page.locator("openai-chatkit").get_by_role("alert")).to_have_count(0)

"""Where the element is loaded from, and whom its frame then asks."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from support.browsers import Launch
from support.emulator import MINIMAL, Client, make_app

from mock_server.clock import world_time
from mock_server.server.thread import ServerThread
from mock_server.server.tls import made_certificate
from mock_server.testing import ChatKitMock
from mock_server.testing.mock import RemoteMock

pytestmark = pytest.mark.browser

CDN = "https://cdn.platform.openai.com/deployments/chatkit/chatkit.js"
PAGE = """<!doctype html><title>App</title><script src="{script}"></script><openai-chatkit></openai-chatkit>
<script>document.querySelector("openai-chatkit").setOptions(
  {{ api: {{ getClientSecret: async () => (await fetch("/session", {{ method: "POST" }})).text() }} }});</script>"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context() as context:
        yield context.new_page()


def show(page: Page, script: str, secret: str) -> None:
    """The page of an app without a server, which has this secret."""

    def serve(route: Route) -> None:
        html = PAGE.format(script=script)
        route.fulfill(body=secret if route.request.method == "POST" else html, content_type="text/html")

    page.route("http://localhost:9/**", serve)
    page.goto("http://localhost:9/")


def talk(page: Page) -> None:
    frame = page.frame_locator("openai-chatkit iframe")
    frame.get_by_role("textbox").first.fill("Hello there")
    frame.get_by_role("textbox").first.press("Enter")
    expect(frame.get_by_role("log")).to_contain_text(re.compile("assistant said:.*Hello there"))


def test_from_the_emulator_by_any_of_its_names(page: Page) -> None:
    with ChatKitMock() as mock:
        page.context.grant_permissions(["local-network-access"])
        session = mock.openai().beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"})
        show(
            page, f"{mock.url.replace('127.0.0.1', 'localhost')}/deployments/chatkit/chatkit.js", session.client_secret
        )
        talk(page)


def test_from_a_project_of_the_emulator(page: Page) -> None:
    with ServerThread(make_app()) as server:
        mock = RemoteMock(server.origin, project="worker-1")
        page.context.grant_permissions(["local-network-access"])
        session = mock.openai().beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"})
        show(page, f"{server.origin}/p/worker-1/deployments/chatkit/chatkit.js", session.client_secret)
        with page.expect_request("**/p/worker-1/v1/chatkit/conversation"):
            talk(page)


def test_from_the_address_of_openai_over_tls(launch: Launch) -> None:
    """As `serve --tls` and two flags of Chrome's make it: no test tool redirects anything."""
    app = make_app()
    with ServerThread(app, tls=made_certificate(now=world_time()).context) as server:
        rules = f"--host-resolver-rules=MAP cdn.platform.openai.com {server.origin.removeprefix('https://')}"
        with launch(rules, "--ignore-certificate-errors") as browser:
            page = browser.new_page()
            page.context.grant_permissions(["local-network-access"])
            created = Client(app).post("/v1/chatkit/sessions", json=MINIMAL).json()
            show(page, CDN, created["client_secret"])
            talk(page)

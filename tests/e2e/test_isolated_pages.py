"""The element in pages that are cross-origin isolated, in Chromium and in Firefox."""

import base64
import re

import pytest
from openai.types.beta.chatkit.chat_session_chatkit_configuration_param import ChatSessionChatKitConfigurationParam
from playwright.sync_api import BrowserContext, Page, expect
from support.bare_app import ISOLATED, bare_app
from support.local_server import Handler, serving

from mock_server.testing.clients import Mock

pytestmark = pytest.mark.browser

# One pixel, as a PNG.
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.mark.parametrize("attributes", ["", "crossorigin"])
@pytest.mark.parametrize("policy", ["require-corp", "credentialless", "unsafe-none"])
def test_a_page_with_an_embedder_policy_talks(page: Page, chatkit_mock: Mock, policy: str, attributes: str) -> None:
    with bare_app(page, chatkit_mock, cross_origin_embedder_policy=policy, **ISOLATED) as app:
        app.open(attributes=attributes)
        app.told("ready")
        assert page.evaluate("crossOriginIsolated") is (policy != "unsafe-none")
        app.frame.get_by_role("textbox").first.fill("Hello there")
        app.frame.get_by_role("textbox").first.press("Enter")
        expect(app.frame.get_by_role("log")).to_contain_text(re.compile("assistant said:.*Hello there"))
        assert app.lines == []


def test_a_widget_shows_an_image_of_a_server_that_knows_no_such_policy(page: Page, chatkit_mock: Mock) -> None:
    class Images(Handler):
        def do_GET(self) -> None:
            self.whole(PIXEL, content_type="image/png")

    with (
        serving(Images) as port,
        bare_app(page, chatkit_mock, cross_origin_embedder_policy="require-corp", **ISOLATED) as app,
    ):
        image = {"type": "Image", "src": f"http://127.0.0.1:{port}/a.png", "alt": "A square"}
        widget = {"type": "Card", "children": [image]}
        chatkit_mock.workflows.add("wf_1", {"default": [{"widget": widget}]})
        app.open()
        app.frame.get_by_role("textbox").first.fill("Show it")
        app.frame.get_by_role("textbox").first.press("Enter")
        shown = app.frame.get_by_role("img", name="A square")
        expect(shown).to_have_js_property("complete", value=True)
        expect(shown).to_have_js_property("naturalWidth", 1)


def test_a_page_shows_an_uploaded_image(page: Page, chatkit_mock: Mock) -> None:
    uploads: ChatSessionChatKitConfigurationParam = {"file_upload": {"enabled": True}}
    with chatkit_mock.openai() as client, chatkit_mock.http_client() as web:
        session = client.beta.chatkit.sessions.create(
            user="ada", workflow={"id": "wf_1"}, chatkit_configuration=uploads
        )
        file = {"file": ("a.png", PIXEL, "image/png")}
        headers = {"authorization": f"Bearer {session.client_secret}"}
        shown = web.post(f"{chatkit_mock.base_url}/chatkit/files", files=file, headers=headers).json()
    with bare_app(page, chatkit_mock, cross_origin_embedder_policy="require-corp", **ISOLATED) as app:
        app.open()
        loaded = """(src) => new Promise((done) => Object.assign(new Image(),
          { onload: () => done("loaded"), onerror: () => done("blocked"), src }))"""
        assert page.evaluate(loaded, shown["preview_url"]) == "loaded"

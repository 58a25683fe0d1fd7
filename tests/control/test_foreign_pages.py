"""A page of another origin, in a real browser, steers nothing."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from support.browsers import Launch
from support.emulator import make_app
from support.local_server import Handler, serving

from mock_server.server.thread import ServerThread
from mock_server.testing import connect

pytestmark = pytest.mark.browser

SEED = {"sessions": [{"id": "cksess_123", "user": "ada", "workflow": {"id": "wf_1"}}]}
SEND = """async ([url, mode]) => {
  try { return (await fetch(url, {method: "POST", mode})).status } catch { return "refused" }
}"""


class Elsewhere(Handler):
    """A page without a policy of its own."""

    def do_GET(self) -> None:
        self.whole(b"<!doctype html><title>Elsewhere</title>", content_type="text/html")


@pytest.fixture
def elsewhere() -> Iterator[str]:
    with serving(Elsewhere) as port:
        yield f"http://localhost:{port}"


def test_resets_nothing(browser: Browser, elsewhere: str) -> None:
    with ServerThread(make_app()) as server, browser.new_context() as context:
        mock = connect(server.origin)
        mock.load(SEED)
        page = context.new_page()
        page.goto(elsewhere)
        for mode in ("no-cors", "cors"):
            page.evaluate(SEND, [f"{server.origin}/_mock/reset", mode])
            page.evaluate(SEND, [f"{server.origin}/_mock/sessions/cksess_123/expire", mode])
        assert mock.sessions.get("cksess_123").status == "active"
        page.goto(f"{server.origin}/docs")  # a page of its own may
        assert page.evaluate(SEND, ["/_mock/reset", "same-origin"]) == 200
        assert mock.sessions.list() == []


def test_a_name_that_points_here_resets_nothing(launch: Launch) -> None:
    """As after DNS rebinding: the page's own host name leads to this machine."""
    with ServerThread(make_app()) as server, launch("--host-resolver-rules=MAP rebound.example 127.0.0.1") as browser:
        mock = connect(server.origin)
        mock.load(SEED)
        page = browser.new_page()
        port = server.origin.rpartition(":")[2]
        page.goto(f"http://rebound.example:{port}/docs")
        assert page.evaluate(SEND, ["/_mock/reset", "same-origin"]) == 403
        assert mock.sessions.get("cksess_123").status == "active"

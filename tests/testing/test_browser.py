"""The pytest fixture for a browser: a page whose element is the emulator's, though it loads it from the CDN."""

from pathlib import Path

import pytest
from support import browsers

pytestmark = pytest.mark.browser

CONFTEST = """
import pytest
from support.browsers import chromium

@pytest.fixture(scope="session")
def chatkit_mock_browser():
    with chromium() as browser:
        yield browser
"""
APP = """
import pytest

PAGE = '''<!doctype html><title>App</title>
<script src="https://cdn.platform.openai.com/deployments/chatkit/chatkit.js"></script>
<openai-chatkit></openai-chatkit>
<script>
  const chat = document.querySelector("openai-chatkit");
  chat.setOptions({api: {getClientSecret: async () => (await fetch("/session", {method: "POST"})).text()}});
</script>'''


@pytest.fixture
def shown(chatkit_mock, chatkit_mock_page):
    client = chatkit_mock.openai()

    def session(route):
        created = client.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"})
        route.fulfill(body=created.client_secret)

    # The app's server, without one.
    chatkit_mock_page.route("http://localhost:9/", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    chatkit_mock_page.route("http://localhost:9/session", session)
    chatkit_mock_page.goto("http://localhost:9/")
    return chatkit_mock_page.frame_locator("openai-chatkit iframe")


def test_answers(chatkit_mock, shown):
    chatkit_mock.reply("Hi", "Hello, Ada")
    shown.get_by_role("textbox").first.fill("Hi")
    shown.get_by_role("textbox").first.press("Enter")
    shown.get_by_text("Hello, Ada").wait_for()


def test_begins_anew(chatkit_mock, shown):
    shown.get_by_role("heading", name="What can I help with today?").wait_for()
    assert len(chatkit_mock.sessions.list()) == 1


@pytest.mark.parametrize("freeze", [False, True])
def test_travels_in_time(chatkit_mock, shown, freeze):
    if freeze:
        chatkit_mock.clock.freeze("2026-12-24T00:00:00Z")
    for word in ("first", "second"):
        shown.get_by_role("textbox").first.fill(word)
        shown.get_by_role("button", name="Send message").click()
        shown.get_by_label("Conversation").get_by_text(word).nth(1).wait_for()
        chatkit_mock.clock.shift(minutes=11)
    assert [session.status for session in chatkit_mock.sessions.list()].count("expired") == 2
"""
ASYNC = """
import pytest
from playwright.async_api import async_playwright
from support.browsers import executable, flags
from mock_server.testing.browser import route_chatkit_async


@pytest.mark.anyio
async def test_routes(chatkit_mock):
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable(), args=flags())
        context = await browser.new_context()
        await route_chatkit_async(context, chatkit_mock.url)
        page = await context.new_page()
        await page.goto("https://cdn.platform.openai.com/deployments/chatkit/chatkit.js")
        assert "openai-chatkit" in await page.content()
        await browser.close()


@pytest.fixture
def anyio_backend():
    return "asyncio"
"""


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_PLUGINS", "chatkit_mock_plugin")
    monkeypatch.setenv("PYTHONPATH", str(Path(browsers.__file__).parents[1]))
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    pytester.makeconftest(CONFTEST)
    return pytester


@pytest.mark.exhaustive
def test_shows_the_stand_in(project: pytest.Pytester) -> None:
    project.makepyfile(APP)
    project.runpytest_subprocess("-W", "error").assert_outcomes(passed=4)


@pytest.mark.exhaustive
def test_is_the_page_of_pytest_playwright(project: pytest.Pytester) -> None:
    project.makeconftest("""
import pytest
from support.browsers import executable, flags

@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {**browser_type_launch_args, "executable_path": executable(), "args": flags()}


@pytest.fixture(scope="session")
def chatkit_mock_browser():
    raise AssertionError("there is another")
""")
    project.makepyfile(APP)
    project.runpytest_subprocess("-p", "playwright", "-k", "answers").assert_outcomes(passed=1)


def test_serves_the_asynchronous_api(project: pytest.Pytester) -> None:
    project.makepyfile(ASYNC)
    project.runpytest_subprocess("-p", "anyio", "-W", "error").assert_outcomes(passed=1)


def test_says_what_is_missing(project: pytest.Pytester) -> None:
    project.makeconftest("import sys\nsys.modules['playwright.sync_api'] = None")
    project.makepyfile("def test_page(chatkit_mock_page): ...")
    result = project.runpytest_subprocess()
    result.stdout.fnmatch_lines(["*chatkit_mock_page needs Playwright: pip install pytest-playwright, *"])
    result.assert_outcomes(errors=1)

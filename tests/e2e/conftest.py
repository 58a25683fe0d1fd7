"""A real app, built by Vite, in a real browser: its element comes from an emulator, and so do its answers."""

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright
from support.browsers import firefox, launched
from support.node import NPM, run
from support.shop import Shop
from support.shop_chat import Chat, Json, Mode

from mock_server.clock import stopwatch
from mock_server.server.thread import ServerThread
from mock_server.testing.browser import route_chatkit
from mock_server.testing.clients import Mock

APP = Path(__file__).parent / "app"


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the app with its packages and what is built of it: made by the first worker that needs it."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "app"
    try:
        folder.mkdir()
    except FileExistsError:
        _wait_for(folder / "done")
        return folder / "app"
    try:
        shutil.copytree(APP, folder / "app", ignore=shutil.ignore_patterns("node_modules", "dist"))
        run(NPM, "ci", "--no-audit", "--no-fund", "--prefer-offline", folder=folder / "app")
        run(NPM, "run", "build", folder=folder / "app")
    except BaseException as error:
        (folder / "failed").write_text(str(error))
        raise
    (folder / "done").touch()
    return folder / "app"


def _wait_for(done: Path) -> None:
    """Wait for another worker, which may fail."""
    end = stopwatch() + 300
    while not done.exists():
        failed = done.with_name("failed")
        assert not failed.exists(), failed.read_text()
        assert stopwatch() < end, f"{done} never came"
        time.sleep(0.1)


@pytest.fixture(scope="session")
def dist(installed: Path) -> Path:
    """The app as it is shipped."""
    return installed / "dist"


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """The browser; `BROWSER=firefox` chooses another than Chromium."""
    start = firefox if os.environ.get("BROWSER") == "firefox" else launched
    with start(playwright) as started:
        yield started


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser's profile, new for each test."""
    context = browser.new_context(locale="en-US", viewport={"width": 800, "height": 900})
    yield context
    context.unroute_all(behavior="ignoreErrors")
    context.close()


@pytest.fixture
def mode(request: pytest.FixtureRequest) -> Mode:
    """How the app reaches its conversation, hosted unless a test says otherwise; the emulator is started to suit."""
    chosen: Mode = getattr(request, "param", "hosted")
    return chosen


@pytest.fixture
def shop(dist: Path, chatkit_mock: Mock) -> Shop:
    """The app's backend."""
    return Shop(dist, chatkit_mock)


@pytest.fixture
def chat(context: BrowserContext, shop: Shop, chatkit_mock: Mock, mode: Mode) -> Iterator[Chat]:
    """The app's page, not loaded yet; what must hold of it is checked at the end."""
    route_chatkit(context, chatkit_mock.url)
    api = f"{chatkit_mock.base_url}/chatkit/conversation"

    def heard() -> list[Json]:
        bodies = (record.request.body for record in chatkit_mock.journal.requests("conversation"))
        return [body for body in bodies if body is not None]  # that of a refused secret is not read

    with ServerThread(shop.app) as server:
        chat = Chat(context, server.origin, api, mode, heard=heard)
        yield chat
        chat.check()

"""What most tests start with: an emulator without a socket, one with a socket, the official clients, a browser."""

import os
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from _pytest.pytester import SysModulesSnapshot
from hypothesis import settings
from openai import OpenAI
from playwright.sync_api import Browser, Playwright, sync_playwright
from starlette.testclient import TestClient
from support.browsers import Launch, is_there, launched
from support.emulator import Client, Start, make_app
from support.tabs import Tabs

from mock_server.app import MockServer
from mock_server.config import Settings
from mock_server.documents.seeds import load_seeds
from mock_server.server.thread import ServerThread
from mock_server.state.projects import Projects


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run asynchronous tests on asyncio; a test about trio says so."""
    return "asyncio"


@pytest.fixture
def start() -> Start:
    """Make a client of an emulator without a socket; its arguments are `make_app`'s."""

    def make(**options: Any) -> TestClient:
        return Client(make_app(**options))

    return make


@pytest.fixture
def client(start: Start) -> TestClient:
    """A client of a fresh emulator."""
    return start()


@pytest.fixture
def served() -> Iterator[ServerThread]:
    """A fresh emulator on a socket, begun with the shipped demo."""
    app = MockServer(Projects(Settings(), base=load_seeds(["demo"])))
    with ServerThread(app) as server:
        yield server


@pytest.fixture
def openai(served: ServerThread) -> Iterator[OpenAI]:
    """The official client, as a user sets it up."""
    with OpenAI(base_url=f"{served.origin}/v1", api_key="sk-test", max_retries=0) as client:
        yield client


# `make test-all` chooses the other one.
settings.register_profile("brief", max_examples=10, deadline=None)
settings.register_profile("thorough", max_examples=30, deadline=None)
settings.load_profile("brief")

NO_BROWSER = (
    "There is no Chromium here, so tests with a browser were left out: "
    "install one, by `playwright install chromium` for example, or name one by CHROMIUM=/path/to/it."
)


def pytest_xdist_auto_num_workers() -> int:
    """Start one worker more than there are cores: now and then each waits for a browser or another process."""
    return (os.cpu_count() or 1) + 1


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark hypothesis's tests. Their many examples reach what plain tests reach, so they run without coverage."""
    if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
        item.add_marker("generated")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put tests with a browser last: from then on Playwright's event loop counts as running in this thread.

    The longest come first, or all would wait for them in the end.
    """
    if not is_there():
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("browser")])
        items[:] = [item for item in items if not item.get_closest_marker("browser")]
    in_browser = {item.path for item in items if "playwright" in getattr(item, "fixturenames", ())}
    for item in items:
        if item.path in in_browser and not item.get_closest_marker("browser"):
            message = f"{item.nodeid} shares its module with tests in a browser, and needs none: move it to another."
            raise pytest.UsageError(message)
    longest = {item.path for item in items if item.get_closest_marker("exhaustive")}
    items.sort(key=lambda item: (item.path in in_browser, item.path not in longest))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say once that tests were left out."""
    if "not browser" not in config.option.markexpr and not is_there():
        terminalreporter.line(NO_BROWSER, yellow=True)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright, of which a process has one."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """The browser that all tests of a process share, each in contexts of its own."""
    with launched(playwright) as started:
        yield started


@pytest.fixture(scope="session")
def tabs(browser: Browser) -> Tabs:
    """The browser's pages, which tests use one after another."""
    return Tabs(browser)


@pytest.fixture
def launch(playwright: Playwright) -> Launch:
    """Start another browser, with flags."""
    return partial(launched, playwright)


@pytest.fixture
def pytester(pytester: pytest.Pytester) -> Iterator[pytest.Pytester]:
    """Pytest's own, but what a test imports stays imported.

    At its end pytester forgets modules that were imported meanwhile. Those that are imported again later are others:
    what a half-forgotten httpx2 raises, the SDK does not catch.
    """
    yield pytester
    pytester._sys_modules_snapshot = SysModulesSnapshot()

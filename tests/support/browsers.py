"""Browsers for the tests: Playwright's own, or the machine's."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

Launch = Callable[..., AbstractContextManager[Browser]]

_INSTALLED = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
_FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--use-fake-device-for-media-stream",  # a microphone for dictation
    "--use-fake-ui-for-media-stream",
    "--host-resolver-rules=MAP *.test ~NOTFOUND",  # where hostile texts lead: nobody is asked
]
# A released Firefox is driven by WebDriver BiDi, which reaches a frame of another origin in one process only.
_ONE_PROCESS: dict[str, str | float | bool] = {
    "fission.autostart": False,
    "fission.webContentIsolationStrategy": 0,
    "dom.ipc.processCount": 1,
}


@contextmanager
def chromium(*further: str) -> Iterator[Browser]:
    """A headless Chromium with further flags, for a script or a run of its own: a process has one Playwright."""
    with sync_playwright() as playwright, launched(playwright, *further) as browser:
        yield browser


@contextmanager
def launched(playwright: Playwright, *further: str) -> Iterator[Browser]:
    """A headless Chromium with further flags, beside others of the same Playwright."""
    browser = playwright.chromium.launch(executable_path=executable(), args=[*flags(), *further])
    yield browser
    browser.close()


@contextmanager
def firefox(playwright: Playwright) -> Iterator[Browser]:
    """A headless Firefox, the machine's."""
    browser = playwright.firefox.launch(
        channel="moz-firefox",
        executable_path=shutil.which("firefox-esr") or shutil.which("firefox"),
        firefox_user_prefs=_ONE_PROCESS,
    )
    yield browser
    browser.close()


def executable() -> str | None:
    """The machine's Chromium, None for Playwright's own; `CHROMIUM` names another."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _INSTALLED)), None)


@cache
def is_there() -> bool:
    """Whether there is a Chromium to drive."""
    if executable():
        return True
    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path).exists()


def flags() -> list[str]:
    """The flags that each is started with."""
    return [*_FLAGS, "--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else _FLAGS

"""Browsers for the tests: Playwright's own, or the machine's."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

_INSTALLED = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
_FLAGS = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
# A released Firefox is driven by WebDriver BiDi, which reaches a frame of another origin in one process only.
_ONE_PROCESS: dict[str, str | float | bool] = {
    "fission.autostart": False,
    "fission.webContentIsolationStrategy": 0,
    "dom.ipc.processCount": 1,
}


@contextmanager
def chromium(*further: str) -> Iterator[Browser]:
    """A headless browser with further flags."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=[*flags(), *further])
        yield browser
        browser.close()


@contextmanager
def firefox() -> Iterator[Browser]:
    """A headless Firefox, the machine's."""
    with sync_playwright() as playwright:
        browser = playwright.firefox.launch(
            channel="moz-firefox",
            executable_path=shutil.which("firefox-esr") or shutil.which("firefox"),
            firefox_user_prefs=_ONE_PROCESS,
        )
        yield browser
        browser.close()


def executable() -> str | None:
    """Where it is, None for Playwright's own; `CHROMIUM` names another."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _INSTALLED)), None)


def flags() -> list[str]:
    """What it is started with."""
    return [*_FLAGS, "--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else _FLAGS

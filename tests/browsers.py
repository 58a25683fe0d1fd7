"""A Chromium for the tests: Playwright's own, or the machine's."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

_INSTALLED = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
_FLAGS = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]


@contextmanager
def chromium(*flags: str) -> Iterator[Browser]:
    """A headless browser with further flags; `CHROMIUM` names another executable."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _INSTALLED)), None)
    usual = [*_FLAGS, "--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else _FLAGS
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=[*usual, *flags])
        yield browser
        browser.close()

"""Pages of a browser that tests use one after another, because a new one costs more than most tests."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

# A script of a hostile text would call this; the tests watch the console.
_ALARM = "window.alert = () => console.error('A script ran.')"
_MEDIA = ("color_scheme", "forced_colors", "reduced_motion")


class Tab:
    """A page as one test has it. What the test listens to, emulates and permits ends with it.

    Pages of two tests share cookies, but no storage: each emulator and each site has an origin of its own.
    """

    def __init__(self, page: Page, options: dict[str, Any]) -> None:
        self.page, self._options = page, options
        self._listeners: list[tuple[Any, Callable[..., Any]]] = []

    @property
    def context(self) -> BrowserContext:
        """The page's profile."""
        return self.page.context

    def listen(self, event: Any, listener: Callable[..., Any]) -> None:
        """Call a listener for an event of the page, until the test ends."""
        self.page.on(event, listener)
        self._listeners.append((event, listener))

    def leave(self) -> None:
        """End all that the test's document does."""
        for event, listener in self._listeners:
            self.page.remove_listener(event, listener)
        self._listeners.clear()
        self.page.goto("about:blank")

    def tidy(self) -> None:
        """Make the page as it was."""
        self.leave()
        self.context.clear_permissions()
        self.context.clear_cookies()
        self.context.set_offline(False)
        self.page.unroute_all(behavior="ignoreErrors")
        self.page.set_viewport_size(self._options["viewport"])
        self.page.emulate_media(**{name: self._options.get(name, "null") for name in _MEDIA})


class Tabs:
    """The pages of a browser, by the options of their profiles."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._idle: dict[str, Page] = {}

    @contextmanager
    def borrow(self, **options: Any) -> Iterator[Tab]:
        """A page for one test; `options` are those of a Playwright context. One whose test failed is thrown away."""
        kind = json.dumps(options, sort_keys=True)
        tab = Tab(self._idle.pop(kind) if kind in self._idle else self._open(options), options)
        try:
            yield tab
            tab.tidy()
        except BaseException:
            tab.context.close()
            raise
        self._idle[kind] = tab.page

    def _open(self, options: dict[str, Any]) -> Page:
        context = self._browser.new_context(**options)
        context.add_init_script(_ALARM)
        return context.new_page()

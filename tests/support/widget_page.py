"""A page that shows widgets and writes down what their host is told."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page
from support.local_server import Handler, serving

Json = dict[str, Any]

STATIC = Path(__file__).parents[2] / "mock_server" / "element" / "static"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src *; img-src * data: blob:; font-src * data:; "
    "media-src blob:"
)
HTML = """<!doctype html><html lang="en" data-scheme="light"><head><meta charset="utf-8"><title>Widgets</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/page.css">
<link rel="stylesheet" href="/frame/base.css"><link rel="stylesheet" href="/frame/widgets.css">
<script type="module" src="/page.js"></script></head><body><main></main></body></html>"""
CSS = """
:root { --radius-s: 6px; --radius-m: 8px; --radius-l: 16px; --radius-full: 999px; --space: 4px; --font-size: 16px;
  --font: system-ui, sans-serif; --font-mono: monospace; }
[data-scheme="light"] { color-scheme: light; --background: #fff; --surface: #f7f7f8; --surface-2: #ececef;
  --text: #0d0d0d; --text-secondary: #55565c; --text-tertiary: #6a6b72; --border: #e5e5e8; --border-strong: #b9bac1;
  --accent: #1a1a1a; --on-accent: #fff; --danger: #b3181c; --warning: #9a3c07; --success: #166534; --info: #0b57b8;
  --discovery: #6d34c9; --danger-soft: #fdecec; --warning-soft: #fdf0e3; --success-soft: #e7f6ec; --info-soft: #e7f0fd;
  --discovery-soft: #f1eafd; }
[data-scheme="dark"] { color-scheme: dark; --background: #1b1b1d; --surface: #252528; --surface-2: #303034;
  --text: #f1f1f3; --text-secondary: #b9bac1; --text-tertiary: #a2a3ab; --border: #3a3a3f; --border-strong: #5c5d65;
  --accent: #f1f1f3; --on-accent: #111; --danger: #ffa3a3; --warning: #ffb27a; --success: #6ee7a0; --info: #8cc2ff;
  --discovery: #c9a8ff; --danger-soft: #3d1d1f; --warning-soft: #3d2817; --success-soft: #17331f; --info-soft: #172a42;
  --discovery-soft: #2c2142; }
html > body { display: block; height: auto; margin: 0; background: var(--background); overflow: auto; }
main { display: flex; flex-flow: column; gap: 16px; padding: 16px; }
"""
SCRIPT = """
import { loadIcons } from "/frame/icons.js";
import { WidgetView } from "/frame/widgets/index.js";
const views = [];
window.calls = [];
const waiting = [];
window.wait = false;
window.finish = (failed) => waiting.splice(0).forEach(([done, fail]) => (failed ? fail(new Error("no")) : done()));
const host = {
  scheme: "light", locale: "en-GB",
  act: (action) => {
    window.calls.push(action);
    return window.wait ? new Promise((done, fail) => waiting.push([done, fail])) : Promise.resolve();
  },
};
window.show = (...widgets) => {
  document.querySelector("main").replaceChildren();
  views.length = window.calls.length = 0;
  window.wait = false;
  for (const widget of widgets) {
    views.push(new WidgetView(widget, host));
    document.querySelector("main").append(views.at(-1).element);
  }
};
window.update = (widget) => views[0].update(widget);
await loadIcons();
window.ready = true;
"""
FILES = {
    "/": ("text/html", HTML),
    "/page.css": ("text/css", CSS),
    "/page.js": ("text/javascript", SCRIPT),
}
TYPES = {".js": "text/javascript", ".css": "text/css", ".json": "application/json"}


class _Files(Handler):
    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        file = STATIC / path.lstrip("/")
        if path in FILES:
            self.file(FILES[path][0], FILES[path][1].encode())
        elif file.suffix in TYPES and file.is_file():
            self.file(TYPES[file.suffix], file.read_bytes())
        else:
            self.send_error(404)

    def file(self, kind: str, body: bytes) -> None:
        self.whole(body, content_type=f"{kind}; charset=utf-8", content_security_policy=POLICY)


class WidgetPage:
    """What a test does with the page: shows a widget, changes it, asks what the host was told."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on(
            "console", lambda line: self.complaints.append(line.text) if line.type in {"error", "warning"} else None
        )

    def show(self, *widgets: object) -> Locator:
        """Shows them instead of what there was."""
        self.complaints.clear()
        self.page.evaluate("(widgets) => show(...widgets)", list(widgets))
        return self.page.locator("main")

    def update(self, widget: object) -> None:
        """Gives the first one another version."""
        self.page.evaluate("(widget) => update(widget)", widget)

    def wait(self) -> None:
        """Lets actions take until `finish`."""
        self.page.evaluate("window.wait = true")

    def finish(self, *, failed: bool = False) -> None:
        """Ends the actions under way."""
        self.page.evaluate("(failed) => finish(failed)", failed)

    def calls(self) -> list[Json]:
        """The actions that the host was asked for."""
        found: list[Json] = json.loads(self.page.evaluate("JSON.stringify(calls)"))
        return found

    def payload(self) -> Json:
        """That of the only action."""
        (call,) = self.calls()
        found: Json = call["payload"]
        return found

    def style(self, selector: str, name: str) -> str:
        """A computed style."""
        script = "([selector, name]) => getComputedStyle(document.querySelector(selector)).getPropertyValue(name)"
        return str(self.page.evaluate(script, [selector, name]))


@contextmanager
def widget_page(browser: Browser) -> Iterator[WidgetPage]:
    """A page of a browser."""
    with serving(_Files) as port, browser.new_context(viewport={"width": 720, "height": 900}) as context:
        page = context.new_page()
        page.set_default_timeout(5000)
        page.goto(f"http://127.0.0.1:{port}/")
        page.wait_for_function("window.ready")
        yield WidgetPage(page)


def card(*children: object, **properties: object) -> Json:
    """A card with children."""
    return {"type": "Card", "children": list(children), **properties}


def text(value: object, **properties: object) -> Json:
    """A text."""
    return {"type": "Text", "value": value, **properties}


def action(name: str = "go", **config: object) -> Json:
    """An action's configuration."""
    return {"type": name, **config}

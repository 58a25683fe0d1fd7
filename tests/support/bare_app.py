"""An app that is one page with the element, served with headers of its own; for Chromium and Firefox."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import FrameLocator, Page
from support.local_server import Handler, serving

from mock_server.testing.clients import Mock

ISOLATED = {"cross_origin_opener_policy": "same-origin"}
HTML = """<!doctype html><title>App</title>
<script src="{script}" {attributes}></script><openai-chatkit></openai-chatkit>
<script>
  window.events = [];
  window.chat = document.querySelector("openai-chatkit");
  for (const name of ["ready", "error"])
    chat.addEventListener(`chatkit.${{name}}`, ({{ detail }}) => events.push([name, detail?.error.message]));
  chat.setOptions({{ api: {{ getClientSecret: async () => "{secret}" }} }});
</script>"""


class BareApp:
    """The page, not opened yet. lines: what the element wrote to the console."""

    def __init__(self, page: Page, mock: Mock, headers: dict[str, str]) -> None:
        self.page, self.mock, self.headers, self.url = page, mock, headers, ""
        self.lines: list[str] = []
        self.files: dict[str, tuple[int, str]] = {}
        page.on("console", lambda each: self.lines.append(each.text) if each.text.startswith("ChatKit:") else None)

    @property
    def frame(self) -> FrameLocator:
        """The chat."""
        return self.page.frame_locator("openai-chatkit iframe")

    def open(self, script: str = "", attributes: str = "") -> "BareApp":
        """Open the page with the element from the emulator, or from another address."""
        with self.mock.openai() as client:
            session = client.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"})
        given = script or f"{self.mock.url}/deployments/chatkit/chatkit.js"
        html = HTML.format(script=given, attributes=attributes, secret=session.client_secret)
        self.files["/"] = (200, html)
        self.page.goto(self.url, wait_until="domcontentloaded")  # a frame may never load
        return self

    def told(self, name: str) -> list[str | None]:
        """Wait for an event; what came with each of the kind."""
        self.page.wait_for_function("(name) => events.some((each) => each[0] === name)", arg=name, timeout=8000)
        events: list[tuple[str, str | None]] = self.page.evaluate("events")
        return [detail for each, detail in events if each == name]


@contextmanager
def bare_app(page: Page, mock: Mock, **headers: str) -> Iterator[BareApp]:
    """Serve the app at `http://localhost` with these headers; underscores in their names stand for hyphens."""
    app = BareApp(page, mock, headers)

    class AppHandler(Handler):
        def do_GET(self) -> None:
            status, text = app.files.get(self.path, (404, "Nothing here."))
            self.whole(text.encode(), status, content_type=_kind(self.path), **app.headers)

    with serving(AppHandler) as port:
        app.url = f"http://localhost:{port}/"
        yield app


def _kind(path: str) -> str:
    return "text/javascript" if path.endswith(".js") else "text/html"

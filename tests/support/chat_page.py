"""A page with the element and nothing else, as the tests of the element open it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from openai import OpenAI
from playwright.sync_api import ConsoleMessage, Locator, Request, expect
from support.local_server import Handler, serving
from support.tabs import Tab, Tabs
from support.talk import REQUEST

from mock_server.testing import ChatKitMock

Json = dict[str, Any]

SESSION = {
    "user": "ada",
    "chatkit_configuration": {"file_upload": {"enabled": True}},
    "rate_limits": {"max_requests_per_1_minute": 1000},
}
HTML = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>App</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<script src="{script}"></script><script src="/app.js" defer></script><link rel="stylesheet" href="/app.css"></head>
<body><openai-chatkit></openai-chatkit></body></html>"""
CSS = "html, body, openai-chatkit { height: 100%; margin: 0; }"
SCRIPT = """
window.events = [];
window.secrets = [];
window.chat = document.querySelector("openai-chatkit");
for (const name of ["ready", "error", "effect", "deeplink", "response.start", "response.end", "thread.change",
  "thread.load.start", "thread.load.end", "tool.change", "log", "history.open", "history.close"]) {
  chat.addEventListener(`chatkit.${name}`, ({ detail }) => {
    const error = detail?.error && { error: detail.error.message, isError: detail.error instanceof Error };
    events.push([name, error ?? detail]);
  });
}
window.getClientSecret = async (current) => {
  secrets.push(current);
  return (await fetch("/session", { method: "POST" })).text();
};
window.options = () => ({ api: %(api)s, ...%(options)s });
chat.setOptions(options());
"""


class ChatPage:
    """What a test does with the page.

    sent: the bodies of the conversation's requests. complaints: what the browser's console said.
    """

    def __init__(self, tab: Tab, mock: ChatKitMock, site: "Site") -> None:
        self.tab, self.page, self.context = tab, tab.page, tab.context
        self.mock, self.client, self._site = mock, site.client, site
        self.sent: list[Json] = []
        self.complaints: list[str] = []
        self.page.set_default_timeout(5000)
        tab.listen("console", self._hear)
        tab.listen("pageerror", lambda error: self.complaints.append(str(error)))
        tab.listen("request", self._note)
        self.frame = self.page.frame_locator("openai-chatkit iframe")
        self.field = self.frame.locator("textarea[name=message]")
        self.log = self.frame.get_by_role("log", name="Conversation")

    def open(
        self,
        options: str = "{}",
        *,
        workflow: str = "wf_1",
        script: Json | None = None,
        api: str = "{ getClientSecret }",
        policy: str = "",
        html: str = HTML,
        app: str = SCRIPT,
        **session: Any,
    ) -> "ChatPage":
        """Show the element with options, which are JavaScript; `script` is a workflow of its own."""
        if script is not None:
            workflow = "wf_scripted"
            self.mock.workflows.add(workflow, script)
        self._site.session = {**SESSION, "workflow": {"id": workflow}, **session}
        self._site.files = {
            "/": ("text/html", html.format(script=self.script)),
            "/app.js": ("text/javascript", app % {"api": api, "options": f"({options})"}),
            "/app.css": ("text/css", CSS),
        }
        self._site.headers = {"content_security_policy": policy} if policy else {}
        self.page.goto(self._site.url)
        return self

    @property
    def script(self) -> str:
        """The element's address."""
        return f"{self.mock.url}/deployments/chatkit/chatkit.js"

    def elsewhere(self, text: str, *, thread: str | None = None) -> str:
        """The same user sends a message from elsewhere; the thread's id."""
        session = self.client.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"})
        other = self.mock.secret(session)
        other.thread_id = thread
        other.send(text)
        assert other.thread_id
        return other.thread_id

    def say(self, text: str) -> None:
        """Send a message by Enter."""
        self.field.fill(text)
        self.field.press("Enter")

    def ask(self, text: str) -> None:
        """Send a message and wait for the end of the answer."""
        ended = self.names().count("response.end")
        self.say(text)
        self.page.wait_for_function(
            "(ended) => events.filter(([name]) => name === 'response.end').length > ended", arg=ended
        )
        self.settle()

    def settle(self) -> None:
        """Wait until nothing streams and everything is drawn."""
        expect(self.log).to_have_attribute("aria-busy", "false")

    def button(self, name: str) -> Locator:
        """A button of the chat, by its whole name."""
        return self.frame.get_by_role("button", name=name, exact=True)

    def items(self, kind: str) -> Locator:
        """The conversation's items of a type."""
        return self.log.locator(f'[data-item-type="{kind}"]')

    def call(self, method: str, *arguments: Any) -> Any:
        """Call a method of the element and wait for it."""
        return self.page.evaluate("([name, given]) => chat[name](...given)", [method, list(arguments)])

    def refusal(self, method: str, *arguments: Any) -> str:
        """Call a method that rejects; with what."""
        caught = "([name, given]) => chat[name](...given).then(() => 'done', (error) => error.message)"
        return str(self.page.evaluate(caught, [method, list(arguments)]))

    def events(self, *names: str) -> list[Any]:
        """What the element told, as `[name, detail]`; of some events, or of all."""
        told: list[Any] = self.page.evaluate("events")
        return [each for each in told if not names or each[0] in names]

    def names(self) -> list[str]:
        """The names of the events."""
        return [name for name, _ in self.events()]

    def wait_for(self, name: str) -> Any:
        """Wait for an event; its latest detail."""
        self.page.wait_for_function("(name) => events.some((each) => each[0] === name)", arg=name)
        return self.events(name)[-1][1]

    def bodies(self, operation: str) -> list[Json]:
        """The params of the requests of an operation, oldest first."""
        if operation in {"threads.create", "threads.add_user_message"}:
            self.settle()  # a message is shown before it is sent
        return [body["params"] for body in self.sent if body["type"] == operation]

    def check(self) -> None:
        """What must hold at the end: every request is as the official types want it, the console was silent."""
        for body in self.sent:
            REQUEST.validate_python(body)
        assert self.complaints == []

    def _note(self, asked: Request) -> None:
        if asked.url.endswith("/chatkit/conversation") and asked.method == "POST":
            self.sent.append(json.loads(asked.post_data or "{}"))

    def _hear(self, message: ConsoleMessage) -> None:
        told = message.type == "warning" and message.text.startswith("ChatKit:")  # what failed, told here too
        if message.type in {"error", "warning"} and not told and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)


class Site:
    """The app's own server: its files by path, and a new client secret for each POST to `/session`."""

    def __init__(self, client: OpenAI) -> None:
        self.client, self.url = client, ""
        self.session: Json = {}
        self.files: dict[str, tuple[str, str]] = {}
        self.headers: dict[str, str] = {}


class _SiteHandler(Handler):
    site: Site

    def do_GET(self) -> None:
        if self.path not in self.site.files:
            self.send_error(404)
            return
        kind, text = self.site.files[self.path]
        self.whole(text.encode(), content_type=f"{kind}; charset=utf-8", **self.site.headers)

    def do_POST(self) -> None:
        made = self.site.client.beta.chatkit.sessions.create(**self.site.session)
        self.whole(made.client_secret.encode(), content_type="text/plain")


@contextmanager
def chat_page(tabs: Tabs, mock: ChatKitMock, **context: Any) -> Iterator[ChatPage]:
    """A page for one test, in a profile with these options."""
    options = {"locale": "en-US", "viewport": {"width": 760, "height": 820}, **context}
    site = Site(mock.openai())
    with serving(type("SiteHandler", (_SiteHandler,), {"site": site})) as port, tabs.borrow(**options) as tab:
        site.url = f"http://localhost:{port}/"
        page = ChatPage(tab, mock, site)
        yield page
        page.check()

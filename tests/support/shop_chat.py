"""The page as its user sees it, with the chat in its frame; and what must hold of it whatever was done."""

import re
from collections.abc import Callable
from typing import Any, Literal
from urllib.parse import urlencode, urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Request, expect
from support.talk import REQUEST

Mode = Literal["hosted", "custom"]
Json = dict[str, Any]

CDN = "https://cdn.platform.openai.com/deployments/chatkit/"
TOLD = "warning: ChatKit: "  # the element says in the console too what failed
GREETING = "Welcome to the shop"
PLACEHOLDER = "Ask the shop"


class Chat:
    """A page with the element.

    expected: patterns of what the browser's console may say; by default it says nothing.
    """

    def __init__(
        self, context: BrowserContext, origin: str, api: str, mode: Mode, *, heard: Callable[[], list[Json]]
    ) -> None:
        """`heard` tells the bodies of the requests that came to the conversation, which is at `api`."""
        self.origin, self.api, self.mode = origin, api, mode
        self._heard, self._before = heard, 0
        self.expected: list[str] = []
        self.problems: list[str] = []
        self.abroad: list[str] = []
        context.on("request", self._note)
        self.page = context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.frame = self.page.frame_locator("openai-chatkit iframe")
        self.composer = self.frame.get_by_role("textbox", name=PLACEHOLDER)
        self.log = self.frame.get_by_role("log", name="Conversation")
        self.history = self.frame.get_by_role("dialog", name="History")

    def open(self, **query: str) -> "Chat":
        """Load the page, in this chat's mode, and wait until the composer is there."""
        if self.mode == "custom":
            query = {"mode": "custom", "url": self.api, **query}
        self._before = len(self._heard())
        self.page.goto(f"{self.origin}/?{urlencode(query)}")
        expect(self.composer).to_be_visible()
        return self

    def say(self, text: str) -> None:
        """Send a message by Enter."""
        self.composer.fill(text)
        self.composer.press("Enter")

    def ask(self, text: str, answer: str) -> None:
        """Send a message, and wait for its answer, which no earlier answer contains, and for the end of it."""
        self.say(text)
        expect(self.answers.filter(has_text=answer)).to_be_visible()
        self.settle()

    def settle(self) -> None:
        """Wait until nothing streams."""
        expect(self.log).not_to_have_attribute("aria-busy", "true")

    def button(self, name: str) -> Locator:
        """A button of the chat."""
        return self.frame.get_by_role("button", name=name, exact=True)

    def items(self, kind: str) -> Locator:
        """The conversation's items of a type."""
        return self.log.locator(f'[data-item-type="{kind}"]')

    @property
    def questions(self) -> Locator:
        """What the user said."""
        return self.items("user_message")

    @property
    def answers(self) -> Locator:
        """What the assistant said."""
        return self.items("assistant_message")

    @property
    def sent(self) -> list[Json]:
        """The bodies of the conversation's requests since the page was opened, oldest first."""
        return self._heard()[self._before :]

    def bodies(self, operation: str) -> list[Json]:
        """The params of the requests of an operation, oldest first."""
        return [body["params"] for body in self.sent if body["type"] == operation]

    def operations(self) -> list[str]:
        """The operations asked for, oldest first."""
        return [body["type"] for body in self.sent]

    def events(self, *names: str) -> list[Json]:
        """What the page's handlers were called with, oldest first; of some handlers, or of all."""
        happened: list[Json] = self.page.evaluate("window.events")
        return [each for each in happened if not names or each["name"] in names]

    def names(self, *names: str) -> list[str]:
        """The same, by the handler's name alone."""
        return [each["name"] for each in self.events(*names)]

    def wait_for_event(self, name: str) -> None:
        """Wait until a handler was called."""
        self.page.wait_for_function("name => window.events.some((each) => each.name === name)", arg=name)

    def seen(self, name: str) -> Any:
        """What the page kept: `secrets`, `toolCalls` or `actions`."""
        return self.page.evaluate(f"window.{name}")

    def call(self, method: str, *arguments: Any) -> Any:
        """Call a method of the element through the hook, and wait for it."""
        given = {"method": method, "arguments": arguments}
        return self.page.evaluate("async (given) => window.chatkit[given.method](...given.arguments)", given)

    def check(self) -> None:
        """What must hold at the end of every test."""
        for body in self.sent:
            REQUEST.validate_python(body)
        unexpected = [each for each in self.problems if not any(re.search(known, each) for known in self.expected)]
        assert not unexpected, unexpected
        assert not self.abroad, self.abroad

    def _note(self, request: Request) -> None:
        address = urlsplit(request.url)
        stays = address.scheme in {"data", "blob", "about"} or address.hostname in {"127.0.0.1", "localhost"}
        if not stays and not request.url.startswith(CDN):
            self.abroad.append(request.url)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.problems.append(f"{message.type}: {message.text}")

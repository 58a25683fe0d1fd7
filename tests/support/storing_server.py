"""A server of one's own that does with its Store what a test tells it to."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from chatkit import types as ck
from chatkit.server import ChatKitServer
from chatkit.store import Store
from support.talk import Talk

from mock_server.testing import ChatKitMock

Json = dict[str, Any]
Work = Callable[[Any], Awaitable[Any]]


class StoringServer(ChatKitServer[Any]):
    """Says "Hello."; whoever gives feedback lets `work` run, with the Store."""

    work: Work

    def __init__(self, store: Store[Any]) -> None:
        super().__init__(store)
        self.results: list[Any] = []

    async def respond(
        self, thread: ck.ThreadMetadata, input_user_message: ck.UserMessageItem | None, context: Any
    ) -> Any:
        item_id = self.store.generate_item_id("message", thread, context)
        now = datetime.now()  # noqa: DTZ005, TID251 - as its author writes it
        content = [ck.AssistantMessageContent(text="Hello.")]
        item = ck.AssistantMessageItem(id=item_id, thread_id=thread.id, created_at=now, content=content)
        yield ck.ThreadItemDoneEvent(item=item)

    async def add_feedback(self, thread_id: str, item_ids: list[str], feedback: str, context: Any) -> None:
        self.results.append(await type(self).work(self.store))


class Storing:
    """An emulator with such servers: `do` runs a test's coroutine where a server would."""

    def __init__(self, mock: ChatKitMock, servers: list[StoringServer]) -> None:
        self.mock, self.servers = mock, servers
        self.http: Any = mock.http_client(timeout=30)
        self.http.headers.update({"authorization": "Bearer sk-mock", "openai-beta": "chatkit_beta=v1"})

    def talk(self, user: str = "ada") -> Talk:
        """A user's conversation, in a session of its own."""
        return Talk.begin(self.http, user=user)

    def do(self, work: Work, *, user: str = "ada") -> Any:
        """Run a coroutine with the Store, in a request of a user's, and return its result."""
        StoringServer.work = staticmethod(work)
        answer = self.talk(user).post("items.feedback", thread_id="t", item_ids=[], kind="positive")
        assert answer.status_code == 200, answer.text
        return self.servers[-1].results.pop()

    def get(self, path: str) -> Json:
        """A page of the REST API."""
        answer = self.http.get(f"/v1/chatkit/{path}")
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

"""A small client for the conversation, for tests of backends without a browser."""

import re
from typing import Any

import msgspec
from msgspec import Struct

from mock_server.client.transport import Transport
from mock_server.wire.chat.events import ItemDone, ThreadCreated, ThreadStreamEvent, ThreadUpdated
from mock_server.wire.chat.items import AssistantMessageItem, ClientToolCallItem, ThreadItem

__tracebackhide__ = True  # pytest shows the line of the test
_PATH = "/v1/chatkit/conversation"
_END_OF_FRAME = re.compile(rb"\r\n\r\n|\n\n|\r\r")


class Turn(Struct, frozen=True, kw_only=True):
    """The response to a message: the events in order, typed as in `wire.chat.events`."""

    events: list[ThreadStreamEvent]

    @property
    def items(self) -> list[ThreadItem]:
        """The completed items, including the user's own message."""
        return [event.item for event in self.events if isinstance(event, ItemDone)]

    @property
    def text(self) -> str:
        """The text of all assistant messages."""
        messages = (item for item in self.items if isinstance(item, AssistantMessageItem))
        return " ".join(part.text for item in messages for part in item.content)

    @property
    def tool_calls(self) -> list[ClientToolCallItem]:
        """The client tools that the assistant called; `Conversation.answer` sends the result of one."""
        return [item for item in self.items if isinstance(item, ClientToolCallItem)]

    @property
    def title(self) -> str | None:
        """The title that the thread was given, if any."""
        titles = [event.thread.title for event in self.events if isinstance(event, ThreadUpdated)]
        return next((title for title in reversed(titles) if isinstance(title, str)), None)


class Conversation:
    """A conversation with one client secret; `thread_id` is its current thread, None before the first message."""

    def __init__(self, transport: Transport, secret: str) -> None:
        """Use a client secret. It identifies its project, so the path does not have to."""
        self._transport, self._secret = transport, secret
        self.thread_id: str | None = None

    def send(self, text: str, *, attachments: tuple[str, ...] = ()) -> Turn:
        """Send a message, the first one in a new thread. Raises ControlError if it is refused."""
        content = [{"type": "input_text", "text": text}]
        message = {"content": content, "attachments": list(attachments), "inference_options": {}}
        if self.thread_id is not None:
            return self.stream("threads.add_user_message", thread_id=self.thread_id, input=message)
        turn = self.stream("threads.create", input=message)
        self.thread_id = next(event.thread.id for event in turn.events if isinstance(event, ThreadCreated))
        return turn

    def answer(self, result: Any) -> Turn:
        """Send the result of the client tool that the assistant called last."""
        return self.stream("threads.add_client_tool_output", thread_id=self.thread_id, result=result)

    def stream(self, operation: str, **params: Any) -> Turn:
        """Perform an operation that streams, and return the turn."""
        frames = _END_OF_FRAME.split(self._ask(operation, params))
        return Turn(events=[_event_in(data) for data in map(_data_of, frames) if data])

    def ask(self, operation: str, **params: Any) -> dict[str, Any]:
        """Perform an operation that does not stream, and return its response."""
        answer: dict[str, Any] = msgspec.json.decode(self._ask(operation, params))
        return answer

    def _ask(self, operation: str, params: dict[str, Any]) -> bytes:
        body = msgspec.json.encode({"type": operation, "params": params})
        return self._transport.call("POST", _PATH, body, {"authorization": f"Bearer {self._secret}"})


def _data_of(frame: bytes) -> bytes:
    """Return the data of a server-sent event; nothing where it is a comment."""
    lines = (line.partition(b":") for line in frame.splitlines())
    return b"\n".join(value.removeprefix(b" ") for name, _, value in lines if name == b"data")


def _event_in(data: bytes) -> ThreadStreamEvent:
    event: ThreadStreamEvent
    try:
        event = msgspec.json.decode(data, type=ThreadStreamEvent)
    except msgspec.ValidationError:  # servers in other languages often write null for what is not there
        event = msgspec.convert(_without_nulls(msgspec.json.decode(data)), type=ThreadStreamEvent)
    return event


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(each) for name, each in value.items() if each is not None}
    return [_without_nulls(each) for each in value] if isinstance(value, list) else value

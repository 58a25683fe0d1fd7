"""A small conversation client for the tests; what goes in and out is checked by `openai-chatkit`'s types."""

import json
from typing import Any

import httpx2
from chatkit.types import ChatKitReq, ThreadStreamEvent
from pydantic import TypeAdapter
from starlette.testclient import TestClient

EVENT: TypeAdapter[Any] = TypeAdapter(ThreadStreamEvent)
REQUEST: TypeAdapter[Any] = TypeAdapter(ChatKitReq)
Json = dict[str, Any]


class Talk:
    """The conversation of one client secret; without one, in custom mode."""

    def __init__(self, client: TestClient | httpx2.Client, secret: str | None = None) -> None:
        self.client, self.secret = client, secret
        self.thread_id = ""

    @classmethod
    def begin(cls, client: TestClient, *, workflow: str = "wf_1", user: str = "ada", **fields: Any) -> "Talk":
        """A fresh session's conversation."""
        body = {"workflow": {"id": workflow}, "user": user, **fields}
        answer = client.post("/v1/chatkit/sessions", json=body)
        assert answer.status_code == 200, answer.text
        return cls(client, answer.json()["client_secret"])

    def post(self, op: str, **params: Any) -> httpx2.Response:
        """One operation, whose body is as the official types want it."""
        body = {"type": op, "params": params}
        REQUEST.validate_python(body)
        return self.raw(json.dumps(body))

    def raw(self, body: str | bytes) -> httpx2.Response:
        """Any body."""
        headers = {"content-type": "application/json", "authorization": f"Bearer {self.secret}"}
        if self.secret is None:
            headers.pop("authorization")
        saved = dict(self.client.headers)
        self.client.headers.pop("authorization", None)
        try:
            return self.client.post("/v1/chatkit/conversation", content=body, headers=headers)
        finally:
            self.client.headers.update(saved)

    def json(self, op: str, **params: Any) -> Json:
        """The answer of an operation that does not stream."""
        answer = self.post(op, **params)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/json"
        parsed: Json = answer.json()
        return parsed

    def stream(self, op: str, **params: Any) -> list[Json]:
        """The events of an operation that streams."""
        answer = self.post(op, **params)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
        return events_of(answer.text)

    def say(self, text: str, *, attachments: list[str] | None = None, **extra: Any) -> list[Json]:
        """Send a message, in a new thread at first."""
        content = [{"type": "input_text", "text": text}] if text else []
        message = {"content": content, "attachments": attachments or [], "inference_options": {}, **extra}
        if self.thread_id:
            return self.stream("threads.add_user_message", thread_id=self.thread_id, input=message)
        events = self.stream("threads.create", input=message)
        self.thread_id = events[0]["thread"]["id"]
        return events


def events_of(text: str) -> list[Json]:
    """The events of a stream, every frame checked: `data:` only, valid for the official types."""
    frames = text.split("\n\n")
    assert frames.pop() == ""
    events = []
    for frame in frames:
        assert frame.startswith("data: {")
        assert "\n" not in frame
        event = json.loads(frame.removeprefix("data: "))
        EVENT.validate_python(event)
        events.append(event)
    return events


def kinds(events: list[Json]) -> list[str]:
    """The events' types, an item's type behind it."""
    names = []
    for event in events:
        detail = event.get("item", {}).get("type") or event.get("update", {}).get("type", "")
        names.append(f"{event['type']} {detail}".strip())
    return names


def text_of(events: list[Json]) -> str:
    """All that the assistant says in whole messages."""
    done = (e["item"] for e in events if e["type"] == "thread.item.done" and e["item"]["type"] == "assistant_message")
    return " ".join(part["text"] for item in done for part in item["content"])

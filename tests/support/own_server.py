"""A server of an app's own, which says what a test tells it to: also what no official server would."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from support.local_server import Handler, serving

Json = dict[str, Any]
Step = Json | str | threading.Event | None  # an event, a frame as it stands, a moment to wait for, the connection's end

NOW = "2026-01-02T12:00:00Z"
THREAD: Json = {"id": "thr_1", "title": "Talk", "created_at": NOW, "status": {"type": "active"}, "metadata": {}}
CREATED: Json = {"type": "thread.created", "thread": {**THREAD, "items": {"data": [], "has_more": False}}}
PATIENCE = 10  # seconds that a stream waits for a test
NOTHING: Json = {"data": [], "has_more": False}


def item(kind: str, name: str = "it_1", **facts: Any) -> Json:
    """A thread's item."""
    return {"type": kind, "id": name, "thread_id": "thr_1", "created_at": NOW, **facts}


def asked_by_user(text: str = "Hi", name: str = "msg_1", **facts: Any) -> Json:
    """A message of the user's."""
    content = [{"type": "input_text", "text": text}]
    return item("user_message", name, **{"content": content, "attachments": [], "inference_options": {}, **facts})


def answered(text: str, name: str = "it_1", annotations: list[Json] | None = None) -> Json:
    """A message of the assistant's."""
    content = [{"type": "output_text", "text": text, "annotations": annotations or []}]
    return item("assistant_message", name, content=content)


def added(item: Json) -> Json:
    """The event that an item begins."""
    return {"type": "thread.item.added", "item": item}


def done(item: Json) -> Json:
    """The event that an item is whole."""
    return {"type": "thread.item.done", "item": item}


def updated(name: str, kind: str, **facts: Any) -> Json:
    """The event that an item changes."""
    return {"type": "thread.item.updated", "item_id": name, "update": {"type": kind, **facts}}


class OwnServer:
    """Answers each stream with the next of `streams`, and other operations with `answers`; `asked` has the bodies."""

    def __init__(self, url: str) -> None:
        self.url = f"{url}/chatkit/conversation"
        self.api = f"{{ url: '{self.url}', domainKey: 'key' }}"
        self.asked: list[Json] = []
        self.streams: list[list[Step]] = []
        self.answers: dict[str, list[Json]] = {}

    def plays(self, *steps: Step) -> None:
        """How the next message is answered, after it was taken in."""
        first: list[Step] = [] if self.streams else [CREATED]
        self.streams.append([*first, done(asked_by_user(name=f"msg_{len(self.streams) + 1}")), *steps])

    def turns(self, *steps: Step) -> None:
        """The whole of the next stream."""
        self.streams.append(list(steps))

    def next(self, operation: str) -> Json:
        """The answer to an operation that does not stream; the last one stays."""
        answers = self.answers.get(operation, [NOTHING])
        return answers.pop(0) if len(answers) > 1 else answers[0]


class _Handler(Handler):
    own: OwnServer

    def do_OPTIONS(self) -> None:
        self.begin("text/plain", "content-length: 0")

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.own.asked.append(body)
        if "event-stream" in self.headers["accept"]:
            self.stream(self.own.streams.pop(0))
            return
        answer = json.dumps(self.own.next(body["type"])).encode()
        self.begin("application/json", f"content-length: {len(answer)}")
        self.wfile.write(answer)

    def stream(self, steps: list[Step]) -> None:
        """Chunks, so that a stream that breaks off can be told from one that ends."""
        self.begin("text/event-stream", "transfer-encoding: chunked")
        for step in steps:
            if step is None:
                return
            if isinstance(step, threading.Event):
                step.wait(PATIENCE)
            else:
                self.chunk(step if isinstance(step, str) else f"data: {json.dumps(step)}\n\n")
        self.wfile.write(b"0\r\n\r\n")

    def chunk(self, text: str) -> None:
        data = text.encode()
        try:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        except OSError:
            return  # the chat has gone

    def begin(self, kind: str, *headers: str) -> None:
        self.send_response(200)
        for line in (f"content-type: {kind}", "access-control-allow-origin: *", "connection: close", *headers):
            self.send_header(*line.split(": ", 1))
        if self.command == "OPTIONS":
            self.send_header("access-control-allow-headers", "*")
        self.end_headers()


@contextmanager
def own_server() -> Iterator[OwnServer]:
    """A server on a free port."""
    handler = type("OwnHandler", (_Handler,), {})
    with serving(handler) as port:
        own = OwnServer(f"http://127.0.0.1:{port}")
        handler.own = own  # type: ignore[attr-defined]
        yield own

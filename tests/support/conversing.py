"""Clients in custom mode, for tests of servers of a user's own; and such a server, which tells what it heard."""

import json
import socket
from typing import Any

import httpx2

from mock_server.testing import ChatKitMock

Json = dict[str, Any]
MESSAGE: Json = {
    "content": [{"type": "input_text", "text": "one two three four"}],
    "attachments": [],
    "inference_options": {},
}
CREATE: Json = {"type": "threads.create", "params": {"input": MESSAGE}}
_PATH = "/v1/chatkit/conversation"


def post(mock: ChatKitMock, body: Json = CREATE, /, **headers: str) -> httpx2.Response:
    """The response to an operation, read to its end."""
    return httpx2.post(mock.url + _PATH, json=body, headers=headers, timeout=10, trust_env=False)


def begin(mock: ChatKitMock) -> socket.socket:
    """A client that has sent a message."""
    body = json.dumps(CREATE).encode()
    host, port = mock.url.removeprefix("http://").split(":")
    client = socket.create_connection((host, int(port)), timeout=10)
    head = f"POST {_PATH} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    client.sendall(head.encode() + body)
    return client


def frames_after(mock: ChatKitMock, count: int) -> bytes:
    """What a client has got that leaves after so many events."""
    with begin(mock) as client:
        got = b""
        while got.count(b"data: ") < count:
            got += client.recv(65536)
    return got


def items_of(mock: ChatKitMock) -> list[Json]:
    """The items that the server keeps of its newest thread."""
    threads = post(mock, {"type": "threads.list", "params": {}}).json()["data"]
    listing = {"type": "items.list", "params": {"thread_id": threads[0]["id"], "order": "asc"}}
    found: list[Json] = post(mock, listing).json()["data"]
    return found


class Own:
    """A `ChatKitServer`; `cancelled` has what its message held each time that a stream was cancelled."""

    def __init__(self) -> None:
        from support.official_server import OfficialServer  # noqa: PLC0415 - its import takes two seconds

        cancelled = self.cancelled = list[str]()

        class Server(OfficialServer):
            async def handle_stream_cancelled(self, thread: Any, pending_items: list[Any], context: Any) -> None:
                cancelled.append("".join(part.text for item in pending_items for part in item.content))
                await super().handle_stream_cancelled(thread, pending_items, context)

        self.server = Server()
        self.app: Any = None

    async def raw(self, scope: Any, receive: Any, send: Any) -> None:
        """An application that only sends, as the shortest one would."""
        assert scope["type"] == "http"
        result: Any = await self.server.process((await receive())["body"], None)
        is_stream = not hasattr(result, "json")
        kind = b"text/event-stream" if is_stream else b"application/json"
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind)]})
        if is_stream:
            async for frame in result:
                await send({"type": "http.response.body", "body": frame, "more_body": True})
        await send({"type": "http.response.body", "body": b"" if is_stream else result.json})

"""A `ChatKitServer` of the user's own behind the emulator."""

import asyncio
import json
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from support.patience import eventually

from mock_server.testing import ChatKitMock

Json = dict[str, Any]
LONG = "one two three four " * 50  # two seconds, unless somebody leaves


def message(text: str) -> Json:
    """A user's message."""
    return {"content": [{"type": "input_text", "text": text}], "attachments": [], "inference_options": {}}


@pytest.fixture
def cancelled() -> list[str]:
    """What each assistant's message had by then, for each time that a stream was cancelled."""
    return []


@pytest.fixture
def mock(cancelled: list[str]) -> Iterator[ChatKitMock]:
    from support.official_server import OfficialServer  # noqa: PLC0415 - its import takes two seconds

    class Own(OfficialServer):
        async def handle_stream_cancelled(self, thread: Any, pending_items: list[Any], context: Any) -> None:
            cancelled.append("".join(part.text for item in pending_items for part in item.content))
            await super().handle_stream_cancelled(thread, pending_items, context)

    with ChatKitMock(backend=Own) as started:
        yield started


def begin(mock: ChatKitMock, text: str) -> socket.socket:
    """A client that has sent a message in custom mode."""
    body = json.dumps({"type": "threads.create", "params": {"input": message(text)}}).encode()
    host, port = mock.url.removeprefix("http://").split(":")
    client = socket.create_connection((host, int(port)), timeout=10)
    head = "POST /v1/chatkit/conversation HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
    client.sendall(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
    return client


def items_of(mock: ChatKitMock) -> list[Json]:
    """The items that the server keeps of its newest thread, hidden ones left out."""
    with mock.http_client(timeout=30) as http:
        threads = http.post("/v1/chatkit/conversation", json={"type": "threads.list", "params": {}}).json()["data"]
        listing = {"type": "items.list", "params": {"thread_id": threads[0]["id"], "order": "asc"}}
        found: list[Json] = http.post("/v1/chatkit/conversation", json=listing).json()["data"]
    return found


@pytest.mark.parametrize("count", range(2, 9))
def test_a_client_that_leaves_cancels_the_turn_once(mock: ChatKitMock, cancelled: list[str], count: int) -> None:
    with begin(mock, LONG) as client:
        got = b""
        while got.count(b"data: ") < count:
            got += client.recv(65536)
    eventually(lambda: mock.journal.last("conversation").outcome == "abandoned")
    assert len(cancelled) == 1
    kept = [item for item in items_of(mock) if item["type"] == "assistant_message"]
    assert [item["content"][0]["text"] for item in kept] == [text for text in cancelled if text.strip()]


@pytest.mark.parametrize("count", range(2, 9))
def test_a_cut_ends_the_turn_after_exactly_so_many_events(mock: ChatKitMock, cancelled: list[str], count: int) -> None:
    mock.faults.add("conversation", cut=count, times=1)
    with begin(mock, LONG) as client:
        got = b"".join(iter(lambda: client.recv(65536), b""))
    assert got.count(b"data: ") == count
    eventually(lambda: mock.journal.last("conversation").outcome == "dropped")
    assert len(cancelled) == 1
    assert got.count(b"text_delta") <= len(cancelled[0].split()) <= got.count(b"text_delta") + 1


def test_a_client_that_leaves_before_the_first_event_ends_the_turn() -> None:
    asked, ended = threading.Event(), threading.Event()

    class Slow:
        async def process(self, body: bytes, context: Any) -> AsyncIterator[bytes]:
            async def made() -> AsyncIterator[bytes]:
                try:
                    asked.set()
                    await asyncio.sleep(3600)
                    yield b"data: {}\n\n"
                finally:
                    ended.set()

            return made()

        respond = process

    with ChatKitMock(backend=Slow) as mock:
        with begin(mock, "Hi"):
            assert asked.wait(5)
        assert ended.wait(5)


def test_a_fault_knows_the_user_of_custom_mode(mock: ChatKitMock) -> None:
    mock.faults.add("conversation", error=503, user="bob")
    body = {"type": "threads.list", "params": {}}
    with mock.http_client(timeout=30) as http:
        statuses = [
            http.post("/v1/chatkit/conversation", json=body, headers={"X-Mock-User": user}).status_code
            for user in ("ann", "bob")
        ]
    assert statuses == [200, 503]
    assert mock.journal.last("conversation").user == "bob"

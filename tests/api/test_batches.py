"""Events that are not paced leave in batches; what they say, and what faults do to them, is as if each left alone."""

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.patience import eventually

from mock_server.testing import ChatKitMock
from mock_server.wire.chat.items import AssistantMessageItem

WORDS = 300
TEXT = " ".join(f"word{number}" for number in range(WORDS))
ENDLESS = "x " * 2_000_000  # more than sockets hold
CHUNK = re.compile(rb"\r\n([0-9a-f]+)\r\n")


@pytest.fixture
def mock(tmp_path: Path) -> Iterator[ChatKitMock]:
    (tmp_path / "wf_paced.yaml").write_text("stream: {every: 5ms}\ndefault:\n- message: one two three\n")
    with ChatKitMock(workflows=[tmp_path]) as started:
        yield started


def begin(mock: ChatKitMock, text: str, workflow: str = "wf_1") -> socket.socket:
    """A client that has sent a message."""
    content = {"content": [{"type": "input_text", "text": text}], "attachments": [], "inference_options": {}}
    body = json.dumps({"type": "threads.create", "params": {"input": content}}).encode()
    secret = mock.create_session(workflow={"id": workflow}).client_secret
    host, port = mock.url.removeprefix("http://").split(":")
    client = socket.create_connection((host, int(port)), timeout=10)
    head = (
        f"POST /v1/chatkit/conversation HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {secret}\r\nconnection: close\r\n"
    )
    client.sendall(f"{head}content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body)
    return client


def read(client: socket.socket) -> bytes:
    with client:
        return b"".join(iter(lambda: client.recv(65_536), b""))


def chunks_of(raw: bytes) -> list[bytes]:
    """The chunks in which a body came."""
    chunks, at = [], raw.index(b"\r\n\r\n") + 2
    while found := CHUNK.match(raw, at):
        size = int(found[1], 16)
        chunks.append(raw[found.end() : found.end() + size])
        at = found.end() + size
    return chunks


def deltas_in(body: bytes) -> list[str]:
    return [json.loads(delta) for delta in re.findall(rb'"delta":("(?:[^"\\]|\\.)*")', body)]


def stored_text(mock: ChatKitMock) -> str:
    """What the assistant has said, as the emulator keeps it."""
    (thread,) = mock.threads.list()
    items = mock.threads.get(thread.id).items
    return "".join(part.text for item in items if isinstance(item, AssistantMessageItem) for part in item.content)


def test_a_turn_arrives_whole_and_in_order_in_a_few_chunks(mock: ChatKitMock) -> None:
    chunks = chunks_of(read(begin(mock, TEXT)))
    assert chunks[0].count(b"data: ") == 1, "the first event waits for no other"
    assert len(chunks) < WORDS / 10
    assert "".join(deltas_in(b"".join(chunks))) == TEXT
    frames = re.findall(b"data: (.*)\n\n", b"".join(chunks))
    assert mock.journal.last("conversation").events == [json.loads(frame) for frame in frames]


def test_a_paced_turn_arrives_event_by_event(mock: ChatKitMock) -> None:
    chunks = chunks_of(read(begin(mock, "hello", workflow="wf_paced")))
    assert [deltas for chunk in chunks if (deltas := deltas_in(chunk))] == [["one "], ["two "], ["three"]]


@pytest.mark.parametrize("count", [5, 100])
@pytest.mark.parametrize("fault", ["cut", "truncated"])
def test_a_fault_strikes_within_a_text(mock: ChatKitMock, fault: str, count: int) -> None:
    mock.faults.add("conversation", cut=count) if fault == "cut" else mock.faults.add("conversation", truncated=count)
    body = b"".join(chunks_of(read(begin(mock, TEXT))))
    assert body.count(b"\n\n") == count
    sent = "".join(deltas_in(body[: body.rindex(b"\n\n")]))
    text = stored_text(mock)
    assert text.startswith(sent)
    assert len(text) - len(sent) <= len("word299 "), "what comes after the fault is not stored"


def test_one_event_within_a_text_is_malformed(mock: ChatKitMock) -> None:
    mock.faults.add("conversation", malformed=100)
    frames = b"".join(chunks_of(read(begin(mock, TEXT)))).split(b"\n\n")[:-1]
    broken = [at for at, frame in enumerate(frames) if not is_json(frame.removeprefix(b"data: "))]
    assert broken == [100]


def test_a_client_that_leaves_ends_the_turn(mock: ChatKitMock) -> None:
    with begin(mock, ENDLESS) as client:
        client.recv(1000)
    eventually(lambda: mock.journal.last("conversation").outcome == "abandoned")
    text = stored_text(mock)
    assert len(text) < len(ENDLESS) / 2


def is_json(text: bytes) -> bool:
    try:
        json.loads(text)
    except json.JSONDecodeError:
        return False
    return True

"""REST in front of servers that answer in other ways than `openai-chatkit`."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import openai
import pytest
from support.own_server import CREATED, NOTHING, NOW, answered, asked_by_user, item

from mock_server.client.transport import ControlError
from mock_server.testing import ChatKitMock

Json = dict[str, Any]
THREAD: Json = {"id": "thr_1", "created_at": NOW}
AT = 1_767_355_200  # the same in unix seconds


class Result:
    """What `process` returns for an operation that does not stream."""

    def __init__(self, body: Any) -> None:
        self.json = body if isinstance(body, bytes) else json.dumps(body).encode()


class OddServer:
    """Says what it is told to say: `answers` by operation, and `frames`."""

    respond = None  # it passes for a ChatKitServer

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.frames = [b"data: %b\n\n" % json.dumps(CREATED).encode()]
        self.asked: list[Json] = []

    async def process(self, body: bytes, context: Any) -> Any:
        asked = json.loads(body)
        self.asked.append(asked)
        if asked["type"] == "threads.create":
            return self.stream()
        answer = self.answers.get(asked["type"], NOTHING)
        if isinstance(answer, Exception):
            raise answer
        return Result(answer)

    async def stream(self) -> AsyncIterator[bytes]:
        for frame in self.frames:
            yield frame


@pytest.fixture
def server() -> OddServer:
    return OddServer()


@pytest.fixture
def mock(server: OddServer) -> Iterator[ChatKitMock]:
    with ChatKitMock(backend=server) as started:
        yield started


@pytest.fixture
def threads(mock: ChatKitMock) -> Iterator[Any]:
    """The official client's threads."""
    with mock.openai(max_retries=0) as client:
        yield client.beta.chatkit.threads


def begin(mock: ChatKitMock) -> bytes:
    """A conversation begun by ann, as bytes."""
    secret = mock.create_session(user="ann").client_secret
    message = {"content": [{"type": "input_text", "text": "Hi"}], "attachments": [], "inference_options": {}}
    with mock.http_client(headers={"authorization": f"Bearer {secret}"}) as http:
        answer = http.post("/v1/chatkit/conversation", json={"type": "threads.create", "params": {"input": message}})
    assert answer.status_code == 200
    return answer.content


def test_frames_pass_whatever_they_are(mock: ChatKitMock, server: OddServer, threads: Any) -> None:
    odd = [
        b'data: {"type": "thread.created"}\n\n',
        b'data: {"type": "thread.created", "thread": {"id": 7}}\n\n',
        b"data: thread.created\n\n",
        b"data: \xff thread.updated\n\n",
        b": thread.created\n\n",
        b'event: x\ndata:{"thread":{"id":"thr_1"},"type":"thread.created"}\n\n',
        b"thread.created",
    ]
    server.frames = odd
    server.answers["threads.get_by_id"] = THREAD
    assert begin(mock) == b"".join(odd)
    assert threads.retrieve("thr_1").user == "ann"


def test_what_can_not_be_read_is_left_out(mock: ChatKitMock, server: OddServer, threads: Any) -> None:
    server.answers["threads.list"] = {"data": [{"id": 1}, None, THREAD, {"id": "thr_2", "created_at": "soon"}]}
    (listed,) = threads.list(user="ann").data
    assert (listed.id, listed.created_at, listed.title, listed.status.type) == ("thr_1", AT, None, "active")
    begin(mock)
    bare = {"type": "output_text", "text": "Hello", "annotations": []}
    server.answers["threads.get_by_id"] = THREAD
    server.answers["items.list"] = {
        "data": [
            asked_by_user(),
            answered("Hello"),
            item("hidden_context_item", "hid_1", content="secret"),
            item("assistant_message", "it_2", content=[{**bare, "annotations": None}]),
            item("end_of_turn", "it_3"),
            item("task", "it_4", task={"type": "custom", "title": "Look", "icon": None, "content": None}),
        ]
    }
    items = threads.list_items("thr_1", order="asc").data
    assert [each.id for each in items] == ["msg_1", "it_1", "it_4"]
    assert items[0].created_at == AT


def test_a_status_may_lack_its_reason(mock: ChatKitMock, server: OddServer, threads: Any) -> None:
    begin(mock)
    for status in ("locked", "closed"):
        server.answers["threads.get_by_id"] = {**THREAD, "status": {"type": status}}
        assert threads.retrieve("thr_1").status.type == status


def test_times_may_be_numbers(mock: ChatKitMock, server: OddServer, threads: Any) -> None:
    begin(mock)
    server.answers["threads.get_by_id"] = {**THREAD, "created_at": AT}
    assert threads.retrieve("thr_1").created_at == AT


@pytest.mark.parametrize("answer", [b"<html>", [], {"data": {}}, b"\xff", b""])
def test_an_answer_that_is_no_list_is_told(mock: ChatKitMock, server: OddServer, threads: Any, answer: Any) -> None:
    server.answers["threads.list"] = answer
    with pytest.raises(openai.APIStatusError, match=r"answer to threads\.list is no page of a list") as caught:
        threads.list(user="ann")
    assert caught.value.status_code == 502


@pytest.mark.parametrize("answer", [b"<html>", [], {"id": 1}])
def test_an_answer_that_is_no_thread_is_told(mock: ChatKitMock, server: OddServer, threads: Any, answer: Any) -> None:
    begin(mock)
    server.answers["threads.get_by_id"] = answer
    with pytest.raises(openai.APIStatusError, match=r"This server's answer to threads\.get_by_id is no thread"):
        threads.retrieve("thr_1")


def test_pages_that_never_end_are_read_once(mock: ChatKitMock, server: OddServer, threads: Any) -> None:
    server.answers["threads.list"] = {"data": [THREAD], "has_more": True, "after": "thr_1"}
    assert [thread.id for thread in threads.list(user="ann").data] == ["thr_1"]
    assert len(server.asked) == 2


def test_a_deletion_that_fails_forgets_nothing(mock: ChatKitMock, server: OddServer) -> None:
    begin(mock)
    server.answers["threads.delete"] = KeyError("thr_1")
    conversation = mock.secret(mock.create_session(user="ann"))
    with pytest.raises(ControlError, match="KeyError"):
        conversation.ask("threads.delete", thread_id="thr_1")
    server.answers["threads.get_by_id"] = THREAD
    assert mock.threads.get("thr_1").user == "ann"

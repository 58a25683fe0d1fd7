"""What the journal is found to say about a server of the user's own: each finding, and where there is none."""

import datetime as dt
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from httpx2 import RemoteProtocolError

from mock_server.inspection.server_findings import CHECKS
from mock_server.testing import ChatKitMock
from mock_server.testing.mock import BackendRaised

Json = dict[str, Any]
Reply = Any  # takes the thread and the store, and yields events


def message(text: str = "Hi", **fields: Any) -> Json:
    content = [{"type": "input_text", "text": text}]
    return {"content": content, "attachments": [], "inference_options": {}, **fields}


@contextmanager
def answering(reply: Reply, store: Any = None) -> Iterator[ChatKitMock]:
    """An emulator in front of a server that replies like this, with a store of this class."""
    from chatkit.server import ChatKitServer  # noqa: PLC0415 - its import takes two seconds
    from chatkit.store import NotFoundError  # noqa: PLC0415 - the same
    from support.memory_store import Memory  # noqa: PLC0415 - the same

    class Store(Memory):
        async def load_attachment(self, attachment_id: str, context: Any) -> Any:
            raise NotFoundError(attachment_id)

    class Own(ChatKitServer[Any]):
        async def respond(self, thread: Any, input_user_message: Any, context: Any) -> AsyncIterator[Any]:
            async for event in reply(thread, self.store):
                yield event

    with ChatKitMock(backend=lambda: Own((store or Store)())) as mock:
        yield mock


def post(mock: ChatKitMock, op: str, **params: Any) -> str:
    with mock.http_client(timeout=30) as http:
        return http.post("/v1/chatkit/conversation", json={"type": op, "params": params}).text


def say(mock: ChatKitMock, text: str = "Hi") -> str:
    """Send a message in a new thread, and return the thread's id."""
    post(mock, "threads.create", input=message(text))
    events = mock.journal.last("conversation").events
    assert events is not None
    thread: str = events[0]["thread"]["id"]
    return thread


def said(thread: Any, item_id: str = "msg_1") -> Any:
    """The event that a message of the assistant's is whole."""
    from chatkit import types as ck  # noqa: PLC0415 - its import takes two seconds

    text = ck.AssistantMessageContent(text="Hello", annotations=[])
    moment = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    item = ck.AssistantMessageItem(id=item_id, thread_id=thread.id, created_at=moment, content=[text])
    return ck.ThreadItemDoneEvent(item=item)


async def good(thread: Any, store: Any) -> AsyncIterator[Any]:
    yield said(thread, store.generate_item_id("message", thread, None))


async def always_the_same_id(thread: Any, store: Any) -> AsyncIterator[Any]:
    yield said(thread)


async def blocking(thread: Any, store: Any) -> AsyncIterator[Any]:
    time.sleep(1)  # noqa: ASYNC251 - what the finding is about
    yield said(thread)


async def locking(thread: Any, store: Any) -> AsyncIterator[Any]:
    from chatkit import types as ck  # noqa: PLC0415 - its import takes two seconds

    yield said(thread, store.generate_item_id("message", thread, None))
    thread.status = ck.LockedStatus(reason="done")


def codes(mock: ChatKitMock) -> set[str]:
    return {str(finding.code) for finding in mock.findings()} & CHECKS.keys()


def test_a_good_server_has_no_finding() -> None:
    with answering(good) as mock:
        thread = say(mock)
        for _ in range(2):
            post(mock, "threads.add_user_message", thread_id=thread, input=message())
        post(mock, "threads.get_by_id", thread_id=thread)
        assert codes(mock) == set()


def test_an_item_id_that_comes_again() -> None:
    with answering(always_the_same_id) as mock:
        thread = say(mock)
        say(mock)
        assert codes(mock) == set(), "another thread may have the same ids"
        post(mock, "threads.add_user_message", thread_id=thread, input=message())
        assert codes(mock) == {"item-id-reused"}


def test_a_step_that_blocks() -> None:
    with answering(blocking) as mock:
        say(mock)
        (finding,) = [each for each in mock.findings() if each.code in CHECKS]
        assert finding.code == "backend-blocks-loop"
        assert "A single step of the server took up to" in finding.message


def test_a_message_to_a_locked_thread() -> None:
    with answering(locking) as mock:
        thread = say(mock)
        assert codes(mock) == set()
        post(mock, "threads.add_user_message", thread_id=thread, input=message())
        assert codes(mock) == {"message-to-locked-thread"}


@pytest.mark.parametrize("op", ["threads.add_user_message", "threads.retry_after_item"])
def test_a_thread_that_is_not_there(op: str) -> None:
    with answering(good) as mock:
        given = {"input": message()} if op == "threads.add_user_message" else {"item_id": "msg_1"}
        assert "Not found" in post(mock, op, thread_id="thr_none", **given)
        assert codes(mock) == {"error-after-headers"}


def test_a_thread_that_is_not_there_where_nothing_streams() -> None:
    with answering(good) as mock:
        assert "Not found" in post(mock, "threads.get_by_id", thread_id="thr_none")
        assert codes(mock) == set()


def test_an_attachment_that_is_not_there() -> None:
    with answering(good) as mock:
        with pytest.raises(RemoteProtocolError):
            post(mock, "threads.create", input=message(attachments=["atc_none"]))
        assert codes(mock) == {"orphan-thread"}
        assert mock.journal.last("conversation").outcome == "dropped"


def test_a_retry_of_an_item_that_is_not_there() -> None:
    with answering(good) as mock:
        assert post(mock, "threads.retry_after_item", thread_id=say(mock), item_id="msg_none") == ""
        assert codes(mock) == {"empty-stream"}


def test_a_store_that_is_down() -> None:
    from support.memory_store import Memory  # noqa: PLC0415 - its import takes two seconds

    class Down(Memory):
        async def save_thread(self, thread: Any, context: Any) -> None:
            raise OSError("the database is down")

    with answering(good, store=Down) as mock:
        assert "the database is down" in post(mock, "threads.create", input=message())
        assert codes(mock) == {"5xx-on-stream"}
        with pytest.raises(BackendRaised, match="the database is down"):
            mock.raise_failures()
        (error,) = mock.take_failures()
        assert str(error) == "the database is down"
        mock.raise_failures()


def test_what_is_no_event() -> None:
    class Chatty:
        async def process(self, body: bytes, context: Any) -> AsyncIterator[bytes]:
            async def frames() -> AsyncIterator[bytes]:
                yield b": a comment is fine\n\n"
                yield b'data: {"type":"progress_update","text":"Working"}\n\n'
                yield b'data: {"type":"progress_updated","text":"Working"}\n\n'
                yield b"data: [DONE]\n\n"

            return frames()

        respond = None

    with ChatKitMock(backend=Chatty) as mock:
        post(mock, "threads.create", input=message())
        (finding,) = [each for each in mock.findings() if each.code in CHECKS]
        assert finding.code == "undecodable-frame"
        assert "progress_updated" in finding.message


def test_a_request_as_a_test_says_that_it_needs_the_server() -> None:
    with answering(good) as mock, mock.http_client(timeout=30) as http:
        post(mock, "threads.add_user_message", thread_id=say(mock), input=message())
        code = http.get(f"/_mock/requests/{mock.journal.last('conversation').id}/test").json()["code"]
    assert "A server of your own answered" in code
    assert "chatkit_mock.load(" not in code

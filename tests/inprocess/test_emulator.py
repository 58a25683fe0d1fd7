"""Without a socket: the same clients, the same answers, streams while they are produced."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from freezegun import freeze_time  # noqa: TID251 - the test is about it
from openai import APIConnectionError, APITimeoutError, InternalServerError

from mock_server.clock import stopwatch
from mock_server.testing import ChatKitMock

WORKFLOW: Any = {"id": "wf_1"}
SLOW = {"stream": {"every": "40ms"}, "default": [{"message": "one two three four five"}]}
MESSAGE = {"content": [{"type": "input_text", "text": "Hi"}], "attachments": [], "inference_options": {}}


@pytest.fixture
def mock() -> Iterator[ChatKitMock]:
    with ChatKitMock(socket=False) as running:
        yield running


def talk(mock: ChatKitMock, workflow: Any = WORKFLOW) -> dict[str, Any]:
    """The arguments of a request that streams."""
    with mock.openai() as client:
        secret = client.beta.chatkit.sessions.create(user="ada", workflow=workflow).client_secret
    body = {"type": "threads.create", "params": {"input": MESSAGE}}
    return {"json": body, "headers": {"authorization": f"Bearer {secret}"}}


def test_serves_the_official_client(mock: ChatKitMock) -> None:
    with mock.openai() as client:
        session = client.beta.chatkit.sessions.create(user="ada", workflow=WORKFLOW)
        assert mock.secret(session).send("Hello").text == "Hello"
        assert client.beta.chatkit.sessions.cancel(session.id).status == "cancelled"
        assert [thread.title for thread in client.beta.chatkit.threads.list(user="ada")] == ["Hello"]
    mock.journal.assert_called("sessions.create", times=1)


@pytest.mark.anyio
async def test_serves_the_asynchronous_client(mock: ChatKitMock) -> None:
    async with mock.async_openai() as client:
        session = await client.beta.chatkit.sessions.create(user="ada", workflow=WORKFLOW)
        assert (await client.beta.chatkit.sessions.cancel(session.id)).status == "cancelled"


def test_events_arrive_while_they_are_produced(mock: ChatKitMock) -> None:
    mock.workflows.add("wf_slow", SLOW)
    with (
        mock.http_client() as web,
        web.stream("POST", "/v1/chatkit/conversation", **talk(mock, {"id": "wf_slow"})) as answer,
    ):
        moments = [stopwatch() for line in answer.iter_lines() if "text_delta" in line]
    assert len(moments) == 5
    assert moments[-1] - moments[0] > 0.1


@pytest.mark.anyio
async def test_events_arrive_while_they_are_produced_asynchronously(mock: ChatKitMock) -> None:
    mock.workflows.add("wf_slow", SLOW)
    asked = talk(mock, {"id": "wf_slow"})
    async with mock.async_http_client() as web, web.stream("POST", "/v1/chatkit/conversation", **asked) as answer:
        moments = [stopwatch() async for line in answer.aiter_lines() if "text_delta" in line]
    assert moments[-1] - moments[0] > 0.1


def test_leaving_a_stream_reaches_the_emulator(mock: ChatKitMock) -> None:
    mock.workflows.add("wf_slow", SLOW)
    asked = talk(mock, {"id": "wf_slow"})
    with mock.http_client() as web, web.stream("POST", "/v1/chatkit/conversation", **asked) as answer:
        next(answer.iter_lines())
    assert mock.journal.last("conversation").outcome == "abandoned"


def test_leaving_a_slow_answer_takes_no_time(mock: ChatKitMock) -> None:
    mock.faults.add("threads.list", bandwidth=10)
    began = stopwatch()
    headers = {"authorization": "Bearer sk-test", "openai-beta": "chatkit_beta=v1"}
    with mock.http_client() as web, web.stream("GET", "/v1/chatkit/threads", headers=headers) as answer:
        assert answer.status_code == 200
    assert stopwatch() - began < 10


@pytest.mark.anyio
async def test_cancelling_reaches_the_emulator(mock: ChatKitMock) -> None:
    mock.faults.add("sessions.create", delay="10s")
    async with mock.async_openai() as client:
        asked = asyncio.ensure_future(client.beta.chatkit.sessions.create(user="ada", workflow=WORKFLOW))
        while not mock.journal.requests():  # noqa: ASYNC110 - the journal is asked, it does not call
            await asyncio.sleep(0)
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked


@pytest.mark.parametrize(
    ("fault", "raised"),
    [
        ({"error": 500}, InternalServerError),
        ({"drop": True}, APIConnectionError),
        ({"truncated": 0}, APIConnectionError),
        ({"delay": "300ms"}, APITimeoutError),
    ],
)
def test_fails_as_on_a_socket(mock: ChatKitMock, fault: dict[str, Any], raised: type[Exception]) -> None:
    mock.faults.add("sessions.create", **fault)
    with mock.openai(max_retries=0, timeout=0.1) as client, pytest.raises(raised):
        client.beta.chatkit.sessions.create(user="ada", workflow=WORKFLOW)


def test_a_cut_stream_breaks_as_on_a_socket(mock: ChatKitMock) -> None:
    asked = talk(mock)
    mock.faults.add("conversation", cut=3)
    with mock.http_client() as web, web.stream("POST", "/v1/chatkit/conversation", **asked) as answer:
        lines = filter(None, answer.iter_lines())
        assert len([next(lines) for _ in range(3)]) == 3
        with pytest.raises(mock.transport_error):
            next(lines)


@pytest.mark.parametrize("frozen", [{}, {"tick": True}, {"real_asyncio": True}])
def test_lives_through_frozen_time(mock: ChatKitMock, frozen: dict[str, Any]) -> None:
    mock.workflows.add("wf_slow", SLOW)
    began = stopwatch()
    with freeze_time("2026-01-01", **frozen), mock.openai() as client:
        session = client.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_slow"})
        assert 0 <= session.expires_at - 600 - 1_767_225_600 < 10
        assert mock.secret(session).send("Hi").text == "one two three four five"
    assert stopwatch() - began < 10


def test_leaves_no_thread_behind() -> None:
    before = threading.active_count()
    for _ in range(5):
        with ChatKitMock(socket=False) as mock, mock.openai() as client:
            client.beta.chatkit.sessions.create(user="ada", workflow=WORKFLOW)
    assert threading.active_count() == before

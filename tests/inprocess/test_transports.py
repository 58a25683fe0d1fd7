"""Without a socket, httpx and httpx2 do what they do on one, synchronously, on asyncio and on trio."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import anyio
import httpx
import httpx2
import pytest

from mock_server.clock import stopwatch
from mock_server.inprocess.transports import async_mock_transport, mock_transport
from mock_server.testing import ChatKitMock

CREATE = "/v1/chatkit/sessions"
BODY = {"user": "ada", "workflow": {"id": "wf_1"}}
HEADERS = {"authorization": "Bearer sk-test", "openai-beta": "chatkit_beta=v1"}
SLOW = {"stream": {"every": "40ms"}, "default": [{"message": "one two three four five"}]}
MESSAGE = {"content": [{"type": "input_text", "text": "Hi"}], "attachments": [], "inference_options": {}}

BREAKS = [
    pytest.param({"drop": True}, "RemoteProtocolError", id="dropped"),
    pytest.param({"truncated": 0}, "RemoteProtocolError", id="truncated"),
    pytest.param({"truncated": 5}, "RemoteProtocolError", id="cut within the body"),
    pytest.param({"delay": "10s"}, "ReadTimeout", id="late"),
]


@pytest.fixture
def mock() -> Iterator[ChatKitMock]:
    with ChatKitMock(socket=False) as running:
        running.workflows.add("wf_1", SLOW)
        yield running


@pytest.fixture(params=[httpx, httpx2], ids=["httpx", "httpx2"])
def library(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture
def web(mock: ChatKitMock, library: Any) -> Iterator[Any]:
    transport = mock_transport(mock.emulator, library=library)  # type: ignore[arg-type] # it is there without a socket
    with library.Client(base_url=mock.url, headers=HEADERS, timeout=5, transport=transport) as client:
        yield client


@pytest.fixture
async def async_web(mock: ChatKitMock, library: Any, anyio_backend: str) -> AsyncIterator[Any]:
    transport = async_mock_transport(mock.emulator, library=library)  # type: ignore[arg-type] # as above
    async with library.AsyncClient(base_url=mock.url, headers=HEADERS, timeout=5, transport=transport) as client:
        yield client


def turn(secret: str) -> dict[str, Any]:
    """The arguments of a request that streams."""
    body = {"type": "threads.create", "params": {"input": MESSAGE}}
    return {"json": body, "headers": {"authorization": f"Bearer {secret}"}}


def test_a_response_arrives(web: Any, library: Any) -> None:
    created = web.post(CREATE, json=BODY)
    assert isinstance(created, library.Response)
    assert created.json()["status"] == "active"


@pytest.mark.parametrize(("fault", "raised"), BREAKS)
def test_a_broken_response_raises_the_librarys_own_error(
    mock: ChatKitMock, web: Any, library: Any, fault: dict[str, Any], raised: str
) -> None:
    mock.faults.add("sessions.create", **fault)
    with pytest.raises(getattr(library, raised)) as caught:
        web.post(CREATE, json=BODY, timeout=0.1)
    assert caught.value.request.url.path == CREATE


def test_events_arrive_one_by_one(web: Any) -> None:
    asked = turn(web.post(CREATE, json=BODY).json()["client_secret"])
    with web.stream("POST", "/v1/chatkit/conversation", **asked) as response:
        moments = [stopwatch() for line in response.iter_lines() if "text_delta" in line]
    assert len(moments) == 5
    assert moments[-1] - moments[0] > 0.1


@pytest.mark.anyio
async def test_a_response_arrives_asynchronously(async_web: Any, library: Any) -> None:
    created = await async_web.post(CREATE, json=BODY)
    assert isinstance(created, library.Response)
    assert created.json()["status"] == "active"


@pytest.mark.anyio
@pytest.mark.parametrize(("fault", "raised"), BREAKS)
async def test_a_broken_response_raises_the_librarys_own_error_asynchronously(
    mock: ChatKitMock, async_web: Any, library: Any, fault: dict[str, Any], raised: str
) -> None:
    mock.faults.add("sessions.create", **fault)
    with pytest.raises(getattr(library, raised)) as caught:
        await async_web.post(CREATE, json=BODY, timeout=0.1)
    assert caught.value.request.url.path == CREATE


@pytest.mark.anyio
async def test_events_arrive_one_by_one_asynchronously(async_web: Any) -> None:
    asked = turn((await async_web.post(CREATE, json=BODY)).json()["client_secret"])
    async with async_web.stream("POST", "/v1/chatkit/conversation", **asked) as response:
        moments = [stopwatch() async for line in response.aiter_lines() if "text_delta" in line]
    assert len(moments) == 5
    assert moments[-1] - moments[0] > 0.1


@pytest.mark.anyio
async def test_leaving_a_stream_reaches_the_emulator(mock: ChatKitMock, async_web: Any) -> None:
    asked = turn((await async_web.post(CREATE, json=BODY)).json()["client_secret"])
    async with async_web.stream("POST", "/v1/chatkit/conversation", **asked) as response:
        assert response.status_code == 200
    assert mock.journal.last("conversation").outcome == "abandoned"


@pytest.mark.anyio
async def test_a_request_ends_with_its_scope(mock: ChatKitMock, async_web: Any) -> None:
    mock.faults.add("sessions.create", delay="60s")
    began = stopwatch()
    with anyio.move_on_after(0.1) as scope:
        await async_web.post(CREATE, json=BODY, timeout=None)
    assert scope.cancelled_caught
    assert stopwatch() - began < 10


@pytest.mark.anyio
async def test_many_requests_at_once(async_web: Any) -> None:
    statuses = []

    async def create() -> None:
        statuses.append((await async_web.post(CREATE, json=BODY)).status_code)

    async with anyio.create_task_group() as group:
        for _ in range(100):
            group.start_soon(create)
    assert statuses == [200] * 100


@pytest.mark.anyio
async def test_the_official_client_works(mock: ChatKitMock) -> None:
    async with mock.async_openai() as client:
        session = await client.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"})
        assert (await client.beta.chatkit.sessions.cancel(session.id)).status == "cancelled"
        assert [thread async for thread in client.beta.chatkit.threads.list()] == []

"""A user's tests, which make each kind of call with the official SDK, of whichever version is installed."""

import inspect
from typing import Any

import openai
import pytest

PNG = ("a.png", b"\x89PNG\r\n\x1a\n", "image/png")
UPLOADS = {"file_upload": {"enabled": True}}
FAULTS: list[tuple[dict[str, Any], type[Exception]]] = [
    ({"error": 400}, openai.BadRequestError),
    ({"error": 429}, openai.RateLimitError),
    ({"error": 500}, openai.InternalServerError),
    ({"drop": True}, openai.APIConnectionError),
    ({"truncated": 5}, openai.APIConnectionError),
    ({"delay": "10s"}, openai.APITimeoutError),
]


@pytest.fixture(params=["chatkit_mock", "chatkit_mock_app"], ids=["socket", "in process"])
def mock(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue(request.param)


@pytest.fixture(params=["sync", "async"])
def make(request: pytest.FixtureRequest, mock: Any) -> Any:
    return mock.openai if request.param == "sync" else mock.async_openai


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def of(made: Any) -> Any:
    return await made if inspect.isawaitable(made) else made


async def close(client: Any) -> None:
    await of(client.close())


async def create(client: Any, **options: Any) -> Any:
    return await of(client.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"}, **options))


def upload(client: Any) -> Any:
    """Upload a file with the method that openai 2.2 to 2.4 have for it, with others as a plain request."""
    if hasattr(client.beta.chatkit, "upload_file"):
        return client.beta.chatkit.upload_file(file=PNG)
    headers = {"Content-Type": "multipart/form-data", "openai-beta": "chatkit_beta=v1"}
    return client.post("/chatkit/files", cast_to=object, body={}, files={"file": PNG}, options={"headers": headers})


@pytest.mark.anyio
async def test_create_and_cancel(make: Any) -> None:
    client = make()
    session = await create(client)
    assert session.status == "active"
    assert (await of(client.beta.chatkit.sessions.cancel(session.id))).status == "cancelled"
    await close(client)


@pytest.mark.anyio
async def test_threads(mock: Any, make: Any) -> None:
    client = make()
    talk = mock.secret(await create(client))
    assert talk.send("Hello").text == "Hello"
    page = await of(client.beta.chatkit.threads.list(user="ada"))
    assert [thread.title for thread in page.data] == ["Hello"]
    items = await of(client.beta.chatkit.threads.list_items(page.data[0].id, order="asc"))
    assert [item.type for item in items.data] == ["chatkit.user_message", "chatkit.assistant_message"]
    assert (await of(client.beta.chatkit.threads.delete(page.data[0].id))).deleted
    await close(client)


@pytest.mark.anyio
async def test_upload(make: Any) -> None:
    client = make()
    session = await create(client, chatkit_configuration=UPLOADS)
    of_the_session = make(api_key=session.client_secret)
    stored = await of(upload(of_the_session))
    assert (stored["name"] if isinstance(stored, dict) else stored.name) == "a.png"
    await close(of_the_session)
    await close(client)


@pytest.mark.anyio
@pytest.mark.parametrize(("fault", "raised"), FAULTS)
async def test_errors(mock: Any, make: Any, fault: dict[str, Any], raised: type[Exception]) -> None:
    client = make(max_retries=0, timeout=5 if "error" in fault else 0.3)
    mock.faults.add("sessions.create", **fault)
    with pytest.raises(raised):
        await create(client)
    await close(client)


@pytest.mark.anyio
async def test_an_unknown_session(make: Any) -> None:
    client = make()
    with pytest.raises(openai.NotFoundError):
        await of(client.beta.chatkit.sessions.cancel("cksess_none"))
    await close(client)


def test_a_broken_stream(mock: Any) -> None:
    client = mock.openai()
    secret = client.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"}).client_secret
    mock.faults.add("conversation", cut=3)
    message = {"content": [{"type": "input_text", "text": "Hi"}], "attachments": [], "inference_options": {}}
    body = {"type": "threads.create", "params": {"input": message}}
    headers = {"authorization": f"Bearer {secret}"}
    with mock.http_client() as web, pytest.raises(mock.transport_error):
        web.post("/v1/chatkit/conversation", json=body, headers=headers)
    client.close()

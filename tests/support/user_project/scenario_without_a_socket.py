"""The clients of `chatkit_mock_app` reach it without a socket."""

import pytest
from support.user_project.sessions import create

from mock_server.testing import ChatKitMock


@pytest.mark.parametrize("turn", range(2))
def test_app(chatkit_mock_app: ChatKitMock, turn: int) -> None:
    session = create(chatkit_mock_app)
    assert chatkit_mock_app.secret(session).send("Hi").text == "Hi"
    assert len(chatkit_mock_app.sessions.list()) == 1


@pytest.mark.anyio
async def test_async(chatkit_mock_app: ChatKitMock) -> None:
    async with chatkit_mock_app.async_openai() as client:
        await client.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"})
    assert len(chatkit_mock_app.sessions.list()) == 1


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"

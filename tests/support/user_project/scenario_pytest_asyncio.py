"""It serves tests of pytest-asyncio."""

import pytest

from mock_server.testing import ChatKitMock


@pytest.mark.asyncio
@pytest.mark.parametrize("turn", range(2))
async def test_async(chatkit_mock: ChatKitMock, chatkit_mock_app: ChatKitMock, turn: int) -> None:
    for mock in (chatkit_mock, chatkit_mock_app):
        async with mock.async_openai() as client:
            session = await client.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"})
            mock.clock.shift("10m")
            assert mock.sessions.get(session.id).status == "expired"

"""Tests do not meet, in one process or in several."""

import pytest
from support.emulator import HEADERS, MINIMAL

from mock_server.testing import ChatKitMock

IDS: set[str] = set()


@pytest.mark.chatkit_mock(seed="1")
@pytest.mark.parametrize("turn", range(12))
def test_alone(chatkit_mock: ChatKitMock, turn: int) -> None:
    with chatkit_mock.http_client(headers=HEADERS) as web:  # for the official client's import takes a second
        IDS.add(web.post("/v1/chatkit/sessions", json=MINIMAL).json()["id"])
    assert len(IDS) == 1
    assert len(chatkit_mock.sessions.list()) == 1

"""Whatever a test does is gone in the next one."""

import time

import pytest
from support.user_project.sessions import create

from mock_server.testing import ChatKitMock


@pytest.mark.parametrize("turn", range(3))
def test_alone(chatkit_mock: ChatKitMock, turn: int) -> None:
    assert chatkit_mock.sessions.list() == []
    assert chatkit_mock.faults.list() == []
    assert chatkit_mock.journal.requests() == []
    assert time.time() > 1_790_000_000
    session = create(chatkit_mock)
    assert chatkit_mock.secret(session).send("Hi").text == "Hi"
    chatkit_mock.reply("Hi", "Hello")
    assert chatkit_mock.secret(session).send("Hi").text == "Hello"
    chatkit_mock.faults.add(error=500)
    chatkit_mock.clock.freeze("2026-01-01T00:00:00Z")

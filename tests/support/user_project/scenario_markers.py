"""Markers of the module, the class and the test are merged, and the closest wins."""

import time

import pytest
from support.user_project.sessions import create

from mock_server.testing import ChatKitMock

pytestmark = pytest.mark.chatkit_mock(now="2026-01-01T00:00:00Z", seed="1")

SEEN: list[str] = []


def test_module(chatkit_mock: ChatKitMock) -> None:
    assert time.time() == 1767225600
    SEEN.append(create(chatkit_mock).id)


@pytest.mark.chatkit_mock(now="2026-02-01T00:00:00Z")
class TestClass:
    def test_class(self, chatkit_mock: ChatKitMock) -> None:
        assert time.time() == 1769904000
        assert [create(chatkit_mock).id] == SEEN

    @pytest.mark.chatkit_mock(load=["demo"], now=0)
    def test_function(self, chatkit_mock: ChatKitMock) -> None:
        assert time.time() < 60
        assert len(chatkit_mock.sessions.list()) == 3


def test_time_is_back() -> None:
    assert time.time() > 1_790_000_000

"""Every way to freeze time: the emulator lives, and follows it."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from freezegun import freeze_time
from support.user_project.sessions import create

from mock_server.testing import ChatKitMock

NEW_YEAR = 1767225600
FORMS: list[dict[str, Any]] = [{}, {"real_asyncio": True}, {"tick": True}, {"auto_tick_seconds": 1}]


def works(mock: ChatKitMock) -> None:
    mock.workflows.add("wf_1", {"stream": {"every": "10ms"}, "default": [{"message": "one two three"}]})
    session = create(mock)
    assert NEW_YEAR <= session.expires_at - 600 < NEW_YEAR + 30
    assert mock.secret(session).send("Hi").text == "one two three"
    mock.workflows.remove("wf_1")


@freeze_time("2026-01-01")
def test_decorator(chatkit_mock: ChatKitMock, chatkit_mock_app: ChatKitMock) -> None:
    works(chatkit_mock)
    works(chatkit_mock_app)


@freeze_time("2026-01-01", tick=True)
class TestClass:
    def test_class(self, chatkit_mock: ChatKitMock) -> None:
        works(chatkit_mock)


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_context_manager(chatkit_mock: ChatKitMock, chatkit_mock_app: ChatKitMock, form: dict[str, Any]) -> None:
    with freeze_time("2026-01-01", **form):
        works(chatkit_mock)
        works(chatkit_mock_app)


@pytest.fixture
def frozen() -> Iterator[None]:
    with freeze_time("2026-01-01"):
        yield


@pytest.mark.usefixtures("frozen", "chatkit_mock")
def test_fixture_before(chatkit_mock: ChatKitMock) -> None:
    works(chatkit_mock)


@pytest.mark.usefixtures("chatkit_mock", "frozen")
def test_fixture_behind(chatkit_mock: ChatKitMock) -> None:
    works(chatkit_mock)


@time_machine.travel(NEW_YEAR, tick=False)
def test_time_machine(chatkit_mock: ChatKitMock) -> None:
    works(chatkit_mock)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


# Without real_asyncio, auto_tick_seconds moves the timeouts of the client's own loop: a second for each look.
ASYNC_FORMS = [*FORMS[:3], {"auto_tick_seconds": 1, "real_asyncio": True}]


@pytest.mark.anyio
@pytest.mark.parametrize("form", ASYNC_FORMS, ids=str)
async def test_async(chatkit_mock: ChatKitMock, chatkit_mock_app: ChatKitMock, form: dict[str, Any]) -> None:
    with freeze_time("2026-01-01", **form):
        for mock in (chatkit_mock, chatkit_mock_app):
            async with mock.async_openai() as client:
                session = await client.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"})
                assert NEW_YEAR <= session.expires_at - 600 < NEW_YEAR + 60


@freeze_time("2026-01-01")
def test_own_clock_wins(chatkit_mock: ChatKitMock) -> None:
    chatkit_mock.clock.freeze("2026-02-01T00:00:00Z")
    assert time.time() == 1769904000
    assert create(chatkit_mock).expires_at == 1769904000 + 600
    chatkit_mock.clock.resume()
    assert time.time() == NEW_YEAR


def test_nothing_is_left() -> None:
    assert time.time() > 1_790_000_000

"""A test's own freezers and the emulator's clock, one within the other, may end in any order."""

import asyncio
import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from freezegun import api, freeze_time  # noqa: TID251 - the test is about it

from mock_server.testing import ChatKitMock


def world() -> float:
    """Read the time as the test has it."""
    return dt.datetime.now(dt.UTC).timestamp()  # noqa: TID251 - it is what an app reads


def real() -> float:
    return api.real_datetime.now(dt.UTC).timestamp()


AT = "2026-01-01"
UNIX = 1_767_225_600


@pytest.fixture(scope="module")
def shared() -> Iterator[ChatKitMock]:
    with ChatKitMock() as mock:
        yield mock


@pytest.fixture
def mock(shared: ChatKitMock) -> Iterator[ChatKitMock]:
    """As the plugin's fixture has it; and the world is as it was afterwards."""
    shared.start_anew()
    yield shared
    shared.clock.let_go()
    assert not api.freeze_factories, "nothing is frozen any more"
    assert vars(time)["time"] is api.real_time
    assert dt.datetime is api.real_datetime
    assert abs(world() - shared.clock.now()) < 60, "the emulator follows"


def ours(mock: ChatKitMock, stack: ExitStack) -> None:
    mock.clock.freeze("2026-03-01T00:00:00Z")
    stack.callback(mock.clock.let_go)


def theirs(_: ChatKitMock, stack: ExitStack) -> None:
    freezer = freeze_time(AT)
    freezer.start()
    stack.callback(freezer.stop)


Begin = Callable[[ChatKitMock, ExitStack], None]


@pytest.mark.parametrize("first_ends_first", [True, False], ids=["first ends first", "last ends first"])
@pytest.mark.parametrize("order", [(ours, theirs), (theirs, ours), (ours, theirs, ours)])
def test_freezers_end_in_any_order(mock: ChatKitMock, order: tuple[Begin, ...], first_ends_first: bool) -> None:
    ends = []
    for begin in order:
        stack = ExitStack()
        begin(mock, stack)
        ends.append(stack)
    for stack in ends if first_ends_first else ends[::-1]:
        stack.close()


@freeze_time(AT)
def decorated(mock: ChatKitMock) -> float:
    mock.clock.shift(minutes=10)
    assert world() == mock.clock.now() == UNIX + 600, "a frozen world stays frozen"
    session = mock.openai().beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"})
    mock.clock.shift(minutes=10)
    assert mock.sessions.get(session.id).status == "expired"
    return world()


def test_the_clock_moves_within_a_decorated_test(mock: ChatKitMock) -> None:
    assert decorated(mock) == UNIX + 1200
    mock.clock.let_go()
    assert abs(world() - real()) < 60, "the decorator's end is the end of it"


def test_a_freezer_within_ours_is_followed_and_left_alone(mock: ChatKitMock) -> None:
    mock.clock.freeze("2026-03-01T00:00:00Z")
    with freeze_time(AT) as frozen:
        assert mock.clock.now() == UNIX
        mock.clock.resume()
        assert world() == UNIX, "it is not ours to let go"
        frozen.tick(60)
        assert mock.clock.now() == UNIX + 60
    assert abs(world() - real()) < 60


def test_time_goes_back_to_the_freezer_that_ours_was_in(mock: ChatKitMock) -> None:
    with freeze_time(AT):
        mock.clock.travel_to("2026-03-01T00:00:00Z")
        assert world() > UNIX
        mock.clock.resume()
        assert world() == mock.clock.now() == UNIX


def test_it_moves_in_an_asynchronous_test(mock: ChatKitMock) -> None:
    async def body() -> None:
        with freeze_time(AT, real_asyncio=True):
            mock.clock.shift("10m")
            await asyncio.sleep(0.01)
            assert world() == UNIX + 600

    asyncio.run(body())

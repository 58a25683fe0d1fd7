"""A project's clock, and whom it follows."""

import subprocess
import sys
import threading

import pytest
import time_machine
from freezegun import freeze_time  # noqa: TID251 - the test is about it

from mock_server.clock import Clock, stopwatch, world_time

AT = "2026-01-01 00:00:00"
UNIX = 1_767_225_600.0


def test_stands_still_moves_and_goes_on() -> None:
    clock = Clock()
    clock.freeze(UNIX)
    clock.shift(90)
    assert clock.now() == UNIX + 90
    clock.resume()
    assert abs(clock.now() - world_time()) < 1
    clock.shift(-3600)
    assert abs(clock.now() - world_time() + 3600) < 1
    clock.freeze()
    assert clock.now() == clock.now()


def seen_from_a_thread() -> float:
    seen: list[float] = []
    thread = threading.Thread(target=lambda: seen.append(Clock().now()))
    thread.start()
    thread.join()
    return seen[0]


@pytest.mark.parametrize("real_asyncio", [True, False])
def test_follows_freezegun_in_every_thread(*, real_asyncio: bool) -> None:
    with freeze_time(AT, real_asyncio=real_asyncio):
        assert Clock().now() == UNIX
        assert seen_from_a_thread() == UNIX


def test_follows_a_ticking_freezegun() -> None:
    with freeze_time(AT, tick=True):
        assert UNIX <= seen_from_a_thread() < UNIX + 5


def test_reads_the_time_once_where_each_look_moves_it() -> None:
    """In a process of its own: a look from any of its threads counts."""
    text = f"""
from freezegun import freeze_time
from mock_server.clock import Clock
with freeze_time("{AT}", auto_tick_seconds=15):
    print([Clock().now() - {UNIX} for _ in range(3)])
"""
    assert subprocess.check_output([sys.executable, "-c", text], text=True) == "[0.0, 15.0, 30.0]\n"


def test_follows_time_machine_in_every_thread() -> None:
    with time_machine.travel(UNIX, tick=False):
        assert seen_from_a_thread() == UNIX


def test_the_stopwatch_runs_on_while_time_is_frozen() -> None:
    with freeze_time(AT):
        began = stopwatch()
        while stopwatch() == began:
            pass

"""Whatever a test does to time, a server in its process shows that time, answers, streams, paces and stops."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
import time_machine
from freezegun import freeze_time  # noqa: TID251 - the test is about it
from support.emulator import make_app, socket_client
from support.talk import Talk, text_of

from mock_server.clock import stopwatch
from mock_server.server.loop import SteadyLoop
from mock_server.server.thread import ServerThread

AT = "2026-01-01 00:00:00"
UNIX = 1_767_225_600
LIMIT = 10.0  # seconds, of which a hang takes more
SOON = UNIX + 3600  # seconds: where time steps forward whenever anything in the process reads it, it runs
SLOW = {"id": "wf_slow", "stream": {"every": "30ms"}, "default": [{"message": "one two three four"}]}

TIMES: dict[str, Callable[[], AbstractContextManager[Any]]] = {
    "freeze_time": lambda: freeze_time(AT),
    "real_asyncio": lambda: freeze_time(AT, real_asyncio=True),
    "tick": lambda: freeze_time(AT, tick=True),
    "auto_tick_seconds": lambda: freeze_time(AT, auto_tick_seconds=1),
    "time-machine": lambda: time_machine.travel(UNIX, tick=False),
    "time-machine, ticking": lambda: time_machine.travel(UNIX, tick=True),
}


def loops() -> list[Any]:
    found: list[Any] = [pytest.param(SteadyLoop, id="asyncio")]
    if sys.platform != "win32":  # where there is no uvloop
        import uvloop  # noqa: PLC0415

        found.append(pytest.param(uvloop.new_event_loop, id="uvloop"))
    return found


def assert_serves(server: ServerThread) -> None:
    """Answers in the frozen time, and paces a stream in real time."""
    with socket_client(server.origin, headers={"openai-beta": "chatkit_beta=v1"}) as web:
        web.post("/_mock/workflows", json=SLOW)
        body = {"user": "ada", "workflow": {"id": "wf_slow"}}
        created = web.post("/v1/chatkit/sessions", json=body, headers={"authorization": "Bearer sk-test"})
        assert UNIX <= created.json()["expires_at"] - 600 < SOON
        sent = stopwatch()
        assert text_of(Talk(web, created.json()["client_secret"]).say("Hi")) == "one two three four"
        assert stopwatch() - sent > 0.09


@pytest.mark.parametrize("make_loop", loops())
@pytest.mark.parametrize("kind", TIMES)
def test_a_server_in_frozen_time_answers_streams_paces_and_stops(
    kind: str, make_loop: Callable[[], asyncio.AbstractEventLoop]
) -> None:
    began = stopwatch()
    with TIMES[kind](), ServerThread(make_app(), make_loop=make_loop) as server:
        assert_serves(server)
    assert stopwatch() - began < LIMIT


@pytest.mark.parametrize("make_loop", loops())
@pytest.mark.parametrize("kind", TIMES)
def test_a_server_that_ran_before_follows_and_lets_go(
    kind: str, make_loop: Callable[[], asyncio.AbstractEventLoop]
) -> None:
    began = stopwatch()
    with ServerThread(make_app(), make_loop=make_loop) as server, socket_client(server.origin) as web:
        real = web.get("/_mock/clock").json()["now"]
        with TIMES[kind]():
            assert UNIX <= web.get("/_mock/clock").json()["now"] < SOON
        assert 0 <= web.get("/_mock/clock").json()["now"] - real < LIMIT
    assert stopwatch() - began < LIMIT


@pytest.mark.exhaustive
def test_it_may_be_imported_for_the_first_time_in_frozen_time() -> None:
    text = f"""
from freezegun import freeze_time
with freeze_time("{AT}"):
    from conftest import make_app
    from test_frozen_time import assert_serves
    from mock_server.server.thread import ServerThread
    with ServerThread(make_app()) as server:
        assert_serves(server)
"""
    here = Path(__file__)
    path = os.pathsep.join(map(str, (here.parent, here.parents[1])))
    command = [sys.executable, "-c", text]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr

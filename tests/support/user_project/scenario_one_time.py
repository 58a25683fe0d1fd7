"""However time is moved and wherever an app reads it, it is one time; waits end, and nothing is left behind."""

import asyncio
import datetime as dt
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed, wait
from contextlib import AbstractContextManager, ExitStack, contextmanager
from multiprocessing.pool import ThreadPool
from queue import Empty, Queue
from typing import Any
from urllib.request import urlopen

import django
import pytest
import time_machine
import trio
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse
from django.test import Client as DjangoClient
from django.urls import path
from fastapi import FastAPI
from fastapi.testclient import TestClient
from flask import Flask
from freezegun import freeze_time
from werkzeug.serving import make_server

from mock_server.testing import ChatKitMock

NEW_YEAR = 1_767_225_600
AT = "2026-01-01T00:00:00Z"
Times = list[float]


def read() -> Times:
    """Read the time in every way that an app has, and wait as libraries do."""
    waits()
    now = dt.datetime.now(dt.UTC)
    midnight = dt.datetime.fromtimestamp(time.mktime(dt.date.today().timetuple()), dt.UTC)
    return [
        time.time(),
        time.time_ns() / 1e9,
        now.timestamp(),
        time.mktime(time.localtime()),
        float(time.strftime("%s", time.localtime())),
        midnight.timestamp(),
    ]


def waits() -> None:
    threading.Event().wait(0.001)
    with pytest.raises(Empty):
        Queue[int]().get(timeout=0.001)
    with ThreadPoolExecutor() as pool:
        wait([pool.submit(time.sleep, 0.001)], timeout=60)


# Where an app reads the time.

web = FastAPI()
flask = Flask(__name__)
settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], DEBUG=True)
django.setup()


@web.get("/")
def endpoint() -> Times:
    return read()


@flask.get("/")
def flask_view() -> Times:
    return read()


def django_view(_: Any) -> HttpResponse:
    return HttpResponse(repr(read()))


urlpatterns = [path("", django_view)]


def in_a_thread() -> Times:
    found: Times = []
    thread = threading.Thread(target=lambda: found.extend(read()))
    thread.start()
    thread.join()
    return found


def in_a_pool() -> Times:
    with ThreadPoolExecutor() as pool:
        return pool.submit(read).result(60)


def in_a_pool_of_multiprocessing() -> Times:
    with ThreadPool(1) as pool:
        return pool.apply(read)


def in_a_worker_of_asyncio() -> Times:
    return asyncio.run(asyncio.wait_for(asyncio.to_thread(read), 60))


async def read_in_a_coroutine() -> Times:
    return read()


def in_fastapi() -> Times:
    times: Times = TestClient(web).get("/").json()
    return times


def in_flask() -> Times:
    times: Times = flask.test_client().get("/").get_json()
    return times


def in_django() -> Times:
    times: Times = eval(DjangoClient().get("/").content)
    return times


def in_a_served_view() -> Times:
    with make_server("127.0.0.1", 0, WSGIHandler(), threaded=True) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        try:
            with urlopen(f"http://127.0.0.1:{server.port}/") as response:
                times: Times = eval(response.read())
                return times
        finally:
            server.shutdown()


PLACES: list[Callable[[], Times]] = [
    read,
    lambda: asyncio.run(read_in_a_coroutine()),
    in_a_thread,
    in_a_pool,
    in_a_pool_of_multiprocessing,
    in_a_worker_of_asyncio,
    in_fastapi,
    in_flask,
    in_django,
    in_a_served_view,
]
NAMES = ["test", "coroutine", "thread", "pool", "thread_pool", "to_thread", "fastapi", "flask", "django", "served"]


# How a test moves it.


@contextmanager
def ours(mock: ChatKitMock) -> Iterator[None]:
    mock.clock.freeze(AT)
    yield


@contextmanager
def ours_ticking(mock: ChatKitMock) -> Iterator[None]:
    mock.clock.travel_to(AT)
    yield


@contextmanager
def theirs(_: ChatKitMock) -> Iterator[None]:
    with freeze_time(AT):
        yield


@contextmanager
def theirs_with_asyncio(_: ChatKitMock) -> Iterator[None]:
    with freeze_time(AT, tick=True, real_asyncio=True):
        yield


@contextmanager
def travelled(_: ChatKitMock) -> Iterator[None]:
    with time_machine.travel(dt.datetime(2026, 1, 1, tzinfo=dt.UTC), tick=False):
        yield


@contextmanager
def ours_in_theirs(mock: ChatKitMock) -> Iterator[None]:
    with freeze_time("2025-06-01"):
        mock.clock.travel_to(AT)
        yield


@contextmanager
def theirs_in_ours(mock: ChatKitMock) -> Iterator[None]:
    mock.clock.freeze("2025-06-01T00:00:00Z")
    with freeze_time(AT):
        yield


@contextmanager
def ours_in_travelled(mock: ChatKitMock) -> Iterator[None]:
    with time_machine.travel(dt.datetime(2025, 6, 1, tzinfo=dt.UTC), tick=False):
        mock.clock.freeze(AT)
        yield


Move = Callable[[ChatKitMock], AbstractContextManager[None]]
MOVES = [
    ours,
    ours_ticking,
    theirs,
    theirs_with_asyncio,
    travelled,
    ours_in_theirs,
    theirs_in_ours,
    ours_in_travelled,
]
ASYNC_MOVES = [ours, ours_ticking, theirs_with_asyncio, travelled, theirs_in_ours, ours_in_travelled]


def is_one_time(mock: ChatKitMock, place: Callable[[], Times]) -> None:
    for moment in [*place(), mock.clock.now()]:
        assert NEW_YEAR <= moment < NEW_YEAR + 60


@pytest.mark.parametrize("place", PLACES, ids=NAMES)
@pytest.mark.parametrize("move", MOVES)
def test_moved(chatkit_mock: ChatKitMock, move: Move, place: Callable[[], Times]) -> None:
    with ExitStack() as stack:
        stack.enter_context(move(chatkit_mock))
        is_one_time(chatkit_mock, place)


@pytest.mark.parametrize("move", MOVES)
def test_waits_end(chatkit_mock: ChatKitMock, move: Move) -> None:
    with move(chatkit_mock), ThreadPoolExecutor() as pool:
        asyncio.run(asyncio.wait_for(asyncio.sleep(0.001), 60))
        with pytest.raises(TimeoutError):
            asyncio.run(asyncio.wait_for(asyncio.sleep(60), 0.001))
        trio.run(trio.sleep, 0.001)
        with pytest.raises(subprocess.TimeoutExpired):
            subprocess.run([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, timeout=0.01, check=False)
        gate = threading.Event()
        with pytest.raises(TimeoutError):
            list(as_completed([pool.submit(gate.wait, 60)], timeout=0.001))
        gate.set()


def test_an_emulators_clock_is_not_the_processs(chatkit_mock: ChatKitMock) -> None:
    chatkit_mock.emulator_clock.freeze(AT)
    real = time.time()
    chatkit_mock.clock.shift(minutes=10)
    assert 590 < time.time() - real < 660


@pytest.mark.parametrize("place", PLACES, ids=NAMES)
@freeze_time(AT)
def test_decorated(chatkit_mock: ChatKitMock, place: Callable[[], Times]) -> None:
    is_one_time(chatkit_mock, place)


@pytest.mark.parametrize("place", PLACES, ids=NAMES)
@pytest.mark.freeze_time(AT)
def test_by_pytest_freezer(chatkit_mock: ChatKitMock, freezer: Any, place: Callable[[], Times]) -> None:
    is_one_time(chatkit_mock, place)


@pytest.mark.parametrize("first", ["freezer", "chatkit_mock"])
def test_pytest_freezer_and_the_clock(first: str, request: pytest.FixtureRequest) -> None:
    request.getfixturevalue(first)
    mock: ChatKitMock = request.getfixturevalue("chatkit_mock")
    freezer = request.getfixturevalue("freezer")
    freezer.move_to(AT)
    is_one_time(mock, in_a_thread)
    mock.clock.shift(days=-1)
    mock.clock.shift(days=1)
    is_one_time(mock, in_a_thread)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.anyio
@pytest.mark.parametrize("move", ASYNC_MOVES)
async def test_moved_in_an_async_test(chatkit_mock: ChatKitMock, move: Move) -> None:
    with move(chatkit_mock):
        is_one_time(chatkit_mock, read)
        await asyncio.sleep(0.001)
        for moment in await asyncio.to_thread(read):
            assert NEW_YEAR <= moment < NEW_YEAR + 60


def test_nothing_is_left() -> None:
    for place in PLACES:
        for moment in place():
            assert moment > 1_790_000_000

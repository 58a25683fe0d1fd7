"""How servers of the user's own end: by a reset, with their project, by what they raise, and while they block."""

import asyncio
import gc
import json
import sys
import threading
import time
import weakref
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx2
import pytest
from support.conversing import CREATE, begin, post

from mock_server.clock import stopwatch
from mock_server.testing import ChatKitMock

Json = dict[str, Any]
LIST: Json = {"type": "threads.list", "params": {}}


class Server:
    """Passes for a ChatKitServer: counts its requests, and streams an event for ever where `is_endless`."""

    respond = None
    is_endless = False
    nothing: tuple[bytes, ...] = ()

    def __init__(self) -> None:
        self.count = 0

    async def process(self, body: bytes, context: Any) -> Any:
        self.count += 1
        if json.loads(body)["type"] == "threads.create":
            return self.stream()
        return type("Result", (), {"json": json.dumps({"count": self.count})})

    async def stream(self) -> AsyncIterator[bytes]:
        yield b"data: {}\n\n"
        while self.is_endless:
            yield b"data: {}\n\n"


def in_project(mock: ChatKitMock, name: str) -> int:
    """How many requests the server of a project has had."""
    count: int = httpx2.post(f"{mock.url}/p/{name}/v1/chatkit/conversation", json=LIST, trust_env=False).json()["count"]
    return count


def test_a_project_that_was_deleted_comes_again_with_another_server() -> None:
    servers: list[weakref.ref[Server]] = []

    def make() -> Server:
        server = Server()
        servers.append(weakref.ref(server))
        return server

    with ChatKitMock(backend=make) as mock:
        assert [in_project(mock, name) for name in ("p1", "p1", "p2")] == [1, 2, 1]
        mock.delete_project("p1")
        assert [in_project(mock, name) for name in ("p1", "p2")] == [1, 2]
        gc.collect()
        assert [server() is None for server in servers] == [True, False, False]


def test_a_reset_ends_streams() -> None:
    class Endless(Server):
        is_endless = True

    with ChatKitMock(backend=Endless) as mock, begin(mock) as client:
        assert client.recv(1000)
        mock.reset()
        received = b"".join(iter(lambda: client.recv(65536), b""))
        assert not received.endswith(b"0\r\n\r\n")


@pytest.mark.parametrize("count", [1, 2, 5])
def test_what_a_server_sends_before_it_blocks_arrives_before(count: int) -> None:
    go_on = threading.Event()

    class Blocking(Server):
        async def stream(self) -> AsyncIterator[bytes]:
            for _ in range(count):
                yield b"data: {}\n\n"
            go_on.wait(10)

    with ChatKitMock(backend=Blocking) as mock, begin(mock) as client:
        received = b""
        while received.count(b"data: {}") < count:
            received += client.recv(65536)
        assert not go_on.is_set()
        go_on.set()


@pytest.mark.slow
def test_an_emulator_stops_while_a_server_blocks() -> None:
    class Blocking(Server):
        async def stream(self) -> AsyncIterator[bytes]:
            yield b"data: {}\n\n"
            time.sleep(15)  # noqa: ASYNC251 - it blocks

    with ChatKitMock(backend=Blocking) as mock, begin(mock) as client:
        assert client.recv(1000)
        stopping = stopwatch()
    assert stopwatch() - stopping < 7


class Exit(BaseException):
    """What is no Exception."""


def raising(error: BaseException) -> Callable[..., Any]:
    def function(*_: Any) -> Any:
        raise error

    return function


EXITING = [SystemExit(3), KeyboardInterrupt(), Exit("gone")]
EXITS = pytest.mark.parametrize("error", EXITING, ids=repr)


@pytest.mark.parametrize("error", [*EXITING, GeneratorExit()], ids=repr)
def test_a_server_that_exits_ends_only_its_request(error: BaseException) -> None:
    class Exiting(Server):
        async def stream(self) -> AsyncIterator[bytes]:
            for _ in self.nothing:
                yield b""
            raise error

    with ChatKitMock(backend=Exiting) as mock:
        answer = post(mock)
        assert answer.status_code == 500
        assert "This server raised RuntimeError: " in answer.json()["error"]["message"]
        assert post(mock, LIST).status_code == 200
        assert len(mock.take_failures()) == 1


@pytest.mark.parametrize("body", [CREATE, LIST], ids=["a stream", "a document"])
def test_a_server_that_cancels_itself_ends_only_its_request(body: Json) -> None:
    class Cancelling(Server):
        async def process(self, body: bytes, context: Any) -> Any:
            raise asyncio.CancelledError

    with ChatKitMock(backend=Cancelling) as mock:
        answer = post(mock, body)
        told = "This server raised ConnectionAbortedError: its request was cancelled"
        assert (answer.status_code, told in answer.text) == (500, True)
        assert mock.journal.last("conversation").status == 500
        assert len(mock.take_failures()) == 1


def test_a_server_that_exits_in_the_middle_breaks_its_stream_off() -> None:
    class Exiting(Server):
        async def stream(self) -> AsyncIterator[bytes]:
            yield b"data: {}\n\n"
            sys.exit(3)

    with ChatKitMock(backend=Exiting) as mock:
        with pytest.raises(httpx2.RemoteProtocolError):
            post(mock)
        assert post(mock, LIST).status_code == 200
        assert [str(each) for each in mock.take_failures()] == ["it called sys.exit(3)"]


@EXITS
def test_functions_around_a_server_may_exit(error: BaseException) -> None:
    with ChatKitMock(backend=raising(error)) as mock:
        assert [post(mock).status_code for _ in range(2)] == [500, 500]
        assert len(mock.take_failures()) == 2
    with ChatKitMock(backend=Server, backend_context=lambda request, session: raising(error)()) as mock:
        assert [post(mock, body).status_code for body in (CREATE, LIST)] == [500, 500]
        assert len(mock.take_failures()) == 2


@pytest.mark.parametrize("error", [ValueError("bad"), NotImplementedError("bad"), LookupError("bad")], ids=repr)
def test_what_functions_around_a_server_raise_is_no_mistake_of_the_clients(error: Exception) -> None:
    with ChatKitMock(backend=raising(error)) as mock:
        answer = post(mock)
        told = f"The function that makes this server raised {type(error).__name__}: bad."
        assert (answer.status_code, answer.json()["error"]["message"]) == (500, told)
        assert mock.take_failures() == [error]
    with ChatKitMock(backend=Server, backend_context=lambda request, session: raising(error)()) as mock:
        answer = post(mock)
        told = f"The function that makes this server's context raised {type(error).__name__}: bad."
        assert (answer.status_code, answer.json()["error"]["message"]) == (500, told)
        assert mock.take_failures() == [error]


def test_a_factory_that_failed_is_called_again() -> None:
    calls: list[int] = []

    def make() -> Server:
        calls.append(1)
        if len(calls) == 1:
            raise ValueError("not yet")
        return Server()

    with ChatKitMock(backend=make) as mock:
        assert [post(mock).status_code for _ in range(3)] == [500, 200, 200]
        assert len(mock.take_failures()) == 1


def test_an_unknown_thread_is_no_failure_of_the_server() -> None:
    from support.official_server import OfficialServer  # noqa: PLC0415 - its import takes two seconds

    message = {"thread_id": "thr_none", "input": CREATE["params"]["input"]}
    with ChatKitMock(backend=OfficialServer) as mock:
        assert post(mock, {"type": "threads.add_user_message", "params": message}).status_code == 404
        mock.raise_failures()

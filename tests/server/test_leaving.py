"""Clients that leave, and clients that only stop sending: who is heard, what ends, and what the journal says."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from support.emulator import make_app
from support.plain_uvicorn import plain_uvicorn
from support.raw_client import CREATE, KEYS, LIST, RawClient, request
from support.raw_turns import turn

from mock_server.app import MockServer
from mock_server.clock import stopwatch
from mock_server.server.thread import ServerThread
from mock_server.slices import at_once
from mock_server.state.journal import Entry
from mock_server.testing import connect
from mock_server.workflows.catalog import Catalog, parsing

MOMENT = 2.0  # seconds in which a server has to notice that its client has gone
PAUSED = {"default": [{"message": "one"}, {"pause": 3600}, {"message": "two"}]}
BIG = 3_000_000
FORM = b'--b\r\ncontent-disposition: form-data; name="file"; filename="a.png"\r\n\r\n' + b"x" * BIG + b"\r\n--b--\r\n"
UPLOAD = (
    b"POST /v1/chatkit/files HTTP/1.1\r\n"
    + KEYS
    + b"content-type: multipart/form-data; boundary=b\r\ncontent-length: %d\r\n\r\n" % len(FORM)
    + FORM
)


class World:
    """An emulator on a socket, what it holds, and its control plane."""

    def __init__(self, app: MockServer, origin: str) -> None:
        self.app, self.origin, self.mock = app, origin, connect(origin)

    def client(self) -> RawClient:
        return RawClient(self.origin)

    def entries(self) -> list[Entry]:
        return list(self.app.projects.default.journal)

    def turn(self, text: str = "hi") -> bytes:
        """A request whose stream stops for an hour after its first words."""
        return turn(self.origin, "wf_2", text)


@pytest.fixture
def world() -> Iterator[World]:
    app = make_app()
    app.workflows = Catalog()
    app.workflows.add("wf_2", at_once(parsing(PAUSED, source="test")))
    with ServerThread(app) as server:
        yield World(app, server.origin)


def within_a_moment(holds: Callable[[], bool], message: str) -> None:
    end = stopwatch() + MOMENT
    while not holds():
        assert stopwatch() < end, message


def leave(client: RawClient, how: str) -> None:
    if how == "reset":
        client.reset()
    else:
        client.socket.close()


BEHIND = {
    "nothing": b"",
    "a request": LIST,
    "a hundred requests": LIST * 100,
    "more than is read ahead": LIST * 5000,
    "half a request": LIST[:-1],
    "a large body": UPLOAD,
    "nonsense": b"\0\r\n\r\n",
}


@pytest.mark.slow
@pytest.mark.parametrize("how", ["close", "reset"])
@pytest.mark.parametrize("behind", BEHIND.values(), ids=BEHIND)
def test_a_reader_of_events_that_leaves_is_noticed(world: World, behind: bytes, how: str) -> None:
    with world.client() as client:
        client.send(request("GET", "/_mock/events")).until(b": listening")
        assert len(world.app.projects.default.feed.listeners) == 1
        push(client, behind)
        leave(client, how)
        within_a_moment(lambda: not world.app.projects.default.feed.listeners, "the reader is still there")


@pytest.mark.parametrize("how", ["close", "reset"])
@pytest.mark.parametrize("behind", BEHIND.values(), ids=BEHIND)
def test_a_stream_whose_client_leaves_ends(world: World, behind: bytes, how: str) -> None:
    stream = world.turn()
    with world.client() as client:
        client.send(stream).until(b"one")
        push(client, behind)
        leave(client, how)
        within_a_moment(lambda: ended(world, "conversation.threads.create", "abandoned"), "it still streams")
    assert world.app.projects.default.journal.open_streams == 0


@pytest.mark.slow
@pytest.mark.parametrize("how", ["close", "reset"])
@pytest.mark.parametrize("behind", BEHIND.values(), ids=BEHIND)
def test_a_delay_ends_with_its_client(world: World, behind: bytes, how: str) -> None:
    world.mock.faults.add("sessions.create", delay="1h")
    with world.client() as client:
        push(client, CREATE + behind)
        within_a_moment(lambda: bool(world.entries()), "it has not begun")
        leave(client, how)
        within_a_moment(lambda: ended(world, "sessions.create", "abandoned"), "it is still delayed")
    assert not len(world.app.projects.default.sessions)


@pytest.mark.parametrize("how", ["close", "reset"])
def test_a_delay_before_a_body_is_read_ends_with_its_client(world: World, how: str) -> None:
    world.mock.faults.add(delay="1h")
    with world.client() as client:
        push(client, UPLOAD)
        within_a_moment(lambda: bool(world.entries()), "it has not begun")
        leave(client, how)
        within_a_moment(lambda: world.entries()[0].outcome == "abandoned", "it is still delayed")


@pytest.mark.parametrize("rate", [1, 100])
@pytest.mark.parametrize("how", ["close", "reset"])
def test_a_slow_response_ends_with_its_client(world: World, how: str, rate: int) -> None:
    world.mock.faults.add("sessions.create", bandwidth=rate)
    with world.client() as client:
        client.send(CREATE + LIST).until(b"\r\n\r\n")
        leave(client, how)
        within_a_moment(lambda: ended(world, "sessions.create", "abandoned"), "it still sends")


def test_a_client_that_leaves_while_it_sends_has_abandoned_its_request(world: World) -> None:
    with world.client() as client:
        push(client, UPLOAD[: BIG // 2])
        within_a_moment(lambda: bool(world.entries()), "it has not begun")
    within_a_moment(lambda: world.entries()[0].outcome == "abandoned", "it is waited for")


def test_a_client_that_pipelines_packet_by_packet_is_noticed(world: World) -> None:
    with world.client() as client:
        client.send(request("GET", "/_mock/events")).until(b": listening")
        for _ in range(400):
            client.socket.sendall(LIST)
    within_a_moment(lambda: not world.app.projects.default.feed.listeners, "the reader is still there")


def test_a_client_that_never_reads_is_noticed_when_it_leaves(world: World) -> None:
    stream = world.turn()
    with world.client() as client:
        client.send(stream * 3)
        within_a_moment(lambda: len(world.entries()) == 2, "it has not begun")
    within_a_moment(lambda: ended(world, "conversation.threads.create", "abandoned"), "it still streams")
    assert len(world.entries()) == 2, "what was never begun is not recorded"


# Clients that stop sending, and still read.


def half_closed(origin: str, sent: bytes, answers: int = 1) -> list[int]:
    with RawClient(origin) as client:
        client.send(sent).half_close()
        return [client.answer().status for _ in range(answers)]


def test_a_client_that_half_closes_gets_its_response(world: World) -> None:
    assert [half_closed(world.origin, CREATE) for _ in range(100)] == [[200]] * 100


def test_plain_uvicorn_does_so_too() -> None:
    with plain_uvicorn(make_app()) as origin:
        assert [half_closed(origin, CREATE) for _ in range(100)] == [[200]] * 100


def test_a_client_that_half_closes_gets_every_pipelined_response_and_then_the_end(world: World) -> None:
    with world.client() as client:
        client.send(CREATE * 20).half_close()
        assert [client.answer().status for _ in range(20)] == [200] * 20
        assert client.is_closed()


def test_a_client_that_half_closes_gets_a_whole_stream(world: World) -> None:
    stream = world.turn("hello")
    world.app.workflows.add("wf_2", at_once(parsing({"default": [{"message": "word " * 500}]}, source="test")))
    with world.client() as client:
        client.send(stream).half_close()
        assert client.answer().body.rstrip().rpartition(b"\n\n")[2].startswith(b'data: {"type":"thread.item.done"')


def test_a_client_that_half_closes_gets_a_slow_response(world: World) -> None:
    world.mock.faults.add(bandwidth=1000)
    assert half_closed(world.origin, CREATE) == [200]


def test_a_client_that_half_closes_and_waits_long_is_taken_for_gone(world: World) -> None:
    world.mock.faults.add("sessions.create", delay="1h")
    with world.client() as client:
        client.send(CREATE).half_close()
        assert client.is_closed()
    within_a_moment(lambda: ended(world, "sessions.create", "abandoned"), "it is still delayed")


@pytest.mark.parametrize("sent", [CREATE[:-1], CREATE[:30], b""], ids=["in its body", "in its head", "before"])
def test_a_client_that_half_closes_before_its_request_is_whole_is_gone(world: World, sent: bytes) -> None:
    with world.client() as client:
        assert client.send(sent).half_close().is_closed()


def push(client: RawClient, sent: bytes) -> None:
    """Send as much as is taken: a server need not read what it can't serve yet."""
    client.socket.setblocking(False)
    try:
        while sent:
            sent = sent[client.socket.send(sent) :]
    except BlockingIOError:
        pass
    finally:
        client.socket.settimeout(5)


def ended(world: World, operation: str, outcome: str) -> bool:
    found: list[Any] = [each.outcome for each in world.entries() if each.operation == operation]
    return bool(found) and found[0] == outcome

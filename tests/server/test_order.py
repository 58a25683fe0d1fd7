"""What comes in which order on one connection, and what becomes of the connection."""

from collections.abc import Iterator

import pytest
from support.emulator import make_app
from support.raw_client import CREATE, CREATE_BODY, KEYS, LIST, RawClient, request
from support.raw_turns import turn

from mock_server.app import MockServer
from mock_server.clock import stopwatch
from mock_server.server.thread import ServerThread
from mock_server.slices import at_once
from mock_server.testing import connect
from mock_server.workflows.catalog import Catalog, parsing

NONSENSE = b"\0\r\n\r\n"
PAUSED = {"default": [{"message": "one"}, {"pause": 0.3}, {"message": "two"}]}
POST = b"POST /v1/chatkit/sessions HTTP/1.1\r\n" + KEYS
REFUSED = POST.replace(b"sk-test", b"") + b"content-length: %d\r\n" % len(CREATE_BODY)


@pytest.fixture
def app() -> MockServer:
    app = make_app()
    app.workflows = Catalog()
    app.workflows.add("wf_1", at_once(parsing(PAUSED, source="test")))
    return app


@pytest.fixture
def origin(app: MockServer) -> Iterator[str]:
    with ServerThread(app) as server:
        yield server.origin


def test_a_refusal_is_never_within_a_stream(origin: str) -> None:
    stream = turn(origin, "wf_1")
    with RawClient(origin) as client:
        client.send(stream).until(b"one")
        client.send(NONSENSE)
        assert b"thread.item.done" in client.until(b"0\r\n\r\n")
        assert client.answer().status == 400
        assert client.is_closed()


def test_a_refusal_is_never_ahead_of_a_response(origin: str) -> None:
    connect(origin).faults.add("sessions.create", delay=0.3, nth=1)
    with RawClient(origin) as client:
        client.send(CREATE + CREATE + NONSENSE)
        assert [client.answer().status for _ in range(3)] == [200, 200, 400]
        assert client.is_closed()


def test_a_body_that_breaks_off_in_nonsense_is_refused_in_its_place_and_recorded(app: MockServer, origin: str) -> None:
    with RawClient(origin) as client:
        client.send(LIST + POST + b"transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n", b"zz\r\n")
        assert client.answer().status == 200
        refusal = client.answer()
        assert client.is_closed()
    assert (refusal.status, refusal.headers["connection"]) == (400, "close")
    assert refusal.json()["error"]["message"].startswith("We could not parse your request as HTTP/1.1: ")
    first, second = app.projects.default.journal
    assert (first.status, second.status, second.operation) == (200, 400, "sessions.create")


def test_a_body_is_refused_after_an_early_response_by_closing(origin: str) -> None:
    with RawClient(origin) as client:
        client.send(REFUSED.partition(b"content-length")[0] + b"transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n")
        assert client.answer().status == 401
        client.send(b"zz\r\n")
        assert client.is_closed()


def test_a_request_behind_a_stream_is_served_after_it(origin: str) -> None:
    stream = turn(origin, "wf_1")
    with RawClient(origin) as client:
        client.send(stream + LIST)
        assert b"thread.item.done" in client.answer().body
        assert client.answer().status == 200


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_head_of_events_leaves_its_connection_free(origin: str, method: str) -> None:
    path = "/_mock/events" if method == "HEAD" else "/_mock/health"
    with RawClient(origin) as client:
        client.send(request(method, path) + LIST)
        assert client.answer(method=method).status == 200
        assert client.answer().status == 200


def test_a_1_0_client_gets_no_chunks(origin: str) -> None:
    stream = turn(origin, "wf_1").replace(b"HTTP/1.1", b"HTTP/1.0")
    with RawClient(origin) as client:
        answer = client.send(stream.replace(b"host:", b"connection: keep-alive\r\nhost:")).answer()
    assert "transfer-encoding" not in answer.headers
    assert answer.headers["connection"] == "close"
    assert answer.body.startswith(b"data: {")
    assert answer.body.endswith(b"}\n\n")


@pytest.mark.parametrize(("asks", "says"), [(b"", "close"), (b"connection: keep-alive\r\n", "keep-alive")])
def test_a_1_0_client_stays_if_it_asks_to(origin: str, asks: bytes, says: str) -> None:
    with RawClient(origin) as client:
        for _ in range(2 if asks else 1):
            answer = client.send(request("GET", "/health", version="1.0", extra=asks)).answer()
            assert answer.headers["connection"] == says
        assert asks or client.is_closed()


def test_who_expects_to_be_told_to_go_on_is_told_once_the_body_is_wanted(origin: str) -> None:
    head, _, body = CREATE.partition(b"\r\n\r\n")
    with RawClient(origin) as client:
        client.send(head + b"\r\nexpect: 100-continue\r\n\r\n")
        assert client.until(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        assert client.send(body).answer().status == 200
        assert client.send(CREATE).answer().status == 200


@pytest.mark.parametrize("sends", [True, False])
def test_who_is_refused_without_being_told_to_go_on_is_closed(origin: str, sends: bool) -> None:
    with RawClient(origin) as client:
        client.send(REFUSED.replace(b"/v1/chatkit/sessions", b"/_mock/health") + b"expect: 100-continue\r\n\r\n")
        answer = client.answer()
        assert (answer.status, answer.headers["connection"]) == (405, "close")
        client.send(CREATE_BODY if sends else CREATE)
        assert client.rest().count(b"HTTP/1.1") == 0


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    "rest",
    [pytest.param(CREATE_BODY[5:], id="later"), pytest.param(b"", id="never", marks=pytest.mark.exhaustive)],
)
def test_an_idle_connection_whose_body_ends_after_its_response_is_closed(origin: str, rest: bytes) -> None:
    with RawClient(origin, timeout=9 if rest else 70) as client:
        client.send(REFUSED + b"\r\n" + CREATE_BODY[:5])
        assert client.answer().status == 401
        began = stopwatch()
        client.send(rest)
        assert client.is_closed()
        assert (4 if rest else 50) < stopwatch() - began


@pytest.mark.exhaustive
def test_a_head_may_take_its_time(origin: str) -> None:
    with RawClient(origin) as client:
        client.send(CREATE).answer()
        client.send(LIST[:20])
        with pytest.raises(TimeoutError):
            client.socket.recv(1)
        client.socket.settimeout(2)
        with pytest.raises(TimeoutError):
            client.socket.recv(1)
        assert client.send(LIST[20:]).answer().status == 200


def test_a_client_that_sends_on_after_a_refusal_of_its_body_reads_it(origin: str) -> None:
    head = POST.replace(b"sk-test", b"") + b"connection: close\r\ncontent-length: 20000000\r\n\r\n"
    with RawClient(origin) as client:
        client.send(head)
        for _ in range(200):
            client.socket.sendall(b"x" * 100_000)
        assert client.answer().status == 401


@pytest.mark.parametrize(
    "target", ["*", "http://a/v1/chatkit/threads", "a:443", "//", "/%", "/%00", "/#", "?", "http://"]
)
@pytest.mark.parametrize("method", ["GET", "OPTIONS", "CONNECT"])
def test_no_target_is_too_much(origin: str, method: str, target: str) -> None:
    with RawClient(origin) as client:
        assert client.send(request(method, target)).answer(method=method).status < 500


SHAPES = {
    "a wrong target": b"GET /a b HTTP/1.1\r\n" + KEYS + b"\r\n",
    "a wrong coding": POST + b"transfer-encoding: gzip\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "beyond ASCII": b"GET /\xff HTTP/1.1\r\n" + KEYS + b"\r\n",
    "nonsense": NONSENSE,
}


@pytest.mark.parametrize("before", [request("GET", "/v1/chatkit/threads/cthr_1"), CREATE.replace(b"sk-test", b"")])
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_refusal_never_tells_the_error_of_the_request_before(origin: str, shape: bytes, before: bytes) -> None:
    connect(origin).faults.add("sessions.create", delay=0.1)
    with RawClient(origin) as client:
        client.send(CREATE + before * 2, shape)
        first, *failures, refusal = [client.answer() for _ in range(4)]
        assert client.is_closed()
    assert (first.status, refusal.status) == (200, 400)
    assert {answer.status for answer in failures} <= {401, 404}
    assert refusal.json()["error"]["message"].startswith("We could not parse your request as HTTP/1.1: ")


@pytest.mark.parametrize("behind", [b"0x5\r\nabcde\r\n0\r\n\r\n", b"5\nabcde\r\n0\r\n\r\n", b"2\r\n{}\r\nzz\r\n"])
def test_what_takes_no_body_is_not_done_if_one_is_malformed(app: MockServer, origin: str, behind: bytes) -> None:
    with RawClient(origin) as client:
        client.send(CREATE).answer()
        client.send(request("POST", "/_mock/reset", extra=b"transfer-encoding: chunked\r\n") + behind)
        assert client.answer().status == 400
    assert len(app.projects.default.sessions) == 1


@pytest.mark.parametrize("sent", [b"", b"{", b" "])
def test_what_takes_no_body_is_not_done_for_a_client_that_leaves_within_one(
    app: MockServer, origin: str, sent: bytes
) -> None:
    with RawClient(origin) as client:
        client.send(CREATE).answer()
        client.send(request("DELETE", "/_mock/requests", extra=b"content-length: 2\r\n") + sent).half_close()
        assert client.is_closed()
    assert len(app.projects.default.journal) == 1


@pytest.mark.parametrize("body", [b"{}", b"null", b" " * 1000 + b"{}", b""])
def test_what_takes_no_body_takes_an_empty_one_in_pieces(origin: str, body: bytes) -> None:
    with RawClient(origin) as client:
        client.send(request("POST", "/_mock/reset", body)[: -len(body) or None], body[:1], body[1:])
        assert client.answer().status == 200


def test_what_takes_no_body_refuses_one_that_goes_on_for_ever(origin: str) -> None:
    with RawClient(origin) as client:
        client.send(request("POST", "/_mock/reset", extra=b"content-length: 1000000000\r\n") + b" " * 2000)
        assert client.answer().json()["error"]["code"] == "body_refused"

"""Requests of every shape, proper and not: what is served, what is refused, and what plain uvicorn with h11 does."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from starlette.types import Receive, Scope, Send
from support.plain_uvicorn import plain_uvicorn
from support.raw_client import RawClient

from mock_server.server.thread import ServerThread

HOST = b"host: a\r\n"
POST = b"POST /x HTTP/1.1\r\n" + HOST
CHUNKED = POST + b"transfer-encoding: chunked\r\n"
GET = b"GET /x HTTP/1.1\r\n" + HOST + b"\r\n"
LIMIT = 64 * 1024


class Shape(NamedTuple):
    """What is sent, the statuses that come back, and whether the connection is then open for more.

    like_h11: whether plain uvicorn with h11 answers the same statuses; if not, why, in words.
    """

    packets: list[bytes]
    statuses: list[int]
    stays: bool = False
    unlike_h11: str = ""


def padded(size: int) -> bytes:
    """A head of so many bytes."""
    start = b"GET /x HTTP/1.1\r\nhost: a\r\nx: "
    return start + b"y" * (size - len(start) - 4) + b"\r\n\r\n"


SERVED = {
    "one": Shape([GET], [200], stays=True),
    "three pipelined": Shape([GET * 3], [200] * 3, stays=True),
    "two hundred pipelined": Shape([GET * 200], [200] * 200, stays=True),
    "byte by byte": Shape([GET[at : at + 1] for at in range(len(GET))], [200], stays=True),
    "an empty line before": Shape([b"\r\n" + GET], [200], stays=True, unlike_h11="says nothing"),
    "a length": Shape([POST + b"content-length: 3\r\n\r\nabc"], [200], stays=True),
    "a length and a request behind": Shape([POST + b"content-length: 3\r\n\r\nabc" + GET], [200, 200], stays=True),
    "chunks": Shape([CHUNKED + b"\r\n3\r\nabc\r\n0\r\n\r\n" + GET], [200, 200], stays=True),
    "chunks in capitals": Shape([POST + b"Transfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"], [200], stays=True),
    "chunks with an extension": Shape([CHUNKED + b"\r\n3;a=b\r\nabc\r\n0\r\n\r\n"], [200], stays=True),
    "chunks with a trailer": Shape(
        [CHUNKED + b"\r\n3\r\nabc\r\n0\r\nhost: evil\r\nx-late: 1\r\n\r\n" + GET], [200, 200], stays=True
    ),
    "chunks split anywhere": Shape([CHUNKED, b"\r\n", b"3\r", b"\nab", b"c\r\n0", b"\r\n\r", b"\n"], [200], stays=True),
    "no body": Shape([POST + b"\r\n"], [200], stays=True),
    "the host in the target": Shape([b"GET http://a/x HTTP/1.1\r\n" + HOST + b"\r\n"], [200], stays=True),
    "spaces around values": Shape([b"GET /x HTTP/1.1\r\nhost:\t a \t\r\n\r\n"], [200], stays=True),
    "the whole server": Shape([b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n"], [200], stays=True),
    "close": Shape([GET.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n")], [200]),
    "nothing is served after close": Shape([GET.replace(b"\r\n\r\n", b"\r\nConnection: Close\r\n\r\n") + GET], [200]),
    "1.0": Shape([b"GET /x HTTP/1.0\r\n\r\n"], [200]),
    "1.0 with a body": Shape([b"POST /x HTTP/1.0\r\ncontent-length: 3\r\n\r\nabc"], [200]),
    "1.0 that asks to stay": Shape(
        [b"GET /x HTTP/1.0\r\nconnection: keep-alive\r\n\r\n"], [200], stays=True, unlike_h11="it always closes"
    ),
    "a head at the limit": Shape([padded(LIMIT)], [200], stays=True),
    "a long query": Shape([b"GET /x?" + b"q" * 60_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n"], [200], stays=True),
    "expecting to be told to go on": Shape(
        [POST + b"expect: 100-continue\r\ncontent-length: 3\r\n\r\n", b"abc"], [200], stays=True
    ),
    "expecting that in 1.0": Shape(
        [b"POST /x HTTP/1.0\r\nexpect: 100-continue\r\ncontent-length: 3\r\n\r\n", b"abc"], [200]
    ),
    "an offer of HTTP/2": Shape(
        [POST + b"connection: upgrade\r\nupgrade: h2c\r\ncontent-length: 3\r\n\r\nabc" + GET], [200, 200], stays=True
    ),
    "a websocket nobody speaks": Shape(
        [GET.replace(b"\r\n\r\n", b"\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n")], [200], stays=True
    ),
    "a tunnel": Shape(
        [b"CONNECT a:443 HTTP/1.1\r\nhost: a:443\r\n\r\n\x16\x03\x01"],
        [200],
        unlike_h11="it takes the 200 of this application for a tunnel",
    ),
}

REFUSED = {
    "no HTTP at all": Shape([b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"], [400]),
    "HTTP/2 from the start": Shape([b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"], [400], unlike_h11="waits for more"),
    "an unknown version": Shape([b"GET /x HTTP/3.7\r\n" + HOST + b"\r\n"], [400], unlike_h11="takes it for 1.1"),
    "a version of the next generation": Shape(
        [b"GET /x HTTP/2.0\r\n" + HOST + b"\r\n"], [400], unlike_h11="takes it for 1.1"
    ),
    "no version": Shape([b"GET /x\r\n\r\n"], [400]),
    "a made-up method": Shape([b"BREW /x HTTP/1.1\r\n" + HOST + b"\r\n"], [400], unlike_h11="it passes them on"),
    "a space in the target": Shape([b"GET /x y HTTP/1.1\r\n" + HOST + b"\r\n"], [400]),
    "a target beyond ASCII": Shape([b"GET /\xc3\xa4 HTTP/1.1\r\n" + HOST + b"\r\n"], [400]),
    "no host": Shape([b"GET /x HTTP/1.1\r\n\r\n"], [400]),
    "two hosts": Shape([b"GET /x HTTP/1.1\r\n" + HOST + HOST + b"\r\n"], [400]),
    "length and chunks": Shape(
        [CHUNKED + b"content-length: 3\r\n\r\n0\r\n\r\n" + GET], [400], unlike_h11="takes chunks"
    ),
    "chunks and length": Shape(
        [POST + b"content-length: 6\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nG" + GET],
        [400],
        unlike_h11="takes chunks",
    ),
    "two lengths": Shape([POST + b"content-length: 3\r\ncontent-length: 4\r\n\r\nabcd"], [400]),
    "the same length twice": Shape(
        [POST + b"content-length: 3\r\ncontent-length: 3\r\n\r\nabc"], [400], unlike_h11="takes it"
    ),
    "a list of lengths": Shape([POST + b"content-length: 3, 4\r\n\r\nabc"], [400]),
    "a negative length": Shape([POST + b"content-length: -3\r\n\r\nabc"], [400]),
    "a signed length": Shape([POST + b"content-length: +3\r\n\r\nabc"], [400]),
    "a length in hex": Shape([POST + b"content-length: 0x3\r\n\r\nabc"], [400]),
    "a length beyond measure": Shape([POST + b"content-length: " + b"9" * 30 + b"\r\n\r\n"], [400]),
    "another coding": Shape([POST + b"transfer-encoding: gzip\r\n\r\n"], [400]),
    "another coding, then chunks": Shape([POST + b"transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n"], [400]),
    "chunked twice": Shape([CHUNKED + b"transfer-encoding: chunked\r\n\r\n0\r\n\r\n"], [400]),
    "chunked, hidden": Shape([POST + b"transfer-encoding: \x0bchunked\r\n\r\n0\r\n\r\n"], [400]),
    "a space before the colon": Shape([POST + b"content-length : 3\r\n\r\nabc"], [400]),
    "a line without a colon": Shape([b"GET /x HTTP/1.1\r\n" + HOST + b"nonsense\r\n\r\n"], [400]),
    "a header without a name": Shape([b"GET /x HTTP/1.1\r\n" + HOST + b": x\r\n\r\n"], [400]),
    "a zero byte in a value": Shape([b"GET /x HTTP/1.1\r\n" + HOST + b"x: a\0b\r\n\r\n"], [400]),
    "a bare CR in a value": Shape([b"GET /x HTTP/1.1\r\n" + HOST + b"x: a\rb: c\r\n\r\n"], [400]),
    "a folded line": Shape([b"GET /x HTTP/1.1\r\n" + HOST + b"x: a\r\n b\r\n\r\n"], [400], unlike_h11="unfolds it"),
    "a folded first line": Shape([b"GET /x HTTP/1.1\r\n " + HOST + b"\r\n"], [400]),
    "a chunk of no size": Shape([CHUNKED + b"\r\nzz\r\nabc\r\n0\r\n\r\n"], [400]),
    "a chunk of negative size": Shape([CHUNKED + b"\r\n-3\r\nabc\r\n0\r\n\r\n"], [400]),
    "a chunk of size 0x3": Shape([CHUNKED + b"\r\n0x3\r\nabc\r\n0\r\n\r\n"], [400]),
    "a chunk of a size beyond measure": Shape(
        [CHUNKED + b"\r\n" + b"f" * 17 + b"\r\nabc\r\n0\r\n\r\n"], [400], unlike_h11="waits for it"
    ),
    "a chunk longer than its size": Shape([CHUNKED + b"\r\n3\r\nabcd\r\n0\r\n\r\n"], [400]),
    "a good one, then nonsense": Shape([GET + b"nonsense\r\n\r\n"], [200, 400]),
    "two good ones, then nonsense": Shape([GET * 2 + b"\0\r\n\r\n"], [200, 200, 400]),
    "a head over the limit": Shape([padded(LIMIT + 1)], [431], unlike_h11="says 400, and only if a packet ends before"),
    "a head over the limit, behind a good one": Shape([GET + padded(LIMIT + 1)], [200, 431], unlike_h11="see above"),
    "a target over the limit": Shape(
        [b"GET /" + b"x" * LIMIT + b" HTTP/1.1\r\n" + HOST + b"\r\n"], [431], unlike_h11="see above"
    ),
    "many small headers": Shape(
        [b"GET /x HTTP/1.1\r\n" + HOST + b"a: b\r\n" * 20_000 + b"\r\n"], [431], unlike_h11="see above"
    ),
    "a header without end": Shape(
        [b"GET /x HTTP/1.1\r\n" + HOST + b"x: ", b"y" * 400_000], [431], unlike_h11="says 400"
    ),
    "a target without end": Shape([b"GET /", b"y" * 400_000], [431], unlike_h11="says 400"),
    "a name without end": Shape([b"GET /x HTTP/1.1\r\n" + HOST, b"y" * 400_000], [431], unlike_h11="says 400"),
}


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with how long the body was, once it was read, in a whole response."""
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size, more = size + len(message["body"]), message.get("more_body", False)
    body = b"%d %d" % (size, len(scope["headers"]))
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture(scope="module")
def ours() -> Iterator[str]:
    with ServerThread(echo) as server:
        yield server.origin


@pytest.fixture(scope="module")
def h11() -> Iterator[str]:
    with plain_uvicorn(echo) as origin:
        yield origin


def statuses(origin: str, shape: Shape) -> list[int]:
    """What comes back for a shape, until there is nothing more or the server closes."""
    with RawClient(origin, timeout=2) as client:
        client.send(*shape.packets)
        found = [client.answer().status for _ in shape.statuses]
        if shape.stays:
            assert client.send(GET).answer().status == 200, "the connection goes on"
        else:
            assert client.is_closed()
        return found


@pytest.mark.parametrize("shape", [pytest.param(each, id=name) for name, each in {**SERVED, **REFUSED}.items()])
def test_what_a_shape_is_answered(ours: str, shape: Shape) -> None:
    assert statuses(ours, shape) == shape.statuses


ALIKE = {name: shape for name, shape in {**SERVED, **REFUSED}.items() if not shape.unlike_h11}


@pytest.mark.parametrize("shape", [pytest.param(each, id=name) for name, each in ALIKE.items()])
def test_plain_uvicorn_with_h11_answers_the_same(h11: str, shape: Shape) -> None:
    assert statuses(h11, shape) == shape.statuses


@pytest.mark.parametrize("shape", [pytest.param(each, id=name) for name, each in REFUSED.items()])
def test_a_refusal_has_the_envelope_and_closes(ours: str, shape: Shape) -> None:
    with RawClient(ours) as client:
        client.send(*shape.packets)
        answer = [client.answer() for _ in shape.statuses][-1]
    error: dict[str, Any] = answer.json()["error"]
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["connection"] == "close"
    assert list(error) == ["message", "type", "param", "code"]
    assert error["type"] == "invalid_request_error"
    assert error["message"].endswith(".")


def test_a_trailer_is_no_header(ours: str) -> None:
    with RawClient(ours) as client:
        client.send(CHUNKED + b"\r\n3\r\nabc\r\n0\r\nx-late: 1\r\n\r\n")
        assert client.answer().body == b"3 2"


def test_a_trailer_without_end_ends(ours: str) -> None:
    with RawClient(ours) as client:
        client.send(CHUNKED + b"\r\n3\r\nabc\r\n0\r\nx: ", *[b"y" * 100_000] * 4)
        assert client.answer().status == 431
        assert client.is_closed()


def test_a_client_that_goes_on_sending_still_reads_the_refusal(ours: str) -> None:
    with RawClient(ours) as client:
        client.send(b"GET /x HTTP/1.1\r\n" + HOST + b"x: ")
        for _ in range(100):
            client.socket.sendall(b"y" * 100_000)
        assert client.answer().status == 431

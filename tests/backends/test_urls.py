"""A server of the user's own at a URL."""

import json
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx2
import pytest
import trustme
from support.conversing import CREATE, Own, begin, frames_after, items_of, post
from support.local_server import Handler, serving
from support.patience import eventually
from support.plain_server import plain_server

from mock_server.clock import stopwatch
from mock_server.errors import BackendUnusable
from mock_server.testing import ChatKitMock

Json = dict[str, Any]
FRAMES = [b'event: x\r\ndata: {"type": "a"}\r\n\r\n', b": ping\n\n", 'data: {"b": "\xe9"}\n\n'.encode(), b"data: rest"]
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
CHUNKED = HEAD + b"transfer-encoding: chunked\r\n\r\n"
NODE = shutil.which("node")


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


@contextmanager
def mock_of(url: str, **options: Any) -> Iterator[ChatKitMock]:
    with ChatKitMock(backend=url, **options) as mock:
        yield mock


def replies(*pieces: bytes, close: bool = True) -> Callable[[socket.socket], None]:
    """What a bare server does with a connection: it reads a request and sends this."""

    def serve(connection: socket.socket) -> None:
        got = b""
        while b'"threads.create"' not in got:
            got += connection.recv(65536)
        for piece in pieces:
            connection.sendall(piece)
        if not close:
            with suppress(OSError):
                connection.recv(1)

    return serve


# What goes in, and what comes out.


class Shop(Handler):
    """Answers what it was sent, and by the path."""

    seen: list[Json]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.seen.append(
            {"path": self.path, "body": json.loads(body), **{k.lower(): v for k, v in self.headers.items()}}
        )
        if self.path == "/large":
            self.whole(b"x" * 5_000_000, content_type="a/b")
        elif self.path == "/guarded" and self.headers["authorization"] != "Bearer ada":
            self.whole(b'{"detail": "Who are you?"}', 401, content_type="application/json")
        elif self.path == "/moved":
            self.whole(b"", 307, location="http://example.com/x")
        elif self.path == "/missing":
            self.whole(b"nothing", 404, content_type="text/plain")
        else:
            self.whole(b'{"ok":  true}', content_type="application/json")


@pytest.fixture
def seen() -> list[Json]:
    return []


@pytest.fixture
def shop(seen: list[Json]) -> Iterator[str]:
    with serving(type("Seeing", (Shop,), {"seen": seen})) as port:
        yield f"http://127.0.0.1:{port}"


def test_a_request_arrives_as_it_was_sent(shop: str, seen: list[Json]) -> None:
    with mock_of(f"{shop}/a/b?c=1") as mock:
        session = mock.create_session(user="ada")
        given = {"authorization": f"Bearer {session.client_secret}", "x-shop": "7", "accept-encoding": "gzip, br"}
        answer = post(mock, **given)
    assert (answer.status_code, answer.content) == (200, b'{"ok":  true}')
    (request,) = seen
    assert (request["path"], request["body"]) == ("/a/b?c=1", CREATE)
    assert request["host"] == shop.removeprefix("http://")
    assert (request["x-mock-user"], request["x-shop"], request["accept-encoding"]) == ("ada", "7", "identity")
    assert (request["x-mock-forwarded"], request["connection"]) == ("1", "close")
    assert "authorization" not in request


def test_a_server_asks_for_its_own_credentials(shop: str) -> None:
    with mock_of(f"{shop}/guarded") as mock:
        refused = post(mock, **{"x-mock-user": "ada"})
    assert (refused.status_code, refused.content) == (401, b'{"detail": "Who are you?"}')
    with mock_of(f"{shop}/guarded", backend_headers="Authorization: Bearer {{user}}") as mock:
        assert post(mock, **{"x-mock-user": "ada"}).status_code == 200


def test_a_large_answer_passes(shop: str) -> None:
    with mock_of(f"{shop}/large") as mock:
        answer = post(mock)
    assert (len(answer.content), answer.headers["content-type"]) == (5_000_000, "a/b")


def test_a_redirect_is_told_and_not_followed(shop: str, seen: list[Json]) -> None:
    with mock_of(f"{shop}/moved") as mock:
        answer = post(mock)
    assert answer.status_code == 502
    told = f"Your server at {shop}/moved redirected to http://example.com/x; name that address if it is meant."
    assert answer.json()["error"]["message"] == told
    assert len(seen) == 1


def test_a_path_that_is_not_there_says_which_one_was_asked(shop: str) -> None:
    with mock_of(f"{shop}/missing") as mock:
        answer = post(mock)
    assert (answer.status_code, answer.text) == (404, "nothing")
    assert answer.headers["x-mock-hint"] == f"Your server was asked for POST {shop}/missing."


@pytest.mark.parametrize(
    "pieces",
    [
        [CHUNKED, *map(chunk, FRAMES), b"0\r\n\r\n"],
        [CHUNKED + chunk(b"".join(FRAMES)) + b"0\r\n\r\n"],
        [HEAD + b"content-length: %d\r\n\r\n" % len(b"".join(FRAMES)), *FRAMES],
        [HEAD + b"\r\n", *FRAMES],
        [b"HTTP/1.1 100 Continue\r\n\r\n" + b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" + HEAD + b"\r\n", *FRAMES],
        [bytes([each]) for each in CHUNKED + chunk(b"".join(FRAMES)) + b"0\r\n\r\n"],
        [CHUNKED + b"".join(map(chunk, FRAMES)) + b"0\r\n\r\nHTTP/1.1 500 Another\r\n\r\n"],
    ],
)
def test_frames_leave_untouched(pieces: list[bytes]) -> None:
    with plain_server(replies(*pieces)) as url, mock_of(url) as mock:
        answer = post(mock)
    assert answer.content == b"".join(FRAMES)


def test_frames_leave_as_they_come() -> None:
    go_on = threading.Event()

    def serve(connection: socket.socket) -> None:
        replies(CHUNKED, chunk(FRAMES[0]), chunk(b"data: hal"))(connection)
        assert go_on.wait(5)
        connection.sendall(chunk(b"f\n\n") + b"0\r\n\r\n")

    with plain_server(serve) as url, mock_of(url) as mock, begin(mock) as client:
        got = b""
        while FRAMES[0] not in got:
            got += client.recv(65536)
        go_on.set()
        while b"data: half\n\n" not in got:
            got += client.recv(65536)


# Failures.


def told_by(url: str) -> str:
    with mock_of(url) as mock:
        answer = post(mock)
        mock.raise_failures()  # it is no failure of the emulator's
    assert answer.status_code == 502
    message: str = answer.json()["error"]["message"]
    return message


def test_a_server_that_is_down_is_told_in_a_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/chatkit"
        assert told_by(url).startswith(f"Your server at {url} can't be reached (")


def test_a_name_that_does_not_exist_is_told_in_a_sentence() -> None:
    assert "can't be reached" in told_by("http://no-such-host.invalid/")


@pytest.mark.parametrize(
    ("pieces", "told"),
    [
        ([], "closed the connection without an answer (end of the connection)"),
        ([b"HTTP/1.1 200 OK\r\nconte"], "closed the connection without an answer (end of the connection)"),
        ([b"220 smtp.example.com\r\n"], "does not answer in HTTP/1.1 ("),
        ([b"\x16\x03\x01\x00\x00"], "does not answer in HTTP/1.1 ("),
        (
            [b"HTTP/1.1 101 Switching\r\nupgrade: a\r\nconnection: upgrade\r\n\r\n"],
            "with another protocol (status 101)",
        ),
        ([HEAD, b"x: " + b"y" * 500_000], "answered with headers of more than 256 KiB"),
        ([HEAD + b"content-encoding: gzip\r\n\r\nxx"], "compressed its response, which was not asked for"),
    ],
)
def test_what_is_no_response_is_told_in_a_sentence(pieces: list[bytes], told: str) -> None:
    with plain_server(replies(*pieces)) as url:
        assert told in told_by(url)


def test_a_certificate_that_nobody_vouches_for_is_told_in_a_sentence() -> None:
    with plain_server(replies(HEAD + b"\r\n"), certificate=trustme.CA().issue_cert("localhost")) as url:
        told = told_by(url.replace("http://127.0.0.1", "https://localhost"))
    assert "can't be reached (" in told
    assert "certificate" in told


@pytest.mark.parametrize(
    "pieces",
    [
        [CHUNKED, chunk(b"data: 1\n\n")],
        [CHUNKED, chunk(b"data: 1\n\n"), b"zz\r\n"],
        [HEAD + b"content-length: 100\r\n\r\ndata: 1\n\n"],
    ],
)
def test_a_stream_that_breaks_off_breaks_off(pieces: list[bytes]) -> None:
    with plain_server(replies(*pieces)) as url, mock_of(url) as mock:
        with begin(mock) as client:
            got = b"".join(iter(lambda: client.recv(65536), b""))
        assert b"data: 1\n\n" in got
        assert not got.endswith(b"0\r\n\r\n")
        eventually(lambda: mock.journal.last("conversation").outcome == "dropped")
        mock.raise_failures()


def test_an_answer_that_breaks_off_breaks_off() -> None:
    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n"
    with plain_server(replies(head, b"{")) as url, mock_of(url) as mock, pytest.raises(httpx2.RemoteProtocolError):
        post(mock)


def test_an_emulator_does_not_forward_what_was_forwarded() -> None:
    with mock_of("http://127.0.0.1:9/") as mock:
        answer = post(mock, **{"x-mock-forwarded": "1"})
    assert answer.status_code == 508
    assert "comes from an emulator" in answer.json()["error"]["message"]


def test_it_may_forward_to_another_emulator() -> None:
    with ChatKitMock(custom_mode=True) as other, mock_of(f"{other.url}/v1/chatkit/conversation") as mock:
        assert b"one two three four" in post(mock).content
        assert other.journal.last("conversation").status == 200


@pytest.mark.parametrize("url", ["http://a@localhost/", "http://:80/", "http://localhost:0/", "http://localhost/#"])
def test_a_url_that_can_not_be_used_is_told_at_the_start(url: str) -> None:
    with pytest.raises(BackendUnusable):
        ChatKitMock(backend=url)


# Clients that leave, and faults.


@pytest.mark.parametrize("pieces", [[], [CHUNKED, chunk(b"data: 1\n\n")]])
def test_a_client_that_leaves_ends_the_connection(pieces: list[bytes]) -> None:
    asked, ended = threading.Event(), threading.Event()

    def serve(connection: socket.socket) -> None:
        replies(*pieces)(connection)
        asked.set()
        with suppress(OSError):
            assert connection.recv(1) == b""
        ended.set()

    with plain_server(serve) as url, mock_of(url) as mock:
        with begin(mock) as client:
            assert asked.wait(5)
            if pieces:
                while b"data: 1" not in client.recv(65536):
                    pass
        assert ended.wait(5)


def test_a_server_that_never_answers_does_not_keep_the_emulator() -> None:
    asked = threading.Event()

    def serve(connection: socket.socket) -> None:
        asked.set()
        replies(close=False)(connection)

    with plain_server(serve) as url:
        with mock_of(url) as mock:
            client = begin(mock)
            assert asked.wait(5)
            began = stopwatch()
        client.close()
    assert stopwatch() - began < 4


def test_faults_strike_a_stream_of_ones_own() -> None:
    frames = [b'data: {"n": %d}\r\n\r\n' % n for n in range(1, 4)]
    with plain_server(replies(HEAD + b"\r\n" + b"".join(frames))) as url, mock_of(url) as mock:
        mock.faults.add("conversation", malformed=1, times=1)
        assert post(mock).content == frames[0] + b'data: {"n": 2\n\n' + frames[2]
        mock.faults.add("conversation", error=503, times=1)
        assert post(mock).status_code == 503
        mock.faults.add("conversation", cut=2, times=1)
        with begin(mock) as client:
            got = b"".join(iter(lambda: client.recv(65536), b""))
        assert got.count(b"data: ") == 2
        mock.faults.add("conversation", delay="200ms", times=1)
        began = stopwatch()
        assert post(mock).content == b"".join(frames)
        assert stopwatch() - began >= 0.2


@pytest.mark.parametrize("count", [2, 5, 8])
def test_a_server_on_uvicorn_hears_that_the_client_has_left(count: int) -> None:
    from support.official_server import served  # noqa: PLC0415 - its import takes two seconds
    from support.plain_uvicorn import plain_uvicorn  # noqa: PLC0415

    own = Own()
    with plain_uvicorn(served(own.server)) as url, mock_of(f"{url}/chatkit") as mock:
        frames_after(mock, count)
        eventually(lambda: len(own.cancelled) == 1)
        kept = [item for item in items_of(mock) if item["type"] == "assistant_message"]
        assert [item["content"][0]["text"] for item in kept] == [text for text in own.cancelled if text.strip()]


SERVER = """
import http from "node:http";
const server = http.createServer((request, response) => {
  let body = "";
  request.on("data", (piece) => (body += piece));
  request.on("end", () => {
    const { type } = JSON.parse(body);
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(`data: {"type": "${type}", "user": "${request.headers["x-mock-user"]}"}\\n\\n`);
    setTimeout(() => response.end("data: 2\\n\\n"), 20);
  });
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
"""


@pytest.mark.node
@pytest.mark.skipif(not NODE, reason="node is not installed here")
def test_a_server_on_node_answers(tmp_path: Path) -> None:
    assert NODE
    (tmp_path / "server.mjs").write_text(SERVER)
    with subprocess.Popen([NODE, "server.mjs"], cwd=tmp_path, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            with mock_of(f"http://127.0.0.1:{server.stdout.readline().strip()}/chatkit") as mock:
                answer = post(mock, **{"x-mock-user": "ada"})
        finally:
            server.kill()
    assert answer.text == 'data: {"type": "threads.create", "user": "ada"}\n\ndata: 2\n\n'


def test_it_answers_without_a_socket_too() -> None:
    with (
        plain_server(replies(CHUNKED, *map(chunk, FRAMES), b"0\r\n\r\n")) as url,
        ChatKitMock(backend=url, socket=False) as mock,
        mock.http_client(timeout=30) as http,
    ):
        for _ in range(2):
            assert http.post("/v1/chatkit/conversation", json=CREATE).content == b"".join(FRAMES)


def test_time_may_stand_still() -> None:
    import freezegun  # noqa: PLC0415, TID251 - as a user's test

    stream = replies(CHUNKED, *map(chunk, FRAMES), b"0\r\n\r\n")
    with plain_server(stream) as url, mock_of(url) as mock, freezegun.freeze_time("2026-01-01"):
        assert post(mock).content == b"".join(FRAMES)

"""What is ours about HTTP on a socket: whole answers in one packet, and idle connections that end."""

import json
import socket
import time

import pytest
from support.emulator import make_app

from mock_server.clock import stopwatch
from mock_server.server.thread import ServerThread

BODY = b'{"user": "ada", "workflow": {"id": "wf_1"}}'
HEAD = (
    b"POST /v1/chatkit/sessions HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer sk-test\r\n"
    b"openai-beta: chatkit_beta=v1\r\ncontent-type: application/json\r\ncontent-length: %d\r\n" % len(BODY)
)
CREATE = HEAD + b"\r\n" + BODY


def connected(server: ServerThread) -> socket.socket:
    host, _, port = server.origin.removeprefix("http://").rpartition(":")
    return socket.create_connection((host, int(port)), timeout=10)


def answer(connection: socket.socket) -> tuple[bytes, bytes]:
    """Head and body of the next answer."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65536)
    head, _, body = received.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    while len(body) < length:
        body += connection.recv(65536)
    return head, body


def test_pipelined_requests_are_answered_in_order() -> None:
    with ServerThread(make_app()) as server, connected(server) as connection:
        connection.sendall(CREATE * 3)
        received = b""
        while received.count(b'"client_secret"') < 3 or not received.endswith(b"}"):
            received += connection.recv(65536)
        assert received.count(b"HTTP/1.1 200 OK") == 3


def test_says_that_it_closes_when_it_is_asked_to() -> None:
    with ServerThread(make_app()) as server, connected(server) as connection:
        connection.sendall(HEAD + b"connection: close\r\n\r\n" + BODY)
        head, _ = answer(connection)
        assert b"\r\nconnection: close" in head
        assert connection.recv(1) == b""


@pytest.mark.parametrize("size", [34_000_000, 40_000_000])
def test_a_response_reaches_a_client_that_is_still_sending(size: int) -> None:
    head = CREATE.partition(b"content-length")[0] + b"connection: close\r\ncontent-length: %d\r\n\r\n" % size
    with ServerThread(make_app()) as server, connected(server) as connection:
        connection.sendall(head + b"x" * size)
        head, _ = answer(connection)
        assert head.startswith(b"HTTP/1.1 413 ")
        assert connection.recv(1) == b""


def test_a_head_has_no_body() -> None:
    with ServerThread(make_app()) as server, connected(server) as connection:
        connection.sendall(b"HEAD /health HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n" + CREATE)
        received = b""
        while b'"client_secret"' not in received:
            received += connection.recv(65536)
        head, _, rest = received.partition(b"\r\n\r\n")
        assert b"content-length: " in head
        assert rest.startswith(b"HTTP/1.1 200 OK")


@pytest.mark.exhaustive
def test_an_idle_connection_is_closed_after_some_seconds() -> None:
    with ServerThread(make_app()) as server, connected(server) as connection:
        for _ in range(2):
            connection.sendall(CREATE)
            answer(connection)
        began = stopwatch()
        assert connection.recv(1) == b""
        assert 4 < stopwatch() - began < 8


OFFER = b"connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAEAAEAAAAIAAAAB\r\n"
CHUNKED = HEAD.partition(b"content-length")[0] + b"transfer-encoding: chunked\r\n"


@pytest.mark.parametrize(
    "packets",
    [
        pytest.param([HEAD + OFFER + b"\r\n" + BODY], id="one packet"),
        pytest.param([HEAD + OFFER + b"\r\n", BODY[:9], BODY[9:]], id="the body arrives later"),
        pytest.param([HEAD, OFFER + b"\r\n" + BODY], id="the head arrives in parts"),
        pytest.param([CHUNKED + OFFER + b"\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)], id="chunked"),
        pytest.param([HEAD + OFFER.replace(b"h2c", b"websocket") + b"\r\n" + BODY], id="websocket"),
    ],
)
def test_an_offer_to_upgrade_is_ignored(packets: list[bytes]) -> None:
    with ServerThread(app := make_app()) as server, connected(server) as connection:
        for packet in packets:
            connection.sendall(packet)
            time.sleep(0.02)  # a packet of its own
        head, body = answer(connection)
        assert head.startswith(b"HTTP/1.1 200 OK"), "the body was read"
        assert json.loads(body)["user"] == "ada"
        connection.sendall(CREATE)
        assert answer(connection)[0].startswith(b"HTTP/1.1 200 OK"), "the connection goes on"
    (first, _) = app.projects.default.journal
    assert dict(first.headers)[b"upgrade"] in {b"h2c", b"websocket"}, "the journal shows what was sent"


def test_pipelined_offers_are_served_in_order() -> None:
    offer = HEAD + OFFER + b"\r\n" + BODY
    get = b"GET /v1/chatkit/threads HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n"
    with ServerThread(make_app()) as server, connected(server) as connection:
        connection.sendall(offer + get + offer)
        received = b""
        while received.count(b"HTTP/1.1") < 3 or not received.endswith(b"}"):
            received += connection.recv(65536)
    assert [each[:3] for each in received.split(b"HTTP/1.1 ")[1:]] == [b"200", b"401", b"200"]


@pytest.mark.parametrize("asked", [b"", b"connection: keep-alive\r\n"])
@pytest.mark.parametrize("path", [b"/_mock/requests", b"/docs", b"/deployments/chatkit/frame.html"])
def test_http_1_0_gets_no_chunks(path: bytes, asked: bytes) -> None:
    with ServerThread(make_app()) as server, connected(server) as connection:
        connection.sendall(b"GET %b HTTP/1.0\r\nhost: localhost\r\n%b\r\n" % (path, asked))
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(1)
        assert head.startswith(b"HTTP/1.1 200 OK")
        assert b"transfer-encoding" not in head


def test_a_stream_over_http_1_0_ends_with_the_connection() -> None:
    with ServerThread(make_app()) as server, connected(server) as connection:
        connection.sendall(CREATE)
        secret = json.loads(answer(connection)[1])["client_secret"]
        content = [{"type": "input_text", "text": "Hello"}]
        turn = {"content": content, "attachments": [], "inference_options": {}}
        body = json.dumps({"type": "threads.create", "params": {"input": turn}}).encode()
        head = f"POST /v1/chatkit/conversation HTTP/1.0\r\nauthorization: Bearer {secret}\r\n"
        length = f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        connection.sendall(f"{head}{length}".encode() + body)
        answered, _, stream = b"".join(iter(lambda: connection.recv(65536), b"")).partition(b"\r\n\r\n")
    assert b"transfer-encoding" not in answered
    frames = [json.loads(frame.removeprefix(b"data: ")) for frame in stream.split(b"\n\n") if frame]
    assert frames[-1]["item"]["content"][0]["text"] == "Hello"

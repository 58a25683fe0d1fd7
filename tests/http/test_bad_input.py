"""However broken the request, the answer is OpenAI's envelope and never a 500."""

import socket
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient
from support.emulator import MINIMAL, Client, Start

from mock_server.app import MockServer
from mock_server.config import Settings
from mock_server.ids import masked
from mock_server.server.thread import ServerThread
from mock_server.state.projects import Projects


def assert_envelope(answer: Any) -> dict[str, Any]:
    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-request-id"].startswith("req_")
    assert answer.text.startswith('{\n  "error": {\n    "message": "')
    error: dict[str, Any] = answer.json()["error"]
    assert list(error) == ["message", "type", "param", "code"]
    return error


BODIES = {
    "cut short": b"{",
    "a word": b"nonsense",
    "null": b"null",
    "an array": b"[]",
    "a string": b'"text"',
    "UTF-16": b"\xff\xfe",
    "Latin-1 within": b'{"user":"\xff","workflow":{"id":"w"}}',
    "half a surrogate": b'{"user":"\\ud800","workflow":{"id":"w"}}',
    "a byte order mark": b'\xef\xbb\xbf{"user":"a","workflow":{"id":"w"}}',
    "more behind it": b'{"user":"a","workflow":{"id":"w"}} trailing',
    "deep arrays": b'{"user":' + b"[" * 100_000,
    "deep objects": b'{"user":' * 100_000,
    "deep unknown objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "a number out of range": b'{"user":"a","workflow":{"id":"w","state_variables":{"n":1e999}}}',
    "a number without end": b'{"user":"a","workflow":{"id":"w","state_variables":{"n":' + b"9" * 5000 + b"}}}",
    "infinity": b'{"user":"a","workflow":{"id":"w","state_variables":{"n":Infinity}}}',
    "nothing": b"",
    "a zero byte": b"\x00",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_body_that_is_no_good(client: TestClient, body: bytes) -> None:
    answer = client.post("/v1/chatkit/sessions", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert_envelope(answer)


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", "\xe4"]
)
def test_a_body_that_does_not_claim_to_be_json(client: TestClient, content_type: str) -> None:
    headers = {"content-type": content_type.encode("latin-1")}
    answer = client.post("/v1/chatkit/sessions", content=b"{}", headers=headers)  # type: ignore[arg-type]
    assert assert_envelope(answer)["code"] == "unsupported_content_type"


@pytest.mark.parametrize("content_type", ["application/json", "Application/JSON; charset=utf-8", None])
def test_a_body_that_claims_to_be_json(client: TestClient, content_type: str | None) -> None:
    headers = {"content-type": content_type} if content_type else {}
    body = b'{"user":"a","workflow":{"id":"w"}}'
    assert client.post("/v1/chatkit/sessions", content=body, headers=headers).status_code == 200


def test_a_body_over_the_limit(start: Start) -> None:
    client = start(max_body_bytes=1000)
    answer = client.post("/v1/chatkit/sessions", content=b" " * 1001)
    assert answer.status_code == 413
    assert_envelope(answer)


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer ", "Basic c2s6", "sk-test"])
def test_no_key(client: TestClient, authorization: str | None) -> None:
    headers = {} if authorization is None else {"authorization": authorization}
    client.headers.pop("authorization")
    answer = client.post("/v1/chatkit/sessions", json=MINIMAL, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="OpenAI API"'
    assert assert_envelope(answer)["message"].startswith("You didn't provide an API key.")


@pytest.mark.parametrize("key", ["My API Key", "x", "sk-proj-anything", "bearer"])
def test_any_key(client: TestClient, key: str) -> None:
    headers = {"authorization": f"bearer {key}"}
    assert client.post("/v1/chatkit/sessions", json=MINIMAL, headers=headers).status_code == 200


def test_the_only_key(start: Start) -> None:
    client = start(api_key="sk-mine")
    assert client.post("/v1/chatkit/sessions", json=MINIMAL).status_code == 401
    headers = {"authorization": "Bearer sk-mine"}
    assert client.post("/v1/chatkit/sessions", json=MINIMAL, headers=headers).status_code == 200


def test_keys_are_masked() -> None:
    assert masked("test_api_key_123") == "test_api****_123"
    assert masked("short") == "sh***"
    for length in range(20):
        key = "abcdefghijklmnopqrst"[:length]
        assert key not in masked(key) or length < 3


@pytest.mark.parametrize("beta", [None, "assistants=v2", "chatkit_beta=v2", "chatkit_beta"])
def test_no_beta_header(client: TestClient, beta: str | None) -> None:
    client.headers.pop("openai-beta")
    headers = {"openai-beta": beta} if beta else {}
    answer = client.get("/v1/chatkit/threads", headers=headers)
    assert assert_envelope(answer)["code"] == "invalid_beta"


def test_beta_header_among_others_or_optional(client: TestClient, start: Start) -> None:
    headers = {"openai-beta": "assistants=v2, chatkit_beta=v1"}
    assert client.get("/v1/chatkit/threads", headers=headers).status_code == 200
    relaxed = start(beta_header="optional")
    relaxed.headers.pop("openai-beta")
    assert relaxed.get("/v1/chatkit/threads").status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/v1", "/v1/", "/v1/chatkit/sessions/", "/v1/chatkit", "/v2/x", "//v1/chatkit/sessions", "/p/a", "/p//v1/x"],
)
def test_an_unknown_url(client: TestClient, path: str) -> None:
    answer = client.get(path, follow_redirects=False)
    assert answer.status_code in {400, 404}
    assert_envelope(answer)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "QUERY", "GET", "HEAD", "PROPFIND"])
def test_a_wrong_verb(client: TestClient, method: str) -> None:
    answer = client.request(method, "/v1/chatkit/sessions")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "OPTIONS, POST"


def test_head_and_options(client: TestClient) -> None:
    head = client.head("/v1/chatkit/threads")
    assert head.status_code == 200
    options = client.options("/v1/chatkit/threads/cthr_1")
    assert options.status_code == 200
    assert options.headers["allow"] == "DELETE, GET, HEAD, OPTIONS"


def test_a_project_name_that_is_none(client: TestClient) -> None:
    answer = client.get("/p/a b/v1/chatkit/threads")
    assert assert_envelope(answer)["code"] == "invalid_project"
    answer = client.get("/v1/chatkit/threads", headers={"openai-project": "x" * 65})
    assert assert_envelope(answer)["code"] == "invalid_project"


def test_any_path_argument(client: TestClient) -> None:
    for identifier in ["%00", "%FF", "%0A", "a" * 5000, "<script>", "%E2%82%AC"]:
        answer = client.post(f"/v1/chatkit/sessions/{identifier}/cancel")
        assert answer.status_code == 404
        assert "not found" in assert_envelope(answer)["message"]


def test_a_bug_of_ours_is_openais_500_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    app = MockServer(Projects(Settings()))
    app.projects.default.threads = None  # type: ignore[assignment]
    client = Client(app, headers={})
    headers = {"authorization": "Bearer sk", "openai-beta": "chatkit_beta=v1"}
    answer = client.get("/v1/chatkit/threads", headers=headers)
    assert answer.status_code == 500
    assert answer.json()["error"] == {
        "message": "The server had an error while processing your request. Sorry about that!",
        "type": "server_error",
        "param": None,
        "code": None,
    }
    assert answer.headers["x-request-id"] in caplog.text
    assert "AttributeError" in caplog.text


@pytest.mark.parametrize(
    "request_line",
    [b"FOO / HTTP/1.1", b"GET", b"GET /v1/chatkit/threads HTTP/9.9", b"\x16\x03\x01", b"GET \xff HTTP/1.1"],
)
def test_what_is_hardly_http_leaves_the_server_serving(served: ServerThread, request_line: bytes) -> None:
    address = urlsplit(served.origin)
    assert address.hostname
    with socket.create_connection((address.hostname, address.port or 0), timeout=5) as connection:
        connection.sendall(request_line + b"\r\nhost: x\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        assert b" 500 " not in connection.recv(65536)
    with socket.create_connection((address.hostname, address.port or 0), timeout=5) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")

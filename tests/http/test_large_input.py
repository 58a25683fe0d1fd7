"""However large, deep or long a request is: OpenAI's envelope, never a 500, and the journal stays readable."""

import json
from typing import Any

import pytest
from starlette.testclient import TestClient
from support.emulator import MINIMAL, Start

from mock_server.wire.shape import DEPTH, VALUES

JSON_BODY = {"content-type": "application/json"}
CONVERSATION = "/v1/chatkit/conversation"


@pytest.fixture
def client(start: Start) -> TestClient:
    """A client in custom mode: the conversation needs no client secret."""
    client = start(custom_mode=True, file_types=("*/*",))
    client.headers.pop("authorization")
    return client


def post(client: TestClient, body: bytes | str, path: str = CONVERSATION) -> Any:
    return client.post(path, content=body, headers=JSON_BODY)


def refused(answer: Any, status: int = 400) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    error: dict[str, Any] = answer.json()["error"]
    assert list(error) == ["message", "type", "param", "code"]
    return error


def nested(levels: int, opening: str, closing: str) -> str:
    return opening * levels + "1" + closing * levels


def listing(**params: Any) -> str:
    return json.dumps({"type": "threads.list", "params": params})


def with_ignored(value: str) -> str:
    return f'{{"type": "threads.list", "params": {{}}, "ignored": {value}}}'


@pytest.mark.parametrize("levels", [DEPTH, 600, 980, 5000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_a_body_that_is_nested_too_deeply_is_malformed(
    client: TestClient, levels: int, opening: str, closing: str
) -> None:
    answer = post(client, with_ignored(nested(levels, opening, closing)))
    assert refused(answer)["message"].startswith("We could not parse the JSON body")
    assert "nested too deeply" in answer.headers["x-mock-hint"]


def test_a_body_that_is_nested_as_deeply_as_allowed_is_read(client: TestClient) -> None:
    assert post(client, with_ignored(nested(DEPTH - 1, "[", "]"))).status_code == 200


def test_brackets_in_a_text_are_no_levels(client: TestClient) -> None:
    for text in ("[" * 5000, '\\"[' * 5000, "\\\\" * 5000 + "{" * 5000, '\\\\\\"[' * 20_000):
        assert post(client, with_ignored(f'"{text}"')).status_code == 200, text[:20]


def test_a_body_with_too_many_values_is_malformed(client: TestClient) -> None:
    answer = post(client, with_ignored("[" + "[]," * VALUES + "1]"))
    assert refused(answer)["message"].startswith("We could not parse the JSON body")
    assert "50,000" in answer.headers["x-mock-hint"]


def test_a_long_text_is_one_value(client: TestClient) -> None:
    assert post(client, with_ignored('"' + "a,[:{" * 100_000 + '"')).status_code == 200


@pytest.mark.parametrize("path", ["/_mock/load", "/_mock/faults", "/_mock/workflows", "/_mock/requests/verify"])
@pytest.mark.parametrize("depth", [DEPTH, 600, 980])
def test_a_document_that_is_nested_too_deeply_is_malformed(client: TestClient, path: str, depth: int) -> None:
    refused(post(client, '{"match": {"body": ' + nested(depth, "[", "]") + "}}", path))


@pytest.mark.parametrize("digits", [20, 50, 4300, 4301, 100_000])
@pytest.mark.parametrize("sign", ["", "-"])
def test_an_integer_of_any_length_that_is_ignored(client: TestClient, sign: str, digits: int) -> None:
    answer = post(client, with_ignored(sign + "9" * digits))
    assert answer.status_code == 200 or refused(answer)


@pytest.mark.parametrize("number", [2**63, 2**64, 10**4200])
def test_an_integer_above_all_bounds(client: TestClient, number: int) -> None:
    refused(post(client, listing(limit=number)))


def test_a_state_variable_that_is_an_integer_of_more_than_64_bits(start: Start) -> None:
    client = start()
    body = {**MINIMAL, "workflow": {"id": "wf", "state_variables": {"n": 2**70}}}
    assert client.post("/v1/chatkit/sessions", json=body).json()["workflow"]["state_variables"] == {"n": 2**70}


@pytest.mark.parametrize("digits", [19, 20, 4300, 5000, 60_000])
@pytest.mark.parametrize("query", ["limit=", "limit=-"])
def test_an_integer_of_any_length_in_a_query(start: Start, query: str, digits: int) -> None:
    error = refused(start().get("/v1/chatkit/threads?" + query + "9" * digits))
    assert error["code"] in {"integer_above_max_value", "integer_below_min_value"}
    assert len(error["message"]) < 200


@pytest.mark.parametrize("kind", [[], {}, 1, None, True, [["input_text"]]])
def test_a_type_that_is_no_text(client: TestClient, kind: Any) -> None:
    body = {"type": "threads.create", "params": {"input": {"content": [{"type": kind, "text": "Hi"}]}}}
    error = refused(post(client, json.dumps(body)))
    assert error["code"] == "invalid_type"
    assert error["param"] == "params.input.content[0].type"


@pytest.mark.parametrize("host", ["[", "[::1", "a]", "[x]"])
def test_a_host_that_is_none(client: TestClient, host: str) -> None:
    assert refused(client.get("/_mock/requests", headers={"host": host}), 403)["code"] == "control_forbidden"


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "//]", "null"])
def test_an_origin_that_is_none(client: TestClient, origin: str) -> None:
    assert refused(client.get("/_mock/requests", headers={"origin": origin}), 403)["code"] == "control_forbidden"


@pytest.mark.parametrize("boundary", ["a" * 257, "a" * 300, "b" * 10_000])
def test_a_boundary_that_is_too_long(client: TestClient, boundary: str) -> None:
    headers = {"content-type": f"multipart/form-data; boundary={boundary}"}
    assert refused(client.post("/v1/chatkit/files", content=b"x", headers=headers))["code"] == "invalid_multipart"


@pytest.mark.parametrize("mime_type", ["a/\u20ac", "\u00e4/b", "a/b\r\nx-evil: 1", "a/b\nx-evil: 1", "text", "a/\x00"])
@pytest.mark.parametrize("name", ["", "x"])
def test_a_mime_type_that_is_none_is_not_sent_back(client: TestClient, mime_type: str, name: str) -> None:
    params = {"name": name, "size": 3, "mime_type": mime_type}
    file = post(client, json.dumps({"type": "attachments.create", "params": params})).json()
    assert client.put(file["upload_url"], content=b"abc").status_code == 200
    content = client.get(file["upload_url"])
    assert (content.status_code, content.headers["content-type"]) == (200, "application/octet-stream")
    assert "x-evil" not in content.headers


TWICE = {
    "a conversation": (CONVERSATION, '{"type": "threads.list", "params": {}, "params": {"limit": 1}}'),
    "within": (CONVERSATION, '{"type": "threads.list", "params": {"limit": 1, "limit": 2}}'),
    "in what is ignored": (CONVERSATION, with_ignored('[{"a": 1, "a": 1}]')),
    "written differently": (CONVERSATION, '{"type": "threads.list", "params": {"limit": 1, "l\\u0069mit": 2}}'),
    "a seed": ("/_mock/load", '{"sessions": [], "sessions": []}'),
    "within a seed": ("/_mock/load", '{"sessions": [{"user": "a", "user": "b", "workflow": {"id": "w"}}]}'),
    "a fault": ("/_mock/faults", '{"do": {"error": 500}, "do": {"error": 429}}'),
    "a workflow": ("/_mock/workflows", '{"id": "a", "id": "b", "default": [{"message": "Hi"}]}'),
    "many keys": (CONVERSATION, with_ignored("{" + ",".join(f'"k{n}": 1' for n in range(20_000)) + ', "k0": 1}')),
}


@pytest.mark.parametrize(("path", "body"), TWICE.values(), ids=TWICE)
def test_a_key_that_is_given_twice(client: TestClient, path: str, body: str) -> None:
    answer = post(client, body, path)
    refused(answer)
    assert "twice" in answer.headers["x-mock-hint"]


ODD = {
    "deep": with_ignored(nested(600, "[", "]")),
    "deep objects": with_ignored(nested(900, '{"a":', "}")),
    "a long integer": with_ignored("9" * 4301),
    "an integer of more than 64 bits": with_ignored(str(2**70)),
    "a key twice": with_ignored('{"a": 1, "a": 2}'),
    "half a surrogate": with_ignored('"\\ud800"'),
    "not UTF-8": b'{"type": "\xff"}',
    "many values": with_ignored("[" + "1," * 200_000 + "1]"),
    "a number out of range": with_ignored("1e999"),
}


@pytest.mark.parametrize("body", ODD.values(), ids=ODD)
def test_an_entry_that_is_odd_hides_no_other(client: TestClient, body: bytes | str) -> None:
    post(client, listing())
    post(client, body)
    post(client, listing(limit=1))
    for way in ("", "/export", "/export?format=har", "/export?format=wire", "/summaries"):
        assert client.get(f"/_mock/requests{way}").status_code == 200, way
    assert len(client.get("/_mock/requests").json()["data"]) == 3
    assert len(client.get("/_mock/requests/export").text.splitlines()) == 3
    claim = {"match": {"body": {"params": {"limit": 1}}}, "times": 1}
    assert client.post("/_mock/requests/verify", json=claim).json()["passed"]
    assert client.get("/_mock/findings").status_code == 200


def test_the_body_of_a_refused_request_is_shown_as_text(client: TestClient) -> None:
    body = with_ignored(nested(600, "[", "]"))
    post(client, body)
    assert client.get("/_mock/requests").json()["data"][0]["request"]["body"] == body


def test_a_request_announced_as_longer_than_all_numbers(client: TestClient) -> None:
    answer = client.post(CONVERSATION, content=b"{}", headers={**JSON_BODY, "content-length": "9" * 5000})
    refused(answer, 413)

"""`/_mock/requests/{id}/test` of requests that nobody should have sent: a test can be written of any."""

import json
from typing import Any

import pytest
from starlette.testclient import TestClient
from support.emulator import HEADERS
from support.talk import Talk

from mock_server.wire.chat.operations import OPERATIONS

ODD: list[Any] = [None, 1, 2.5, True, "", "x", [], [1], [None], {}, {"a": []}, ["x", {"a": 1}]]
KEYS = sorted({name for kind in OPERATIONS.values() for name in kind.__struct_fields__})


def written(client: TestClient) -> str:
    """The test of the request before."""
    request = client.get("/_mock/requests?limit=1&order=desc").json()["data"][0]["id"]
    answer = client.get(f"/_mock/requests/{request}/test")
    assert answer.status_code == 200, answer.text
    code: str = answer.json()["code"]
    compile(code, "test", "exec")
    return code


@pytest.mark.slow
@pytest.mark.parametrize("operation", OPERATIONS)
def test_params_of_any_type(client: TestClient, operation: str) -> None:
    talk = Talk.begin(client, rate_limits={"max_requests_per_1_minute": 1000})
    talk.say("Hi")
    for odd in ODD:
        for params in [odd, *({"thread_id": talk.thread_id, name: odd} for name in KEYS)]:
            talk.raw(json.dumps({"type": operation, "params": params}))
            written(client)


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b"\xff", b'{"params": []}', b'{"type": [], "params": 1}'])
@pytest.mark.parametrize("path", ["/v1/chatkit/conversation", "/v1/chatkit/sessions", "/v1/chatkit/files", "/v1/x"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_bodies_of_any_kind(client: TestClient, method: str, path: str, body: Any) -> None:
    client.request(method, path, content=body, headers=HEADERS)
    written(client)

"""Whatever a body is made of, no operation fails with a 5xx, and the journal can be read afterwards."""

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.emulator import HEADERS, Client, make_app

from mock_server.wire.chat.operations import OPERATIONS
from mock_server.wire.shape import DEPTH

JSON_BODY = {"content-type": "application/json"}
MESSAGE = {"content": [{"type": "input_text", "text": "Hi"}], "attachments": [], "inference_options": {}}
THREAD: dict[str, Any] = {"id": "cthr_1", "user": "ada", "items": [{"type": "widget", "widget": {"type": "Card"}}]}
PARAMS: dict[str, dict[str, Any]] = {
    "threads.create": {"input": MESSAGE},
    "threads.add_user_message": {"thread_id": "cthr_1", "input": MESSAGE},
    "threads.add_client_tool_output": {"thread_id": "cthr_1", "result": {"a": 1}},
    "threads.add_structured_input": {"thread_id": "cthr_1", "item_id": "cti_1", "input": {"status": "answered"}},
    "threads.retry_after_item": {"thread_id": "cthr_1", "item_id": "cti_1"},
    "threads.custom_action": {"thread_id": "cthr_1", "action": {"type": "a", "payload": {}}, "item_id": "cti_1"},
    "threads.sync_custom_action": {"thread_id": "cthr_1", "action": {"type": "a", "payload": {}}},
    "threads.get_by_id": {"thread_id": "cthr_1"},
    "threads.update": {"thread_id": "cthr_1", "title": "A title"},
    "threads.delete": {"thread_id": "cthr_1"},
    "threads.list": {"limit": 20, "order": "asc", "after": "cthr_1"},
    "items.list": {"thread_id": "cthr_1", "limit": 20, "order": "asc", "after": "cti_1"},
    "items.feedback": {"thread_id": "cthr_1", "item_ids": ["cti_1"], "kind": "positive"},
    "attachments.create": {"name": "a.png", "size": 3, "mime_type": "image/png"},
    "attachments.delete": {"attachment_id": "cfile_1"},
    "input.transcribe": {"audio_base64": "", "mime_type": "audio/webm"},
}
SESSION = {
    "user": "ada",
    "workflow": {"id": "wf_1", "version": "1", "state_variables": {"a": 1}, "tracing": {"enabled": True}},
    "expires_after": {"anchor": "created_at", "seconds": 60},
    "rate_limits": {"max_requests_per_1_minute": 10},
    "chatkit_configuration": {"file_upload": {"enabled": True, "max_files": 3}, "history": {"recent_threads": 3}},
}
STEPS = [{"message": "{{text}}"}, {"widget": {"type": "Card", "children": []}}, {"effect": {"name": "e", "data": {}}}]
BODIES: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "/v1/chatkit/sessions", SESSION),
    ("POST", "/v1/chatkit/domain_keys/verify", {"referrer_origin": "http://a", "domain_key": "k"}),
    *(("POST", "/v1/chatkit/conversation", {"type": name, "params": PARAMS[name]}) for name in OPERATIONS),
    ("POST", "/_mock/load", {"sessions": [SESSION], "threads": [THREAD]}),
    ("PUT", "/_mock/clock", {"freeze": "now", "shift": "1s"}),
    ("POST", "/_mock/faults", {"match": {"user": "*", "nth": [1]}, "do": {"delay": 0, "error": 500}, "times": 1}),
    ("PUT", "/_mock/faults", {"faults": [{"match": {"path": "/x"}, "do": {"drop": True}}]}),
    ("POST", "/_mock/workflows", {"id": "wf_2", "turns": [{"when": {"text": "x"}, "reply": STEPS}], "default": STEPS}),
    ("POST", "/_mock/workflows/wf_1/try", {"text": "Hi", "turn": 1, "state": {"a": {"b": 1}}, "user": "ada"}),
    ("POST", "/_mock/requests/verify", {"match": {"status": 200, "body": {"a": [1]}}, "at_least": 1}),
    ("PATCH", "/_mock/threads/cthr_1", {"title": "T", "status": {"type": "locked", "reason": "r"}}),
]

deep = st.integers(1, DEPTH * 12).map(lambda levels: json.loads("[" * levels + "]" * levels) if levels < 300 else None)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([2**31, 2**53, 2**63 - 1, 2**63, -(2**63) - 1, 2**64, 10**30, 10**4299, 1e308, -0.0])
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.sampled_from(["", "\x00", "\r\nx: 1", "http://[", "{{", "{{#a}}", "é" * 300, "a" * 100_000, " " * 10_000])
)
values = st.recursive(
    scalars | deep,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, each in entries for place in places(each, (*path, key)))]


def changed(body: Any, place: tuple[Any, ...], value: Any) -> Any:
    if not place:
        return value
    made = deepcopy(body)
    part = made
    for key in place[:-1]:
        part = part[key]
    part[place[-1]] = value
    return made


IDS = [f"{method} {path} {body.get('type', '')}" for method, path, body in BODIES]


@pytest.mark.slow
@pytest.mark.parametrize(("method", "path", "body"), BODIES, ids=IDS)
@given(data=st.data())
def test_any_value_at_any_place(method: str, path: str, body: dict[str, Any], data: st.DataObject) -> None:
    app = make_app(seed={"threads": [THREAD]}, custom_mode=True, custom_user="ada", file_types=("*/*",))
    client = Client(app, headers={"openai-beta": HEADERS["openai-beta"]}, raise_server_exceptions=False)
    if not path.endswith("conversation"):
        client.headers["authorization"] = HEADERS["authorization"]
    place = data.draw(st.sampled_from([*places(body), (data.draw(st.text()),)]))
    sent = json.dumps(changed(body, place, data.draw(values)))
    answer = client.request(method, path, content=sent, headers=JSON_BODY)
    assert answer.status_code < 500, answer.text
    for way in ("", "/export", "/export?format=har", "/export?format=wire"):
        assert client.get(f"/_mock/requests{way}").status_code == 200, way
    assert client.get("/_mock/snapshot").status_code == 200
    assert [failure for project in app.projects for failure in project.journal.failures] == []

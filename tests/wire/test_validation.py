"""OpenAI's validation messages: every field, every bound, every wrong type, in OpenAI's order."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from support.emulator import MINIMAL

from mock_server.errors import BodyMalformed, InvalidParameter
from mock_server.wire.codec import decode
from mock_server.wire.rest.sessions import SessionCreateParams
from mock_server.wire.validation import explain

STRING, INTEGER, BOOLEAN, OBJECT = "a string", "an integer", "a boolean", "an object"
ANCHOR = "one of 'created_at'"

FIELDS = {
    "workflow": OBJECT,
    "workflow.id": STRING,
    "workflow.version": STRING,
    "workflow.state_variables": OBJECT,
    "workflow.state_variables.plan": "one of a string, integer, boolean, or decimal",
    "workflow.tracing": OBJECT,
    "workflow.tracing.enabled": BOOLEAN,
    "user": STRING,
    "expires_after": OBJECT,
    "expires_after.anchor": ANCHOR,
    "expires_after.seconds": INTEGER,
    "rate_limits": OBJECT,
    "rate_limits.max_requests_per_1_minute": INTEGER,
    "chatkit_configuration": OBJECT,
    "chatkit_configuration.automatic_thread_titling": OBJECT,
    "chatkit_configuration.automatic_thread_titling.enabled": BOOLEAN,
    "chatkit_configuration.file_upload": OBJECT,
    "chatkit_configuration.file_upload.enabled": BOOLEAN,
    "chatkit_configuration.file_upload.max_file_size": INTEGER,
    "chatkit_configuration.file_upload.max_files": INTEGER,
    "chatkit_configuration.history": OBJECT,
    "chatkit_configuration.history.enabled": BOOLEAN,
    "chatkit_configuration.history.recent_threads": INTEGER,
}
GIVEN = {
    "a string": "text",
    "an integer": 7,
    "a decimal number": 1.5,
    "a boolean": True,
    "an array": [],
    "an object": {"a": {}},
    "null": None,
}
FITTING = {
    STRING: {"a string"},
    INTEGER: {"an integer"},
    BOOLEAN: {"a boolean"},
    OBJECT: {"an object"},
    ANCHOR: {"a string"},
}
FITTING["one of a string, integer, boolean, or decimal"] = {"a string", "an integer", "a decimal number", "a boolean"}


def with_field(path: str, value: Any) -> dict[str, Any]:
    """The smallest good body, with one field set."""
    body: dict[str, Any] = {"workflow": {"id": "wf_1"}, "user": "ada"}
    *parents, last = path.split(".")
    part = body
    for parent in parents:
        part = part.setdefault(parent, {})
    if parents == ["expires_after"]:
        part.update({"anchor": "created_at", "seconds": 60})
    part[last] = value
    return body


def error_of(client: TestClient, body: Any) -> dict[str, Any]:
    answer = client.post("/v1/chatkit/sessions", json=body)
    assert answer.status_code == 400
    error: dict[str, Any] = answer.json()["error"]
    assert error["type"] == "invalid_request_error"
    return error


@pytest.mark.parametrize(
    ("path", "expected", "got"),
    [(path, expected, got) for path, expected in FIELDS.items() for got in GIVEN if got not in FITTING[expected]],
)
def test_a_wrong_type_is_named(client: TestClient, path: str, expected: str, got: str) -> None:
    error = error_of(client, with_field(path, GIVEN[got]))
    assert error["message"] == f"Invalid type for '{path}': expected {expected}, but got {got} instead."
    assert (error["param"], error["code"]) == (path, "invalid_type")


BOUNDS = [
    ("expires_after.seconds", 1, 600),
    ("rate_limits.max_requests_per_1_minute", 1, None),
    ("chatkit_configuration.file_upload.max_file_size", 1, 512),
    ("chatkit_configuration.file_upload.max_files", 1, None),
    ("chatkit_configuration.history.recent_threads", 1, None),
]


@pytest.mark.parametrize(("path", "low", "high"), BOUNDS)
def test_bounds_hold_exactly(client: TestClient, path: str, low: int, high: int | None) -> None:
    for fits in {low, low + 1, high or 10**6, (high or 10**6) - 1}:
        assert client.post("/v1/chatkit/sessions", json=with_field(path, fits)).status_code == 200
    assert error_of(client, with_field(path, low - 1)) == {
        "message": f"Invalid '{path}': integer below minimum value. "
        f"Expected a value >= {low}, but got {low - 1} instead.",
        "type": "invalid_request_error",
        "param": path,
        "code": "integer_below_min_value",
    }
    if high is not None:
        over = f"Expected a value <= {high}, but got {high + 1} instead."
        error = error_of(client, with_field(path, high + 1))
        assert error["message"] == f"Invalid '{path}': integer above maximum value. {over}"
        assert error["code"] == "integer_above_max_value"


def test_lengths_hold_exactly(client: TestClient) -> None:
    longest = {"k" * 64: "v" * 10_485_760}
    assert client.post("/v1/chatkit/sessions", json=with_field("workflow.state_variables", longest)).status_code == 200
    error = error_of(client, with_field("workflow.state_variables", {"k": "v" * 10_485_761}))
    assert error["code"] == "string_above_max_length"
    assert error["message"] == (
        "Invalid 'workflow.state_variables.k': string too long. Expected a string with maximum length 10485760, "
        "but got a string with length 10485761 instead."
    )
    full = {f"k{number}": number for number in range(64)}
    assert client.post("/v1/chatkit/sessions", json=with_field("workflow.state_variables", full)).status_code == 200
    assert error_of(client, with_field("workflow.state_variables", {**full, "k64": 64}))["code"] == (
        "object_above_max_properties"
    )


@pytest.mark.parametrize(
    ("body", "param", "code"),
    [
        ({"colour": 1}, "workflow", "missing_required_parameter"),
        ({"workflow": {}, "user": 1}, "workflow.id", "missing_required_parameter"),
        ({"user": 1, "workflow": 1, "colour": 1}, "colour", "unknown_parameter"),
        ({"user": 1, "workflow": 1}, "workflow", "invalid_type"),
        ({"user": 1, "workflow": {"id": 1, "colour": 1}}, "workflow.colour", "unknown_parameter"),
        ({"user": "", "workflow": {"id": "", "version": 1}}, "workflow.version", "invalid_type"),
        ({"rate_limits": 1, "expires_after": 1, **MINIMAL}, "expires_after", "invalid_type"),
        ({"expires_after": {"seconds": 9}, **MINIMAL}, "expires_after.anchor", "missing_required_parameter"),
    ],
)
def test_the_first_fault_in_openais_order_is_named(client: TestClient, body: Any, param: str, code: str) -> None:
    error = error_of(client, body)
    assert (error["param"], error["code"]) == (param, code)


def test_numbers_of_any_size_are_echoed(client: TestClient) -> None:
    variables = {"big": 10**30, "small": -(10**30), "float": 1.0, "zero": 0}
    answer = client.post("/v1/chatkit/sessions", json=with_field("workflow.state_variables", variables))
    assert answer.json()["workflow"]["state_variables"] == variables


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "a", "enabled"]), inner, max_size=3)
    ),
    max_leaves=6,
)
bodies = st.builds(with_field, st.sampled_from(sorted(FIELDS)), json_values)


@given(bodies)
def test_what_msgspec_refuses_is_explained_and_nothing_else(body: dict[str, Any]) -> None:
    """The two readings of the schema agree: `explain` has a reason exactly where msgspec refuses."""
    try:
        msgspec.convert(body, SessionCreateParams)
    except msgspec.ValidationError:
        with pytest.raises(InvalidParameter):
            explain(body, SessionCreateParams)
    else:
        explain(body, SessionCreateParams)


@pytest.mark.parametrize(
    ("body", "twice"),
    [
        ('{"user":"a","user":"a","workflow":{"id":"w"}}', "user"),
        ('{"user":"a","workflow":{"id":"w","id" : "v"}}', "id"),
        (r'{"user":"a\u0022:","user":"\"","workflow":{"id":"w"}}', "user"),
        ('{"user":"a","workflow":{"id":"w","state_variables":{"k":1,"k":2}}}', "k"),
        ('{"user":"a","workflow":{"id":"w"},"rate_limits":{},"rate_limits":{}}', "rate_limits"),
    ],
)
def test_a_key_given_twice_is_refused(body: str, twice: str) -> None:
    with pytest.raises(BodyMalformed, match=f"'{twice}' stands twice"):
        decode(body.encode(), SessionCreateParams)

"""`/_mock/workflows/{id}/try`: what would answer and why, without a trace."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient
from support.emulator import HEADERS, MINIMAL, Start
from support.talk import Talk

Json = dict[str, Any]
SCRIPT: Json = {
    "id": "wf_shop",
    "turns": [
        {"when": {"text": "price"}, "reply": [{"message": "It is {{state.plan}}, {{user}}."}]},
        {"when": {"text": {"contains": "Buy", "regex": "^Buy"}, "turn": 2}, "reply": [{"message": "again"}]},
        {"when": {"attachment": "image/"}, "reply": [{"message": "{{#attachments}}{{name}}{{/attachments}}"}]},
        {"when": {"action": "buy"}, "reply": [{"update_widget": {"root": {"type": "Card", "children": []}}}]},
        {"when": {"action": "sell"}, "reply": [{"message": "{{action.payload.n}}"}]},
        {"when": {"tool": "look", "output": {"ok": True}}, "reply": [{"message": "{{tool}} {{output.ok}}"}]},
        {"when": {"answers": {"when": "Now"}}, "reply": [{"message": "{{answers.when}}"}]},
        {
            "when": {"user": "grace", "state": {"plan": "pro"}},
            "reply": [
                {"widget": {"type": "Card", "children": [{"type": "Button", "onClickAction": {"type": "buy"}}]}},
                {"pause": "60s"},
                {"message": {"text": "slowly and in words", "stream": {"every": "60s"}}},
                {"disconnect": True},
            ],
        },
    ],
    "default": [{"message": "default"}],
}


@pytest.fixture
def shop(client: TestClient) -> TestClient:
    client.post("/_mock/workflows", json=SCRIPT)
    return client


def tried(client: TestClient, workflow: str = "wf_shop", **params: Any) -> Json:
    answer = client.post(f"/_mock/workflows/{workflow}/try", json=params)
    assert answer.status_code == 200, answer.text
    trial: Json = answer.json()
    return trial


def texts(trial: Json) -> list[str]:
    return [part["text"] for item in trial["items"] for part in item.get("content", [])]


ADA_PRO: Json = {"state": {"plan": "pro"}}
TRIALS: list[tuple[Json, str, int | None, list[str]]] = [
    ({"text": "What PRICE?", **ADA_PRO}, "turn", 0, ["It is pro, ada."]),
    ({"text": "Buy", "turn": 2}, "turn", 1, ["again"]),
    ({"text": "Buy"}, "default", None, ["default"]),
    ({"attachments": [{"name": "a.png", "mime_type": "image/png"}]}, "turn", 2, ["a.png"]),
    ({"attachments": [{"name": "a.pdf", "mime_type": "application/pdf"}]}, "default", None, ["default"]),
    ({"action": {"type": "sell", "payload": {"n": 7}}}, "turn", 4, ["7"]),
    ({"action": {"type": "other"}}, "default", None, ["default"]),
    ({"tool": "look", "output": {"ok": True, "more": 1}}, "turn", 5, ["look True"]),
    ({"tool": "look"}, "default", None, ["default"]),
    ({"answers": {"when": "Now", "more": "x"}}, "turn", 6, ["Now"]),
    ({}, "default", None, ["default"]),
]


@pytest.mark.parametrize(("params", "matched", "index", "said"), TRIALS)
def test_says_what_answers(shop: TestClient, params: Json, matched: str, index: int | None, said: list[str]) -> None:
    trial = tried(shop, **params)
    assert (trial["matched"], trial["index"], texts(trial)) == (matched, index, said)
    fitting = [turn["index"] for turn in trial["turns"] if turn["fits"]]
    assert fitting[:1] == ([] if index is None else [index])
    assert [turn["index"] for turn in trial["turns"]] == list(range(len(SCRIPT["turns"])))
    for turn in trial["turns"]:
        assert turn["fits"] == all(condition["fits"] for condition in turn["conditions"])


def test_says_why(shop: TestClient) -> None:
    turns = tried(shop, text="Please Buy", turn=1, user="grace")["turns"]
    assert turns[1]["conditions"] == [
        {"name": "kind", "wanted": "message", "given": "message", "fits": True},
        {"name": "text.contains", "wanted": "Buy", "given": "Please Buy", "fits": True},
        {"name": "text.regex", "wanted": "^Buy", "given": "Please Buy", "fits": False},
        {"name": "turn", "wanted": 2, "given": 1, "fits": False},
    ]
    assert turns[2]["conditions"][1] == {"name": "attachment", "wanted": "image/", "given": [], "fits": False}
    assert turns[3]["conditions"] == [{"name": "action", "wanted": "buy", "given": None, "fits": False}]
    assert turns[5]["conditions"] == [
        {"name": "tool", "wanted": "look", "given": None, "fits": False},
        {"name": "output", "wanted": {"ok": True}, "given": None, "fits": False},
    ]
    assert turns[6]["conditions"] == [{"name": "answers", "wanted": {"when": "Now"}, "given": None, "fits": False}]
    assert turns[7]["conditions"] == [
        {"name": "kind", "wanted": "message", "given": "message", "fits": True},
        {"name": "state", "wanted": {"plan": "pro"}, "given": {}, "fits": False},
        {"name": "user", "wanted": "grace", "given": "grace", "fits": True},
    ]


def test_shows_the_whole_reply_without_its_pauses(shop: TestClient) -> None:
    items = tried(shop, user="grace", **ADA_PRO)["items"]
    assert [item["type"] for item in items] == ["widget", "assistant_message"]
    assert items[1]["content"][0]["text"] == "slowly and in words"


def test_an_action_changes_the_widget_that_offers_it(shop: TestClient) -> None:
    trial = tried(shop, action={"type": "buy"})
    (item,) = trial["items"]
    assert (trial["index"], item["widget"]) == (3, {"type": "Card", "children": []})


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"text": "{{user}}"}, ["{{user}}"]),
        ({"action": {"type": "go"}}, ["Action go"]),
        ({"tool": "look", "output": 7}, ["look returned 7"]),
        ({"answers": {}}, ["Thanks for the answers."]),
    ],
)
def test_an_unknown_id_is_answered_by_the_echo(client: TestClient, params: Json, said: list[str]) -> None:
    trial = tried(client, "wf_none", **params)
    assert (trial["matched"], trial["index"], trial["turns"], texts(trial)) == ("echo", None, [], said)


def test_a_script_without_a_default_is_answered_by_the_echo(client: TestClient) -> None:
    client.post("/_mock/workflows", json={"id": "wf_shop", "turns": [{"when": {"text": "a"}, "reply": []}]})
    trial = tried(client, text="b")
    assert (trial["matched"], texts(trial), len(trial["turns"])) == ("echo", ["b"], 1)


@pytest.mark.parametrize("text", ["where is my order?", "call me", "bye", "else"])
def test_says_what_a_conversation_then_answers(client: TestClient, text: str) -> None:
    trial = tried(client, "wf_support", text=text)
    talk = Talk.begin(client, workflow="wf_support")
    talk.say(text)
    kept = talk.json("items.list", thread_id=talk.thread_id, order="asc")["data"][1:]
    assert [_without_ids(item) for item in trial["items"]] == [_without_ids(item) for item in kept]


def _without_ids(item: Json) -> Json:
    return {key: value for key, value in item.items() if key not in {"id", "thread_id", "created_at", "call_id"}}


def test_leaves_no_trace(start: Start) -> None:
    def created(client: TestClient) -> str:
        secret: str = client.post("/v1/chatkit/sessions", json=MINIMAL).json()["client_secret"]
        return secret

    plain, client = start(random="7"), start(random="7")
    for _ in range(3):
        tried(client, "wf_support", text="order")
    assert client.get("/_mock/threads").json()["total"] == 0
    assert client.get("/_mock/requests").json()["data"] == []
    assert [created(client) for _ in range(2)] == [created(plain) for _ in range(2)]


def test_a_workflow_without_a_version_answers_nothing(client: TestClient) -> None:
    answer = client.post("/_mock/workflows/wf_mock_latest/try", json={})
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "workflow_without_version"


def test_a_reply_that_cant_be_played_is_refused_with_a_sentence(client: TestClient) -> None:
    widget = {"type": "Card", "children": [{"type": "Text", "id": "a", "value": 1}]}
    reply = [{"widget": widget}, {"update_widget": {"component_id": "a", "text": "more"}}]
    client.post("/_mock/workflows", json={"id": "wf_shop", "default": reply})
    answer = client.post("/_mock/workflows/wf_shop/try", json={})
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith("The reply can't be played: ")


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"text": 1}, "text"),
        ({"text": None}, "text"),
        ({"turn": 0}, "turn"),
        ({"turn": 10**30}, "turn"),
        ({"turn": 1.5}, "turn"),
        ({"state": []}, "state"),
        ({"state": {"a": {}}}, "state.a"),
        ({"action": {}}, "action.type"),
        ({"action": "go"}, "action"),
        ({"tool": []}, "tool"),
        ({"answers": {"a": 1}}, "answers.a"),
        ({"attachments": [{"name": "a"}]}, "attachments[0].mime_type"),
        ({"attachments": {}}, "attachments"),
        ({"more": 1}, "more"),
    ],
)
def test_what_is_wrong_is_named(client: TestClient, params: Json, param: str) -> None:
    answer = client.post("/_mock/workflows/wf_support/try", json=params)
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == param


@pytest.mark.parametrize("params", [{"tool": "a", "answers": {}}, {"action": {"type": "a"}, "output": None}])
def test_one_thing_is_answered_at_a_time(client: TestClient, params: Json) -> None:
    answer = client.post("/_mock/workflows/wf_support/try", json=params)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith("A dry run takes one kind of input, not ")


BODIES = {
    "cut short": b"{",
    "an array": b"[]",
    "half a surrogate": b'{"text":"\\ud800"}',
    "deep": b'{"output":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "a little too deep": b'{"output":' + b"[" * 900 + b"]" * 900 + b"}",
    "deep objects": b'{"output":' + b'{"a":' * 900 + b"1" + b"}" * 901,
    "a number without end": b'{"output":' + b"9" * 5000 + b"}",
    "a number out of range": b'{"output":1e999}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_body_that_is_no_good(client: TestClient, body: bytes) -> None:
    answer = client.post("/_mock/workflows/wf_support/try", content=body)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
TYPES = st.sampled_from(["claim.send", "buy", "get_order", "look", ""]) | st.text()
ODD = st.fixed_dictionaries(
    {},
    optional={
        "text": st.text() | st.sampled_from(["my order", "{{user}}", "call me", "bye"]),
        "user": st.text(),
        "turn": st.integers(-1, 3),
        "state": st.dictionaries(st.text(max_size=9), JSON, max_size=3),
        "action": st.fixed_dictionaries({"type": TYPES}, optional={"payload": JSON}),
        "tool": TYPES,
        "output": JSON,
        "answers": st.dictionaries(TYPES, st.text() | JSON, max_size=3),
        "attachments": st.lists(st.fixed_dictionaries({"name": st.text(), "mime_type": st.text()}), max_size=2),
    },
)


@pytest.mark.parametrize("workflow", ["wf_shop", "wf_support", "wf_demo", "wf_reasoning", "wf_error", "wf_none"])
@given(params=ODD | st.dictionaries(st.text(), JSON))
@settings(suppress_health_check=list(HealthCheck))
def test_whatever_is_tried_gives_a_result_or_a_sentence(shop: TestClient, workflow: str, params: Any) -> None:
    body = json.dumps(params).encode()
    answer = shop.post(f"/_mock/workflows/{workflow}/try", content=body, headers=HEADERS)
    assert answer.status_code in {200, 400}, answer.text
    assert ("items" in answer.json()) == (answer.status_code == 200)


def test_a_page_from_elsewhere_tries_nothing(client: TestClient) -> None:
    answer = client.post("/_mock/workflows/wf_1/try", json={}, headers={"origin": "https://evil.example"})
    assert answer.status_code == 403

"""`/_mock/faults/sets` and `/_mock/faults/magic`: what is shipped, switched on and off."""

import json
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml
from openai import APIStatusError, OpenAI
from starlette.testclient import TestClient
from support.emulator import HEADERS, MINIMAL, socket_client
from support.talk import Talk

from mock_server.control.faults import MOST
from mock_server.server.thread import ServerThread

FIXTURES = Path(__file__).parents[2] / "fixtures"
SESSIONS = "/v1/chatkit/sessions"
SETS = sorted(path.stem for path in (FIXTURES / "faults").glob("*.yaml"))
MAGIC = [each["value"] for each in yaml.safe_load((FIXTURES / "magic.yaml").read_text())["values"]]


def sets(client: TestClient, query: str = "") -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in client.get(f"/_mock/faults/sets{query}").json()["sets"]}


def magic(client: TestClient, query: str = "") -> dict[str, dict[str, Any]]:
    return {each["value"]: each for each in client.get(f"/_mock/faults/magic{query}").json()["values"]}


def names(client: TestClient) -> list[str]:
    return [rule["name"] for rule in client.get("/_mock/faults").json()["faults"]]


def test_every_set_is_listed_with_what_it_does(client: TestClient) -> None:
    assert list(sets(client)) == SETS
    for each in sets(client).values():
        assert each["description"].endswith(".")
        assert each["faults"]
        assert not each["active"]
    assert sets(client)["outage"]["faults"] == [
        {"name": "outage", "match": {}, "do": {"error": 503, "drop": False}}  # as /_mock/faults takes it
    ]


@pytest.mark.parametrize("name", SETS)
def test_a_set_is_switched_on_and_off(client: TestClient, name: str) -> None:
    client.post("/_mock/faults", json={"name": "mine", "match": {"path": "/nowhere"}, "do": {"error": 418}})
    client.post(f"/_mock/faults/sets/{name}")
    assert [each for each, shown in sets(client).items() if shown["active"]] == [name]
    left = client.delete(f"/_mock/faults/sets/{name}").json()["faults"]
    assert [rule["name"] for rule in left] == ["mine"]
    assert not any(shown["active"] for shown in sets(client).values())
    assert client.delete(f"/_mock/faults/sets/{name}").status_code == 200


def test_a_set_of_which_a_rule_is_gone_is_not_active(client: TestClient) -> None:
    client.post("/_mock/faults/sets/broken_streams")
    client.delete("/_mock/faults/cut_stream")
    assert not sets(client)["broken_streams"]["active"]


def test_every_magic_id_is_listed_with_a_sentence_on_what_it_does(client: TestClient) -> None:
    shown = magic(client)
    assert list(shown) == MAGIC
    for value, each in shown.items():
        assert each["summary"].endswith(".")
        assert "\n" not in each["summary"]
        assert {params["name"] for params in each["faults"]} == {value}
        assert (each["hits"], each["active"]) == (0, False)


@pytest.mark.parametrize("value", ["wf_mock_missing", "wf_mock_error", "wf_mock_ratelimited", "wf_mock_expired"])
def test_the_switch_lets_every_workflow_do_what_the_magic_one_does(client: TestClient, value: str) -> None:
    def created(workflow: str) -> tuple[int, Any]:
        answer = client.post(SESSIONS, json={**MINIMAL, "workflow": {"id": workflow}})
        return answer.status_code, answer.json().get("error", answer.json().get("status"))

    usual, struck = created("wf_1"), created(value)
    assert usual == (200, "active") != struck
    client.post(f"/_mock/faults/magic/{value}")
    assert created("wf_1") == struck
    assert (magic(client)[value]["hits"], magic(client)[value]["active"]) == (2, True)
    client.delete(f"/_mock/faults/magic/{value}")
    assert created("wf_1") == usual
    assert (magic(client)[value]["hits"], magic(client)[value]["active"]) == (2, False)


def test_the_official_client_meets_a_magic_id_that_is_switched_on(served: ServerThread, openai: OpenAI) -> None:
    httpx2.post(f"{served.origin}/_mock/faults/magic/wf_mock_ratelimited", trust_env=False).raise_for_status()
    with pytest.raises(APIStatusError) as refused:
        openai.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"})
    assert refused.value.status_code == 429
    assert refused.value.response.headers["x-mock-fault"] == "wf_mock_ratelimited"


def test_switching_on_twice_is_switching_on_once(client: TestClient) -> None:
    first = client.post("/_mock/faults/magic/wf_mock_slow").json()
    assert [rule["name"] for rule in first["faults"]] == ["wf_mock_slow", "wf_mock_slow"]
    assert client.post("/_mock/faults/magic/wf_mock_slow").json() == first
    client.delete(f"/_mock/faults/{first['faults'][0]['id']}")
    assert not magic(client)["wf_mock_slow"]["active"]
    client.post("/_mock/faults/magic/wf_mock_slow")
    assert names(client) == ["wf_mock_slow", "wf_mock_slow"]


def test_a_project_has_a_thousand_rules_at_most(client: TestClient) -> None:
    rules = [{"do": {"delay": "1ms"}} for _ in range(MOST)]
    assert client.put("/_mock/faults", json={"faults": rules}).status_code == 200
    for refused in (
        client.post("/_mock/faults", json=rules[0]),
        client.put("/_mock/faults", json={"faults": [*rules, *rules]}),
    ):
        assert refused.status_code == 400
        assert "at most 1,000 fault rules" in refused.json()["error"]["message"]
    assert len(client.get("/_mock/faults").json()["faults"]) == MOST


def test_a_project_has_switches_of_its_own(client: TestClient) -> None:
    client.post("/_mock/faults/magic/wf_mock_error?project=other")
    client.post("/_mock/faults/sets/outage?project=other")
    assert names(client) == []
    assert not magic(client)["wf_mock_error"]["active"]
    assert magic(client, "?project=other")["wf_mock_error"]["active"]
    assert sets(client, "?project=other")["outage"]["active"]


@pytest.mark.parametrize("kind", ["sets", "magic"])
@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_an_unknown_name_is_not_found_and_the_hint_names_those_there_are(
    client: TestClient, kind: str, method: str
) -> None:
    answer = client.request(method, f"/_mock/faults/{kind}/rainy")
    assert answer.status_code == 404
    assert answer.json()["error"]["message"] == "Fault with id 'rainy' not found."
    assert {"sets": SETS, "magic": MAGIC}[kind][0] in answer.headers["x-mock-hint"]


@pytest.mark.parametrize("path", ["sets", "magic", "sets/outage", "magic/wf_mock_slow"])
def test_a_page_from_elsewhere_is_refused(client: TestClient, path: str) -> None:
    method = "POST" if "/" in path else "GET"
    assert (
        client.request(method, f"/_mock/faults/{path}", headers={"origin": "https://evil.example"}).status_code == 403
    )


def test_a_stream_of_a_switched_on_workflow_is_cut(served: ServerThread) -> None:
    with socket_client(served.origin, headers=HEADERS) as web:
        web.post("/_mock/faults/magic/wf_mock_abort")
        secret = web.post(SESSIONS, json=MINIMAL).json()["client_secret"]
        with pytest.raises(httpx2.RemoteProtocolError):
            Talk(web, secret).say("hi")


CHANGES: list[tuple[str, str, Any]] = [
    ("POST", "", {"name": "mine", "do": {"error": 418}}),
    ("PUT", "", {"faults": [{"name": "mine", "do": {"error": 418}}]}),
    ("DELETE", "/mine", None),
    ("POST", "/sets/flaky", None),
    ("DELETE", "/sets/flaky", None),
    ("POST", "/magic/wf_mock_slow", None),
    ("DELETE", "/magic/wf_mock_slow", None),
    ("POST", "/sets/slow", None),
    ("DELETE", "", None),
]
NO_CHANGES: list[tuple[str, str, Any]] = [
    ("DELETE", "", None),
    ("DELETE", "/sets/flaky", None),
    ("DELETE", "/magic/wf_mock_slow", None),
    ("DELETE", "/mine", None),
    ("POST", "", {"do": {}}),
]


def test_every_change_of_the_rules_is_told_and_nothing_else(served: ServerThread) -> None:
    def change(changes: list[tuple[str, str, Any]]) -> None:
        for method, path, body in changes:
            web.request(method, f"/_mock/faults{path}", json=body)

    with (
        socket_client(served.origin, timeout=10) as web,
        web.stream("GET", "/_mock/events") as answer,
    ):
        lines = answer.iter_lines()
        assert next(lines) == ": listening"
        change(NO_CHANGES)
        change(CHANGES)
        change(NO_CHANGES)
        web.post("/_mock/reset?only=requests")  # told as the last of them
        told = (json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: "))
        happenings = [next(told) for _ in range(len(CHANGES) + 1)]
    assert [each["kind"] for each in happenings] == ["faults"] * len(CHANGES) + ["reset"]
    assert happenings[0]["data"] == {}

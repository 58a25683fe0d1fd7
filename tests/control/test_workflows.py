"""`/_mock/workflows`: what there is, from files and without, and what is wrong with files."""

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from support.emulator import Client
from support.talk import Talk, text_of

from mock_server.app import MockServer
from mock_server.config import Settings
from mock_server.documents.shipped import fixtures_folder
from mock_server.state.projects import Projects
from mock_server.workflows.catalog import MOST, Catalog

SCRIPT = {"id": "wf_shop", "default": [{"message": "Hello, {{user}}"}]}


def test_a_script_that_was_added_answers_until_it_is_removed(client: TestClient) -> None:
    added = client.post("/_mock/workflows", json=SCRIPT).json()
    assert added == {
        "id": "wf_shop",
        "description": "",
        "versions": None,
        "turns": 0,
        "source": "added",
        "file": None,
        "error": None,
        "prompts": [],
    }
    assert text_of(Talk.begin(client, workflow="wf_shop").say("Hi")) == "Hello, ada"
    left = client.delete("/_mock/workflows/wf_shop").json()["workflows"]
    assert "wf_shop" not in [each["id"] for each in left]
    assert text_of(Talk.begin(client, workflow="wf_shop").say("Hi")) == "Hi"


def test_it_stands_before_a_file_of_its_id(client: TestClient) -> None:
    client.post("/_mock/workflows", json={**SCRIPT, "id": "wf_support"})
    assert text_of(Talk.begin(client, workflow="wf_support").say("Hi")) == "Hello, ada"
    client.delete("/_mock/workflows/wf_support")
    listed = {each["id"]: each["source"] for each in client.get("/_mock/workflows").json()["workflows"]}
    assert listed["wf_support"] == "file"


def test_it_counts_where_workflows_have_to_be_known() -> None:
    catalog = Catalog()
    app = MockServer(Projects(Settings(require_workflow=True), scripted=catalog), workflows=catalog)
    client = Client(app)
    body = {"user": "ada", "workflow": {"id": "wf_shop"}}
    assert client.post("/v1/chatkit/sessions", json=body).status_code == 404
    client.post("/_mock/workflows", json=SCRIPT)
    assert client.post("/v1/chatkit/sessions", json=body).status_code == 200


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"default": [{"mesage": "x"}]}, "default[0]"),
        ({"default": [{"message": "{{usr}}"}]}, "default[0].message"),
        ({"default": [{"pause": "soon"}]}, "default[0].pause"),
        ({"id": ""}, "id"),
    ],
)
def test_a_faulty_one_is_refused_and_changes_nothing(client: TestClient, change: dict[str, object], param: str) -> None:
    client.post("/_mock/workflows", json=SCRIPT)
    answer = client.post("/_mock/workflows", json={**SCRIPT, **change})
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == param
    assert text_of(Talk.begin(client, workflow="wf_shop").say("Hi")) == "Hello, ada"


def test_only_what_was_added_can_be_removed(client: TestClient) -> None:
    assert client.delete("/_mock/workflows/wf_support").status_code == 404


# Files.


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of workflows with one good file."""
    (tmp_path / "wf_mine.yaml").write_text("default: [{message: one}]")
    return tmp_path


@pytest.fixture
def of_folder(folder: Path) -> TestClient:
    """A client of an emulator with that folder."""
    app = MockServer(Projects(Settings()), workflows=Catalog([folder]))
    return Client(app)


def listed(client: TestClient, workflow: str = "wf_mine") -> dict[str, Any]:
    found: dict[str, Any] = next(
        each for each in client.get("/_mock/workflows").json()["workflows"] if each["id"] == workflow
    )
    return found


def errors(client: TestClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/_mock/workflows").json()["errors"]
    return found


def test_shipped_workflows_are_listed_with_their_files_and_without_errors(client: TestClient) -> None:
    assert errors(client) == []
    shown = client.get("/_mock/workflows").json()["workflows"]
    shipped = sorted((fixtures_folder() / "workflows").glob("*.yaml"))
    assert [(each["id"], each["file"], each["error"]) for each in shown] == [
        (path.stem, str(path), None) for path in shipped
    ]


def test_a_file_that_goes_bad_is_listed_until_it_is_mended_and_its_last_script_goes_on(
    of_folder: TestClient, folder: Path
) -> None:
    assert (listed(of_folder)["error"], errors(of_folder)) == (None, [])
    path = folder / "wf_mine.yaml"
    path.write_text("stream: {by: words}\ndefault:\n- mesage: two\n")
    reason = "Object contains unknown field 'mesage'; did you mean 'message'?"
    message = f"{path}:3: default[0]: {reason}"
    told = {"file": str(path), "workflow": "wf_mine", "line": 3, "place": "default[0]", "reason": reason}
    for _ in range(2):
        assert errors(of_folder) == [{**told, "message": message}]
        assert listed(of_folder)["error"] == message
    detail = of_folder.get("/_mock/workflows/wf_mine").json()
    assert (detail["errors"], detail["error"]) == ([{**told, "message": message}], message)
    assert detail["text"] == path.read_text()
    assert detail["script"]["default"] == [{"message": "one"}]
    assert text_of(Talk.begin(of_folder, workflow="wf_mine").say("Hi")) == "one"
    path.write_text("default: [{message: three}]")
    assert (listed(of_folder)["error"], errors(of_folder)) == (None, [])


def test_a_file_that_never_was_good_is_listed_until_it_is_gone(of_folder: TestClient, folder: Path) -> None:
    path = folder / "new.yaml"
    path.write_text("default: [")
    (found,) = errors(of_folder)
    assert (found["file"], found["workflow"], found["line"], found["place"]) == (str(path), None, 1, "")
    assert found["message"] == f"{path}:1: {found['reason']}"
    assert "new" not in [each["id"] for each in of_folder.get("/_mock/workflows").json()["workflows"]]
    assert of_folder.get("/_mock/workflows/new").status_code == 404
    path.unlink()
    assert errors(of_folder) == []


def test_a_file_that_went_and_comes_back_bad_is_not_what_it_was(of_folder: TestClient, folder: Path) -> None:
    path = folder / "wf_mine.yaml"
    assert listed(of_folder)["turns"] == 0
    path.unlink()
    assert errors(of_folder) == []
    path.write_text("defualt: []")
    (found,) = errors(of_folder)
    assert found["workflow"] is None
    assert of_folder.get("/_mock/workflows/wf_mine").status_code == 404


def test_a_folder_that_is_gone_takes_its_workflows_with_it(of_folder: TestClient, folder: Path) -> None:
    (folder / "wf_mine.yaml").unlink()
    folder.rmdir()
    assert of_folder.get("/_mock/workflows/wf_mine").status_code == 404
    assert text_of(Talk.begin(of_folder, workflow="wf_mine").say("Hi")) == "Hi"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"default: [{message: '\xff'}]", "save it as UTF-8"),
        (b"default: [{widget: &a {x: *a}}]", "the alias '*a' is within the value"),
        (b"default: " + b"[" * 5000, ""),
        (b"default: [{widget: {1: {2: .inf, [a]: b}}}]", ""),
        (b"default: [{widget: {a: !!set {x, y}, b: 2020-01-01, c: !!binary aGk=}}]", None),
        (b"turns: [{when: {text: {regex: 'a{99999999999999999999}'}}, reply: []}]", "is not a regular expression"),
        (b"", "is empty; the keys here are id, "),
        (b"- 1", "is a list without a key; "),
    ],
)
def test_whatever_is_in_a_file_it_is_listed_and_shown(
    of_folder: TestClient, folder: Path, content: bytes, reason: str | None
) -> None:
    listed(of_folder)
    (folder / "wf_mine.yaml").write_bytes(content)
    reasons = [each["reason"] for each in errors(of_folder)]
    assert (reasons == []) if reason is None else (reason in reasons[0])
    assert of_folder.get("/_mock/workflows/wf_mine").status_code == 200


# Details.


@pytest.mark.parametrize("path", sorted((fixtures_folder() / "workflows").glob("*.yaml")), ids=lambda path: path.stem)
def test_a_workflow_is_shown_with_a_script_that_can_be_added_as_it_stands(client: TestClient, path: Path) -> None:
    detail = client.get(f"/_mock/workflows/{path.stem}").json()
    assert detail["text"] == path.read_text()
    assert detail["file"] == str(path)
    assert client.post("/_mock/workflows", json={**detail["script"], "id": "wf_copy"}).status_code == 200
    copy = client.get("/_mock/workflows/wf_copy").json()
    assert (copy["text"], copy["file"], copy["errors"]) == (None, None, [])
    assert copy["script"] == {**detail["script"], "id": "wf_copy"}
    assert copy["prompts"] == detail["prompts"]


@pytest.mark.parametrize("workflow", ["wf_none", "%00", "wf%20x"])
def test_a_workflow_without_a_script_is_not_found(client: TestClient, workflow: str) -> None:
    answer = client.get(f"/_mock/workflows/{workflow}")
    assert answer.status_code == 404
    assert "no script" in answer.headers["x-mock-hint"]


def test_the_script_for_all_others_is_shown_under_its_own_id_only(client: TestClient) -> None:
    client.post("/_mock/workflows", json={"id": "*", "default": [{"message": "any"}]})
    assert client.get("/_mock/workflows/*").json()["script"]["default"] == [{"message": "any"}]
    assert client.get("/_mock/workflows/wf_none").status_code == 404


@pytest.mark.parametrize("path", ["/_mock/workflows", "/_mock/workflows/wf_support"])
def test_a_page_from_elsewhere_sees_none(client: TestClient, path: str) -> None:
    assert client.get(path, headers={"origin": "https://evil.example"}).status_code == 403


PROMPTS: list[tuple[dict[str, Any], list[str]]] = [
    ({"text": "Hello"}, ["Hello"]),
    ({"text": {"equals": "Hello"}}, ["Hello"]),
    ({"text": {"contains": "ell"}}, ["ell"]),
    ({"text": {"equals": "a b", "contains": "b"}}, ["a b"]),
    ({"text": {"contains": "b", "regex": "^b"}}, ["b"]),
    ({"text": "Hello", "turn": 1, "attachment": False}, ["Hello"]),
    ({"text": {"regex": "^b"}}, []),
    ({"text": {"contains": "b", "regex": "^a"}}, []),  # which is not answered by the turn
    ({"text": " "}, []),
    ({"text": "Hello", "turn": 2}, []),
    ({"text": "Hello", "user": "grace"}, []),
    ({"text": "Hello", "state": {"plan": "pro"}}, []),
    ({"text": "Hello", "action": "go"}, []),
    ({"attachment": False}, []),
]


@pytest.mark.parametrize(("when", "prompts"), PROMPTS)
def test_prompts_are_messages_that_a_turn_answers_to(
    client: TestClient, when: dict[str, Any], prompts: list[str]
) -> None:
    script = {"id": "wf_shop", "turns": [{"when": when, "reply": [{"message": "this one"}]}]}
    assert client.post("/_mock/workflows", json=script).json()["prompts"] == prompts
    for prompt in prompts:
        assert text_of(Talk.begin(client, workflow="wf_shop").say(prompt)) == "this one"


def test_six_prompts_are_offered_and_none_that_an_earlier_turn_answers(client: TestClient) -> None:
    texts = ["a", "ab", "b", "c", "d", "e", "f", "g"]
    turns = [{"when": {"text": text}, "reply": []} for text in texts]
    added = client.post("/_mock/workflows", json={"id": "wf_shop", "turns": turns}).json()
    assert added["prompts"] == ["a", "b", "c", "d", "e", "f"]


def test_a_thousand_workflows_can_be_added(client: TestClient) -> None:
    def add(number: int) -> Any:
        return client.post("/_mock/workflows", json={"id": f"wf_{number}", "default": [{"message": "Hello"}]})

    assert [add(number).status_code for number in range(MOST)] == [200] * MOST
    refused = add(MOST)
    assert refused.status_code == 400
    assert "There are 1,000 added workflows" in refused.json()["error"]["message"]
    assert add(1).status_code == 200

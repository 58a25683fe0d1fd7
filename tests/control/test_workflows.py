"""`/_mock/workflows`: scripts that come without a file."""

import pytest
from conftest import HEADERS
from starlette.testclient import TestClient
from talk import Talk, text_of

from mock_server.app import MockServer
from mock_server.config import Settings
from mock_server.state.project import Projects
from mock_server.workflows.catalog import Catalog

SCRIPT = {"id": "wf_shop", "default": [{"message": "Hello, {{user}}"}]}


def test_a_script_that_was_added_answers_until_it_is_removed(client: TestClient) -> None:
    added = client.post("/_mock/workflows", json=SCRIPT).json()
    assert added == {"id": "wf_shop", "description": "", "versions": None, "turns": 0, "source": "added"}
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
    client = TestClient(app, base_url="http://127.0.0.1", headers=HEADERS)
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

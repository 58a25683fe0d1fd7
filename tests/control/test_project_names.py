"""A project counts once something was changed in it; what merely names it leaves nothing behind."""

import pytest
from starlette.testclient import TestClient
from support.emulator import MINIMAL, Start

from mock_server.client.transport import ControlError
from mock_server.state.projects import MOST
from mock_server.testing import ChatKitMock


def names(client: TestClient) -> list[str]:
    found: list[str] = [each["project"] for each in client.get("/_mock/projects").json()["projects"]]
    return found


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/p/other/v1/no/such/url"),
        ("GET", "/p/other/health"),
        ("GET", "/p/other/_mock/sessions"),
        ("GET", "/_mock/sessions?project=other"),
        ("GET", "/p/other/v1/chatkit/threads"),
        ("POST", "/p/other/v1/no/such/url"),
        ("POST", "/p/other/v1/chatkit/sessions"),
        ("POST", "/_mock/faults?project=other"),
        ("DELETE", "/p/other/v1/chatkit/threads/cthr_1"),
        ("OPTIONS", "/p/other/v1/chatkit/sessions"),
    ],
)
def test_what_changes_nothing_makes_no_project(client: TestClient, method: str, path: str) -> None:
    client.request(method, path)
    assert names(client) == ["default"]
    assert client.get("/health").json()["projects"] == ["default"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/p/other/v1/chatkit/sessions", MINIMAL),
        ("/p/other/_mock/reset", None),
        ("/_mock/reset?project=other", None),
        ("/_mock/load?project=other", {"sessions": []}),
        ("/_mock/faults?project=other", {"do": {"error": 500}}),
    ],
)
def test_what_changes_something_does(client: TestClient, path: str, body: object) -> None:
    assert client.post(path, json=body).status_code == 200
    assert names(client) == ["default", "other"]


def test_the_journal_of_refused_requests_is_there_when_the_project_is(client: TestClient) -> None:
    client.post("/p/other/v1/chatkit/sessions", json={})
    assert client.get("/p/other/_mock/requests").json()["data"][0]["status"] == 400
    client.post("/p/other/v1/chatkit/sessions", json=MINIMAL)
    statuses = [each["status"] for each in client.get("/p/other/_mock/requests").json()["data"]]
    assert statuses == [200, 400]


def test_a_thousand_names_take_no_room(client: TestClient) -> None:
    for at in range(100):
        client.get(f"/p/image-{at}/v1/x")
    assert names(client) == ["default"]
    assert client.get("/p/image-0/_mock/requests").json()["data"] == [], "only the latest are remembered"
    assert client.get("/p/image-99/_mock/requests").json()["data"] != []


@pytest.mark.slow
def test_there_is_a_limit_that_says_what_to_do(client: TestClient) -> None:
    for at in range(MOST - 1):
        assert client.post(f"/p/n{at}/_mock/reset").status_code == 200
    refused = client.post("/p/one-more/v1/chatkit/sessions", json=MINIMAL)
    assert refused.status_code == 400
    assert "delete some with DELETE /_mock/projects/NAME" in refused.json()["error"]["message"]
    assert client.post("/p/n0/v1/chatkit/sessions", json=MINIMAL).status_code == 200
    assert client.delete("/_mock/projects/n0").status_code == 200
    assert client.post("/p/one-more/v1/chatkit/sessions", json=MINIMAL).status_code == 200


def test_a_deleted_project_takes_its_secrets_along(start: Start) -> None:
    client = start()
    secret = client.post("/p/other/v1/chatkit/sessions", json=MINIMAL).json()["client_secret"]
    left = client.delete("/p/other/_mock/projects/other").json()
    assert [each["project"] for each in left["projects"]] == ["default"]
    assert names(client) == ["default"]
    refused = client.post(
        "/v1/chatkit/conversation",
        json={"type": "threads.list", "params": {}},
        headers={"authorization": f"Bearer {secret}"},
    )
    assert refused.status_code == 401


def test_the_handle_deletes_projects_and_says_which_it_can_not() -> None:
    with ChatKitMock() as mock:
        mock.transport.call("POST", "/p/other/_mock/reset")
        assert [each.project for each in mock.delete_project("other").projects] == ["default"]
        with pytest.raises(ControlError, match=r"Project with id 'other' not found\. The projects are default"):
            mock.delete_project("other")
        with pytest.raises(ControlError, match="reset it instead"):
            mock.delete_project("default")

"""`/_mock/threads`: what was said, seen from behind."""

from conftest import Start
from starlette.testclient import TestClient
from talk import Talk

from mock_server.testing import ChatKitMock


def test_lists_threads_newest_first_and_shows_one_with_its_items(client: TestClient) -> None:
    one, other = Talk.begin(client, user="ada"), Talk.begin(client, user="bob")
    one.say("Hello there")
    other.say("Good morning")
    listed = client.get("/_mock/threads").json()
    assert (listed["total"], [each["user"] for each in listed["threads"]]) == (2, ["bob", "ada"])
    (of_ada,) = client.get("/_mock/threads?user=ada").json()["threads"]
    assert (of_ada["id"], of_ada["title"], of_ada["items"]) == (one.thread_id, "Hello there", 2)
    shown = client.get(f"/_mock/threads/{one.thread_id}").json()
    assert [item["type"] for item in shown["items"]] == ["user_message", "assistant_message"]
    assert shown["session"] == client.get("/_mock/sessions?user=ada").json()["sessions"][0]["id"]


def test_says_where_a_thread_is(start: Start) -> None:
    client = start(seed={"threads": [{"id": "cthr_1", "user": "ada"}]})
    client.delete("/v1/chatkit/threads/cthr_1")
    client.get("/p/other/_mock/threads")
    refused = client.get("/_mock/threads/cthr_1")
    assert refused.status_code == 404
    assert refused.headers["x-mock-hint"] == "It is in project 'other'; add ?project=other."


def test_the_handle_gives_them_typed() -> None:
    with ChatKitMock(load=["demo"]) as mock:
        (thread,) = [each for each in mock.threads.list(user="ada") if each.id == "cthr_demo"]
        assert len(mock.threads.get(thread.id).items) == thread.items > 0

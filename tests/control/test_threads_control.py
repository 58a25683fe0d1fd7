"""`/_mock/threads`: what was said, seen from behind."""

from typing import Any

import pytest
from starlette.testclient import TestClient
from support.emulator import Start, projects_of
from support.talk import Talk

from mock_server.state.feed import QueueListener
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
    client.post("/p/other/_mock/reset")
    refused = client.get("/_mock/threads/cthr_1")
    assert refused.status_code == 404
    assert refused.headers["x-mock-hint"] == "It is in project 'other'; add ?project=other."


def test_the_handle_gives_them_typed() -> None:
    with ChatKitMock(load=["demo"]) as mock:
        (thread,) = [each for each in mock.threads.list(user="ada") if each.id == "cthr_demo"]
        assert len(mock.threads.get(thread.id).items) == thread.items != 0


SEED = {
    "threads": [
        {"id": "cthr_1", "user": "ada", "title": "Hello World", "created_at": 1},
        {"id": "cthr_2", "user": "Bob", "status": {"type": "locked", "reason": "Why"}, "created_at": 2},
        {"id": "cthr_3", "user": "bob", "title": "bye", "status": {"type": "closed"}, "created_at": 3},
    ]
}


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", "321"),
        ("user=bob", "3"),
        ("status=active", "1"),
        ("status=locked", "2"),
        ("status=closed", "3"),
        ("search=BOB", "32"),
        ("search=world", "1"),
        ("search=CTHR_2", "2"),
        ("search=", "321"),
        ("session=cksess_1", ""),
        ("user=bob&status=locked", ""),
        ("after=cthr_3", "21"),
        ("after=cthr_3&search=b", "2"),
        ("limit=2&after=cthr_9", "32"),
    ],
)
def test_threads_are_found_by_all_that_is_said(start: Start, query: str, numbers: str) -> None:
    listed = start(seed=SEED).get(f"/_mock/threads?{query}").json()
    assert [each["id"] for each in listed["threads"]] == [f"cthr_{number}" for number in numbers]
    assert listed["has_more"] == ("limit" in query)


def test_threads_of_all_projects_are_one_list(start: Start) -> None:
    client = start(seed=SEED)
    client.post("/p/other/_mock/reset")
    listed = client.get("/_mock/threads?project=*&limit=3").json()
    assert [(each["project"], each["id"]) for each in listed["threads"]] == [
        ("default", "cthr_3"),
        ("other", "cthr_3"),
        ("default", "cthr_2"),
    ]
    assert (listed["project"], listed["total"], listed["has_more"]) == ("*", 6, True)


def test_threads_are_found_by_the_session_that_began_them(client: TestClient) -> None:
    talks = [Talk.begin(client), Talk.begin(client)]
    for talk in talks:
        talk.say("Hello")
    session = client.get(f"/_mock/threads/{talks[0].thread_id}").json()["session"]
    (found,) = client.get("/_mock/threads", params={"session": session}).json()["threads"]
    assert found["id"] == talks[0].thread_id


def test_a_thread_is_renamed_locked_and_opened_again_for_its_user(client: TestClient) -> None:
    talk = Talk.begin(client)
    talk.say("Hello")
    path = f"/_mock/threads/{talk.thread_id}"
    changed = {"title": "Renamed", "status": {"type": "locked", "reason": "A while"}}
    shown = client.patch(path, json=changed).json()
    assert (shown["title"], shown["status"], len(shown["items"])) == ("Renamed", changed["status"], 2)
    seen = talk.json("threads.get_by_id", thread_id=talk.thread_id)
    assert (seen["title"], seen["status"]) == ("Renamed", changed["status"])
    message = {"content": [{"type": "input_text", "text": "hi"}], "attachments": [], "inference_options": {}}
    refused = talk.post("threads.add_user_message", thread_id=talk.thread_id, input=message)
    assert refused.json()["error"]["code"] == "thread_locked"
    assert client.patch(path, json={"status": {"type": "active"}}).json()["title"] == "Renamed"
    talk.say("Hello again")
    shown = client.patch(path, json={"title": None, "status": {"type": "closed"}}).json()
    assert (shown["title"], shown["status"]) == (None, {"type": "closed", "reason": None})
    assert client.patch(path, json={}).json() == shown


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"title": 1}, "title"),
        ({"title": "New", "status": "locked"}, "status"),
        ({"title": "New", "status": None}, "status"),
        ({"title": "New", "status": {"type": "open"}}, "status.type"),
        ({"title": "New", "status": {"reason": "Why"}}, "status.type"),
        ({"title": "New", "status": {"type": "locked", "reason": 1}}, "status.reason"),
        ({"title": "New", "status": {"type": "locked", "until": 1}}, "status.until"),
        ({"title": "New", "user": "eve"}, "user"),
    ],
    ids=str,
)
def test_a_wrong_change_changes_nothing(start: Start, body: dict[str, Any], param: str) -> None:
    client = start(seed=SEED)
    answer = client.patch("/_mock/threads/cthr_1", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == param
    shown = client.get("/_mock/threads/cthr_1").json()
    assert (shown["title"], shown["status"]) == ("Hello World", {"type": "active"})


def test_a_thread_is_deleted_with_its_files(client: TestClient) -> None:
    talk = Talk.begin(client, chatkit_configuration={"file_upload": {"enabled": True}})
    secret = {"authorization": f"Bearer {talk.secret}"}
    png = {"file": ("a.png", b"pixels", "image/png")}
    file = client.post("/v1/chatkit/files", files=png, headers=secret).json()
    talk.say("Look", attachments=[file["id"]])
    deleted = client.delete(f"/_mock/threads/{talk.thread_id}")
    assert deleted.json() == {"project": "default", "cleared": 1}
    assert client.get(f"/v1/chatkit/threads/{talk.thread_id}").status_code == 404
    assert client.get(f"/v1/chatkit/files/{file['id']}").status_code == 404


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_a_thread_elsewhere_is_left_alone(start: Start, method: str) -> None:
    client = start(seed=SEED)
    client.delete("/v1/chatkit/threads/cthr_1")
    client.post("/p/other/_mock/reset")
    refused = client.request(method, "/_mock/threads/cthr_1", json={"title": "New"} if method == "PATCH" else None)
    assert refused.status_code == 404
    assert refused.headers["x-mock-hint"] == "It is in project 'other'; add ?project=other."
    assert client.get("/p/other/v1/chatkit/threads/cthr_1").json()["title"] == "Hello World"


def test_who_listens_hears_of_what_is_done_to_threads(start: Start) -> None:
    client = start(seed=SEED)
    listener = QueueListener(lambda: None)
    projects_of(client).default.join(listener)
    client.patch("/_mock/threads/cthr_1", json={"title": "New"})
    client.delete("/_mock/threads/cthr_1")
    heard = [
        (each.kind, each.data["thread"], each.data["user"]) for each in (event.built() for event in listener.waiting)
    ]
    assert heard == [("thread.updated", "cthr_1", "ada"), ("thread.deleted", "cthr_1", "ada")]

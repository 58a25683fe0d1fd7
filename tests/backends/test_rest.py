"""`/v1/chatkit/threads`, and what else shows threads, where a server of the user's own keeps them."""

import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import openai
import pytest
from support.patience import eventually

from mock_server.client.transport import ControlError
from mock_server.clock import world_time
from mock_server.testing import ChatKitMock
from mock_server.testing.conversation import Conversation

if TYPE_CHECKING:
    from support.user_server import UserServer


@pytest.fixture
def servers() -> "list[UserServer]":
    """The servers that were made, the latest one last."""
    return []


@pytest.fixture
def mock(servers: "list[UserServer]") -> Iterator[ChatKitMock]:
    from support.user_server import UserServer  # noqa: PLC0415 - its import takes two seconds

    def make() -> UserServer:
        servers.append(UserServer())
        return servers[-1]

    with ChatKitMock(backend=make) as started:
        yield started


@pytest.fixture
def threads(mock: ChatKitMock) -> Iterator[Any]:
    """The official client's threads."""
    with mock.openai(max_retries=0) as client:
        yield client.beta.chatkit.threads


def say(mock: ChatKitMock, text: str, *, user: str = "ann", workflow: str = "wf_own") -> Conversation:
    """A conversation of a new session, in which a message was sent."""
    talk = mock.secret(mock.create_session(workflow, user=user))
    talk.send(text)
    return talk


def test_threads_of_one_user_are_listed_newest_first(mock: ChatKitMock, threads: Any) -> None:
    first, _, second = (say(mock, "one"), say(mock, "two", user="ben"), say(mock, "three"))
    listed = threads.list(user="ann").data
    assert [thread.id for thread in listed] == [second.thread_id, first.thread_id]
    assert [thread.title for thread in listed] == ["three", "one"]
    assert {thread.user for thread in listed} == {"ann"}
    assert {thread.status.type for thread in listed} == {"active"}
    assert abs(listed[0].created_at - world_time()) < 60


def test_pages_go_on_in_both_directions(mock: ChatKitMock, threads: Any) -> None:
    ids = [say(mock, str(number)).thread_id for number in range(5)]
    assert [thread.id for thread in threads.list(user="ann", limit=2)] == ids[::-1]
    assert [thread.id for thread in threads.list(user="ann", limit=2, order="asc").data] == ids[:2]
    assert [thread.id for thread in threads.list(user="ann", order="asc", before=ids[2]).data] == ids[:2]
    assert [thread.id for thread in threads.list(user="ann", after=ids[2]).data] == ids[1::-1]


def test_a_long_list_is_asked_for_by_the_hundred(mock: ChatKitMock, threads: Any, servers: "list[UserServer]") -> None:
    from chatkit.types import ThreadMetadata  # noqa: PLC0415 - as above

    say(mock, "one")
    store = servers[-1].store
    made = next(iter(store.threads.values()))
    for number in range(250):
        store.threads[f"thr_{number}"] = ThreadMetadata(**{**made.model_dump(), "id": f"thr_{number}"})
        store.users[f"thr_{number}"] = "ann"
    assert len(list(threads.list(user="ann", limit=100))) == 251
    assert store.asked[:3] == [("ann", 100)] * 3


def test_without_a_user_those_of_everybody_seen_are_merged(mock: ChatKitMock, threads: Any) -> None:
    ids = {say(mock, "one").thread_id, say(mock, "two", user="ben").thread_id}
    mock.create_session(user="eve")
    answer = threads.with_raw_response.list()
    assert {thread.id for thread in answer.parse().data} == ids
    hint = "Threads that your own server keeps are those of the 3 users that were seen here"
    assert answer.headers["x-mock-hint"] == f"{hint}: it lists one user's at a time."


def test_threads_of_scripts_are_among_them(mock: ChatKitMock, threads: Any) -> None:
    mock.workflows.add("wf_script", {"turns": [{"when": {"text": "one"}, "reply": [{"message": "Hello."}]}]})
    ids = [say(mock, "one", workflow=workflow).thread_id for workflow in ("wf_own", "wf_script", "wf_own")]
    assert [thread.id for thread in threads.list(user="ann").data] == ids[::-1]
    assert threads.retrieve(ids[1]).id == ids[1]
    assert [item.type for item in threads.list_items(ids[1], order="asc").data][-1] == "chatkit.assistant_message"


def test_a_store_that_does_not_know_users_shows_each_only_its_own() -> None:
    from support.official_server import OfficialServer  # noqa: PLC0415 - as above

    with ChatKitMock(backend=OfficialServer) as mock, mock.openai(max_retries=0) as client:
        mine = say(mock, "one")
        say(mock, "two", user="ben")
        answer = client.beta.chatkit.threads.with_raw_response.list(user="ann")
        assert [thread.id for thread in answer.parse().data] == [mine.thread_id]
        assert "lists 1 threads of other users to this user too" in answer.headers["x-mock-hint"]


def test_a_thread_is_retrieved_with_its_items(mock: ChatKitMock, threads: Any) -> None:
    talk = say(mock, "one")
    talk.send("a card")
    thread = threads.retrieve(talk.thread_id)
    assert (thread.id, thread.title, thread.user) == (talk.thread_id, "one", "ann")
    items = threads.list_items(talk.thread_id, order="asc").data
    kinds = ["user_message", "assistant_message", "user_message", "widget"]
    assert [item.type for item in items] == [f"chatkit.{kind}" for kind in kinds]
    assert items[1].content[0].text == "You said: one"
    assert abs(items[0].created_at - world_time()) < 60
    newest = threads.list_items(talk.thread_id, limit=1)
    assert (newest.data[0].type, newest.has_more) == ("chatkit.widget", True)
    assert [item.id for item in threads.list_items(talk.thread_id, limit=1)] == [item.id for item in items[::-1]]


def test_a_deleted_thread_is_gone(mock: ChatKitMock, threads: Any, servers: "list[UserServer]") -> None:
    talk = say(mock, "one")
    assert threads.delete(talk.thread_id).deleted
    assert servers[-1].store.threads == {}
    with pytest.raises(openai.NotFoundError):
        threads.retrieve(talk.thread_id)


def test_a_thread_that_nobody_was_seen_with_is_not_found(mock: ChatKitMock, threads: Any) -> None:
    for ask in (threads.retrieve, threads.list_items, threads.delete):
        with pytest.raises(openai.NotFoundError) as caught:
            ask("thr_unknown")
        assert caught.value.response.headers["x-mock-hint"].startswith("Its owner is not known")


def test_a_thread_that_only_the_server_deleted_is_not_found(
    mock: ChatKitMock, threads: Any, servers: "list[UserServer]"
) -> None:
    talk = say(mock, "one")
    servers[-1].store.users.clear()
    with pytest.raises(openai.NotFoundError, match=f"Chatkit Thread with id '{talk.thread_id}' not found"):
        threads.retrieve(talk.thread_id)


def test_an_error_of_the_server_is_told(mock: ChatKitMock, threads: Any, servers: "list[UserServer]") -> None:
    say(mock, "one")
    servers[-1].store.broken = True
    with pytest.raises(openai.InternalServerError, match="This server raised OSError: the disk is gone"):
        threads.list(user="ann")


def test_a_reset_forgets(mock: ChatKitMock, threads: Any) -> None:
    talk = say(mock, "one")
    mock.reset()
    assert threads.list().data == []
    with pytest.raises(openai.NotFoundError):
        threads.retrieve(talk.thread_id)


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone can't be changed here")
def test_times_are_the_machines(monkeypatch: pytest.MonkeyPatch, mock: ChatKitMock, threads: Any) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        talk = say(mock, "one")
        assert abs(threads.retrieve(talk.thread_id).created_at - world_time()) < 60
        message = threads.list_items(talk.thread_id, order="asc").data[0]
        assert abs(message.created_at - world_time()) < 60
    time.tzset()


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone can't be changed here")
def test_times_of_a_frozen_process_are_too(monkeypatch: pytest.MonkeyPatch, mock: ChatKitMock, threads: Any) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        mock.clock.freeze("2026-01-01T00:00:00Z")
        assert threads.retrieve(say(mock, "one").thread_id).created_at == 1_767_225_600
    time.tzset()


def test_the_journal_names_the_thread(mock: ChatKitMock) -> None:
    talk = say(mock, "one")
    talk.send("two")
    talk.ask("items.list", thread_id=talk.thread_id)
    found = [request.thread for request in mock.journal.requests() if (request.operation or "").startswith("conv")]
    assert found == [talk.thread_id] * 3


def test_the_journal_keeps_what_the_server_answered(mock: ChatKitMock) -> None:
    talk = say(mock, "one")
    talk.ask("threads.get_by_id", thread_id=talk.thread_id)
    response = mock.journal.last("conversation.threads.get_by_id").response
    assert response is not None
    assert response.body["id"] == talk.thread_id


def test_the_feed_tells_of_threads(mock: ChatKitMock, threads: Any) -> None:
    told: list[tuple[str, str]] = []
    events = mock.events()

    def listen() -> None:
        told.extend((event.kind, event.data["thread"]) for event in events if event.kind.startswith("thread."))

    threading.Thread(target=listen, daemon=True).start()
    talk = say(mock, "one")
    talk.ask("threads.update", thread_id=talk.thread_id, title="Other")
    threads.delete(talk.thread_id)
    eventually(lambda: bool(told) and told[-1][0] == "thread.deleted")
    kinds = list(dict.fromkeys(kind for kind, _ in told))
    assert kinds == ["thread.created", "thread.updated", "thread.deleted"]
    assert {thread_id for _, thread_id in told} == {talk.thread_id}


def test_the_handle_reads_and_renames_and_deletes(mock: ChatKitMock) -> None:
    talk = say(mock, "one")
    say(mock, "two", user="ben")
    assert talk.thread_id is not None
    assert [(thread.title, thread.user, thread.items) for thread in mock.threads.list()] == [
        ("two", "ben", None),
        ("one", "ann", None),
    ]
    assert [type(item).__name__ for item in mock.threads.get(talk.thread_id).items] == [
        "UserMessageItem",
        "AssistantMessageItem",
    ]
    assert mock.threads.rename(talk.thread_id, "Other").title == "Other"
    assert [thread.title for thread in mock.threads.list(user="ann")] == ["Other"]
    mock.threads.delete(talk.thread_id)
    assert mock.threads.list(user="ann") == []


def test_the_handle_can_neither_lock_nor_close(mock: ChatKitMock) -> None:
    talk = say(mock, "one")
    assert talk.thread_id is not None
    with pytest.raises(ControlError, match="no operation that locks, closes or reopens one"):
        mock.threads.lock(talk.thread_id)
    with pytest.raises(ControlError, match="no operation that removes a title"):
        mock.threads.rename(talk.thread_id, None)


def test_a_snapshot_says_what_it_lacks(mock: ChatKitMock) -> None:
    say(mock, "one")
    with mock.http_client(timeout=30) as http:
        taken = http.get("/_mock/snapshot")
        assert "Threads that your own server keeps are not in this snapshot" in taken.headers["x-mock-hint"]
        assert taken.json()["projects"][0]["threads"]["entries"] == []
        mock.reset()
        assert http.put("/_mock/snapshot", content=taken.content).json()["sessions"] == 1

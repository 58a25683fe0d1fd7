"""A session's limits in front of a server of the user's own, which knows nothing of them."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from mock_server.client.transport import ControlError
from mock_server.testing import ChatKitMock
from mock_server.testing.conversation import Conversation

NO_HISTORY = {"history": {"enabled": False}}
TWO_RECENT = {"history": {"enabled": True, "recent_threads": 2}}


@pytest.fixture
def mock() -> Iterator[ChatKitMock]:
    from support.user_server import UserServer  # noqa: PLC0415 - its import takes two seconds

    with ChatKitMock(backend=UserServer) as started:
        yield started


def talk(mock: ChatKitMock, configuration: Mapping[str, Any] | None = None, *, user: str = "ann") -> Conversation:
    """A conversation of a new session."""
    return mock.secret(mock.create_session(user=user, chatkit_configuration=configuration))


def begun(mock: ChatKitMock, *texts: str, user: str = "ann") -> list[str]:
    """The ids of threads that one session has begun, with a message each."""
    ids = []
    for text in texts:
        conversation = talk(mock, user=user)
        conversation.send(text)
        assert conversation.thread_id is not None
        ids.append(conversation.thread_id)
    return ids


def listed(conversation: Conversation, **params: Any) -> list[str]:
    """The ids in a list of threads."""
    return [thread["id"] for thread in conversation.ask("threads.list", **params)["data"]]


def opens(conversation: Conversation, thread_id: str) -> bool:
    """Whether a thread can be opened and read; both or neither."""
    said = set()
    for operation in ("threads.get_by_id", "items.list"):
        try:
            conversation.ask(operation, thread_id=thread_id)
            said.add("")
        except ControlError as error:
            said.add(str(error))
    assert said in ({""}, {f"Chatkit Thread with id '{thread_id}' not found."})
    return said == {""}


def test_without_history_a_session_sees_only_its_own(mock: ChatKitMock) -> None:
    (older,) = begun(mock, "one")
    conversation = talk(mock, NO_HISTORY)
    assert listed(conversation) == []
    assert not opens(conversation, older)
    conversation.send("two")
    assert conversation.thread_id is not None
    assert listed(conversation) == [conversation.thread_id]
    assert opens(conversation, conversation.thread_id)
    assert listed(talk(mock)) == [conversation.thread_id, older]


def test_without_history_an_old_thread_takes_no_message(mock: ChatKitMock) -> None:
    (older,) = begun(mock, "one")
    conversation = talk(mock, NO_HISTORY)
    conversation.thread_id = older
    with pytest.raises(ControlError) as caught:
        conversation.send("two")
    assert caught.value.status == 404
    assert len(talk(mock).ask("items.list", thread_id=older)["data"]) == 2


def test_recent_threads_are_the_newest_and_the_sessions_own(mock: ChatKitMock) -> None:
    conversation = talk(mock, TWO_RECENT)
    conversation.send("own")
    assert conversation.thread_id is not None
    ids = begun(mock, "one", "two", "three")
    begun(mock, "other", user="ben")
    assert listed(conversation) == [ids[2], ids[1], conversation.thread_id]
    assert [opens(conversation, thread_id) for thread_id in ids] == [False, True, True]
    assert opens(conversation, conversation.thread_id)


def test_a_limited_list_has_pages(mock: ChatKitMock) -> None:
    conversation = talk(mock, TWO_RECENT)
    conversation.send("own")
    ids = [conversation.thread_id, *begun(mock, "one", "two", "three")[1:]]
    page = conversation.ask("threads.list", limit=2, order="asc")
    assert ([thread["id"] for thread in page["data"]], page["has_more"], page["after"]) == (ids[:2], True, ids[1])
    rest = conversation.ask("threads.list", limit=2, order="asc", after=page["after"])
    assert ([thread["id"] for thread in rest["data"]], rest["has_more"]) == (ids[2:], False)


def test_threads_of_others_are_left_to_the_server(mock: ChatKitMock) -> None:
    (theirs,) = begun(mock, "one", user="ben")
    with pytest.raises(ControlError, match=f"Not found: {theirs}"):
        talk(mock).ask("threads.get_by_id", thread_id=theirs)


def test_custom_mode_has_no_limits(mock: ChatKitMock) -> None:
    begun(mock, "one")
    with mock.http_client(headers={"x-mock-user": "ann"}) as http:
        answer = http.post("/v1/chatkit/conversation", content=json.dumps({"type": "threads.list", "params": {}}))
        assert len(answer.json()["data"]) == 1


def test_requests_are_counted_before_the_server(mock: ChatKitMock) -> None:
    session = mock.create_session(user="ann", rate_limits={"max_requests_per_1_minute": 1})
    conversation = mock.secret(session)
    conversation.send("one")
    with pytest.raises(ControlError) as caught:
        conversation.ask("threads.list")
    assert caught.value.status == 429

"""A server in JavaScript at a URL: every kind of operation."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest

from mock_server.client.transport import ControlError
from mock_server.testing import ChatKitMock

NODE = shutil.which("node")
SERVER = Path(__file__).parents[1] / "support/node_server.mjs"
pytestmark = [pytest.mark.node, pytest.mark.skipif(not NODE, reason="node is not installed here")]


@pytest.fixture
def node() -> Iterator[Any]:
    """Its process; the first line that it prints is its port."""
    assert NODE
    with subprocess.Popen([NODE, str(SERVER)], stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def mock(node: Any) -> Iterator[ChatKitMock]:
    with ChatKitMock(backend=f"http://127.0.0.1:{node.stdout.readline().strip()}/chatkit") as started:
        yield started


def test_every_kind_of_operation_passes(mock: ChatKitMock) -> None:
    talk = mock.secret(mock.create_session(user="ada", rate_limits={"max_requests_per_1_minute": 100}))
    turn = talk.send("one two three")
    assert turn.text == "one two three"
    thread = talk.thread_id
    assert talk.send("again").text == "again"
    card = talk.send("card").items[-1].id
    action = {"type": "buy", "payload": {}}
    assert talk.stream("threads.custom_action", thread_id=thread, item_id=card, action=action).text == "bought by buy"
    assert [call.name for call in talk.send("where").tool_calls] == ["where"]
    assert talk.answer({"city": "Rome"}).text == "in Rome"
    assert talk.ask("threads.update", thread_id=thread, title="Shopping")["title"] == "Shopping"
    assert [each["title"] for each in talk.ask("threads.list")["data"]] == ["Shopping"]
    listed = talk.ask("items.list", thread_id=thread)["data"]
    assert listed == talk.ask("threads.get_by_id", thread_id=thread)["items"]["data"]
    assert [item["type"] for item in listed[-4:]] == [
        "assistant_message",
        "user_message",
        "client_tool_call",
        "assistant_message",
    ]
    assert talk.ask("threads.delete", thread_id=thread) == {}
    with pytest.raises(ControlError) as caught:
        talk.ask("threads.get_by_id", thread_id=thread)
    assert caught.value.status == 404


def test_rest_lists_its_threads(mock: ChatKitMock) -> None:
    talk = mock.secret(mock.create_session(user="ada"))
    assert talk.send("one two").text == "one two"
    thread = talk.thread_id
    assert thread
    with mock.openai() as client:
        chatkit = client.beta.chatkit
        assert [each.id for each in chatkit.threads.list(user="ada")] == [thread]
        assert chatkit.threads.retrieve(thread).id == thread
        kinds = [item.type for item in chatkit.threads.list_items(thread, order="asc")]
        assert kinds == ["chatkit.user_message", "chatkit.assistant_message"]
        chatkit.threads.delete(thread)
        with pytest.raises(openai.NotFoundError):
            chatkit.threads.retrieve(thread)


def test_it_hears_of_a_cut_after_three_events(node: Any, mock: ChatKitMock) -> None:
    mock.faults.add("conversation", cut=3)
    with pytest.raises(ControlError, match="broke off"):
        mock.secret(mock.create_session(user="ada")).send("word " * 400)
    assert len(mock.journal.last("conversation").events or ()) == 3
    assert node.stdout.readline() == "left\n"

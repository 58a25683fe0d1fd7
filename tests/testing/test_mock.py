"""An emulator in a `with` block: what plain Python and unittest hold."""

import datetime as dt
import time
import unittest
from typing import Any

import pytest
from openai import NotFoundError, RateLimitError

from mock_server.client.transport import ControlError
from mock_server.testing import ChatKitMock, connect
from mock_server.testing.mock import ServerFailed

WORKFLOW: Any = {"id": "wf_1"}
NEW_YEAR = 1_767_225_600


def test_serves_official_clients_and_stops() -> None:
    with ChatKitMock() as mock, mock.openai() as client:
        session = client.beta.chatkit.sessions.create(user="ada", workflow=WORKFLOW)
        assert mock.sessions.get(session.id).user == "ada"
        mock.journal.assert_called("sessions.create", times=1)
        url = mock.url
    with pytest.raises(ControlError, match="no emulator responds"):
        connect(url).health()


def test_a_project_of_the_environment_leads_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj_of_production")
    with ChatKitMock(project="mine") as mock, mock.openai() as client:
        session = client.beta.chatkit.sessions.create(user="ada", workflow=WORKFLOW)
        assert mock.sessions.get(session.id).user == "ada"
        assert mock.environment()["OPENAI_PROJECT_ID"] == "mine"


@pytest.mark.anyio
async def test_serves_the_asynchronous_client() -> None:
    with ChatKitMock() as mock:
        async with mock.async_openai() as client:
            session = await client.beta.chatkit.sessions.create(user="ada", workflow=WORKFLOW)
            assert (await client.beta.chatkit.sessions.cancel(session.id)).status == "cancelled"


def test_talks_without_a_browser() -> None:
    with ChatKitMock() as mock, mock.openai() as client:
        mock.reply("refund", "On its way.")
        mock.reply("order", {"client_tool": {"name": "get_order", "arguments": {"id": 7}}})
        mock.reply({"tool": "get_order"}, "It is {{output.status}}.")
        talk = mock.secret(client.beta.chatkit.sessions.create(user="ada", workflow=WORKFLOW))
        first = talk.send("A refund, please")
        assert (first.text, first.title) == ("On its way.", "A refund, please")
        (call,) = talk.send("Where is my order?").tool_calls
        assert (call.name, call.arguments) == ("get_order", {"id": 7})
        assert talk.answer({"status": "lost"}).text == "It is lost."
        assert talk.send("Anything else").text == "Anything else"
        assert talk.ask("threads.list")["data"][0]["id"] == talk.thread_id


def test_a_refused_message_says_why() -> None:
    with ChatKitMock() as mock:
        with pytest.raises(ControlError, match="Incorrect API key") as caught:
            mock.secret("ek_none").send("Hi")
        assert caught.value.status == 401


def test_moves_the_time_of_the_server_and_of_the_process() -> None:
    real = time.time()  # noqa: TID251 - the test is about it
    with ChatKitMock() as mock, mock.openai() as client:
        mock.clock.freeze("2026-01-01T00:00:00Z")
        assert time.time() == NEW_YEAR  # noqa: TID251
        session = client.beta.chatkit.sessions.create(user="ada", workflow=WORKFLOW)
        assert session.expires_at == NEW_YEAR + 600
        mock.clock.tick("5m")
        mock.clock.shift(minutes=5)
        assert dt.datetime.now(dt.UTC).minute == 10  # noqa: TID251
        assert mock.sessions.get(session.id).status == "expired"
        mock.clock.resume()
        mock.clock.shift("-1d")
        assert -86_401 < time.time() - real - 0 < -86_390  # noqa: TID251
        with pytest.raises(ValueError, match="only a frozen clock can tick"):
            mock.clock.tick()
    assert 0 <= time.time() - real < 30  # noqa: TID251


def test_a_failure_of_the_server_is_raised_with_its_request() -> None:
    with ChatKitMock() as mock, mock.openai(max_retries=0) as client:
        mock.raise_failures()
        app = mock._app
        app.projects.default.sessions = None  # type: ignore[assignment]
        with pytest.raises(Exception, match="Sorry about that"):
            client.beta.chatkit.sessions.create(user="ada", workflow=WORKFLOW)
        with pytest.raises(ServerFailed, match=r"while handling POST /v1/chatkit/sessions \(req_") as caught:
            mock.raise_failures()
        assert isinstance(caught.value.__cause__, AttributeError)
        app.projects.default.sessions = app.projects.get("other").sessions


def test_a_refused_call_never_reaches_the_next_test() -> None:
    with ChatKitMock() as mock:
        with pytest.raises(ControlError):
            mock.reply("hi", {"mesage": "x"})
        mock.reply("hi", "hello")
        mock.workflows.add("wf_mine", {"default": [{"message": "mine"}]})
        session = mock.openai().beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"})
        assert mock.secret(session).send("hi").text == "hello", "a refused reply leaves nothing behind"
        mock.start_anew()
        assert "wf_mine" not in [each.id for each in mock.workflows.list()], "a script belongs to its test"
        session = mock.openai().beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"})
        assert mock.secret(session).send("hi").text == "hi"


def test_begins_with_what_it_is_told(tmp_path: object) -> None:
    with ChatKitMock(load=["demo"], faults=["rate_limited"], seed="7") as mock, mock.openai(max_retries=0) as client:
        with pytest.raises(RateLimitError):
            client.beta.chatkit.threads.list()
        mock.faults.clear()
        assert len(client.beta.chatkit.threads.list().data) == 3
        with pytest.raises(NotFoundError):
            client.beta.chatkit.threads.retrieve("cthr_none")


mock = ChatKitMock()


class Shop(unittest.TestCase):
    @mock
    def test_it_decorates(self) -> None:
        client = mock.openai()
        client.beta.chatkit.sessions.create(user="ada", workflow=WORKFLOW)
        assert len(mock.sessions.list()) == 1

    test_it_begins_anew = test_it_decorates

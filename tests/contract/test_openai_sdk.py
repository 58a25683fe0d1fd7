"""The official Python client is the judge of every operation."""

import asyncio
from collections.abc import Callable

import pytest
from openai import AsyncOpenAI, AuthenticationError, BadRequestError, NotFoundError, OpenAI

from mock_server.ids import FAKE_MARK
from mock_server.server.thread import ServerThread


def test_creates_a_session_with_the_documented_defaults(openai: OpenAI) -> None:
    session = openai.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"})
    assert session.status == "active"
    assert session.client_secret.startswith("ek_")
    assert session.rate_limits.max_requests_per_1_minute == 10
    assert session.chatkit_configuration.file_upload.model_dump() == {
        "enabled": False,
        "max_file_size": 512,
        "max_files": 10,
    }
    assert session.chatkit_configuration.history.model_dump() == {"enabled": True, "recent_threads": None}
    assert session.chatkit_configuration.automatic_thread_titling.enabled
    assert session.workflow.tracing.enabled


def test_echoes_every_override_resolved(openai: OpenAI) -> None:
    session = openai.beta.chatkit.sessions.create(
        user="ada",
        workflow={
            "id": "wf_1",
            "version": "7",
            "state_variables": {"plan": "pro", "seats": 3, "ratio": 0.5, "trial": True},
            "tracing": {"enabled": False},
        },
        expires_after={"anchor": "created_at", "seconds": 1},
        rate_limits={"max_requests_per_1_minute": 1},
        chatkit_configuration={
            "automatic_thread_titling": {"enabled": False},
            "file_upload": {"enabled": True, "max_file_size": 1, "max_files": 1},
            "history": {"enabled": False, "recent_threads": 1},
        },
    )
    assert session.workflow.to_dict() == {
        "id": "wf_1",
        "version": "7",
        "state_variables": {"plan": "pro", "seats": 3, "ratio": 0.5, "trial": True},
        "tracing": {"enabled": False},
    }
    assert session.max_requests_per_1_minute == session.rate_limits.max_requests_per_1_minute == 1
    assert session.chatkit_configuration.to_dict() == {
        "automatic_thread_titling": {"enabled": False},
        "file_upload": {"enabled": True, "max_file_size": 1, "max_files": 1},
        "history": {"enabled": False, "recent_threads": 1},
    }


def test_cancels_a_session_once_and_again(openai: OpenAI) -> None:
    session = openai.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"})
    cancelled = openai.beta.chatkit.sessions.cancel(session.id)
    assert cancelled.status == "cancelled"
    assert cancelled.to_dict() == {**session.to_dict(), "status": "cancelled"}
    assert openai.beta.chatkit.sessions.cancel(session.id).status == "cancelled"


def test_lists_the_threads_of_a_user(openai: OpenAI) -> None:
    threads = openai.beta.chatkit.threads.list(user="ada", order="asc")
    assert [thread.id for thread in threads] == ["cthr_demo", "cthr_demo_locked"]
    assert threads.data[1].status.to_dict() == {"type": "locked", "reason": "A colleague looks into it."}


def test_walks_through_pages_by_itself(openai: OpenAI) -> None:
    walked = [item.id for item in openai.beta.chatkit.threads.list_items("cthr_demo", limit=2)]
    whole = [item.id for item in openai.beta.chatkit.threads.list_items("cthr_demo", limit=100)]
    assert walked == whole
    assert len(whole) == 6


def test_shows_all_six_types_of_items(openai: OpenAI) -> None:
    items = openai.beta.chatkit.threads.list_items("cthr_demo", order="asc").data
    assert [item.type for item in items] == [
        "chatkit.user_message",
        "chatkit.task_group",
        "chatkit.client_tool_call",
        "chatkit.widget",
        "chatkit.task",
        "chatkit.assistant_message",
    ]


def test_retrieves_and_deletes_a_thread(openai: OpenAI) -> None:
    assert openai.beta.chatkit.threads.retrieve("cthr_demo").title == "Where is my parcel?"
    deleted = openai.beta.chatkit.threads.delete("cthr_demo")
    assert deleted.to_dict() == {"id": "cthr_demo", "object": "chatkit.thread.deleted", "deleted": True}
    with pytest.raises(NotFoundError):
        openai.beta.chatkit.threads.retrieve("cthr_demo")


def test_raises_bad_request_with_param_and_code(openai: OpenAI) -> None:
    with pytest.raises(BadRequestError) as caught:
        openai.beta.chatkit.sessions.create(user="", workflow={"id": "wf_1"})
    assert caught.value.param == "user"
    assert caught.value.code == "empty_string"
    assert caught.value.request_id


def test_raises_authentication_error_for_a_client_secret(openai: OpenAI) -> None:
    secret = openai.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"}).client_secret
    with pytest.raises(AuthenticationError) as caught:
        openai.with_options(api_key=secret).beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"})
    assert caught.value.code == "invalid_api_key"
    assert secret not in str(caught.value)


@pytest.mark.parametrize("missing", ["sessions", "threads", "items"])
def test_raises_not_found(openai: OpenAI, missing: str) -> None:
    chatkit = openai.beta.chatkit
    calls: dict[str, Callable[[], object]] = {
        "sessions": lambda: chatkit.sessions.cancel("cksess_nowhere"),
        "threads": lambda: chatkit.threads.delete("cthr_nowhere"),
        "items": lambda: chatkit.threads.list_items("cthr_nowhere"),
    }
    with pytest.raises(NotFoundError, match="not found"):
        calls[missing]()


def test_shows_the_raw_answer_with_its_request_id(openai: OpenAI) -> None:
    raw = openai.beta.chatkit.sessions.with_raw_response.create(user="ada", workflow={"id": "wf_1"})
    assert raw.status_code == 200
    assert raw.headers["x-request-id"] == raw.parse()._request_id
    assert raw.headers["openai-version"] == "2020-10-01"
    processing = int(raw.headers["openai-processing-ms"])
    assert int(raw.headers["x-envoy-upstream-service-time"]) == processing + 1


def test_serves_the_async_client(served: ServerThread) -> None:
    async def talk() -> list[str]:
        async with AsyncOpenAI(base_url=f"{served.origin}/v1", api_key="sk-test") as client:
            session = await client.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"})
            cancelled = await client.beta.chatkit.sessions.cancel(session.id)
            assert cancelled.status == "cancelled"
            return [thread.id async for thread in client.beta.chatkit.threads.list(limit=1, order="asc")]

    assert asyncio.run(talk()) == ["cthr_demo", "cthr_demo_locked", "cthr_demo_closed"]


def test_sends_what_the_sdks_own_tests_send(openai: OpenAI) -> None:
    page = openai.beta.chatkit.threads.list(after="after", before="before", limit=0, order="asc", user="x")
    assert page.data == []
    items = openai.beta.chatkit.threads.list_items("cthr_demo", after="after", before="before", limit=0, order="asc")
    assert items.data == []


@pytest.mark.parametrize("how", ["project=", "path", "key"])
def test_keeps_projects_apart(openai: OpenAI, served: ServerThread, how: str) -> None:
    other = {
        "project=": lambda: openai.with_options(project="other"),
        "path": lambda: openai.with_options(base_url=f"{served.origin}/p/other/v1"),
        "key": lambda: openai.with_options(api_key="sk-mock-other"),
    }[how]()
    session = other.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"})
    assert other.beta.chatkit.sessions.cancel(session.id).status == "cancelled"
    with pytest.raises(NotFoundError) as caught:
        openai.beta.chatkit.sessions.cancel(session.id)
    assert "this id is in project 'other'" in caught.value.response.headers["x-mock-hint"]


def test_ids_are_recognisably_fake(openai: OpenAI) -> None:
    session = openai.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"})
    assert FAKE_MARK in session.id
    assert FAKE_MARK in session.client_secret

"""What is told about mistakes that many make with a server of their own."""

from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from support.conversing import CREATE, post

from mock_server.testing import ChatKitMock
from mock_server.testing.mock import BackendRaised

Json = dict[str, Any]
LIST: Json = {"type": "threads.list", "params": {}}


def raising(fail: Callable[[Any], Any]) -> Any:
    """A server whose `process` calls this with the context."""

    class Failing:
        async def process(self, body: bytes, context: Any) -> Any:
            return fail(context)

        respond = process

    return Failing


def refused(status: int, detail: Any = None) -> Callable[[Any], Any]:
    def fail(_: Any) -> Any:
        raise HTTPException(status, detail)

    return fail


@pytest.mark.parametrize(
    ("status", "detail", "told"),
    [(413, "At most 5 MB.", "At most 5 MB."), (401, None, "Unauthorized"), (422, [{"loc": 1}], "[{'loc': 1}]")],
)
def test_a_refusal_has_its_own_status(status: int, detail: Any, told: str) -> None:
    with ChatKitMock(backend=raising(refused(status, detail))) as mock:
        answer = post(mock, LIST)
        mock.raise_failures()
    assert (answer.status_code, answer.json()["error"]["message"].removesuffix(".")) == (status, told.removesuffix("."))


def test_a_refusal_before_the_first_event_is_a_finding() -> None:
    with ChatKitMock(backend=raising(refused(403))) as mock:
        assert post(mock, CREATE).status_code == 403
        assert [each.code for each in mock.findings()] == ["error-after-headers"]


def test_a_refusal_that_is_an_error_of_the_server_is_kept() -> None:
    with ChatKitMock(backend=raising(refused(500, "no context"))) as mock:
        answer = post(mock, LIST)
        with pytest.raises(BackendRaised, match="no context"):
            mock.raise_failures()
    assert answer.json()["error"]["message"] == "This server raised HTTPException: 500: no context."


def test_a_server_alone_has_no_routes() -> None:
    with ChatKitMock(backend=raising(lambda context: context["request"].url_for("upload", file="1"))) as mock:
        answer = post(mock, LIST)
        mock.take_failures()
    assert answer.status_code == 500
    assert "name its URL as --backend, and url_for leads there" in answer.headers["x-mock-hint"]


def test_a_store_that_keeps_the_thread_it_was_given_is_told() -> None:
    from support.memory_store import Memory  # noqa: PLC0415 - its import takes two seconds
    from support.official_server import OfficialServer  # noqa: PLC0415

    class Keeping(Memory):
        async def load_thread(self, thread_id: str, context: Any) -> Any:
            return self.threads[thread_id]

    class Titling(OfficialServer):
        def __init__(self) -> None:
            super().__init__()
            self.store, self.pace = Keeping(), 0

        async def respond(self, thread: Any, input_user_message: Any, context: Any) -> Any:
            thread.title = "Shopping"
            async for event in super().respond(thread, input_user_message, context):
                yield event

    with ChatKitMock(backend=Titling) as mock:
        post(mock, CREATE)
        (thread,) = post(mock, LIST).json()["data"]
        answer = post(mock, {"type": "threads.get_by_id", "params": {"thread_id": thread["id"]}})
        mock.take_failures()
    assert answer.status_code == 500
    assert "Let save_thread keep a ThreadMetadata" in answer.headers["x-mock-hint"]


def test_another_route_of_a_server_is_told_to_be_at_its_own_address() -> None:
    with ChatKitMock(backend=Starlette()) as mock, ChatKitMock() as bare:
        url, none = (httpx2.put(each.url + "/uploads/1", trust_env=False) for each in (mock, bare))
    assert (url.status_code, none.status_code) == (404, 404)
    assert "start it yourself and name its URL as --backend" in url.headers["x-mock-hint"]
    assert "x-mock-hint" not in none.headers

"""The time that a server of the user's own sees: its project's, and never twice the same."""

import datetime as dt
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import freezegun  # noqa: TID251 - a user's test does this
import pytest

from mock_server.clock import world_time
from mock_server.testing import ChatKitMock

Json = dict[str, Any]
HELLO: Json = {"content": [{"type": "input_text", "text": "use the tool"}], "attachments": [], "inference_options": {}}
THEN = dt.datetime(2030, 5, 6, 12, tzinfo=dt.UTC)


@pytest.fixture
def mock() -> Iterator[ChatKitMock]:
    from chatkit import types as ck  # noqa: PLC0415 - its import takes two seconds
    from support.memory_store import Memory  # noqa: PLC0415 - the same
    from support.scripted_server import Scripted  # noqa: PLC0415 - the same

    class ByTime(Memory):
        """Sorts by time, as stores in databases do; items of one time are in no particular order."""

        async def load_thread_items(
            self, thread_id: str, after: str | None, limit: int, order: str, context: None
        ) -> ck.Page[ck.ThreadItem]:
            page = await super().load_thread_items(thread_id, None, 1000, "asc", context)
            kept = sorted(page.data, key=lambda item: item.created_at.replace(tzinfo=None), reverse=order == "desc")
            at = next((at for at, item in enumerate(kept, 1) if item.id == after), 0)
            chosen = kept[at : at + limit]
            return ck.Page(data=chosen, has_more=len(kept) > at + limit, after=chosen[-1].id if chosen else None)

    class Timed(Scripted):
        async def respond(self, thread: Any, input_user_message: Any, context: Any) -> AsyncIterator[Any]:
            async for event in super().respond(thread, input_user_message, context):
                item = getattr(event, "item", None)
                if item is not None:
                    item.created_at = dt.datetime.now()  # noqa: DTZ005, TID251 - as openai-chatkit does
                yield event

    with ChatKitMock(backend=lambda: Timed(ByTime())) as started:
        yield started


def events(mock: ChatKitMock, op: str, **params: Any) -> list[Json]:
    with mock.http_client(timeout=30) as http:
        answer = http.post("/v1/chatkit/conversation", json={"type": op, "params": params})
    assert answer.status_code == 200, answer.text
    return [json.loads(frame.removeprefix("data: ")) for frame in answer.text.split("\n\n") if frame]


def made(events: list[Json]) -> list[str]:
    return [event["item"]["created_at"] for event in events if "item" in event]


def talk(mock: ChatKitMock) -> list[Json]:
    """A client tool, its output and a retry: each looks for the newest item of the thread."""
    first = events(mock, "threads.create", input=HELLO)
    thread = first[0]["thread"]["id"]
    second = events(mock, "threads.add_client_tool_output", thread_id=thread, result="found")
    third = events(mock, "threads.retry_after_item", thread_id=thread, item_id=first[1]["item"]["id"])
    return [*first, *second, *third]


def test_a_frozen_clock_of_both(mock: ChatKitMock) -> None:
    mock.clock.freeze(THEN)
    times = made(talk(mock))
    assert all(each.startswith("2030-05-06T12:00:00.0") for each in times)
    assert times == sorted(times)
    assert world_time() == THEN.timestamp(), "the test's own time stands still"


def test_a_frozen_clock_of_the_emulator(mock: ChatKitMock) -> None:
    mock.emulator_clock.freeze(THEN)
    times = made(talk(mock))
    assert all(each.startswith("2030-05-06T12:00:00.0") for each in times)
    assert times == sorted(times)
    assert world_time() < THEN.timestamp(), "the test's own time is real"


def test_a_freezer_of_the_tests_own(mock: ChatKitMock) -> None:
    with freezegun.freeze_time(THEN):
        times = made(talk(mock))
    assert all(each.startswith("2030-05-06T12:00:00.0") for each in times)
    assert times == sorted(times)


def test_a_clock_that_moves_back_is_followed(mock: ChatKitMock) -> None:
    mock.emulator_clock.freeze(THEN)
    talk(mock)
    mock.emulator_clock.freeze("2020-01-01T00:00:00Z")
    assert made(talk(mock))[0].startswith("2020-01-01T00:00:00")


def test_a_clock_that_is_real_again_is_followed(mock: ChatKitMock) -> None:
    mock.emulator_clock.shift(days=400)
    shifted = made(talk(mock))[0]
    mock.emulator_clock.resume()
    now = made(talk(mock))[0]
    assert shifted[:4] > now[:4]
    mock.reset()
    assert int(now[:4]) == dt.datetime.fromtimestamp(world_time(), dt.UTC).year

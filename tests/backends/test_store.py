"""What the emulator sees of the Store of a user's own server, and how it lets it fail."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast, get_args

import httpx2
import pytest

from mock_server.client import faults
from mock_server.client.transport import ControlError
from mock_server.clock import stopwatch
from mock_server.state.faults import ADDITIONS, ENDINGS
from mock_server.testing import ChatKitMock
from mock_server.testing.mock import BackendRaised
from mock_server.wire.control.operations import StoreOperationName

Json = dict[str, Any]
Starting = Callable[..., Any]


@pytest.fixture
def storing() -> Iterator[Starting]:
    """Starts an emulator with a server that has a Store of the test's own."""
    from support.storing_server import Storing, StoringServer  # noqa: PLC0415 - its import takes two seconds

    opened: list[Any] = []

    def start(store: Any, kind: Any = StoringServer) -> Storing:
        servers: list[StoringServer] = []

        def make() -> StoringServer:
            servers.append(kind(store))
            return servers[-1]

        mock = ChatKitMock(backend=make).__enter__()
        started = Storing(mock, servers)
        opened.append(started)
        return started

    yield start
    for each in opened:
        each.http.close()
        each.mock.__exit__(None, None, None)


def own_store() -> Any:
    """A Store as a user writes one, with more than the interface asks for."""
    from support.memory_store import Memory  # noqa: PLC0415

    class MyStore(Memory):
        """Mine."""

        size = 7

        def __len__(self) -> int:
            return self.size

        def count(self) -> int:
            return len(self.threads)

        async def __aenter__(self) -> str:
            return "entered"

        async def __aexit__(self, *_: object) -> None:
            self.size = 0

        async def save_item(self, thread_id: str, item: Any, context: Any) -> None:
            await self.add_thread_item(thread_id, item, context)

    return MyStore()


async def loads(store: Any) -> Any:
    page = await store.load_threads(5, None, "desc", None)
    return [each.id for each in page.data]


def calls_of(mock: ChatKitMock) -> list[Json]:
    found = mock.journal.last("conversation").store
    assert found is not None
    return [{"call": each.call, "result": each.result} for each in found]


# What is seen.


def test_the_journal_has_the_calls_of_a_turn(storing: Starting) -> None:
    mock = (started := storing(own_store())).mock
    talk = started.talk()
    talk.say("Hi")
    made = calls_of(mock)
    assert [each["call"].partition("(")[0] for each in made] == [
        "generate_thread_id",
        "save_thread",
        "generate_item_id",
        "add_thread_item",
        "generate_item_id",
        "add_thread_item",
    ]
    assert made[0] == {"call": "generate_thread_id()", "result": talk.thread_id}
    assert made[1] == {"call": f"save_thread({talk.thread_id})", "result": None}
    assert made[5]["call"] == f"add_thread_item({talk.thread_id}, assistant_message {made[4]['result']})"
    record = mock.journal.last("conversation")
    moments = [(each.at, each.milliseconds) for each in record.store]
    assert all(0 <= at <= record.milliseconds and took is not None for at, took in moments)
    assert moments == sorted(moments)


def test_the_journal_has_pages_and_errors(storing: Starting) -> None:
    started = storing(own_store())
    talk = started.talk()
    talk.say("Hi")
    talk.json("items.list", thread_id=talk.thread_id)
    assert calls_of(started.mock) == [
        {"call": f"load_thread_items({talk.thread_id}, limit 20, desc)", "result": "2 items"}
    ]
    talk.json("items.list", thread_id=talk.thread_id, limit=1, after="x")
    assert calls_of(started.mock) == [
        {"call": f"load_thread_items({talk.thread_id}, after x, limit 1, desc)", "result": "1 item, and more follow"}
    ]
    assert talk.post("threads.get_by_id", thread_id="thr_no").status_code == 404
    assert calls_of(started.mock) == [{"call": "load_thread(thr_no)", "result": "raised NotFoundError"}]
    started.mock.raise_failures()


def test_calls_within_calls_are_not_noted_and_later_ones_are(storing: Starting) -> None:
    started = storing(own_store())
    talk = started.talk()
    talk.say("Hi")

    async def work(store: Any) -> None:
        item = await store.load_item(talk.thread_id, store.generate_item_id("message", None, None), None)
        await store.save_item(talk.thread_id, item, None)

    store = started.servers[-1].store

    async def through_the_proxy(thread_id: str, item: Any, context: Any) -> None:
        await store.load_threads(1, None, "asc", context)

    store.save_item = through_the_proxy
    store.load_item = lambda *_: asyncio.sleep(0, result=None)
    started.do(work)
    assert [each["call"].partition("(")[0] for each in calls_of(started.mock)] == [
        "generate_item_id",
        "load_item",
        "save_item",
    ]


def test_a_server_finds_its_own_store(storing: Starting) -> None:
    from chatkit.agents import AgentContext  # noqa: PLC0415
    from chatkit.store import Store  # noqa: PLC0415
    from chatkit.types import ThreadMetadata  # noqa: PLC0415

    mine = own_store()

    async def work(store: Any) -> Any:
        about = ThreadMetadata.model_validate({"id": "thr_1", "created_at": 0})
        given = AgentContext(thread=about, store=store, request_context=None)
        store.size, store.more = 8, "set"
        entered = [isinstance(store, type(mine)), isinstance(store, Store), len(store), store == mine, hash(store)]
        async with store as word:
            entered.append(word)
        return given.store is store, given.generate_id("message")[:4], entered, store.count(), vars(store)["size"]

    found = storing(mine).do(work)
    assert found == (True, "msg_", [True, True, 8, True, hash(mine), "entered"], 0, 0)
    assert mine.more == "set"


def test_a_server_is_wrapped_once_for_all_projects(storing: Starting) -> None:
    from support.storing_server import StoringServer  # noqa: PLC0415

    server = StoringServer(own_store())
    StoringServer.work = staticmethod(loads)
    body = {"type": "items.feedback", "params": {"thread_id": "t", "item_ids": [], "kind": "positive"}}
    with ChatKitMock(backend=[server]) as mock, mock.http_client(timeout=30) as http:
        for path in ("", "", "/p/other", "/p/other"):
            assert http.post(f"{path}/v1/chatkit/conversation", json=body).status_code == 200
            assert calls_of(mock) == [{"call": "load_threads(limit 5, desc)", "result": "0 threads"}]
    assert asyncio.run(server.store.load_threads(1, None, "asc", None)).data == []  # and works without the emulator
    inner: Any = object.__getattribute__(server.store, "_chatkit_mock_inner")
    assert "Proxy" not in type(inner).__name__


def test_a_store_that_cannot_be_replaced_is_left_alone(storing: Starting) -> None:
    from support.storing_server import StoringServer  # noqa: PLC0415

    mine = own_store()

    class Fixed(StoringServer):
        def __init__(self, store: Any) -> None:
            self.results = []
            self.attachment_store = None

        @property
        def store(self) -> Any:  # type: ignore[override]
            return mine

    started = storing(mine, Fixed)
    assert started.do(loads) == []
    assert started.mock.journal.last("conversation").store is None


def test_so_many_calls_are_kept_and_each_is_short_and_without_secrets(storing: Starting) -> None:
    async def work(store: Any) -> None:
        await store.load_threads(5, f"sk-{'s' * 40}", "desc", None)
        await store.load_threads(5, "w" * 5000, "desc", None)
        for _ in range(300):
            await store.load_threads(5, None, "desc", None)

    started = storing(own_store())
    started.do(work)
    made = calls_of(started.mock)
    assert len(made) == 200
    assert made[0]["call"].startswith("load_threads(limit 5, after sk-sssss****")
    assert len(made[1]["call"]) == 200


def test_scripts_have_no_store() -> None:
    with ChatKitMock() as mock:
        mock.openai().beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"})
        assert mock.journal.last().store is None


# Faults.


def test_a_call_fails_and_the_test_does_not(storing: Starting) -> None:
    mock = (started := storing(own_store())).mock
    fault = mock.faults.add("store.add_thread_item", error=500, nth=2)
    events = started.talk().say("Hi")
    assert (events[-1]["type"], events[-1]["code"]) == ("error", "stream.error")
    assert calls_of(mock)[-1]["result"] == "raised StoreFault"
    assert fault.hits == 1
    assert mock.journal.last("conversation").fault == fault.name
    mock.raise_failures()


def test_a_document_that_needs_the_call_is_a_500_that_names_the_rule(storing: Starting) -> None:
    mock = (started := storing(own_store())).mock
    mock.faults.add("store", error={"status": 503, "message": "disk full"}, name="full")
    answer = started.talk().post("threads.list")
    assert answer.status_code == 500
    assert "disk full: the fault rule 'full' made load_threads fail with 503" in answer.json()["error"]["message"]
    mock.raise_failures()


def test_404_is_what_a_store_raises_for_it(storing: Starting) -> None:
    mock = (started := storing(own_store())).mock
    talk = started.talk()
    talk.say("Hi")
    mock.faults.add("store.load_thread", error=404)
    assert talk.post("threads.get_by_id", thread_id=talk.thread_id).status_code == 404
    assert calls_of(mock) == [{"call": f"load_thread({talk.thread_id})", "result": "raised NotFoundError"}]
    mock.raise_failures()


def test_what_a_server_makes_of_a_fault_is_no_failure_unless_it_is_its_own(storing: Starting) -> None:
    async def passes_on(store: Any) -> None:
        try:
            await store.load_threads(5, None, "desc", None)
        except Exception as error:
            raise LookupError("mine") from error

    async def fails_itself(store: Any) -> None:
        try:
            await store.load_threads(5, None, "desc", None)
        except Exception:  # noqa: BLE001
            raise LookupError("mine") from None

    mock = (started := storing(own_store())).mock
    mock.faults.add("store", error=500)
    with pytest.raises(AssertionError, match="LookupError"):
        started.do(passes_on)
    mock.raise_failures()
    with pytest.raises(AssertionError, match="LookupError"):
        started.do(fails_itself)
    with pytest.raises(BackendRaised, match="LookupError"):
        mock.raise_failures()


def test_a_call_waits(storing: Starting) -> None:
    mock = (started := storing(own_store())).mock
    mock.faults.add("store.load_threads", delay="0.2s")
    began = stopwatch()
    started.talk().json("threads.list")
    assert stopwatch() - began > 0.2
    assert cast("list[Any]", mock.journal.last("conversation").store)[0].milliseconds > 190
    (made,) = calls_of(mock)
    assert made["result"] == "0 threads"


@pytest.mark.parametrize("other", [{"user": "eve"}, {"session": "cksess_no"}, {"workflow": "wf_2"}, {"nth": 2}])
def test_rules_choose_calls_as_they_choose_requests(storing: Starting, other: Json) -> None:
    mock = (started := storing(own_store())).mock
    spared = mock.faults.add("store.load_threads", error=500, **other)
    hit = mock.faults.add("store.load_threads", error=500, user="ada", workflow="wf_*", times=1)
    assert started.talk().post("threads.list").status_code == 500
    assert (spared.hits, hit.hits) == (0, 1)


def test_other_rules_leave_calls_alone(storing: Starting) -> None:
    mock = (started := storing(own_store())).mock
    every = mock.faults.add(delay="0s", nth=[1, 2, 3])
    mock.faults.add("conversation", delay="0s")
    mock.faults.add("store.save_item", error=500)
    started.talk().say("Hi")
    assert every.hits == 2  # the session and the turn
    assert {each["result"] for each in calls_of(mock) if "raised" in (each["result"] or "")} == set()


@pytest.mark.parametrize("effect", [*ENDINGS[1:], *ADDITIONS[1:]])
def test_other_effects_are_refused(effect: str) -> None:
    with ChatKitMock() as mock:
        chosen: Any = {effect: {"drop": True, "end_session": "expired"}.get(effect, 1)}
        with pytest.raises(ControlError, match=f"can only fail or be late: use error or delay instead of {effect}"):
            mock.faults.add("store.save_item", **chosen)
        assert mock.faults.list() == []


def test_the_names_are_known_everywhere() -> None:
    from mock_server.backends.chatkit.store_calls import FAULTY  # noqa: PLC0415 - its import takes two seconds

    listed = get_args(StoreOperationName)
    script = Path(faults.__file__).parents[1] / "dashboard" / "static" / "dashboard" / "fault_draft.js"
    assert {name.removeprefix("store.") for name in listed} == {"store", *FAULTY}
    with ChatKitMock() as mock:
        document = httpx2.get(f"{mock.url}/openapi.json").text
        for name in listed:
            mock.faults.add(name, error=500)
            assert f'"{name}"' in document
            assert f'"{name}"' in script.read_text()
        with pytest.raises(ControlError, match="Did you mean"):
            mock.faults.add("store.generate_item_id", error=500)  # type: ignore[arg-type]


def test_the_feed_tells_of_a_fault(storing: Starting) -> None:
    mock = (started := storing(own_store())).mock
    fault = mock.faults.add("store.load_threads", error=500)
    told = mock.events()
    started.talk().post("threads.list")
    event = next(each for each in told if each.kind == "fault")
    assert (event.data["fault"], event.data["operation"]) == (fault.name, "store.load_threads")

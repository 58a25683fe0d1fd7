"""A server of the user's own that keeps its threads in the emulator."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mock_server.clock import local_time, world_time
from mock_server.testing import ChatKitMock

Json = dict[str, Any]
AT = datetime(2026, 3, 4, 5, 6, 7, 890123)  # noqa: DTZ001 - as `datetime.now()` says it
OPTIONS: Json = {"inference_options": {}}
LINK: Json = {"type": "url", "title": "Site", "url": "https://example.com", "attribution": "them"}
ITEMS: dict[str, Json] = {
    "user_message": {
        "content": [
            {"type": "input_text", "text": "Hi"},
            {"type": "input_tag", "id": "t", "text": "@x", "data": {"a": None}, "group": "g", "interactive": True},
        ],
        "attachments": [
            {"type": "file", "id": "f", "name": "a.txt", "mime_type": "text/plain", "metadata": {"k": 1}},
            {"type": "image", "id": "g", "name": "a.png", "mime_type": "image/png", "preview_url": "https://e.com/"},
        ],
        "inference_options": {"tool_choice": {"id": "t"}, "model": "m"},
    },
    "assistant_message": {
        "content": [{"type": "output_text", "text": "Hi", "annotations": [{"source": LINK, "index": 1}]}]
    },
    "client_tool_call": {"call_id": "c", "name": "n", "arguments": {"a": None}, "output": {"b": [1]}},
    "widget": {"widget": {"type": "Card", "children": [{"type": "Text", "value": "v"}]}, "copy_text": "v"},
    "generated_image": {"image": {"id": "i", "url": "https://example.com/i.png"}},
    "structured_input": {
        "inputs": [
            {"type": "freeform", "id": "1", "question": "q", "description": "d"},
            {"type": "multiple_choice", "id": "2", "question": "q", "options": [{"value": "v"}], "multiple": True},
        ]
    },
    "workflow": {
        "workflow": {
            "type": "reasoning",
            "tasks": [{"type": "thought", "content": "c"}, {"type": "web_search", "sources": [LINK]}],
            "summary": {"duration": 3},
            "expanded": True,
        }
    },
    "task": {"task": {"type": "custom", "title": "t", "icon": "bolt", "status_indicator": "complete"}},
    "hidden_context_item": {"content": {"secret": [1, None]}},
    "sdk_hidden_context": {"content": "cancelled"},
    "end_of_turn": {},
}
SHOWN = [kind for kind in ITEMS if "hidden" not in kind]


def item(name: str = "it_1", kind: str = "hidden_context_item", *, at: datetime = AT, **more: Any) -> Any:
    from chatkit.types import ThreadItem  # noqa: PLC0415 - its import takes two seconds
    from pydantic import TypeAdapter  # noqa: PLC0415

    base = {"type": kind, "id": name, "thread_id": "thr_1", "created_at": at}
    return TypeAdapter(ThreadItem).validate_python({**base, **ITEMS[kind], **more})


def said(name: str, text: str = "Hi", *, at: datetime = AT) -> Any:
    content = [{"type": "output_text", "text": text, "annotations": []}]
    return item(name, "assistant_message", at=at, content=content)


def thread(name: str = "thr_1", *, at: datetime = AT, **more: Any) -> Any:
    from chatkit.types import ThreadMetadata  # noqa: PLC0415

    return ThreadMetadata(id=name, created_at=at, **more)


async def raises(work: Any) -> bool:
    from chatkit.store import NotFoundError  # noqa: PLC0415

    try:
        await work
    except NotFoundError:
        return True
    return False


@pytest.fixture(scope="module")
def started() -> Iterator[Any]:
    from support.storing_server import Storing, StoringServer  # noqa: PLC0415

    servers: list[StoringServer] = []

    def make(store: Any) -> StoringServer:
        servers.append(StoringServer(store))
        return servers[-1]

    with ChatKitMock(backend=make) as mock:
        storing = Storing(mock, servers)
        with storing.http:
            yield storing


@pytest.fixture
def storing(started: Any) -> Iterator[Any]:
    started.mock.reset()
    yield started
    started.mock.raise_failures()


async def kept(store: Any, *items: Any) -> None:
    await store.save_thread(thread(), None)
    for each in items:
        await store.add_thread_item("thr_1", each, None)


async def names(store: Any, limit: int = 20, after: str | None = None, order: str = "asc") -> list[str]:
    page = await store.load_thread_items("thr_1", after, limit, order, None)
    return [each.id for each in page.data]


def test_every_type_of_item_comes_back_as_it_was(storing: Any) -> None:
    given = [item(f"it_{kind}", kind) for kind in ITEMS]

    async def work(store: Any) -> Any:
        await kept(store, *given)
        page = await store.load_thread_items("thr_1", None, 50, "asc", None)
        return page.data, [await store.load_item("thr_1", each.id, None) for each in given]

    listed, loaded = storing.do(work)
    assert listed == loaded == given


def test_rest_and_the_handle_show_the_items_that_are_not_hidden(storing: Any) -> None:
    storing.do(lambda store: kept(store, *(item(f"it_{kind}", kind) for kind in ITEMS)))
    listed = storing.get("threads/thr_1/items?order=asc&limit=100")["data"]
    unknown = {"generated_image", "structured_input", "end_of_turn"}  # to the REST API
    assert [each["id"] for each in listed] == [f"it_{kind}" for kind in SHOWN if kind not in unknown]
    assert [each.id for each in storing.mock.threads.get("thr_1").items] == [f"it_{kind}" for kind in SHOWN]
    (summary,) = storing.mock.threads.list()
    assert summary.items == len(SHOWN)


@pytest.mark.parametrize("limit", range(5))
def test_a_page_has_as_many_as_asked_for_and_says_what_follows(storing: Any, limit: int) -> None:
    async def work(store: Any) -> Any:
        await kept(store, *(item(f"it_{n}", at=AT + timedelta(seconds=n)) for n in range(3)))
        return await store.load_thread_items("thr_1", None, limit, "desc", None)

    page = storing.do(work)
    assert [each.id for each in page.data] == ["it_2", "it_1", "it_0"][:limit]
    assert page.has_more == (limit < 3)
    assert page.after == ({1: "it_2", 2: "it_1"}.get(limit))


def test_pages_follow_each_other_in_both_orders_also_at_equal_times(storing: Any) -> None:
    async def work(store: Any) -> Any:
        await kept(store, *(item(f"it_{n}") for n in range(7)))
        walks = []
        for order in ("asc", "desc"):
            found, after = [], None
            while True:
                page = await store.load_thread_items("thr_1", after, 3, order, None)
                found += [each.id for each in page.data]
                after = page.after
                if not page.has_more:
                    break
            walks.append(found)
        return walks

    up, down = storing.do(work)
    assert up == down[::-1] == [f"it_{n}" for n in range(7)]


def test_an_unknown_cursor_starts_at_the_first_and_a_deleted_one_goes_on(storing: Any) -> None:
    async def work(store: Any) -> Any:
        await kept(store, *(item(f"it_{n}") for n in range(3)))
        unknown = await names(store, after="it_none")
        await store.delete_thread_item("thr_1", "it_1", None)
        return unknown, await names(store, after="it_1")

    assert storing.do(work) == (["it_0", "it_1", "it_2"], ["it_2"])


def test_items_are_in_the_order_of_their_times(storing: Any) -> None:
    late, early = item("it_late", at=AT + timedelta(days=1)), item("it_early", at=AT.astimezone(UTC))

    async def work(store: Any) -> Any:
        await kept(store, late, early)
        before = await names(store)
        await store.save_item("thr_1", item("it_late", at=AT - timedelta(days=1)), None)
        return before, await names(store)

    assert storing.do(work) == (["it_early", "it_late"], ["it_late", "it_early"])


def test_to_add_an_id_again_and_to_save_one_are_the_same(storing: Any) -> None:
    async def work(store: Any) -> Any:
        await kept(store, said("it_1", "one"), said("it_2", "two"))
        await store.add_thread_item("thr_1", said("it_1", "uno"), None)
        await store.save_item("thr_1", said("it_2", "due"), None)
        await store.save_item("thr_1", said("it_3", "tre"), None)
        page = await store.load_thread_items("thr_1", None, 20, "asc", None)
        return [each.content[0].text for each in page.data]

    assert storing.do(work) == ["uno", "due", "tre"]


def test_what_goes_in_and_out_is_a_copy(storing: Any) -> None:
    async def work(store: Any) -> Any:
        given, about = said("it_1", "one"), thread(metadata={"a": {"b": 1}})
        await store.save_thread(about, None)
        await store.add_thread_item("thr_1", given, None)
        given.content[0].text = about.title = "changed"
        about.metadata["a"]["b"] = 2
        loaded, loaded_about = await store.load_item("thr_1", "it_1", None), await store.load_thread("thr_1", None)
        loaded.content[0].text = loaded_about.title = "changed too"
        loaded_about.metadata["a"]["b"] = 3
        return await store.load_item("thr_1", "it_1", None), await store.load_thread("thr_1", None)

    assert storing.do(work) == (said("it_1", "one"), thread(metadata={"a": {"b": 1}}))


@pytest.mark.parametrize("status", ["active", "locked", "closed"])
def test_a_thread_comes_back_as_it_was_and_never_with_items(storing: Any, status: str) -> None:
    from chatkit.types import Thread  # noqa: PLC0415

    facts: Json = {"title": "T", "metadata": {"a": [1]}, "allowed_image_domains": ["example.com"]}
    given = Thread.model_validate({**thread(**facts).model_dump(), "status": {"type": status}, "items": {"data": []}})

    async def work(store: Any) -> Any:
        await store.save_thread(given, None)
        return await store.load_thread("thr_1", None)

    loaded = storing.do(work)
    assert type(loaded).__name__ == "ThreadMetadata"
    assert loaded.model_dump() == given.model_dump(exclude={"items"})
    assert storing.get("threads/thr_1")["status"]["type"] == status


def test_threads_come_in_pages_newest_first(storing: Any) -> None:
    async def work(store: Any) -> Any:
        for n in range(4):
            await store.save_thread(thread(f"thr_{n}", at=AT + timedelta(seconds=n)), None)
        first = await store.load_threads(2, None, "desc", None)
        second = await store.load_threads(2, first.after, "desc", None)
        return first, second

    first, second = storing.do(work)
    assert ([each.id for each in first.data], first.has_more, first.after) == (["thr_3", "thr_2"], True, "thr_2")
    assert ([each.id for each in second.data], second.has_more, second.after) == (["thr_1", "thr_0"], False, None)


def test_users_do_not_see_each_others_threads(storing: Any) -> None:
    storing.do(lambda store: kept(store, said("it_1")))

    async def work(store: Any) -> Any:
        page = await store.load_threads(20, None, "desc", None)
        return page.data, [
            await raises(store.load_thread("thr_1", None)),
            await raises(store.save_thread(thread(title="mine"), None)),
            await raises(store.load_thread_items("thr_1", None, 20, "asc", None)),
            await raises(store.add_thread_item("thr_1", said("it_2"), None)),
            await raises(store.save_item("thr_1", said("it_1", "mine"), None)),
            await raises(store.load_item("thr_1", "it_1", None)),
            await raises(store.delete_thread_item("thr_1", "it_1", None)),
            await raises(store.delete_thread("thr_1", None)),
        ]

    assert storing.do(work, user="eve") == ([], [True] * 8)
    assert storing.get("threads?user=ada")["data"][0]["title"] is None
    assert len(storing.get("threads/thr_1/items")["data"]) == 1


def test_what_is_not_there_is_not_found(storing: Any) -> None:
    async def work(store: Any) -> Any:
        await kept(store)
        return [
            await raises(store.load_thread("thr_2", None)),
            await raises(store.load_thread_items("thr_2", None, 20, "asc", None)),
            await raises(store.load_item("thr_1", "it_1", None)),
            await raises(store.delete_thread("thr_2", None)),
            await raises(store.load_attachment("f", None)),
        ]

    assert storing.do(work) == [True] * 5


def test_to_delete_twice(storing: Any) -> None:
    async def work(store: Any) -> Any:
        await kept(store, said("it_1"))
        await store.delete_thread_item("thr_1", "it_1", None)
        await store.delete_thread_item("thr_1", "it_1", None)
        await store.delete_thread("thr_1", None)
        return await raises(store.delete_thread("thr_1", None))

    assert storing.do(work) is True


def test_a_thread_goes_with_its_items_and_attachments(storing: Any) -> None:
    from chatkit.types import FileAttachment  # noqa: PLC0415

    async def work(store: Any) -> Any:
        await store.save_attachment(FileAttachment(id="f", name="a.txt", mime_type="text/plain"), None)
        await kept(store, item("it_1", "user_message"))
        await store.delete_thread("thr_1", None)
        gone = await raises(store.load_attachment("f", None))
        await kept(store)
        return gone, await names(store)

    assert storing.do(work) == (True, [])


def test_attachments_come_back_and_belong_to_a_user(storing: Any) -> None:
    from chatkit.types import FileAttachment  # noqa: PLC0415

    given = FileAttachment(id="f", name="a.txt", mime_type="text/plain", thread_id="thr_1", metadata={"a": 1})

    async def save(store: Any) -> Any:
        await store.save_attachment(given, None)
        return await store.load_attachment("f", None)

    async def steal(store: Any) -> Any:
        return [
            await raises(store.load_attachment("f", None)),
            await raises(store.save_attachment(given, None)),
            await raises(store.delete_attachment("f", None)),
        ]

    async def delete(store: Any) -> Any:
        await store.delete_attachment("f", None)
        await store.delete_attachment("f", None)
        return await raises(store.load_attachment("f", None))

    assert storing.do(save) == given
    assert storing.do(steal, user="eve") == [True] * 3
    assert storing.do(delete) is True


def test_a_file_that_was_uploaded_is_an_attachment(storing: Any) -> None:
    uploaded = storing.http.post("/v1/chatkit/files", files={"file": ("cat.png", b"\x89PNG", "image/png")}).json()

    async def work(store: Any) -> Any:
        return await store.load_attachment(uploaded["id"], None)

    found = storing.do(work)
    assert (found.type, found.name, found.mime_type) == ("image", "cat.png", "image/png")


def test_three_hundred_items_are_paged_through(storing: Any) -> None:
    async def work(store: Any) -> Any:
        await kept(store, *(said(f"it_{n}") for n in range(300)))
        found, after = [], None
        while True:
            page = await store.load_thread_items("thr_1", after, 100, "desc", None)
            found += [each.id for each in page.data]
            after = page.after
            if not page.has_more:
                return found

    assert storing.do(work) == [f"it_{n}" for n in reversed(range(300))]


def test_ids_are_in_the_form_of_the_real_ones(storing: Any) -> None:
    async def work(store: Any) -> Any:
        made = store.generate_thread_id(None)
        return made, store.generate_item_id("message", thread(made), None)

    made, named = storing.do(work)
    assert made.startswith("cthr_")
    assert named.startswith("cti_")
    assert named[-16:] == made[-16:]
    assert len(made) == 5 + 48


def test_a_conversation_is_in_the_lists_as_one_of_a_script(storing: Any) -> None:
    talk = storing.talk("bob")
    talk.say("Hi")
    (listed,) = storing.get("threads?user=bob")["data"]
    assert listed["id"] == talk.thread_id
    assert listed["id"].startswith("cthr_")
    items = storing.get(f"threads/{listed['id']}/items?order=asc")["data"]
    assert [each["type"] for each in items] == ["chatkit.user_message", "chatkit.assistant_message"]
    assert abs(items[0]["created_at"] - world_time()) < 60
    talk.say("Hi again")
    answered = talk.json("items.list", thread_id=talk.thread_id, order="asc")["data"]
    assert [each["type"] for each in answered] == ["user_message", "assistant_message"] * 2
    assert storing.talk("eve").post("threads.get_by_id", thread_id=talk.thread_id).status_code == 404


def test_a_seed_is_there_for_the_server(storing: Any) -> None:
    items = [
        {"type": "chatkit.user_message", "content": [{"type": "input_text", "text": "Hi"}]},
        {"type": "chatkit.assistant_message", "content": [{"type": "output_text", "text": "Hello"}]},
    ]
    storing.mock.load({"threads": [{"id": "cthr_1", "user": "ada", "title": "Old", "items": items}]})

    async def work(store: Any) -> Any:
        page = await store.load_thread_items("cthr_1", None, 20, "asc", None)
        return await store.load_thread("cthr_1", None), page.data

    about, found = storing.do(work)
    assert about.title == "Old"
    assert [each.content[0].text for each in found] == ["Hi", "Hello"]
    assert {each.created_at.tzinfo for each in [about, *found]} == {None}
    assert all(abs(each.created_at - local_time(world_time())) < timedelta(minutes=1) for each in [about, *found])


def test_a_snapshot_holds_everything_and_a_reset_forgets_it(storing: Any) -> None:
    given = [item(f"it_{kind}", kind) for kind in ITEMS]

    async def read(store: Any) -> Any:
        page = await store.load_thread_items("thr_1", None, 50, "asc", None)
        return await store.load_thread("thr_1", None), page.data

    async def work(store: Any) -> None:
        await kept(store, *given)
        await store.save_thread(thread(metadata={"a": 1}), None)

    storing.do(work)
    snapshot = storing.mock.snapshot()
    storing.mock.reset()
    assert storing.get("threads")["data"] == []
    storing.mock.restore(snapshot)
    assert storing.do(read) == (thread(metadata={"a": 1}), given)


def test_what_the_emulator_changes_reaches_the_server(storing: Any) -> None:
    storing.do(kept)
    storing.mock.threads.lock("thr_1", reason="enough")

    async def work(store: Any) -> Any:
        return (await store.load_thread("thr_1", None)).status

    assert storing.do(work).reason == "enough"
    storing.get("threads/thr_1")

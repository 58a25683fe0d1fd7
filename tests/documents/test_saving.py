"""The state in a file while the emulator runs: saved from time to time, on request and at the end."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
from support.disks import full
from support.emulator import MINIMAL, Client, make_app

from mock_server.app import MockServer
from mock_server.disk.owned_file import OwnedFile
from mock_server.documents.saving import Saver
from mock_server.documents.seeds import load_seeds
from mock_server.documents.snapshot_format import Snapshot
from mock_server.documents.snapshot_pieces import pieces_of
from mock_server.documents.snapshots import load_state, take
from mock_server.errors import StateNotSaved
from mock_server.slices import at_once
from mock_server.state.project import Project

pytestmark = pytest.mark.anyio
INTERVAL = 0.02


def created(app: MockServer, project: str = "default") -> str:
    answer = Client(app).post(f"/p/{project}/v1/chatkit/sessions", json=MINIMAL)
    assert answer.status_code == 200
    session: str = answer.json()["id"]
    return session


def saved(path: Path) -> list[str]:
    document = json.loads(path.read_bytes())
    return [session["id"] for project in document["projects"] for session in project["sessions"]]


@asynccontextmanager
async def saving(app: MockServer, path: Path, *, is_new: bool = False) -> AsyncIterator[Saver]:
    with OwnedFile(path, option="--state") as file:
        saver = Saver(file, app.projects, is_new=is_new, interval=INTERVAL)
        task = asyncio.create_task(saver.keep_saving())
        try:
            yield saver
        finally:
            saver.stop()
            await task


async def until(happened: Callable[[], object]) -> None:
    def wait() -> None:
        for _ in range(1000):
            if happened():
                return
            time.sleep(0.01)
        raise TimeoutError

    await asyncio.to_thread(wait)


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def full_of_everything() -> MockServer:
    app = make_app(random="7", file_types=("*/*",))
    for loaded in load_seeds(["demo"]):
        at_once(app.projects.default.loading(loaded))
    web = Client(app)
    for size in (0, 1, 192 * 1024 - 1, 192 * 1024, 500_000):
        content = {"file": (f"{size}.bin", bytes(range(256)) * (size // 256) + b"x" * (size % 256), "a/b")}
        assert web.post("/v1/chatkit/files", files=content).status_code == 200
    secret = web.post("/v1/chatkit/sessions", json={**MINIMAL, "user": 'ä\u2028"\\'}).json()["client_secret"]
    body = {"type": "threads.list", "params": {}}
    assert web.post("/v1/chatkit/conversation", json=body, headers={"authorization": f"Bearer {secret}"}).is_success
    assert web.post(
        "/_mock/faults", json={"times": 2, "match": {"operation": "threads.list"}, "do": {"error": 500}}
    ).is_success
    created(app, "other")
    return app


def test_the_pieces_are_the_snapshot() -> None:
    projects = full_of_everything().projects
    projects.default.clock.freeze(1_760_170_033.5)
    document = b"".join(pieces_of(projects))
    assert msgspec.json.decode(document, type=Snapshot) == take(projects)
    assert json.loads(document) == json.loads(msgspec.json.encode(take(projects)))


def test_no_piece_is_large() -> None:
    app = make_app()
    sessions = [{"id": f"cksess_{number}", "user": "ada", "workflow": {"id": "wf_1"}} for number in range(1000)]
    items = [{"type": "user_message", "content": [{"type": "input_text", "text": "Hello"}]}] * 1000
    seed = {"sessions": sessions, "threads": [{"id": "cthr_1", "user": "ada", "items": items}]}
    assert Client(app).post("/_mock/load", json=seed).is_success
    assert max(len(piece) for piece in pieces_of(app.projects)) < 2000


def test_what_changes_between_the_pieces_leaves_a_snapshot_that_can_be_restored(tmp_path: Path) -> None:
    app = full_of_everything()
    first = created(app)
    pieces, taken = pieces_of(app.projects), []
    for number, piece in enumerate(pieces):
        taken.append(piece)
        if number % 20 == 0:
            created(app)
        if number == 100:
            app.projects.default.reset()
    (tmp_path / "state.json").write_bytes(b"".join(taken))
    again = make_app(random="7").projects
    load_state(tmp_path / "state.json", again)
    assert first in again.default.sessions


def test_no_id_that_was_saved_is_drawn_again(tmp_path: Path) -> None:
    app = make_app(random="7")
    talks = [Client(app).post("/v1/chatkit/sessions", json=MINIMAL).json()["client_secret"] for _ in range(3)]
    taken = []
    for piece in pieces_of(app.projects):
        taken.append(piece)
        start = {
            "input": {"content": [{"type": "input_text", "text": "Hi"}], "attachments": [], "inference_options": {}}
        }
        Client(app).post(
            "/v1/chatkit/conversation",
            json={"type": "threads.create", "params": start},
            headers={"authorization": f"Bearer {talks[len(taken) % 3]}"},
        )
    (tmp_path / "state.json").write_bytes(b"".join(taken))
    again = make_app(random="7")
    load_state(tmp_path / "state.json", again.projects)
    assert ids_of(again.projects.default) <= ids_of(app.projects.default)
    assert created(again) not in ids_of(app.projects.default)


def ids_of(project: Project) -> set[str]:
    items = {item.id for thread in project.threads.timeline for item in thread.items}
    return items | {thread.id for thread in project.threads.timeline} | {*project.sessions.ids()}


async def test_is_saved_from_time_to_time_when_something_has_changed(tmp_path: Path) -> None:
    app, path = make_app(), tmp_path / "state.json"
    async with saving(app, path) as saver:
        with saver.changing():
            session = created(app)
        await until(path.exists)
        assert saved(path) == [session]


async def test_is_not_saved_again_when_nothing_has_changed(tmp_path: Path) -> None:
    app, path = make_app(), tmp_path / "state.json"
    async with saving(app, path) as saver:
        with saver.changing():
            created(app)
        await saver.save()
        path.unlink()
        async with saving(make_app(), tmp_path / "other.json", is_new=True):  # one that is saved after the interval
            await until((tmp_path / "other.json").exists)
        assert not path.exists()


def removed(path: Path) -> None:
    path.unlink()


def overwritten(path: Path) -> None:
    path.write_text("mine")


def put_back(path: Path) -> None:
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content)


@pytest.mark.parametrize("lost", [removed, overwritten, put_back])
async def test_a_file_that_somebody_else_touched_is_written_again_at_the_end(
    tmp_path: Path, lost: Callable[[Path], None]
) -> None:
    app, path = make_app(), tmp_path / "state.json"
    async with saving(app, path) as saver:
        with saver.changing():
            session = created(app)
        await saver.save()
        lost(path)
    assert saved(path) == [session]
    async with saving(app, path):
        lost(path)
    assert saved(path) == [session]


async def test_a_file_that_nobody_touched_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    async with saving(make_app(), path, is_new=True):
        pass
    before = path.stat()
    async with saving(make_app(), path):
        pass
    assert path.stat() == before


async def test_what_is_changing_during_a_save_is_saved_later(tmp_path: Path) -> None:
    app, path = make_app(), tmp_path / "state.json"
    async with saving(app, path) as saver:
        with saver.changing():
            await saver.save()
            session = created(app)
    assert saved(path) == [session]


async def test_a_new_file_is_written_though_nothing_has_changed(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    async with saving(make_app(), path, is_new=True):
        pass
    assert saved(path) == []


async def test_whoever_asks_gets_a_save_that_begins_later(tmp_path: Path) -> None:
    app, path = make_app(), tmp_path / "state.json"

    async def change_and_save(saver: Saver) -> bool:
        with saver.changing():
            session = created(app)
        answer = await saver.save()
        return session in saved(path) and answer.file == str(path)

    async with saving(app, path) as saver:
        assert all(await asyncio.gather(*(change_and_save(saver) for _ in range(20))))


async def test_a_client_that_leaves_stops_no_save(tmp_path: Path) -> None:
    app, path = make_app(), tmp_path / "state.json"
    async with saving(app, path) as saver:
        leaving = asyncio.create_task(saver.save())
        await asyncio.sleep(0)
        leaving.cancel()
        assert (await saver.save()).size == path.stat().st_size


async def test_a_full_disk_is_logged_and_the_file_left_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    app, path = make_app(), tmp_path / "state.json"
    async with saving(app, path) as saver:
        before = (await saver.save()) and path.read_bytes()
        with saver.changing():
            created(app)
        with full(100), caplog.at_level(logging.ERROR):
            await until(lambda: caplog.records)
            with pytest.raises(StateNotSaved, match="file too large"):
                await saver.save()
        assert "The state was not saved, and this is tried again: can't write " in caplog.text
        assert "file too large; name a file in a folder with room for it." in caplog.text
        assert path.read_bytes() == before
        assert names(tmp_path) == [".state.json.lock", "state.json"]
    assert len(saved(path)) == 1


async def test_a_last_save_that_fails_says_what_is_lost(tmp_path: Path) -> None:
    app, path = make_app(), tmp_path / "state.json"
    with full(100), pytest.raises(StateNotSaved, match="what has changed since the last save is lost: can't write"):
        async with saving(app, path, is_new=True):
            pass
    assert names(tmp_path) == []


async def test_a_state_that_is_no_json_is_said(tmp_path: Path) -> None:
    app = make_app()
    app.projects.default.workflows.add("\ud800")
    async with saving(app, tmp_path / "state.json") as saver:
        with pytest.raises(StateNotSaved, match=r"can't be written as JSON .*; reset the project that holds it"):
            await saver.save()
    assert names(tmp_path) == []

"""`POST /_mock/snapshot/save`: the state in its file, on request."""

import asyncio
import json
from pathlib import Path

import httpx2
import pytest
from starlette.testclient import TestClient
from support.emulator import MINIMAL, Client, make_app

from mock_server.disk.owned_file import OwnedFile
from mock_server.documents.saving import Saver

SAVE = "/_mock/snapshot/save"


def test_without_a_file_the_way_out_is_said(client: TestClient) -> None:
    refused = client.post(SAVE)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "no_state_file")
    assert "start it with --state FILE, or keep what GET /_mock/snapshot returns" in refused.json()["error"]["message"]


def test_a_project_is_refused_since_all_are_saved(client: TestClient) -> None:
    refused = client.post(f"{SAVE}?project=a")
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "unknown_parameter")


@pytest.mark.anyio
async def test_every_project_is_saved_to_the_file(tmp_path: Path) -> None:
    app, path = make_app(), tmp_path / "state.json"
    Client(app).post("/p/other/v1/chatkit/sessions", json=MINIMAL)
    with OwnedFile(path, option="--state") as file:
        app.saver = Saver(file, app.projects, is_new=True)
        task = asyncio.create_task(app.saver.keep_saving())
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://127.0.0.1") as web:
            done = await web.post(SAVE)
        app.saver.stop()
        await task
    assert done.json() == {"file": str(path), "size": path.stat().st_size}
    assert {each["project"]: len(each["sessions"]) for each in json.loads(path.read_bytes())["projects"]} == {
        "default": 0,
        "other": 1,
    }

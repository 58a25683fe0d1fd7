"""A large document is read and written in slices: others are served meanwhile, and nothing is half done or mixed up."""

import asyncio
import json
from typing import Any

import httpx2
import msgspec
import pytest
from starlette.testclient import TestClient
from support.emulator import HEADERS, MINIMAL, make_app, projects_of

from mock_server.app import MockServer
from mock_server.documents.snapshot_format import Snapshot
from mock_server.documents.snapshots import take, written

SESSIONS = 4000
JSON_BODY = {"content-type": "application/json"}


def seed(**odd: Any) -> dict[str, Any]:
    """A seed of many sessions and threads, with something odd in one of the last sessions."""
    sessions = [{"id": f"cksess_{n}", "user": f"user {n}", "workflow": {"id": "wf_1"}} for n in range(SESSIONS)]
    sessions[-7] |= odd
    return {"sessions": sessions, "threads": [{"id": f"cthr_{n}", "user": "ada"} for n in range(SESSIONS)]}


def load(client: TestClient, document: dict[str, Any]) -> Any:
    return client.post("/_mock/load", json=document)


def test_a_large_seed_is_loaded_whole(client: TestClient) -> None:
    answer = load(client, seed(status="cancelled"))
    assert (answer.json()["sessions"], answer.json()["threads"]) == (SESSIONS, SESSIONS)
    shown = client.get(f"/_mock/sessions/cksess_{SESSIONS - 7}").json()
    assert (shown["status"], shown["user"]) == ("cancelled", f"user {SESSIONS - 7}")


@pytest.mark.parametrize(
    ("odd", "place"),
    [({"user": 1}, "user"), ({"extra": 1}, ""), ({"workflow": {"id": ""}}, "workflow.id"), ({"id": "cksess_3"}, "id")],
)
def test_a_fault_far_behind_is_named_by_its_place_and_nothing_is_loaded(
    client: TestClient, odd: dict[str, Any], place: str
) -> None:
    error = load(client, seed(**odd)).json()["error"]
    assert error["param"] == f"sessions[{SESSIONS - 7}].{place}".rstrip(".")
    assert client.get("/_mock/projects").json()["projects"][0]["sessions"] == 0


@pytest.mark.slow
def test_a_large_snapshot_brings_everything_back(client: TestClient) -> None:
    client.put("/_mock/clock", json={"freeze": "2026-01-01T00:00:00Z"})
    load(client, seed())
    taken = client.get("/_mock/snapshot").content
    assert len(json.loads(taken)["projects"][0]["sessions"]) == SESSIONS
    client.post("/_mock/reset?only=state")
    client.post("/v1/chatkit/sessions", json=MINIMAL)
    assert client.put("/_mock/snapshot", content=taken, headers=JSON_BODY).json()["sessions"] == SESSIONS
    assert client.get("/_mock/snapshot").content == taken


def test_a_fault_far_behind_in_a_snapshot_is_named_by_its_place_and_nothing_is_restored(client: TestClient) -> None:
    load(client, seed())
    taken = client.get("/_mock/snapshot").json()
    taken["projects"][0]["sessions"][-7]["max_files"] = "many"
    client.post("/_mock/reset?only=state")
    error = client.put("/_mock/snapshot", json=taken).json()["error"]
    assert error["param"] == f"projects[0].sessions[{SESSIONS - 7}].max_files"
    assert client.get("/_mock/projects").json()["projects"][0]["sessions"] == 0


@pytest.mark.slow
def test_a_snapshot_holds_what_was_there_when_it_was_taken(client: TestClient) -> None:
    project = projects_of(client).default
    load(client, seed())
    project.clock.freeze()
    before, pieces = take([project]), written([project])
    project.end_session("cksess_1", "cancelled", now=project.clock.now())
    project.reset("state")
    assert msgspec.json.decode(b"".join(pieces), type=Snapshot) == before


@pytest.mark.slow
@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/_mock/load"), ("GET", "/_mock/snapshot"), ("PUT", "/_mock/snapshot")]
)
def test_others_are_served_meanwhile(method: str, path: str) -> None:
    assert asyncio.run(_served_meanwhile(make_app(), method, path)) > 2


async def _served_meanwhile(app: MockServer, method: str, path: str) -> int:
    """Count the sessions that are created while a request is served."""
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=HEADERS) as client:
        body = json.dumps(seed())
        if path != "/_mock/load":
            await client.post("/_mock/load", content=body, headers=JSON_BODY)
            body = (await client.get("/_mock/snapshot")).text if method == "PUT" else ""
        request = asyncio.create_task(client.request(method, path, content=body, headers=JSON_BODY))
        served = 0
        while not request.done():
            assert (await client.post("/v1/chatkit/sessions", json=MINIMAL)).status_code == 200
            served += 1
            await asyncio.sleep(0)
        assert (await request).status_code == 200
    return served

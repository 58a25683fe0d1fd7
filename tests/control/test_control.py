"""`/_mock`: loading, resetting, and who may."""

from typing import Any

import pytest
from starlette.testclient import TestClient
from support.emulator import MINIMAL, Start

SEED: dict[str, Any] = {
    "threads": [{"id": "cthr_123", "user": "x"}],
    "sessions": [{"id": "cksess_123", "user": "x", "workflow": {"id": "w"}}],
}


def contents(**counts: int) -> dict[str, Any]:
    return {"project": "default", "files": 0, "faults": 0, "requests": 0, **counts}


def test_loads_at_run_time_and_resets_to_the_beginning(start: Start) -> None:
    client = start(seed={"threads": [{"id": "cthr_base", "user": "x"}]})
    assert client.post("/_mock/load", json=SEED).json() == contents(sessions=1, threads=2)
    client.post("/v1/chatkit/sessions", json=MINIMAL)
    client.delete("/v1/chatkit/threads/cthr_base")
    assert client.post("/_mock/reset").json() == contents(sessions=0, threads=1)
    assert client.get("/v1/chatkit/threads/cthr_base").status_code == 200
    assert client.post("/v1/chatkit/sessions/cksess_123/cancel").status_code == 404


def test_a_bad_seed_loads_nothing(client: TestClient) -> None:
    bad = {**SEED, "threads": [*SEED["threads"], {"id": "cthr_124", "user": 1}]}
    answer = client.post("/_mock/load", json=bad)
    assert answer.status_code == 400
    assert answer.json()["error"] == {
        "message": "body: threads[1].user: Expected 'str', got 'int'.",
        "type": "invalid_request_error",
        "param": "threads[1].user",
        "code": "invalid_seed",
    }
    assert client.get("/v1/chatkit/threads").json()["data"] == []
    assert client.post("/_mock/load", json=SEED).status_code == 200
    assert client.post("/_mock/load", json=SEED).json()["error"]["param"] == "sessions[0].id"


@pytest.mark.parametrize(
    "path", ["/_mock/load?project=other", "/p/other/_mock/load", "/p/third/_mock/load?project=other"]
)
def test_acts_on_the_project_it_is_told(client: TestClient, path: str) -> None:
    assert client.post(path, json=SEED).json()["project"] == "other"
    assert client.get("/v1/chatkit/threads/cthr_123").status_code == 404
    assert client.get("/p/other/v1/chatkit/threads/cthr_123").status_code == 200
    assert client.post("/_mock/reset").json()["threads"] == 0
    assert client.get("/v1/chatkit/threads/cthr_123", headers={"openai-project": "other"}).status_code == 200


def test_every_project_begins_with_what_was_loaded_at_the_start(start: Start) -> None:
    client = start(seed=SEED)
    for base in ("", "/p/a", "/p/b"):
        assert client.delete(f"{base}/v1/chatkit/threads/cthr_123").status_code == 200


def created(client: TestClient) -> list[str]:
    client.get("/v1/chatkit/threads")
    return [client.post("/v1/chatkit/sessions", json=MINIMAL).json()["id"] for _ in range(3)]


def test_ids_differ_from_run_to_run_unless_seeded(start: Start) -> None:
    assert created(start()) != created(start())
    seeded = start(random="7")
    drawn = created(seeded)
    assert drawn == created(start(random="7"))
    assert seeded.post("/_mock/reset").status_code == 200
    assert created(seeded) == drawn


def test_a_seeded_secret_still_names_its_own_project(start: Start) -> None:
    client = start(random="7")
    here = client.post("/v1/chatkit/sessions", json=MINIMAL).json()
    there = client.post("/p/other/v1/chatkit/sessions", json=MINIMAL).json()
    assert here["id"] == there["id"]
    assert here["client_secret"] != there["client_secret"]


@pytest.mark.parametrize("path", ["/health", "/ready", "/_mock/health"])
def test_says_that_it_lives(client: TestClient, path: str) -> None:
    client.headers.clear()
    health = client.get(path, headers={"host": "127.0.0.1"}).json()
    assert health["status"] == "ok"
    assert health["projects"] == ["default"]


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://localhost"])
def test_pages_from_elsewhere_steer_nothing(client: TestClient, origin: str) -> None:
    client.post("/_mock/load", json=SEED)
    answer = client.post("/_mock/reset", headers={"origin": origin})
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "control_forbidden"
    assert client.get("/v1/chatkit/threads/cthr_123").status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "mock",
        "",
        "localhost.evil.example",
        "127.0.0.1#.evil.example",
        "localhost/.evil.example",
        "127.0.0.1?.evil.example",
        "127.0.0.1\\\\.evil.example",
        "evil.example@localhost",
        "[::1].evil.example",
        "localhost:80.evil.example",
    ],
)
def test_unknown_host_names_steer_nothing(client: TestClient, host: str) -> None:
    assert client.post("/_mock/reset", headers={"host": host}).status_code == 403


@pytest.mark.parametrize(
    "host", ["127.0.0.1:4114", "localhost:1", "[::1]:80", "app.localhost", "10.0.0.7", "mock:4114", "LOCALHOST"]
)
def test_this_machine_and_named_hosts_steer(start: Start, host: str) -> None:
    client = start(allow_hosts=("mock",))
    headers = {"host": host, "origin": f"http://{host}"}
    assert client.post("/_mock/reset", headers=headers).status_code == 200


@pytest.mark.parametrize("path", ["/metrics", "/_mock/sessions"])
@pytest.mark.parametrize(
    "headers",
    [
        [("sec-fetch-site", "cross-site")],
        [("sec-fetch-site", "Cross-Site")],
        [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-origin")],
        [("sec-fetch-site", "same-origin, cross-site")],
        [("origin", "https://evil.example")],
        [("origin", "null")],
        [("origin", "https://evil.example"), ("origin", "http://localhost")],
    ],
    ids=str,
)
def test_other_sites_see_neither_the_metrics_nor_anything_else(
    client: TestClient, path: str, headers: list[tuple[str, str]]
) -> None:
    answer = client.get(path, headers=[("host", "localhost"), *headers])
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "control_forbidden")
    assert answer.json()["error"]["message"].startswith(f"/{path.split('/')[1]} refuses ")


def test_a_scraper_names_the_emulator_as_it_likes(client: TestClient) -> None:
    assert client.get("/metrics", headers={"host": "chatkit:4114"}).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/_mock/reset", b'{"only": "faults"}'),
        ("POST", "/_mock/reset", b"only=faults"),
        ("DELETE", "/_mock/requests", b'{"user": "ada"}'),
        ("DELETE", "/_mock/faults", b'{"name": "flaky"}'),
    ],
)
def test_a_body_that_nobody_would_read_is_refused(client: TestClient, method: str, path: str, body: bytes) -> None:
    client.post("/v1/chatkit/sessions", json={"workflow": {"id": "wf_1"}, "user": "ada"})
    client.post("/_mock/faults", json={"do": {"drop": True}})
    answer = client.request(method, path, content=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "body_refused")
    assert answer.json()["error"]["message"].startswith(f"{method} {path} takes no body: put 'project'")
    (left,) = client.get("/_mock/projects").json()["projects"]
    assert (left["sessions"], left["faults"], left["requests"]) == (1, 1, 1)


@pytest.mark.parametrize("body", [b"", b"{}", b" null "])
def test_a_body_that_says_nothing_is_none(client: TestClient, body: bytes) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert client.post("/_mock/reset", content=body, headers=headers).status_code == 200

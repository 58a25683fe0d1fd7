"""Where others can reach the emulator, the control plane asks for a key."""

import subprocess
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from support.commands import COMMAND, PLAIN, serving
from support.emulator import MINIMAL, Start

from mock_server.client.transport import ControlError
from mock_server.testing import connect

KEY = "let-me-in"
AUTHORIZED = {"authorization": f"Bearer {KEY}"}


@pytest.fixture
def closed(start: Start) -> TestClient:
    client = start(control_key=KEY)
    client.headers.pop("authorization", None)
    return client


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/_mock/sessions"),
        ("GET", "/p/other/_mock/requests"),
        ("GET", "/_mock/snapshot"),
        ("POST", "/_mock/reset"),
        ("GET", "/_mock/workflows"),
        ("GET", "/_mock/projects"),
        ("GET", "/_mock/events"),
        ("GET", "/metrics"),
    ],
)
def test_without_the_key_nothing_is_shown_or_changed(closed: TestClient, method: str, path: str) -> None:
    for headers in ({}, {"authorization": "Bearer sk-test"}, {"cookie": "chatkit_mock_control_key=wrong"}):
        refused = closed.request(method, path, headers=headers)
        assert refused.status_code == 403
        assert refused.json()["error"]["code"] == "control_forbidden"
        assert KEY not in refused.text


def test_with_the_key_everything_is(closed: TestClient) -> None:
    assert closed.get("/_mock/sessions", headers=AUTHORIZED).status_code == 200
    assert closed.get("/metrics", headers=AUTHORIZED).status_code == 200
    assert closed.get("/_mock/projects", headers=AUTHORIZED).status_code == 200


def test_health_tells_no_names_without_it(closed: TestClient) -> None:
    assert closed.get("/health").json()["projects"] == []
    assert closed.get("/health", headers=AUTHORIZED).json()["projects"] == ["default"]


def test_the_api_itself_needs_no_control_key(closed: TestClient) -> None:
    headers = {"authorization": "Bearer sk-test", "openai-beta": "chatkit_beta=v1"}
    assert closed.post("/v1/chatkit/sessions", json=MINIMAL, headers=headers).status_code == 200


def test_a_browser_gets_a_cookie_that_only_the_emulator_sees(closed: TestClient) -> None:
    assert "set-cookie" not in closed.get("/?control_key=wrong", follow_redirects=False).headers
    answer = closed.get(f"/?control_key={KEY}", follow_redirects=False)
    assert answer.headers["location"] == "/dashboard"
    assert {"HttpOnly", "SameSite=strict"} <= set(answer.headers["set-cookie"].split("; "))
    assert closed.get("/_mock/sessions").status_code == 200, "the client keeps cookies"


@pytest.mark.parametrize("site", ["cross-site", "same-origin", "none"])
def test_requests_of_other_sites_are_refused(client: TestClient, site: str) -> None:
    answer = client.get("/_mock/sessions", headers={"sec-fetch-site": site})
    assert answer.status_code == (403 if site == "cross-site" else 200)


def test_the_command_and_the_handle_take_it_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(tmp_path / "ready", "--control-key", KEY, "--quiet"):
        url = (tmp_path / "ready").read_text().removesuffix("/v1")
        command = [*COMMAND, "ctl", "sessions", "--url", url]
        refused = subprocess.run(command, env=PLAIN, capture_output=True, text=True, check=False)
        assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
        assert "asks for the control key" in refused.stderr
        known = {**PLAIN, "CHATKIT_MOCK_CONTROL_KEY": KEY}
        assert subprocess.run(command, env=known, capture_output=True, check=False).returncode == 0
        with pytest.raises(ControlError, match="asks for the control key"):
            connect(url).sessions.list()
        monkeypatch.setenv("CHATKIT_MOCK_CONTROL_KEY", KEY)
        assert connect(url).sessions.list() == []


@pytest.mark.slow
@pytest.mark.parametrize(("arguments", "warned"), [([], False), (["--host", "0.0.0.0"], True)])
@pytest.mark.parametrize("key", [[], ["--control-key", KEY]])
def test_a_warning_where_others_can_reach_it(
    tmp_path: Path, arguments: list[str], key: list[str], warned: bool
) -> None:
    with serving(tmp_path / "ready", *arguments, *key) as process:
        process.terminate()
        shown, errors = process.communicate(timeout=10)
    assert ("other machines can reach this emulator" in errors) == (warned and not key)
    assert (f"/?control_key={KEY}" in shown) == bool(key)

"""Uploads while the temporary folder is full, gone or read-only."""

import base64
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from support.disks import full, mounted
from support.emulator import projects_of
from support.talk import Talk

from mock_server.documents.snapshot_pieces import pieces_of

CONFIGURATION = {"file_upload": {"enabled": True, "max_files": 1}}
CONTENT = b"\x89PNG" + bytes(200_000)  # more than is buffered before it is written


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The temporary folder, for this test alone."""
    made = tmp_path / "tmp"
    made.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(made))
    return made


@pytest.fixture
def talk(client: TestClient) -> Talk:
    """A session with one upload and one request a minute: none is lost on a failure."""
    limits = {"max_requests_per_1_minute": 1}
    return Talk.begin(client, workflow="wf_files", chatkit_configuration=CONFIGURATION, rate_limits=limits)


def upload(talk: Talk, content: bytes = CONTENT) -> Any:
    headers = {"authorization": f"Bearer {talk.secret}"}
    return talk.client.post("/v1/chatkit/files", files={"file": ("a.png", content, "image/png")}, headers=headers)


def declared(talk: Talk) -> str:
    """Begin an upload in two phases; where its content goes."""
    params = {"name": "a.png", "size": len(CONTENT), "mime_type": "image/png"}
    address: str = talk.json("attachments.create", **params)["upload_descriptor"]["url"]
    return address


def refused(response: Any, folder: Path, reason: str) -> None:
    """The response has the API's form, and says where and what to do."""
    assert response.status_code == 507
    assert response.json() == {
        "error": {
            "message": f"The emulator can't store files in {folder}: {reason}; make room there or make it writable, "
            "or start the emulator with TMPDIR naming another folder.",
            "type": "server_error",
            "param": None,
            "code": "storage_failed",
        }
    }


def nothing_is_left(client: TestClient, folder: Path) -> None:
    assert [path for path in folder.rglob("*") if path.is_file()] == []
    assert len(projects_of(client).default.files) == 0


@pytest.mark.parametrize("size", [0, 70_000, len(CONTENT) - 1])
def test_a_full_disk_refuses_an_upload_and_takes_the_next(
    client: TestClient, talk: Talk, folder: Path, size: int
) -> None:
    with full(size):
        response = upload(talk)
    refused(response, folder, "file too large")
    nothing_is_left(client, folder)
    assert upload(talk).status_code == 200


def test_the_last_bytes_of_a_small_file_are_missed_too(client: TestClient, talk: Talk, folder: Path) -> None:
    with full():
        refused(upload(talk, b"\x89PNG"), folder, "file too large")
    nothing_is_left(client, folder)
    assert upload(talk, b"\x89PNG").status_code == 200


def test_both_phases_of_an_upload(client: TestClient, folder: Path) -> None:
    talk = Talk.begin(client, workflow="wf_files", chatkit_configuration=CONFIGURATION)
    address = declared(talk)
    with full(70_000):
        refused(client.put(address, content=CONTENT), folder, "file too large")
    assert [path for path in folder.rglob("*") if path.is_file()] == []
    assert client.get(address).status_code == 404
    assert client.put(address, content=CONTENT).status_code == 200
    assert client.get(address).content == CONTENT


def _gone(folder: Path) -> Callable[[], object]:
    shutil.rmtree(folder)
    return folder.mkdir


def _a_file(folder: Path) -> Callable[[], object]:
    shutil.rmtree(folder)
    folder.touch()
    return partial(_made_again, folder)


def _dangling(folder: Path) -> Callable[[], object]:
    shutil.rmtree(folder)
    folder.symlink_to(folder.with_name("nowhere"))
    return partial(_made_again, folder)


def _made_again(folder: Path) -> None:
    folder.unlink()
    folder.mkdir()


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [(_gone, "no such file or directory"), (_a_file, "not a directory"), (_dangling, "no such file or directory")],
)
@pytest.mark.parametrize("used_before", [False, True])
def test_a_folder_that_is_gone(
    client: TestClient, folder: Path, spoil: Callable[[Path], Callable[[], object]], reason: str, *, used_before: bool
) -> None:
    talk = Talk.begin(client, workflow="wf_files", chatkit_configuration={"file_upload": {"enabled": True}})
    before = upload(talk).json() if used_before else None
    mend = spoil(folder)
    refused(upload(talk), folder, reason)
    if before is not None:
        lost = client.get(before["preview_url"])
        assert lost.status_code == 404
        assert lost.headers["x-mock-hint"] == "Its content was removed from the temporary folder."
        assert client.get("/_mock/snapshot").status_code == 200
        assert talk.json("attachments.delete", attachment_id=before["id"]) == {}
    nothing_is_left(client, folder.parent / "none")
    mend()
    assert upload(talk).status_code == 200


def test_a_disk_that_is_really_full(client: TestClient, talk: Talk, folder: Path) -> None:
    with mounted(folder, "size=256k"):
        filler = folder / "filler"
        filler.write_bytes(bytes(128 * 1024))
        refused(upload(talk), folder, "no space left on device")
        filler.unlink()
        nothing_is_left(client, folder)
        assert upload(talk).status_code == 200
        client.post("/_mock/reset")


def test_a_folder_that_became_read_only(talk: Talk, folder: Path) -> None:
    with mounted(folder, "size=1m,ro"):
        refused(upload(talk), folder, "read-only file system")
    assert upload(talk).status_code == 200


def test_a_snapshot_whose_files_find_no_room_changes_nothing(client: TestClient, folder: Path) -> None:
    talk = Talk.begin(client, workflow="wf_files", chatkit_configuration=CONFIGURATION)
    shown = upload(talk).json()
    snapshot = client.get("/_mock/snapshot").json()
    (file,) = snapshot["projects"][0]["files"]
    file["content"] = base64.b64encode(b"other" * 100_000).decode()
    with full(300_000):
        refused(client.put("/_mock/snapshot", json=snapshot), folder, "file too large")
    assert client.get(shown["preview_url"]).content == CONTENT
    assert client.put("/_mock/snapshot", json=snapshot).status_code == 200


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with a name are Unix's")
@pytest.mark.parametrize("replace", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("/dev/zero")])
def test_what_is_in_the_place_of_an_upload_counts_as_nothing(
    client: TestClient, talk: Talk, folder: Path, replace: Callable[[Path], object]
) -> None:
    made = upload(talk).json()
    (stored,) = [path for path in folder.rglob("*") if path.is_file()]
    stored.unlink()
    replace(stored)
    lost = client.get(f"/v1/chatkit/files/{made['id']}")
    assert lost.status_code == 404
    assert lost.headers["x-mock-hint"] == "Its content was removed from the temporary folder."
    assert client.get("/_mock/snapshot").json()["projects"][0]["files"][0]["content"] is None
    (saved,) = json.loads(b"".join(pieces_of(projects_of(client))))["projects"][0]["files"]
    assert saved["content"] is None

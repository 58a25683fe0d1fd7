"""What writes a file or to standard output, on a disk that is full, gone or read-only: one sentence, and no remains."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.commands import COMMAND, UNMEASURED
from support.disks import full, mounted

from mock_server.server.thread import ServerThread

FULL = Path("/dev/full")
needs_full_device = pytest.mark.skipif(not FULL.exists(), reason="/dev/full is Linux's")
SERVE = ["serve", "--port", "0", "--quiet"]


def refused(*arguments: str, folder: Path, output: Path | None = None) -> str:
    """The one sentence of a command that ends with code 2, in a folder that it leaves as it was."""
    before = sorted(folder.iterdir())
    with (output or Path(os.devnull)).open("w") as stdout:
        done = subprocess.run(
            [*COMMAND, *arguments],
            env={name: value for name, value in UNMEASURED.items() if name != "PYTHONUNBUFFERED"},
            cwd=folder,
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            timeout=30,
            check=False,
        )
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("chatkit-mock: ")
    assert done.stderr.count("\n") == 1, done.stderr
    assert sorted(folder.iterdir()) == before
    return done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are Unix's")
def test_a_file_that_does_not_fit_is_not_begun(tmp_path: Path) -> None:
    with full():
        said = refused(*SERVE, "--ready-file", "ready.txt", folder=tmp_path)
    assert "can't write ready.txt: file too large; name a file in a folder with room for it." in said


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are Unix's")
def test_a_file_from_before_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "ready.txt").write_text("before")
    with full():
        refused(*SERVE, "--ready-file", "ready.txt", folder=tmp_path)
    assert (tmp_path / "ready.txt").read_text() == "before"


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are Unix's")
def test_https_needs_a_temporary_folder_and_says_so(tmp_path: Path) -> None:
    pytest.importorskip("trustme")
    with full():
        said = refused(*SERVE, "--tls", "--tls-port", "0", folder=tmp_path)
    assert "no usable temporary directory found in [" in said
    assert "set TMPDIR to a folder that can be written to, or provide a certificate with --tls-cert" in said


@pytest.mark.slow
@pytest.mark.parametrize(("option", "file"), [("--ready-file", "ready.txt"), ("--state", "state.json")])
@pytest.mark.parametrize("folder", ["nowhere", "file"])
def test_a_folder_that_is_none(tmp_path: Path, option: str, file: str, folder: str) -> None:
    (tmp_path / "file").touch()
    said = refused(*SERVE, option, f"{folder}/{file}", folder=tmp_path)
    assert f"can't write {folder}/{file}: " in said
    assert "; name a file in " in said


@pytest.mark.parametrize(("option", "file"), [("--ready-file", "ready.txt"), ("--state", "state.json")])
def test_a_folder_that_is_read_only(tmp_path: Path, option: str, file: str) -> None:
    with mounted(tmp_path, "size=1m,ro"):
        said = refused(*SERVE, option, file, folder=tmp_path)
    assert f"can't write {file}: " in said
    assert "; name a file in " in said


@needs_full_device
@pytest.mark.parametrize(
    "arguments", [["--version"], ["check", "--schema"], ["check", "--schema", "--faults"], ["serve", "--port", "0"]]
)
def test_standard_output_on_a_full_disk(tmp_path: Path, arguments: list[str]) -> None:
    said = refused(*arguments, folder=tmp_path, output=FULL)
    assert "can't write to standard output: no space left on device" in said


@pytest.mark.slow
@needs_full_device
@pytest.mark.parametrize("command", ["ctl snapshot", "ctl sessions", "ctl export --format har", "report --json"])
def test_what_is_read_from_an_emulator_too(tmp_path: Path, served: ServerThread, command: str) -> None:
    said = refused(*command.split(), "--url", served.origin, folder=tmp_path, output=FULL)
    assert "can't write to standard output: no space left on device" in said


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are Unix's")
def test_an_emulator_without_a_temporary_folder_serves_all_but_uploads(tmp_path: Path) -> None:
    script = "from openai import OpenAI; OpenAI().beta.chatkit.sessions.create(user='u', workflow={'id': 'w'})"
    with full():
        done = subprocess.run(
            [*COMMAND, "run", "--", sys.executable, "-c", script],
            env=UNMEASURED,
            capture_output=True,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (0, "")

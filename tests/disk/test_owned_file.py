"""Files that one process writes: whole, where links lead, and nothing left beside them."""

import errno
import fcntl
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mock_server.disk.owned_file import OwnedFile

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="these links and locks are Unix's")
HOLDER = """
import sys
from pathlib import Path
from mock_server.disk.owned_file import OwnedFile
with OwnedFile(Path(sys.argv[1]), option="--state"):
    print("held", flush=True)
    sys.stdin.read()
"""


def owned(path: Path) -> OwnedFile:
    return OwnedFile(path, option="--state", patience=0)


def write(path: Path, content: bytes = b"new") -> None:
    with owned(path) as file:
        file.write(content)


def refused(path: Path) -> str:
    with pytest.raises(OSError, match=r"use by|write") as caught, owned(path):
        pass
    return str(caught.value)


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_nothing_stays_beside_the_file(tmp_path: Path) -> None:
    write(tmp_path / "state.json")
    assert names(tmp_path) == ["state.json"]


@pytest.mark.parametrize("is_there", [True, False])
def test_a_link_is_followed(tmp_path: Path, is_there: bool) -> None:
    (tmp_path / "there").mkdir()
    target, link, second = tmp_path / "there" / "target.json", tmp_path / "link.json", tmp_path / "second.json"
    link.symlink_to(target)
    second.symlink_to("link.json")
    if is_there:
        target.write_bytes(b"old")
    write(second)
    assert (link.is_symlink(), second.is_symlink(), target.is_symlink()) == (True, True, False)
    assert target.read_bytes() == b"new"
    assert names(tmp_path / "there") == ["target.json"]


def test_the_same_file_by_another_name_is_in_use_too(tmp_path: Path) -> None:
    (tmp_path / "link.json").symlink_to("state.json")
    with owned(tmp_path / "state.json"):
        assert f"in use by process {os.getpid()}; stop that one, or name another" in refused(tmp_path / "link.json")


def test_a_link_to_itself_is_refused_and_stays(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    assert "too many levels of symbolic links; name a file in" in refused(tmp_path / "a")
    assert (tmp_path / "a").is_symlink()


def test_what_is_no_file_is_refused_and_stays(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "null").symlink_to("/dev/null")
    assert "it is not a regular file" in refused(tmp_path / "pipe")
    assert "is a directory" in refused(tmp_path / "folder")
    assert "it is not a regular file" in refused(tmp_path / "null")
    assert names(tmp_path) == ["folder", "null", "pipe"]


@pytest.mark.parametrize("name", ["state.json", "st[a]te*.json", "-", "ä b"])
def test_what_dead_processes_left_is_removed_and_nothing_else(tmp_path: Path, name: str) -> None:
    others = [f".{name}.partial.json", f".{name}2.7.partial", f".{name}.x.partial", f"{name}.7.partial"]
    for each in (f".{name}.partial", f".{name}.4711.partial", *others):
        (tmp_path / each).touch()
    write(tmp_path / name)
    assert names(tmp_path) == sorted([*others, name])


def test_the_permissions_of_a_file_are_kept_where_it_is_made_durable(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.touch(mode=0o600)
    path.chmod(0o640)
    with owned(path) as file, file.writing() as content:
        content.write(b"new")
        content.keep(durable=True)
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"new", 0o640)


def test_a_lock_that_somebody_removed_is_taken_again(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    with owned(path) as file:
        (tmp_path / ".state.json.lock").unlink()
        file.write(b"new")
        assert f"in use by process {os.getpid()};" in refused(path)
    assert names(tmp_path) == ["state.json"]


def test_whoever_lost_the_lock_to_another_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    with owned(path) as first:
        (tmp_path / ".state.json.lock").unlink()
        with owned(path) as second:
            second.write(b"second")
            for _ in range(2):
                with pytest.raises(OSError, match=r"state\.json is in use by process \d+; stop that one, or name"):
                    first.write(b"first")
        first.write(b"first")
    assert path.read_bytes() == b"first"
    assert names(tmp_path) == ["state.json"]


def test_whoever_lost_the_lock_leaves_that_of_the_other(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    with owned(path):
        (tmp_path / ".state.json.lock").unlink()
        second = owned(path).__enter__()
    assert f"in use by process {os.getpid()};" in refused(path)
    second.__exit__(None, None, None)
    assert names(tmp_path) == []


def test_a_name_that_leaves_no_room_for_a_save_is_refused_at_the_start(tmp_path: Path) -> None:
    path = tmp_path / ("a" * 245)
    assert refused(path) == f"can't write {path}: file name too long; give it a shorter name"
    assert names(tmp_path) == []


def test_the_lock_of_a_dead_process_never_blocks(tmp_path: Path) -> None:
    path, pipe = tmp_path / "state.json", subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", HOLDER, path], stdin=pipe, stdout=pipe) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert f"{path} is in use by process {holder.pid}; stop that one" in refused(path)
        holder.kill()
        holder.wait()
        assert names(tmp_path) == [".state.json.lock"]
        write(path)
    assert names(tmp_path) == ["state.json"]


@pytest.mark.parametrize(
    ("said", "told"),
    [("4711 elsewhere", "process 4711 on elsewhere"), ("", "another process"), ("\0\xff garbage", "another process")],
)
def test_a_lock_names_its_holder_as_far_as_it_can(tmp_path: Path, said: str, told: str) -> None:
    lock = tmp_path / ".state.json.lock"
    lock.write_text(said)
    with lock.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert f"in use by {told};" in refused(tmp_path / "state.json")


def test_a_file_system_without_locks_is_said_and_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def flock(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", flock)
    (tmp_path / ".state.json.4711.partial").touch()  # it may be another process's
    with caplog.at_level(logging.WARNING):
        write(tmp_path / "state.json")
    assert "state.json can't be locked (no locks available); see that no other process uses it." in caplog.text
    assert names(tmp_path) == [".state.json.4711.partial", "state.json"]

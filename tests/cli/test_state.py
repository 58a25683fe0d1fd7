"""`--state`, whatever ends the emulator: what was said to be kept is kept, and nothing else is left."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import httpx2
import pytest
from support.commands import COMMAND, NO_COVERAGE, PLAIN, said, serving, wait_for
from support.disks import full, mounted
from support.emulator import HEADERS, MINIMAL, socket_client

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="these signals are Unix's")
STOPPING = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT]
SAVE = "/_mock/snapshot/save"
repeated = pytest.mark.parametrize(
    "runs", [pytest.param(1, marks=pytest.mark.slow), pytest.param(50, marks=pytest.mark.exhaustive)]
)
Running = tuple[subprocess.Popen[str], httpx2.Client]


@contextmanager
def kept(state: Path, *arguments: str, **environment: str) -> Iterator[Running]:
    """An emulator that keeps its state in a file, and a client of it. Its ready file is in the folder above."""
    ready = state.parent.parent / "ready"
    ready.unlink(missing_ok=True)
    with (
        serving(ready, "--quiet", "--state", str(state), *arguments, **environment) as process,
        socket_client(ready.read_text().removesuffix("/v1"), headers=HEADERS) as client,
    ):
        yield process, client


@pytest.fixture
def state(tmp_path: Path) -> Path:
    (tmp_path / "folder").mkdir()
    return tmp_path / "folder" / "state.json"


def created(client: httpx2.Client) -> str:
    session: str = client.post("/v1/chatkit/sessions", json=MINIMAL).raise_for_status().json()["id"]
    return session


def saved(state: Path) -> set[str]:
    (project,) = json.loads(state.read_bytes())["projects"]
    return {session["id"] for session in project["sessions"]}


def only(state: Path) -> bool:
    """Say whether the file is all there is."""
    return list(state.parent.iterdir()) == [state]


def large(state: Path) -> set[str]:
    """Keep many sessions, so that a save takes a while."""
    sessions = [{"id": f"cksess_{number}", "user": "ada", "workflow": {"id": "wf_1"}} for number in range(20_000)]
    with kept(state) as (process, client):
        client.post("/_mock/load", json={"sessions": sessions}, timeout=30).raise_for_status()
        process.terminate()
        assert process.wait(20) == 0
    return saved(state)


@pytest.mark.slow
@pytest.mark.parametrize("number", STOPPING)
def test_every_signal_that_stops_wakes_an_idle_emulator(
    tmp_path: Path, number: signal.Signals, loop: dict[str, str]
) -> None:
    with serving(tmp_path / "ready", "--quiet", **loop) as process:
        process.send_signal(number)
        assert process.communicate(timeout=10) == ("", "")
    assert process.returncode == 0


@pytest.fixture(params=["uvloop", "asyncio"])
def loop(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """Variables with which the emulator runs on one of the two loops that it may have."""
    if request.param == "uvloop":
        pytest.importorskip("uvloop")
        return {}
    (tmp_path / "uvloop.py").write_text("raise ImportError")
    return {"PYTHONPATH": str(tmp_path)}


@pytest.mark.parametrize("number", STOPPING)
def test_every_signal_that_stops_saves(state: Path, number: signal.Signals, loop: dict[str, str]) -> None:
    with kept(state, **loop) as (process, client):
        session = created(client)
        process.send_signal(number)
        assert process.communicate(timeout=10) == ("", "")
    assert process.returncode == 0
    assert saved(state) == {session}
    assert only(state)


@repeated
@pytest.mark.parametrize("first", STOPPING)
def test_a_signal_within_the_save_is_ignored(state: Path, first: signal.Signals, runs: int) -> None:
    sessions = large(state)
    for run in range(runs):
        with kept(state) as (process, client):
            sessions.add(created(client))
            process.send_signal(first)
            for number in (STOPPING[run % 4], STOPPING[run // 4 % 4]):
                time.sleep(run % 25 / 1000)
                process.send_signal(number)
            assert process.communicate(timeout=20) == ("", "")
        assert process.returncode == 0
        assert saved(state) == sessions
        assert only(state)


@repeated
def test_no_number_of_signals_stops_it_from_saving(state: Path, runs: int) -> None:
    sessions = large(state)
    for run in range(runs):
        with kept(state) as (process, client):
            sessions.add(created(client))
            while process.poll() is None:
                process.send_signal(STOPPING[run % 4])
                process.send_signal(STOPPING[(run + 1) % 4])
        assert process.returncode == 0
        assert saved(state) == sessions
        assert only(state)


@repeated
def test_what_was_saved_survives_kill_9(state: Path, runs: int) -> None:
    promised = large(state)

    def live(client: httpx2.Client) -> None:
        """Create and save, until the emulator is gone."""
        try:
            while True:
                new = {created(client) for _ in range(3)}
                if client.post(SAVE).raise_for_status():
                    promised.update(new)
        except httpx2.TransportError:
            pass

    for run in range(runs):
        with kept(state) as (process, client):
            promised.update(created(client) for _ in range(2))
            client.post(SAVE).raise_for_status()
            living = Thread(target=live, args=[client])
            living.start()
            time.sleep(run * 7 % 50 / 100)
            process.kill()
            living.join()
        assert promised <= saved(state)
    with kept(state) as (process, _):
        process.terminate()
        assert process.wait(20) == 0
    assert promised <= saved(state)
    assert only(state)


@pytest.mark.slow
def test_most_survives_kill_9_though_nobody_asked(state: Path) -> None:
    with kept(state) as (process, client):
        session = created(client)
        wait_for(state, process)
        while session not in saved(state):
            time.sleep(0.05)
        process.kill()
    with kept(state) as (_, client):
        assert client.get(f"/_mock/sessions/{session}").is_success


def until_it_is_full(client: httpx2.Client) -> set[str]:
    """Save until that fails; return what was kept."""
    promised: set[str] = set()
    while True:
        new = {created(client) for _ in range(4)}
        answer = client.post(SAVE)
        if not answer.is_success:
            assert answer.status_code == 507
            assert answer.json()["error"]["message"].startswith("The emulator can't write ")
            return promised
        promised |= new


@repeated
def test_a_full_disk_keeps_what_was_kept_and_is_never_code_0(state: Path, runs: int) -> None:
    for run in range(runs):
        state.unlink(missing_ok=True)
        with full(5000 + 97 * run), kept(state, **NO_COVERAGE) as (process, client):
            promised = until_it_is_full(client)
            process.send_signal(STOPPING[run % 4])
            output, errors = process.communicate(timeout=20)
        assert (process.returncode, output) == (2, "")
        assert "\nchatkit-mock: what has changed since the last save is lost: can't write " in f"\n{errors}"
        assert errors.endswith(": file too large; name a file in a folder with room for it.\n")
        assert "Traceback" not in errors
        assert saved(state) == promised
        assert only(state)


def test_a_disk_that_is_full_until_somebody_makes_room(state: Path) -> None:
    with mounted(state.parent, "size=64k"), kept(state) as (process, client):
        promised = until_it_is_full(client)
        assert (saved(state), promised <= saved(state)) == (promised, True)
        client.post("/_mock/reset").raise_for_status()
        session = created(client)
        client.post(SAVE).raise_for_status()
        process.terminate()
        assert process.wait(20) == 0
        assert saved(state) == {session}
        assert only(state)


@repeated
def test_of_two_servers_one_has_the_file(state: Path, tmp_path: Path, runs: int) -> None:
    sessions: set[str] = set()
    for _ in range(runs):
        readies = [tmp_path / "one", tmp_path / "two"]
        for ready in readies:
            ready.unlink(missing_ok=True)
        line = [*COMMAND, "serve", "--port", "0", "--quiet", "--state", str(state), "--ready-file"]
        pipe = subprocess.PIPE
        both = [subprocess.Popen([*line, ready], env=PLAIN, stdout=pipe, stderr=pipe, text=True) for ready in readies]
        while all(process.poll() is None for process in both):
            time.sleep(0.02)
        serves, refused = sorted(both, key=lambda process: process.returncode is not None)
        ready = readies[both.index(serves)]
        wait_for(ready, serves)
        with socket_client(ready.read_text().removesuffix("/v1"), headers=HEADERS) as client:
            sessions.add(created(client))
        serves.terminate()
        assert (*serves.communicate(timeout=20), serves.returncode) == ("", "", 0)
        sentence = f"{state} is in use by process {serves.pid}; stop that one, or name another file with --state."
        assert refused.communicate() == ("", f"chatkit-mock: {sentence}\n")
        assert refused.returncode == 2
        assert saved(state) == sessions
        assert only(state)


@pytest.mark.slow
def test_a_server_may_follow_another_at_once(state: Path) -> None:
    sessions = large(state)
    with kept(state) as (first, client):
        sessions.add(created(client))
        first.terminate()
        with kept(state) as (second, other):
            sessions.add(created(other))
            second.terminate()
            assert second.wait(20) == 0
        assert first.wait(20) == 0
    assert saved(state) == sessions


@pytest.mark.slow
def test_of_two_servers_one_has_the_ready_file(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    with serving(ready, "--quiet") as process:
        address = ready.read_text()
        sentence = f"{ready} is in use by process {process.pid}; stop that one, or name another file with --ready-file."
        assert said("serve", "--port", "0", "--ready-file", str(ready)) == (2, f"chatkit-mock: {sentence}\n")
        assert ready.read_text() == address
        process.terminate()
        assert process.wait(10) == 0
    assert list(tmp_path.iterdir()) == []


def test_under_nohup_a_closed_terminal_stops_nothing(state: Path) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # what is ignored stays so in a new process
    try:
        with kept(state) as (process, client):
            process.send_signal(signal.SIGHUP)
            assert created(client)
            process.terminate()
            assert process.wait(10) == 0
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.slow
def test_a_server_that_never_served_changes_nothing(state: Path) -> None:
    sessions = large(state)
    before = state.stat()
    code, _ = said("serve", "--host", "192.0.2.1", "--state", str(state))
    assert code == 2
    assert (state.stat().st_mtime_ns, saved(state)) == (before.st_mtime_ns, sessions)
    assert only(state)


def test_ctl_saves_on_request(state: Path) -> None:
    with kept(state) as (_, client):
        session = created(client)
        done = subprocess.run(
            [*COMMAND, "ctl", "snapshot", "--save", "--url", str(client.base_url)],
            env=PLAIN, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0
        assert done.stdout == f"Saved to {state} ({state.stat().st_size} bytes).\n"
        assert saved(state) == {session}

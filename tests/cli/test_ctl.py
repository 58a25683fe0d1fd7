"""`chatkit-mock ctl` and `report` against a running server."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from inspect import signature
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from openai import OpenAI
from support.commands import COMMAND, PLAIN, serving
from support.commands import said as ended
from support.emulator import make_app

from mock_server.cli import cli
from mock_server.server.thread import ServerThread

SESSION = {"id": "cksess_123", "user": "ada", "workflow": {"id": "wf_1"}}


@pytest.fixture
def server() -> Iterator[ServerThread]:
    with ServerThread(make_app(seed={"sessions": [SESSION]})) as running:
        yield running


def runner() -> CliRunner:
    """A runner that keeps standard error apart, as it always does from click 8.2 on."""
    keeps_apart = "mix_stderr" not in signature(CliRunner).parameters
    return CliRunner() if keeps_apart else CliRunner(mix_stderr=False)  # type: ignore[call-arg] # of click 8.1


def run(server: ServerThread, *arguments: str) -> Result:
    result = runner().invoke(cli, [*arguments, "--url", server.origin])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def told(server: ServerThread, *arguments: str) -> str:
    result = run(server, "ctl", *arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def read(server: ServerThread, *arguments: str) -> Any:
    return json.loads(told(server, *arguments, "--json"))


def create(server: ServerThread, *, project: str = "", **options: Any) -> str:
    prefix = f"/p/{project}" if project else ""
    with OpenAI(base_url=f"{server.origin}{prefix}/v1", api_key="sk-test", max_retries=0) as client:
        return client.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"}, **options).id


def test_moves_the_clock(server: ServerThread) -> None:
    assert told(server, "clock", "freeze", "2026-01-01T00:00:00Z") == "2026-01-01T00:00:00Z (1767225600.000), frozen\n"
    assert told(server, "clock", "tick", "90s").startswith("2026-01-01T00:01:30Z")
    assert told(server, "clock", "shift", "-1h").startswith("2025-12-31T23:01:30Z")
    assert told(server, "clock", "travel-to", "1767225600").startswith("2026-01-01T00:00:00Z")
    assert told(server, "clock", "scale", "60").endswith("running at 60 times real time\n")
    assert told(server, "clock", "resume").endswith("running\n")
    assert read(server, "clock", "show")["frozen"] is False


def test_shows_and_ends_sessions(server: ServerThread) -> None:
    assert "cksess_123  active" in told(server, "sessions")
    assert read(server, "sessions", "--status", "cancelled") == []
    assert "cksess_123  expired" in told(server, "expire", "cksess_123")
    assert "forced" in told(server, "session", "cksess_123")
    other = create(server)
    assert read(server, "cancel", other)[0]["status"] == "cancelled"
    assert [each["status"] for each in read(server, "session", other)["transitions"]] == ["active", "cancelled"]


def test_shows_threads() -> None:
    seed = {"threads": [{"id": "cthr_1", "user": "ada", "title": "Hello", "status": {"type": "locked"}}]}
    with ServerThread(make_app(seed=seed)) as server:
        assert "cthr_1  ada   Hello  locked  0" in told(server, "threads")
        assert read(server, "threads", "--user", "bob") == []


def test_adds_and_removes_faults(server: ServerThread, tmp_path: Path) -> None:
    shown = told(server, "fault", "add", "--operation", "sessions.create", "--error", "500", "--nth", "2", "--nth", "4")
    assert "fault_1" in shown
    assert "nth=[2, 4]" in shown
    (rule,) = read(server, "fault", "list")
    assert rule["match"] == {"operation": "sessions.create", "nth": [2, 4]}
    assert "There are no faults." in told(server, "fault", "remove", "fault_1")
    assert "flaky" in told(server, "fault", "load", "flaky")
    rules = tmp_path / "rules.yaml"
    rules.write_text("faults:\n- {name: mine, do: {drop: true}}\n")
    assert [rule["name"] for rule in read(server, "fault", "load", str(rules))] == ["flaky", "mine"]
    assert told(server, "fault", "clear") == "There are no faults.\n"


def test_shows_the_journal(server: ServerThread) -> None:
    assert told(server, "journal") == "The journal is empty.\n"
    create(server)
    (request,) = read(server, "journal")
    assert f"{request['id']}  sessions.create  200" in told(server, "journal", "--status", "200")
    assert told(server, "journal", "--fault", "*") == "The journal is empty.\n"
    assert read(server, "request", request["id"])["id"] == request["id"]
    assert told(server, "request", request["id"], "--curl").startswith("curl -g -X POST")
    assert told(server, "export", "--format", "har").startswith("{")
    assert json.loads(told(server, "export"))["operation"] == "sessions.create"


def test_follows_the_journal(server: ServerThread) -> None:
    heeds = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"  # where a shell ignores it
    code = f"{heeds}; from mock_server.cli import main; main()"
    command = [sys.executable, "-u", "-c", code, "ctl", "journal", "--follow", "--url", server.origin]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stderr.readline() == "Following the journal; press Ctrl-C to stop.\n"
        create(server)
        assert "sessions.create  200" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0


@pytest.mark.slow
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_following_ends_with_a_sentence_when_the_emulator_does(tmp_path: Path, end: signal.Signals) -> None:
    with serving(tmp_path / "ready", "--quiet") as emulator:
        origin = (tmp_path / "ready").read_text().removesuffix("/v1")
        command = [*COMMAND, "ctl", "journal", "--follow", "--url", origin]
        with subprocess.Popen(command, env=PLAIN, stderr=subprocess.PIPE, text=True) as following:
            assert following.stderr is not None
            assert following.stderr.readline() == "Following the journal; press Ctrl-C to stop.\n"
            emulator.send_signal(end)
            assert following.stderr.read().startswith("chatkit-mock: the emulator has stopped, and no more requests")
            assert following.wait(10) == 2


def test_keeps_and_replays_the_state(server: ServerThread, tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    kept.write_text(told(server, "snapshot"))
    create(server)
    assert "default  1" in told(server, "restore", str(kept))
    seed = tmp_path / "seed.yaml"
    seed.write_text("sessions:\n- {user: eve, workflow: {id: wf_2}}\n")
    assert read(server, "load", str(seed))[0]["sessions"] == 2
    assert read(server, "reset", "--only", "state")[0]["sessions"] == 1
    assert [each["project"] for each in read(server, "projects")] == ["default"]


def test_says_where_things_are_when_the_default_project_is_empty() -> None:
    with ServerThread(make_app()) as server:
        create(server, project="gw0")
        result = run(server, "ctl", "sessions")
        assert result.stderr.startswith("Note: this is project 'default', which is empty; use --project for gw0")
        assert result.stdout == "There are no sessions.\n"
        assert run(server, "ctl", "sessions", "--project", "gw0").stderr == ""
        create(server)
        assert run(server, "ctl", "sessions").stderr == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["expire", "cksess_9"], "Chatkit Session with id 'cksess_9' not found. No project has it."),
        (["fault", "add", "--operation", "sessions"], "The rule does nothing"),
        (["fault", "add", "--error", "500", "--drop"], "A rule can do only one of error, drop"),
        (["fault", "load", "nope"], "nope: there is no such file or shipped set"),
        (["clock", "tick"], "Only a frozen clock can tick: freeze it first"),
        (["clock", "freeze", "2026-01-01"], "'2026-01-01' has no time zone; write 2026-01-01T00:00:00Z for UTC"),
        (["clock", "shift", "soon"], "'soon' is not a duration"),
        (["sessions", "--project", "a/b"], "Invalid project name 'a/b'"),
    ],
)
def test_a_refusal_is_one_sentence(server: ServerThread, arguments: list[str], said: str) -> None:
    command = [sys.executable, "-m", "mock_server", "ctl", *arguments, "--url", server.origin]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("chatkit-mock: ")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_says_the_way_out_when_nothing_answers() -> None:
    command = [sys.executable, "-m", "mock_server", "ctl", "sessions", "--url", "http://127.0.0.1:1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 2
    assert "no emulator responds at http://127.0.0.1:1" in done.stderr
    assert "chatkit-mock serve" in done.stderr


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("workflow-versoin", "no finding has the code 'workflow-versoin'; did you mean 'workflow-version'?"),
        ("beta_header", "no finding has the code 'beta_header'; did you mean 'beta-header'?"),
        ("x", "no finding has the code 'x'; the codes are api-key-in-browser, session-per-message,"),
    ],
)
def test_report_refuses_codes_that_no_finding_has(code: str, words: str) -> None:
    exit_code, error = ended("report", "--ignore", code)
    assert exit_code == 2
    assert error.startswith(f"chatkit-mock: {words}")
    assert error.count("\n") == 1


def test_report_exits_with_one_when_there_are_findings(server: ServerThread) -> None:
    assert run(server, "report").stdout == "No findings.\n"
    assert run(server, "report").exit_code == 0
    with OpenAI(base_url=f"{server.origin}/v1", api_key="sk-test") as client:
        client.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1", "version": "latest"})
    found = run(server, "report")
    assert found.exit_code == 1
    assert found.stdout.startswith("workflow-version: ")
    assert "fix: " in found.stdout
    as_json = run(server, "report", "--json")
    assert [each["code"] for each in json.loads(as_json.stdout)] == ["workflow-version"]
    assert run(server, "report", "--ignore", "workflow-version").exit_code == 0

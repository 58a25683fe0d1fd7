"""`chatkit-mock`, run as a user runs it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import httpx2
import pytest
from openai import OpenAI
from support.commands import COMMAND, PLAIN, UNMEASURED, said, serving
from support.emulator import socket_client

from mock_server.clock import stopwatch


@pytest.fixture
def ready(tmp_path: Path) -> Path:
    return tmp_path / "ready"


def test_the_ready_file_holds_a_base_url_that_answers(ready: Path) -> None:
    with serving(ready, "--load", "demo"):
        base_url = ready.read_text()
        assert base_url.startswith("http://127.0.0.1:")
        with OpenAI(base_url=base_url, api_key="sk-test") as client:
            assert client.beta.chatkit.threads.retrieve("cthr_demo").user == "ada"


@pytest.mark.parametrize(
    ("options", "holds"),
    [(["--ready-file"], "an emulator's base URL"), (["--tls", "--tls-port", "0", "--tls-ca-file"], "a certificate")],
)
def test_a_file_that_is_not_an_emulators_is_neither_overwritten_nor_removed(
    tmp_path: Path, options: list[str], holds: str
) -> None:
    precious = tmp_path / "precious"
    precious.write_text("my data")
    code, said_ = said("serve", "--port", "0", *options, str(precious))
    assert (code, precious.read_text()) == (2, "my data")
    reason = f"{precious} is there already and does not hold {holds}"
    assert said_ == f"chatkit-mock: {reason}; remove it, or name another file with {options[-1]}.\n"
    assert [each.name for each in tmp_path.iterdir()] == ["precious"]


def test_a_ready_file_that_a_killed_emulator_left_is_replaced(ready: Path) -> None:
    ready.write_text("http://127.0.0.1:1/v1\n")
    with serving(ready) as process:
        while ready.read_text().endswith(":1/v1\n"):
            assert process.poll() is None
        process.terminate()
        assert process.wait(10) == 0
    assert not ready.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows removes no folder that is in use")
@pytest.mark.parametrize("option", ["--state", "--ready-file", "--tls-ca-file"])
def test_a_working_directory_that_was_removed_is_named(tmp_path: Path, option: str) -> None:
    (tmp_path / "gone").mkdir()
    script = 'rmdir ../gone; exec "$@"'
    line = ["sh", "-c", script, "sh", *COMMAND, "serve", "--port", "0", option, "file"]
    done = subprocess.run(
        line, env=UNMEASURED, cwd=tmp_path / "gone", capture_output=True, text=True, timeout=30, check=False
    )
    reason = "chatkit-mock: can't find file: the working directory has been removed"
    assert done.stderr == f"{reason}; change to one that exists, or give the whole path.\n"
    assert done.returncode == 2


@pytest.mark.parametrize("option", ["--ready-file", "--tls-ca-file"])
def test_one_file_for_two_things_is_refused(tmp_path: Path, option: str) -> None:
    (tmp_path / "link").symlink_to("file")
    code, text = said("serve", "--state", str(tmp_path / "file"), option, str(tmp_path / "link"))
    assert code == 2
    assert f"--state and {option} name the same file, {tmp_path}/link; give each a file of its own." in text


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_at_once_with_code_0(ready: Path, number: signal.Signals) -> None:
    with serving(ready) as process:
        address = ready.read_text().removeprefix("http://").removesuffix("/v1").split(":")
        with socket.create_connection((address[0], int(address[1]))) as open_connection:
            open_connection.sendall(b"POST /v1/chatkit/sessions HTTP/1.1\r\ncontent-length: 5\r\n\r\n")
            began = stopwatch()
            process.send_signal(number)
            assert process.wait(timeout=5) == 0
            assert stopwatch() - began < 4
    assert not ready.exists()


def test_the_banner_says_what_to_paste(ready: Path) -> None:
    with serving(ready, "--project", "mine") as process:
        base_url = ready.read_text()
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=5)
    assert f"export OPENAI_BASE_URL={base_url}\n" in output
    assert "export OPENAI_API_KEY=sk-mock-mine\n" in output
    for page in ("/", "/demo", "/docs"):
        assert f"{base_url.removesuffix('/v1')}{page} " in output


def test_quiet_is_quiet(ready: Path) -> None:
    with serving(ready, "--quiet") as process:
        urlopen(ready.read_text().removesuffix("/v1") + "/health").close()
        process.send_signal(signal.SIGTERM)
        assert process.communicate(timeout=5) == ("", "")


def test_requests_are_logged_as_json(ready: Path) -> None:
    with serving(ready, "--log-format", "json") as process:
        urlopen(ready.read_text().removesuffix("/v1") + "/health").close()
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=5)
    line = json.loads(errors)
    assert (line["method"], line["path"], line["status"], line["project"]) == ("GET", "/health", 200, "default")


def test_every_flag_is_also_a_variable(ready: Path) -> None:
    variables = {"CHATKIT_MOCK_API_KEY": "sk-mine", "CHATKIT_MOCK_SEED": "7", "CHATKIT_MOCK_LOAD": "demo"}
    with serving(ready, **variables), OpenAI(base_url=ready.read_text(), api_key="sk-mine") as client:
        assert client.beta.chatkit.threads.retrieve("cthr_demo")
        session = client.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"})
        assert session.id.startswith("cksess_68ea1031")


def test_uploads_are_removed_at_the_end(ready: Path, tmp_path: Path) -> None:
    headers = {"authorization": "Bearer sk-test", "openai-beta": "chatkit_beta=v1"}
    with serving(ready, TMPDIR=str(tmp_path)) as process:
        files = {"file": ("a.png", b"png", "image/png")}
        assert httpx2.post(f"{ready.read_text()}/chatkit/files", files=files, headers=headers).status_code == 200
        assert list(tmp_path.glob("chatkit-mock-*/*"))
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=5) == 0
    assert list(tmp_path.glob("chatkit-mock-*")) == []


def uploaded(ready: Path) -> None:
    headers = {"authorization": "Bearer sk-test", "openai-beta": "chatkit_beta=v1"}
    files = {"file": ("a.png", b"png", "image/png")}
    httpx2.post(f"{ready.read_text()}/chatkit/files", files=files, headers=headers).raise_for_status()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows can't lock folders")
def test_uploads_of_a_killed_emulator_are_removed_by_the_next_and_those_in_use_stay(tmp_path: Path) -> None:
    folders, other = tmp_path / "tmp", tmp_path / "mine"
    (other / "chatkit-mock-mine").mkdir(parents=True)
    folders.mkdir()
    (folders / "chatkit-mock-link").symlink_to(other)
    (folders / "chatkit-mock-file").touch()
    variables = {"TMPDIR": str(folders)}
    with serving(tmp_path / "living", **variables), serving(tmp_path / "killed", **variables) as killed:
        uploaded(tmp_path / "living")
        kept = set(folders.iterdir())
        uploaded(tmp_path / "killed")
        assert len(set(folders.iterdir()) - kept) == 1
        killed.kill()
        killed.wait()
        with serving(tmp_path / "next", **variables):
            assert set(folders.iterdir()) == kept
    assert (other / "chatkit-mock-mine").is_dir()


def test_a_taken_port_is_one_sentence_and_code_2() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, error = said("serve", "--port", port)
    assert code == 2
    assert error.startswith(f"chatkit-mock: can't listen on 127.0.0.1 port {port}: address already in use; choose")
    assert error.count("\n") == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["serve", "--prot", "1"], "No such option:? '?--prot"),  # in click 8.1's words, and in later ones
        (["serve", "--port", "70000"], "70000 is not in the range 0<=x<=65535"),
        (["serve", "--load", "nowhere.yaml"], "there is no such file"),
        (["serve", "--project", "a b"], "Invalid project name"),
        (["serve", "--host", "no.such.host.invalid"], "can't listen on no.such.host.invalid"),
        (["serve", "--api-key", "sk-proj-" + "a" * 60], "looks like a real OpenAI key"),
        (["serve", "--ready-file", "/nowhere/ready", "--port", "0"], "/nowhere/"),
        (["serve", "--allow-host", "http://x"], "--allow-host: 'http://x' is not a host name; write only that"),
        (["serve", "--allow-host", "mock.test:4114"], "--allow-host: 'mock.test:4114' is not a host name"),
        (["serve", "--allow-host", "*.test"], r"--allow-host: '\*\.test' is not a host name"),
        (["run", "--file-type", "banana", "--", "true"], "--file-type: 'banana' is not a MIME type; write one such as"),
        (["serve", "--file-type", "image/*"], r"--file-type: 'image/\*' is not a MIME type"),
        (["serve", "--file-type", "text/plain; charset=utf-8"], "is not a MIME type"),
        (["serve", "--api-key", "two words"], "--api-key: no client could use this key"),
        (["serve", "--api-key", "schl\u00fcssel"], "--api-key: no client could use this key"),
        (["serve", "--api-key", "ek_123"], "--api-key: no client could use this key"),
        (["serve", "--api-key", "sk-invalid"], "--api-key: no client could use this key"),
        (["sever"], "No such command 'sever'"),
        (["run"], "Missing argument"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value)[:40],
)
def test_a_bad_command_line_is_one_sentence_and_code_2(arguments: list[str], words: str) -> None:
    code, error = said(*arguments)
    assert code == 2
    assert re.search(words, error)
    assert error.startswith("chatkit-mock: ")
    assert error.count("\n") == 1


def test_run_gives_the_command_a_server_and_returns_its_code() -> None:
    script = """
import os, openai
session = openai.OpenAI().beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"})
assert os.environ["OPENAI_BASE_URL"] == os.environ["CHATKIT_API_BASE"] + "/v1"
assert os.environ["CHATKIT_MOCK_URL"] == os.environ["CHATKIT_API_BASE"]
print(session.status)
raise SystemExit(7)
"""
    done = subprocess.run(
        [*COMMAND, "run", "--", sys.executable, "-c", script],
        env=PLAIN,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (7, "active\n", "")


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["OPENAI_ADMIN_KEY", "OPENAI_ORG_ID", "OPENAI_ORGANIZATION", "OPENAI_CUSTOM_HEADERS", "OPENAI_PROJECT_ID"]
)
def test_run_passes_on_nothing_of_a_real_account(name: str) -> None:
    script = f"import os; raise SystemExit(os.environ.get('{name}') == 'of production')"
    assert said("run", "--", sys.executable, "-c", script, **{name: "of production"}) == (0, "")


def test_run_passes_on_what_is_not_sent_anywhere() -> None:
    script = "import os; raise SystemExit(int(os.environ['OPENAI_WEBHOOK_SECRET']))"
    assert said("run", "--", sys.executable, "-c", script, OPENAI_WEBHOOK_SECRET="3") == (3, "")


def test_run_takes_options_before_the_command_only() -> None:
    code, error = said(
        "run", "--load", "demo", "--", sys.executable, "-c", "import sys; sys.exit(len(sys.argv))", "--load", "x"
    )
    assert (code, error) == (3, "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGUSR1])
def test_run_passes_signals_on(number: signal.Signals) -> None:
    script = f"""
import signal, sys
signal.signal({int(number)}, lambda *_: sys.exit(5))
print("waiting", flush=True)
signal.pause()
"""
    command = [*COMMAND, "run", "--", sys.executable, "-c", script]
    with subprocess.Popen(command, env=PLAIN, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "waiting\n"
        process.send_signal(number)
        assert process.wait(timeout=10) == 5


def test_run_tells_how_a_killed_command_ended() -> None:
    code, _ = said("run", "--", sys.executable, "-c", "import os; os.kill(os.getpid(), 9)")
    assert code == 128 + 9


def test_run_names_a_command_that_is_not_there() -> None:
    assert said("run", "--", "no-such-command") == (
        127,
        "chatkit-mock: can't run 'no-such-command': no such file or directory.\n",
    )


def test_help_and_version_are_readable() -> None:
    for arguments in (["--help"], ["serve", "--help"], ["run", "--help"], ["--version"]):
        done = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, check=True)
        assert done.stdout.strip()
        assert max(map(len, done.stdout.splitlines())) <= 100


def test_the_state_goes_on_in_the_next_run(ready: Path, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    ids: list[str] = []
    for _ in range(2):
        with serving(ready, "--state", str(state)) as process:
            url = ready.read_text()
            with (
                OpenAI(base_url=url, api_key="sk-test") as client,
                OpenAI(base_url=url.replace("/v1", "/p/other/v1"), api_key="sk-test") as other,
            ):
                if not ids:
                    ids = [
                        each.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"}).id
                        for each in (client, other)
                    ]
                else:
                    assert client.beta.chatkit.sessions.cancel(ids[0]).status == "cancelled"
                    assert other.beta.chatkit.sessions.cancel(ids[1]).status == "cancelled"
            process.terminate()
            assert process.wait(10) == 0
        assert state.exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    "content", ["", "{", '{"format": "something else"}', "[1]", '{"format": "chatkit-mock-server snapshot"}']
)
def test_a_state_that_is_none_is_refused_and_left_alone(tmp_path: Path, content: str) -> None:
    state = tmp_path / "state.json"
    state.write_text(content)
    code, errors = said("serve", "--port", "0", "--state", str(state))
    assert code == 2
    assert errors.startswith(f"chatkit-mock: {state}: ")
    assert errors.count("\n") == 1
    assert state.read_text() == content


def test_begins_with_the_faults_of_a_file(ready: Path, tmp_path: Path) -> None:
    faults = tmp_path / "faults.yaml"
    faults.write_text("faults:\n- {name: first, times: 1, do: {error: 503}}\n")
    with serving(ready, "--faults", str(faults)), socket_client(ready.read_text().removesuffix("/v1")) as web:
        headers = {"authorization": "Bearer sk-test", "openai-beta": "chatkit_beta=v1"}
        answers = [web.get("/v1/chatkit/threads", headers=headers) for _ in range(2)]
        assert [each.status_code for each in answers] == [503, 200]
        assert answers[0].headers["x-mock-fault"] == "first"
        web.post("/_mock/reset")
        assert web.get("/v1/chatkit/threads", headers=headers).status_code == 503


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("faults: [{do: {}}]", ":1: faults[0].do: The rule does nothing: "),
        ("faults:\n- do: {error: 500}\n- do: {eror: 500}", ":3: faults[1].do: Object contains unknown field 'eror'"),
        ("- 1", ":1: is a list without a key; the keys here are faults, description"),
        ("", ": is empty; the keys here are faults, description"),
        (
            "faults:\n- do: {delya: 1s}",
            ":2: faults[0].do: Object contains unknown field 'delya'; did you mean 'delay'?",
        ),
        (
            "faults:\n- then: {}",
            ":2: faults[0]: Object contains unknown field 'then'; the keys here are name, match, do",
        ),
    ],
)
def test_a_faulty_fault_file_is_named_with_line_place_and_reason(tmp_path: Path, text: str, message: str) -> None:
    faults = tmp_path / "faults.yaml"
    faults.write_text(text)
    for arguments in (("serve", "--port", "0", "--faults", str(faults)), ("check", "--faults", str(faults))):
        code, errors = said(*arguments)
        assert code == (2 if arguments[0] == "serve" else 1)
        assert f"{faults}{message}" in errors
        assert errors.count("\n") == 1


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="it has no such pipes")
def test_a_workflow_file_that_is_never_read_to_its_end_stops_no_signal(ready: Path, tmp_path: Path) -> None:
    folder = tmp_path / "workflows"
    folder.mkdir()
    with serving(ready, "--workflows", str(folder)) as process:
        os.mkfifo(folder / "wf_pipe.yaml")  # whoever reads it waits for whoever writes it
        origin = ready.read_text().removesuffix("/v1")
        with pytest.raises(httpx2.ReadTimeout):
            httpx2.get(f"{origin}/_mock/workflows", timeout=0.5)
        assert httpx2.get(f"{origin}/health").status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=5) == 0

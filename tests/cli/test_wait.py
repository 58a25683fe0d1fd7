"""`chatkit-mock ctl wait`, as CI runs it."""

import json
import socket
import subprocess

import pytest
from support.commands import COMMAND, PLAIN, said


@pytest.fixture
def port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return str(free.getsockname()[1])


def test_waits_until_the_emulator_is_ready(port: str) -> None:
    waiting = [*COMMAND, "ctl", "wait", "--json", "--url", f"localhost:{port}"]
    with (
        subprocess.Popen(waiting, env=PLAIN, stdout=subprocess.PIPE, text=True) as process,
        subprocess.Popen([*COMMAND, "serve", "--quiet", "--port", port], env=PLAIN) as server,
    ):
        output, _ = process.communicate(timeout=30)
        server.terminate()
    assert process.returncode == 0
    assert json.loads(output)["status"] == "ok"


@pytest.mark.parametrize("timeout", ["300ms", "0.2s", "0"])
def test_gives_up_in_one_sentence_with_code_1(port: str, timeout: str) -> None:
    code, error = said("ctl", "wait", "--timeout", timeout, "--url", f":{port}")
    assert code == 1
    assert error.startswith(f"chatkit-mock: no emulator was ready at http://127.0.0.1:{port} within {timeout}: ")
    assert error.count("\n") == 1


def test_gives_up_on_a_server_that_never_responds() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        code, error = said("ctl", "wait", "--timeout", "300ms", "--url", f":{silent.getsockname()[1]}")
    assert (code, error.count("\n")) == (1, 1)


@pytest.mark.parametrize("timeout", ["soon", "-1s"])
def test_refuses_what_is_not_a_duration(timeout: str) -> None:
    code, error = said("ctl", "wait", "--timeout", timeout)
    assert (code, error.count("\n")) == (2, 1)
    assert timeout in error

"""A process without files for further connections says so, burns nothing, and comes back."""

import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.commands import PLAIN, wait_for
from support.raw_client import RawClient, request

FILES, CLIENTS = 60, 100
HEALTH = request("GET", "/_mock/health")
WITHOUT_UVLOOP = "import sys; sys.modules['uvloop'] = None; "
START = (
    "import resource, sys; resource.setrlimit(resource.RLIMIT_NOFILE, ({files}, {files})); "
    "sys.argv[1:] = ['serve', '--port', '0', '--ready-file', {ready!r}]; from mock_server.cli import main; main()"
)


@pytest.fixture(params=["asyncio", "uvloop"])
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    if request.param == "uvloop":
        pytest.importorskip("uvloop")
    ready = tmp_path / "ready"
    code = START.format(files=FILES, ready=str(ready))
    code = code if request.param == "uvloop" else WITHOUT_UVLOOP + code
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", code], env=PLAIN, stderr=pipe, stdout=pipe, text=True) as process:
        try:
            wait_for(ready, process)
            yield process, ready.read_text().removesuffix("/v1")
        finally:
            process.kill()


@pytest.mark.exhaustive
def test_too_many_connections_are_refused_in_a_sentence(served: tuple[subprocess.Popen[str], str]) -> None:
    process, origin = served
    burned = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    clients = [RawClient(origin) for _ in range(CLIENTS)]
    time.sleep(1.5)  # asyncio tries again after a second
    assert clients[0].send(HEALTH).answer().status == 200, "who is in is served"
    refused = [client for client in clients if peeked(client).startswith(b"HTTP/1.1 503 ")]
    assert refused
    assert refused[0].answer().json()["error"]["message"].endswith("Close some, or raise its limit (ulimit -n).")
    for client in clients:
        client.socket.close()
    time.sleep(1.5)
    with RawClient(origin) as client:
        assert client.send(HEALTH).answer().status == 200, "and everybody once there are files again"
    process.terminate()
    _, said = process.communicate(timeout=10)
    assert said.count("\n") < 50
    assert said.count("Close some, or raise the limit (ulimit -n).") == 1
    assert "Traceback" not in said
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - burned < 3


def peeked(client: RawClient) -> bytes:
    client.socket.setblocking(False)
    try:
        return client.socket.recv(100, socket.MSG_PEEK)
    except OSError:
        return b""
    finally:
        client.socket.settimeout(5)

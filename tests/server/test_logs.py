"""Log lines never stop the server: what can't be written is dropped and counted."""

import json
import logging
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest
from support.commands import COMMAND, PLAIN, serving, wait_for
from support.emulator import HEADERS, socket_client

from mock_server.server.logs import JsonFormatter, PatientHandler

REQUESTS = 4000  # each is a line of some 20 bytes; a pipe holds 64 kB
GET = b"GET /health HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n"


@pytest.mark.slow
def test_a_pipe_that_nobody_reads_stops_nothing(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    with serving(ready) as process:
        port = int(ready.read_text().rpartition(":")[2].partition("/")[0])
        with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
            for _ in range(REQUESTS // 100):
                connection.sendall(GET * 100)
                served = b""
                while served.count(b"HTTP/1.1 200") < 100 or not served.endswith(b"}"):
                    served += connection.recv(65536)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0, "it ends when it is asked to"


def test_lines_that_find_no_room_are_counted() -> None:
    read, write = os.pipe()
    handler = PatientHandler(write, waiting=10)
    long = "x" * 100_000  # more than a pipe holds
    for number in range(20):
        handler.emit(logging.makeLogRecord({"msg": f"{number} {long}"}))
    written = b""
    while b"dropped" not in written:
        written += os.read(read, 1_000_000)
    assert written.startswith(b"0 x")
    assert b"log lines were dropped, because nobody read them.\n" in written


PAGES = ["/", "/demo", "/docs", "/dashboard/faults", "/favicon.ico", "/deployments/chatkit/chatkit.js", "/_static/x"]


def test_the_log_shows_the_calls_of_the_app_and_not_those_of_our_own_pages(tmp_path: Path) -> None:
    with serving(tmp_path / "ready") as process:
        origin = (tmp_path / "ready").read_text().removesuffix("/v1")
        with socket_client(origin) as web:
            for path in PAGES:
                web.get(path)
                web.get(f"/p/gw0{path}")
            web.get("/v1/demo")
            web.get("/_mock/projects")
            web.get("/v1/a%0Ab")
            web.get("/v1/%1b[31m%C2%9B")
            web.get(f"/v1/chatkit/ek_{'0' * 48}_00secret")
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=10)
    assert [line.rpartition(" ")[0].rpartition(" ")[0] for line in errors.splitlines()] == [
        "GET /v1/demo 404",
        "GET /_mock/projects 200",
        "GET /v1/a\\nb 404",
        "GET /v1/\\x1b[31m\\x9b 404",
        f"GET /v1/chatkit/ek_00000{'*' * 48}cret 404",
    ]


def test_a_line_of_json_holds_nothing_that_a_terminal_obeys() -> None:
    path = "/v1/x\nforged\x1b[31m\u202e\x7f\x9b\U000e0001 é"
    record = logging.makeLogRecord({"request": {"path": path}})
    line = JsonFormatter().format(record)
    assert line.isprintable()
    assert json.loads(line)["path"] == path


def test_no_field_of_a_line_shows_a_key(tmp_path: Path) -> None:
    key = "sk-proj-ABCDEFGHIJKLMNOP"
    with serving(tmp_path / "ready", "--log-format", "json") as process:
        with socket_client((tmp_path / "ready").read_text().removesuffix("/v1")) as web:
            web.get("/v1/x", headers={"openai-project": key})
            web.get(f"/p/{key}/v1/%2573k-proj-ABCDEFGHIJKLMNOP")
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=10)
    assert errors.count("sk-proj-************MNOP") == 3
    assert "ABCDEFGHIJKLMNOP" not in errors


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_request_without_a_response_is_logged_with_what_happened_instead(tmp_path: Path, form: str) -> None:
    with serving(tmp_path / "ready", "--log-format", form) as process:
        origin = (tmp_path / "ready").read_text().removesuffix("/v1")
        with socket_client(origin) as web:
            web.post("/_mock/faults", json={"match": {"path": "*threads*"}, "do": {"drop": True}})
            with pytest.raises(httpx2.HTTPError):
                web.get("/v1/chatkit/threads", headers=HEADERS)
        with socket.create_connection(("127.0.0.1", int(origin.rpartition(":")[2]))) as connection:
            head = "".join(f"{name}: {value}\r\n" for name, value in HEADERS.items())
            connection.sendall(
                f"POST /v1/chatkit/sessions HTTP/1.1\r\nhost: x\r\n{head}content-length: 9\r\n\r\n{{".encode()
            )
        assert process.stderr is not None
        lines = [process.stderr.readline() for _ in range(3)][1:]
    if form == "json":
        ends = [(line["status"], line["outcome"]) for line in map(json.loads, lines)]
        assert ends == [(None, "dropped"), (None, "abandoned")]
    else:
        assert lines[0].startswith("GET /v1/chatkit/threads dropped ")
        assert lines[1].startswith("POST /v1/chatkit/sessions abandoned ")


@pytest.mark.skipif(sys.platform == "win32", reason="it takes a shell of Unix")
def test_a_closed_standard_error_gets_nothing(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    command = [*COMMAND, "serve", "--port", "0", "--ready-file", str(ready)]
    shell = ["sh", "-c", 'exec "$@" 2>&-', "sh", *command]
    with subprocess.Popen(shell, env=PLAIN, stdout=subprocess.DEVNULL) as process:
        try:
            wait_for(ready, process)  # type: ignore[arg-type]
            port = int(ready.read_text().rpartition(":")[2].partition("/")[0])
            with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
                connection.sendall(GET * 20)
                served = b""
                while served.count(b"HTTP/1.1 200") < 20 or not served.endswith(b"}"):
                    served += connection.recv(65536)
            assert b"ms" not in served, "no log line is among the responses"
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
        finally:
            process.kill()


def test_a_server_that_configures_logging_itself_has_no_line_told_twice(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(
        "import logging\nlogging.basicConfig(level=logging.INFO)\n\nasync def app(*_): ...\n"
    )
    with serving(tmp_path / "ready", "--backend", "shop:app", "--app-dir", str(tmp_path)) as process:
        with socket_client((tmp_path / "ready").read_text().removesuffix("/v1")) as web:
            web.get("/_mock/projects")
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=10)
    assert errors.count("/_mock/projects") == 1, errors

"""Log lines never stop the server: what can't be written is dropped and counted."""

import logging
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from support.commands import COMMAND, PLAIN, serving, wait_for

from mock_server.server.logs import PatientHandler

REQUESTS = 4000  # each is a line of some 20 bytes; a pipe holds 64 kB
GET = b"GET /health HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n"


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

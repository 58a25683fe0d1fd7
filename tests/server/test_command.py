"""`chatkit-mock run` as the first process of a container: it reaps, and passes on signals as it does elsewhere."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from support.commands import COMMAND, PLAIN

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a process that others fall to is Linux's")

# Orphans fall to a subreaper as they do to a container's first process, and no rights are needed.
FIRST = "import ctypes, os, sys; ctypes.CDLL(None).prctl(36, 1, 0, 0, 0); os.execv(sys.argv[1], sys.argv[1:])"
ORPHANS = """
import os, sys, time
parent, (reader, writer) = os.getpid(), os.pipe()
if os.fork() == 0:
    for _ in range(3):
        if (orphan := os.fork()) == 0:
            while os.getppid() == parent:
                time.sleep(0.001)
            os._exit(1)
        os.write(writer, b"%d " % orphan)
    os._exit(0)
os.wait()
orphans = os.read(reader, 100).split()
deadline = time.monotonic() + 10
while any(os.path.exists(f"/proc/{int(orphan)}") for orphan in orphans) and time.monotonic() < deadline:
    time.sleep(0.01)
sys.exit(7 if time.monotonic() < deadline else "there are zombies")
"""


def first(*command: str) -> "subprocess.Popen[str]":
    """The command in `chatkit-mock run`, to which everything below it falls."""
    line = [sys.executable, "-c", FIRST, *COMMAND, "run", "--", *command]
    pipe = subprocess.PIPE
    return subprocess.Popen(line, env=PLAIN, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True)


def test_reaps_what_the_command_leaves_behind() -> None:
    with first(sys.executable, "-c", ORPHANS) as process:
        assert process.communicate(timeout=30) == ("", "")
    assert process.returncode == 7


def test_does_not_wait_for_what_the_command_leaves_running(tmp_path: Path) -> None:
    with first("sh", "-c", "sleep 60 >/dev/null 2>&1 & echo $!; exit 3") as process:
        output, _ = process.communicate(timeout=30)
    assert process.returncode == 3
    subprocess.run(["kill", output.strip()], check=True)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_returns_the_code_of_the_command_not_of_an_orphan(number: signal.Signals) -> None:
    orphan = "(sh -c 'sleep 0.05; exit 9' &) >/dev/null 2>&1"
    script = f"trap 'exit 5' {int(number)}; {orphan}; echo ready; while :; do sleep 0.02; done"
    with first("sh", "-c", script) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        for _ in range(3):
            process.send_signal(number)
        assert process.wait(timeout=30) == 5


def test_returns_the_code_where_the_ends_of_children_are_ignored() -> None:
    ignores = "import os, sys, signal as s; s.signal(s.SIGCHLD, s.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])"
    line = [sys.executable, "-c", ignores, *COMMAND, "run", "--", "sh", "-c", "exit 3"]
    done = subprocess.run(line, env=PLAIN, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (3, "", "")


def test_the_name_of_a_command_that_is_not_there_breaks_no_line() -> None:
    line = [*COMMAND, "run", "--", "a\nb\x1b[31m"]
    done = subprocess.run(line, env=PLAIN, capture_output=True, text=True, check=False)
    assert done.returncode == 127
    assert done.stderr == "chatkit-mock: can't run 'a\\nb\\x1b[31m': no such file or directory.\n"

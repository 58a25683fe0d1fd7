"""`chatkit-mock` in a process of its own, as a user runs it."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

COMMAND = [sys.executable, "-m", "mock_server"]
PLAIN = {name: value for name, value in os.environ.items() if not name.startswith(("CHATKIT_", "OPENAI_"))}
# Coverage writes a file of its own at exit, and complains where it can't.
NO_COVERAGE = {"COVERAGE_PROCESS_CONFIG": "", "COVERAGE_PROCESS_START": ""}
UNMEASURED = {**PLAIN, **NO_COVERAGE}


@contextmanager
def serving(ready: Path, *arguments: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """A server in a process of its own, once its ready file is there."""
    command = [*COMMAND, "serve", "--port", "0", "--ready-file", str(ready), *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env={**PLAIN, **environment}, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            wait_for(ready, process)
            yield process
        finally:
            process.kill()


def wait_for(ready: Path, process: subprocess.Popen[str]) -> None:
    """Wait until the file is there."""
    for _ in range(500):
        if ready.exists() or process.poll() is not None:
            break
        time.sleep(0.02)
    assert ready.exists(), process.communicate()


def said(*arguments: str, **environment: str) -> tuple[int, str]:
    """Exit code and standard error of a command that ends by itself."""
    done = subprocess.run(
        [*COMMAND, *arguments], env={**PLAIN, **environment}, capture_output=True, text=True, timeout=30, check=False
    )
    return done.returncode, done.stderr

"""An emulator in a process of its own, whose log lines, tasks and files are watched."""

import json
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from support.commands import PLAIN, wait_for
from support.patience import eventually

from fuzz.cases import Violation
from mock_server.testing import connect

_OURS = re.compile(r"[A-Z-]+ .* (\d{3}|abandoned|dropped)(, [a-z]+)? \d+\.\d ms|\d+ log lines were dropped.*")
SMUGGLED = "smuggled"  # no path that is served has this in it


class Held(NamedTuple):
    """What a process holds; `names` are those of some tasks."""

    tasks: int
    files: int
    threads: int
    memory: int
    names: list[str]


class Watched:
    """An emulator. `origin` is its address; `foreign` holds the lines on standard error that it may not write."""

    def __init__(self, process: subprocess.Popen[str], origin: str, folder: Path) -> None:
        self.origin, self.foreign = origin, list[str]()
        self._process, self._folder = process, folder
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        self._at_start = self.held()

    def _read(self) -> None:
        assert self._process.stderr
        for line in self._process.stderr:
            if len(self.foreign) < 50 and (SMUGGLED in line or not _OURS.fullmatch(line.removesuffix("\n"))):
                self.foreign.append(line)

    def held(self) -> Held:
        """What the process holds now."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        line = next((line for line in self._process.stdout if line.startswith("{")), None)
        if line is None:
            raise Violation(f"the emulator has ended: {''.join(self.foreign)}")
        return Held(**json.loads(line))

    def check(self) -> Held:
        """Reset the emulator. Raises Violation if a task, an open file or a stored file stays, or for a line."""
        mock = connect(self.origin)
        for project in mock.projects().projects:
            if project.project != mock.projects().default:
                mock.delete_project(project.project)
        mock.reset()
        found: list[str] = []

        def is_settled() -> bool:
            found[:] = self._left_over()
            return not found

        try:
            eventually(is_settled)
        except AssertionError:
            raise Violation("; ".join(found)) from None
        return self.held()

    def _left_over(self) -> list[str]:
        held, stored = self.held(), [path for path in self._folder.rglob("*") if path.is_file()]
        return [
            *([f"{held.tasks} tasks are left: {held.names}"] if held.tasks > self._at_start.tasks else []),
            *([f"{held.files} files are open"] if held.files > self._at_start.files + 2 else []),  # of its thread pool
            *([f"{len(stored)} files are stored"] if stored else []),
            *([f"it wrote {self.foreign}"] if self.foreign else []),
        ]

    def stopped(self) -> None:
        """Stop it. Raises Violation unless it ends in order, and leaves nothing behind."""
        self._process.terminate()
        code = self._process.wait(10)
        self._reader.join()
        left = list(self._folder.iterdir())
        if code or left or self.foreign:
            raise Violation(f"exit code {code}, files left: {left}, lines: {self.foreign}")


def _code(process: subprocess.Popen[str]) -> int | None:
    """The exit code of a process that has ended, or is about to."""
    try:
        return process.wait(1)
    except subprocess.TimeoutExpired:
        return None


@contextmanager
def watched() -> Iterator[Watched]:
    """Start an emulator; at the end of the block it has to stop in order."""
    with tempfile.TemporaryDirectory() as name:
        folder, ready = Path(name, "temporary"), Path(name, "ready")
        folder.mkdir()
        serve = ["serve", "--seed", "fuzz", "--port", "0", "--ready-file", str(ready)]  # the same ids each time
        command = [sys.executable, "-m", "fuzz.inside", *serve]
        tests = str(Path(__file__).parent.parent)
        environment = {**PLAIN, "TMPDIR": str(folder), "PYTHONPATH": tests, "PYTHONWARNINGS": "always::ResourceWarning"}
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        server: Watched | None = None
        with process:
            try:
                wait_for(ready, process)
                server = Watched(process, ready.read_text().removesuffix("/v1"), folder)
                yield server
                server.stopped()
            except AssertionError as error:
                wrote = "" if server is None else "".join(server.foreign)
                raise Violation(f"{error!s}\n\nIt wrote: {wrote}\nIts exit code: {_code(process)}") from error
            finally:
                process.kill()

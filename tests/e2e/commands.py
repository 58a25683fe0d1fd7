"""Commands of node's, for the fixtures and tests."""

import subprocess
from pathlib import Path


def run(*command: str | None, folder: Path) -> None:
    """Run a command in a folder. Fails with all that it said."""
    words = [str(word) for word in command]
    done = subprocess.run(
        words, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr

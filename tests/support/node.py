"""Node and npm: where they are, what tests of them are marked with, and how the React app reaches its conversation."""

import shutil
import subprocess
from pathlib import Path

import pytest

NPM, NODE = shutil.which("npm"), shutil.which("node")
NEEDS = [
    pytest.mark.browser,
    pytest.mark.node,
    pytest.mark.registry,
    pytest.mark.skipif(not (NPM and NODE), reason="node and npm are not installed here"),
]

_CUSTOM = pytest.param("custom", marks=pytest.mark.chatkit_mock(custom_mode=True, custom_workflow="wf_1"))
in_both_modes = pytest.mark.parametrize("mode", ["hosted", _CUSTOM], indirect=True)
only_custom = pytest.mark.parametrize("mode", [_CUSTOM], indirect=True)


def run(*command: str | None, folder: Path) -> None:
    """Run a command in a folder. Fails with all that it printed."""
    words = [str(word) for word in command]
    done = subprocess.run(
        words, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr

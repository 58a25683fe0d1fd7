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

HOSTED = pytest.param("hosted")
CUSTOM = pytest.param("custom", marks=pytest.mark.chatkit_mock(custom_mode=True, custom_workflow="wf_1"))
only_hosted = pytest.mark.parametrize("mode", [HOSTED], indirect=True)
only_custom = pytest.mark.parametrize("mode", [CUSTOM], indirect=True)


def run(*command: str | None, folder: Path) -> None:
    """Run a command in a folder. Fails with all that it printed."""
    words = [str(word) for word in command]
    done = subprocess.run(
        words, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr

"""Pythons that lack something which the tests' own has, or have another version of it."""

import os
import re
import site
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLUGIN = ROOT / "mock_server" / "pytest_plugin"


def without(folder: Path, *names: str) -> dict[str, str]:
    """Return environment variables with which `python -S` finds all packages but those named, linked in a folder."""
    hidden = re.compile(rf"({'|'.join(names)})(-[\d.]+\.dist-info|\.py)?|.*\.pth")
    for entry in Path(site.getsitepackages()[0]).iterdir():
        if not hidden.fullmatch(entry.name):
            (folder / entry.name).symlink_to(entry)
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT), str(PLUGIN)])}


def pretend(folder: Path, name: str, version: str, *needed: str) -> None:
    """Put an empty package into a folder, with a version and what it needs."""
    (folder / name).mkdir()
    (folder / name / "__init__.py").write_text(f"__version__ = {version!r}\n")
    described = folder / f"{name}-{version}.dist-info"
    described.mkdir()
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    (described / "METADATA").write_text("\n".join([*lines, *(f"Requires-Dist: {each}" for each in needed)]) + "\n")


def run(code: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run code in a Python that finds packages only where the variables say."""
    command = [sys.executable, "-S", "-W", "error", "-c", code]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)

"""Pythons that lack something which the tests' own has, or have another version of it."""

import os
import re
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLUGIN = ROOT / "mock_server" / "pytest_plugin"


def without(folder: Path, *names: str) -> dict[str, str]:
    """Return environment variables with which `python -S` finds all packages but those named, linked in a folder."""
    hidden = re.compile(rf"({'|'.join(names)})(-[\d.]+\.dist-info|\.py)?|.*\.pth")
    for place in [path for path in sys.path if path.endswith("site-packages")]:
        for entry in Path(place).iterdir():
            if not hidden.fullmatch(entry.name) and not (folder / entry.name).exists():
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


def build_wheel(folder: Path) -> Path:
    """Build the package, as it is published."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", str(folder)]
    subprocess.run([*command, str(ROOT)], check=True)
    (made,) = folder.glob("*.whl")
    return made


def fresh_python(folder: Path, *wanted: str) -> Path:
    """Return a Python with nothing but what is wanted, in pip's words, and what that needs."""
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", *wanted], check=True)
    return python


def user_tests_pass(python: Path, tests: Path, *options: str) -> None:
    """Run a user's tests where they are. Raises AssertionError with what pytest says, unless all of them pass."""
    command = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", *options, tests.name]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "CHATKIT_"))}
    done = subprocess.run(
        command, cwd=tests.parent, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    last = done.stdout.splitlines()[-1:]
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.match(r"\d+ passed", last[0]), f"some were not run: {last[0]}"

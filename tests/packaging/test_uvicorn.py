"""Our protocol is served by uvicorn: the lowest and the newest version that we allow both do."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

pytestmark = pytest.mark.registry
ROOT = Path(__file__).parents[2]


def allowed() -> list[str]:
    """What pip is asked for: the lowest version, then the newest."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    uvicorn = next(each for each in map(Requirement, declared) if each.name == "uvicorn")
    lowest = next(bound.version for bound in uvicorn.specifier if bound.operator == ">=")
    return [f"uvicorn=={lowest}", str(uvicorn)]


@pytest.mark.parametrize("wanted", allowed(), ids=["lowest", "newest"])
def test_serves_on_uvicorn(wanted: str, tmp_path: Path) -> None:
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--upgrade", "--target", str(tmp_path)]
    subprocess.run([*install, wanted], check=True)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    where = [sys.executable, "-c", "import uvicorn; print(uvicorn.__file__)"]
    found = subprocess.run(where, env=environment, check=True, capture_output=True, text=True).stdout
    assert found.startswith(str(tmp_path)), "the version that was installed is the one that is tried"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n",
        "0",
        "-m",
        "not slow",
        "-p",
        "no:cacheprovider",
        *(f"tests/server/test_{name}.py" for name in ("protocol", "order", "leaving", "shapes")),
    ]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr

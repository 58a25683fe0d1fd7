"""What the README says is supported: the versions of each row are installed, and a user's tests pass with them."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.environments import ROOT, build_wheel, fresh_python, user_tests_pass
from support.manual import README, examples, page, table

SUPPORT = Path(__file__).parents[1] / "support"
SDKS = [pytest.param(*row[:2], row[2:], id=row[0]) for row in table(README.read_text(), "sdks")]
BESIDE = {row[0]: row[1:] for row in table(README.read_text(), "beside")}
LIBRARY = "from mock_server.testing.libraries import http_library; print(http_library().__name__)"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(build_wheel(tmp_path_factory.mktemp("wheel")))


def wanted(package: str, cell: str) -> str:
    """Return in pip's words what a cell says: `2.8`, `newest 2.x` or `newest`."""
    return package if cell == "newest" else f"{package}=={re.sub('^newest |[.]x$', '', cell)}.*"


def copied(name: str, folder: Path) -> Path:
    """Copy a user's tests to where nothing leads to the checkout."""
    return Path(shutil.copy(SUPPORT / f"{name}.py", folder / f"test_{name}.py"))


@pytest.mark.registry
@pytest.mark.parametrize(("version", "library", "ways"), SDKS)
def test_an_sdk(wheel: str, tmp_path: Path, version: str, library: str, ways: list[str]) -> None:
    others = ["httpx<1", "httpx2"]  # one of which the SDK is not built on
    python = fresh_python(tmp_path / "venv", wheel, wanted("openai", version), "pytest", *others)
    used = subprocess.run([str(python), "-c", LIBRARY], cwd=tmp_path, check=True, capture_output=True, text=True)
    assert used.stdout.strip() == library
    user_tests_pass(python, copied("official_calls", tmp_path), "-W", "error")
    assert ways == ["yes"] * 4, "each way is among the tests"


@pytest.mark.registry
def test_an_sdk_that_is_too_old(wheel: str, tmp_path: Path) -> None:
    python = fresh_python(tmp_path / "venv", wheel, "openai<2.2")
    code = "from mock_server.testing import ChatKitMock\nwith ChatKitMock() as mock: mock.openai()"
    done = subprocess.run([str(python), "-c", code], cwd=tmp_path, check=False, capture_output=True, text=True)
    assert re.search(r"openai 2\.1\.0 has no client\.beta\.chatkit: pip install --upgrade 'openai>=2\.2'$", done.stderr)


@pytest.mark.registry
@pytest.mark.parametrize("version", BESIDE["pytest"])
def test_a_pytest(wheel: str, tmp_path: Path, version: str) -> None:
    python = fresh_python(tmp_path / "venv", wheel, wanted("pytest", version), "openai")
    user_tests_pass(python, copied("official_calls", tmp_path))


@pytest.mark.registry
@pytest.mark.parametrize("version", [*BESIDE["FastAPI"], "0.128"])  # the last one that wants a Starlette below 1.0
def test_a_fastapi(wheel: str, tmp_path: Path, version: str) -> None:
    wishes = [wanted("fastapi", version), "pytest", "openai", "httpx<1"]
    python = fresh_python(tmp_path / "venv", wheel, *wishes)
    user_tests_pass(python, copied("fastapi_app", tmp_path))


@pytest.mark.registry
@pytest.mark.parametrize("version", BESIDE["openai-chatkit, for your own server"])
def test_an_openai_chatkit(wheel: str, tmp_path: Path, version: str) -> None:
    python = fresh_python(
        tmp_path / "venv", f"{wheel}[backend]", wanted("openai-chatkit", version), "pytest", "httpx<1"
    )
    (example,) = examples(page("bridge"), "pytest", "python")
    path = tmp_path / "test_bridge.py"
    path.write_text(example)
    user_tests_pass(python, path)


def test_ci_runs_on_each_python_that_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = re.findall(r"Python :: (3\.\d+)", "\n".join(project["classifiers"]))
    workflow: Any = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text())
    assert workflow["jobs"]["test"]["strategy"]["matrix"]["python"] == declared
    assert [declared[0], declared[-1]] == BESIDE["Python"]
    assert project["requires-python"] == f">={declared[0]}"

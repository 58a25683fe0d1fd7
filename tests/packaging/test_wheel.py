"""What users install: a wheel that stands by itself and is quick to import."""

import statistics
import subprocess
import zipfile
from pathlib import Path

import pytest
from support.environments import build_wheel, fresh_python

import mock_server
from mock_server import dashboard
from mock_server.documents.shipped import fixtures_folder


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fresh_python(tmp_path_factory.mktemp("venv"), str(wheel))


@pytest.mark.slow
def test_the_wheel_holds_the_package_and_its_data_only(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert tops == {
        "mock_server",
        "chatkit_mock_plugin.py",
        f"chatkit_mock_server-{wheel.name.split('-')[1]}.dist-info",
    }
    data = {name.removeprefix("mock_server/_fixtures/") for name in names if name.startswith("mock_server/_fixtures/")}
    assert data == {str(path.relative_to(fixtures_folder())) for path in fixtures_folder().rglob("*") if path.is_file()}
    assert "mock_server/py.typed" in names
    pages = Path(dashboard.__file__).with_name("static")
    shown = {path.relative_to(pages).as_posix() for path in pages.rglob("*") if path.is_file()}
    assert {"docs.js", "dashboard.html", "dashboard/main.js"} < shown
    assert {f"mock_server/dashboard/static/{name}" for name in shown} < set(names)
    manual = Path(mock_server.__file__).with_name("docs")
    assert {f"mock_server/docs/{path.name}" for path in manual.glob("*.md")} == {
        name for name in names if name.startswith("mock_server/docs/")
    }
    assert "mock_server/docs/index.md" in names
    element = "mock_server/element/static"
    assert {f"{element}/page/element.js", f"{element}/frame.html", f"{element}/vendor/marked.js"} < set(names)
    licences = {name.rpartition("/")[2] for name in names if ".dist-info/licenses/" in name}
    assert licences == {"LICENSE", "lucide.LICENSE", "marked.LICENSE", "purify.LICENSE"}


@pytest.mark.registry
def test_one_argument_is_enough_with_only_the_package_installed(python: Path, tmp_path: Path) -> None:
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", "pytest"], check=True)
    (tmp_path / "test_it.py").write_text(
        "def test_create(chatkit_mock):\n"
        "    chatkit_mock.load({'sessions': [{'id': 'cksess_1', 'user': 'ada', 'workflow': {'id': 'wf_1'}}]})\n"
        "    chatkit_mock.clock.shift(minutes=10)\n"
        "    assert chatkit_mock.sessions.get('cksess_1').status == 'expired'\n"
    )
    command = [str(python), "-m", "pytest", "-q", "-W", "error"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.registry
def test_it_runs_in_an_empty_environment(python: Path) -> None:
    script = "import urllib.request, os; print(urllib.request.urlopen(os.environ['CHATKIT_MOCK_URL'] + '/docs').status)"
    command = [str(python.with_name("chatkit-mock")), "run", "--load", "demo", "--", str(python), "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("200\n", "")


@pytest.mark.registry
def test_importing_it_costs_next_to_nothing(python: Path) -> None:
    """Under 20 ms beyond Python itself, by Python's own account of import times."""

    def milliseconds() -> float:
        command = [str(python), "-X", "importtime", "-c", "import mock_server"]
        lines = subprocess.run(command, capture_output=True, text=True, check=True).stderr.splitlines()
        return float(next(line for line in lines if line.endswith("mock_server")).split("|")[1]) / 1000

    assert statistics.median(milliseconds() for _ in range(5)) < 20

"""The README and the manual: every example is run as it stands, and every link leads somewhere."""

import gc
import os
import re
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.manual import MANUAL, PAGES, README, anchors, cases, examples, links, page

from mock_server.cli import cli
from mock_server.server.thread import ServerThread

every_page = pytest.mark.parametrize("path", [pytest.param(path, id=path.name) for path in PAGES])

# The reader's app, which has a server that gives out secrets.
APP = """
import pytest
from support.browsers import chromium

PAGE = '''<script src="https://cdn.platform.openai.com/deployments/chatkit/chatkit.js"></script>
<openai-chatkit></openai-chatkit><script>
  const getClientSecret = async () => (await fetch("/secret", {method: "POST"})).text();
  document.querySelector("openai-chatkit").setOptions({api: {getClientSecret}});
</script>'''

@pytest.fixture(scope="session")
def chatkit_mock_browser():
    with chromium() as browser:
        yield browser

@pytest.fixture(autouse=True)
def app(chatkit_mock, chatkit_mock_page):
    client = chatkit_mock.openai()

    def serve(route):
        if route.request.method == "GET":
            return route.fulfill(body=PAGE, content_type="text/html")
        session = client.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"})
        return route.fulfill(body=session.client_secret)

    chatkit_mock_page.route("http://localhost:3000/**", serve)
"""


@pytest.mark.exhaustive
@pytest.mark.parametrize("text", cases("test", "python"))
def test_a_python_example_runs(
    served: ServerThread,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    text: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("OPENAI_", "CHATKIT_"))]:
        monkeypatch.delenv(name)
    code = compile(text.replace("http://127.0.0.1:4114", served.origin), "example.py", "exec")
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):  # an example leaves its clients open
        exec(code, {"__name__": "__main__"})
        gc.collect()
    assert capfd.readouterr().err == ""


@pytest.mark.exhaustive
@pytest.mark.parametrize("text", cases("test", "sh"))
def test_a_shell_example_runs(served: ServerThread, tmp_path: Path, text: str) -> None:
    shell = shutil.which("bash")
    assert shell
    tools = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "CHATKIT_"))}
    done = subprocess.run(
        [shell, "-ec", text.replace("http://127.0.0.1:4114", served.origin)],
        cwd=tmp_path,
        env={**environment, "PATH": tools},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""


@pytest.mark.exhaustive
@pytest.mark.parametrize("text", cases("pytest", "python"))
def test_a_pytest_example_passes(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_PLUGINS", "chatkit_mock_plugin,anyio.pytest_plugin")
    pytester.makepyfile(text)
    strictly = (
        "-W",
        "error",
        "-W",
        "ignore:Direct usage of named widget classes:DeprecationWarning",
    )  # openai-chatkit's own
    pytester.runpytest_subprocess(*strictly).assert_outcomes(passed=text.count("def test_"))


@pytest.mark.exhaustive
@pytest.mark.browser
def test_the_example_with_a_page_passes(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    (text,) = examples(page("frontend"), "page", "python")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_PLUGINS", "chatkit_mock_plugin")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    pytester.makeconftest(APP)
    pytester.makepyfile(text)
    pytester.runpytest_subprocess("-W", "error").assert_outcomes(passed=1)


@pytest.mark.parametrize("text", cases("workflow", "yaml"))
def test_an_example_of_a_workflow_is_valid(tmp_path: Path, text: str) -> None:
    path = tmp_path / "wf_shop.yaml"
    path.write_text(text)
    checked = CliRunner().invoke(cli, ["check", str(path)])
    assert checked.exit_code == 0, checked.output


@every_page
def test_every_example_in_python_has_a_marker(path: Path) -> None:
    text = path.read_text()
    assert text.count("```python\n") == len(re.findall(r"<!-- (?:test|pytest|page) -->\n```python\n", text))


@every_page
def test_every_marker_stands_before_an_example(path: Path) -> None:
    text = path.read_text()
    assert len(re.findall(r"<!-- test -->\n```(?:python|sh)\n", text)) == text.count("<!-- test -->")


@every_page
def test_every_link_leads_somewhere(path: Path) -> None:
    for link in links(path.read_text()):
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        assert target.is_file(), f"{path.name} links to {link}, and there is no {target}"
        assert not anchor or anchor in anchors(target.read_text()), f"{path.name} links to {link}: no such heading"


def test_every_page_is_in_the_contents() -> None:
    listed = {link for link in links(page("index")) if "#" not in link}
    assert listed == {path.name for path in MANUAL.glob("*.md")} - {"index.md"}
    of_the_readme = {link.partition("#")[0] for link in links(README.read_text())}
    assert {f"mock_server/docs/{name}" for name in listed} <= of_the_readme


def test_the_readme_is_short() -> None:
    assert len(README.read_text().splitlines()) <= 250

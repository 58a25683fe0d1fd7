"""The README's recipes, run as they stand, against a server begun with the shipped demo."""

import gc
import os
import re
import shutil
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest

from mock_server.testing.server import ServerThread

pytestmark = pytest.mark.slow

README = (Path(__file__).parents[1] / "README.md").read_text()
RECIPES = re.findall(r"<!-- test -->\n```(\w+)\n(.*?)```", README, re.DOTALL)
TITLES = [
    f"{number}: {re.findall(r'^## (.*)$', README[: README.index(text)], re.MULTILINE)[-1]}"
    for number, (_, text) in enumerate(RECIPES, start=1)
]

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


def recipes(language: str) -> list[Any]:
    """The recipes in a language, as they stand."""
    return [
        pytest.param(text, id=title) for title, (kind, text) in zip(TITLES, RECIPES, strict=True) if kind == language
    ]


@pytest.mark.parametrize("text", recipes("python"))
def test_python_recipe(
    served: ServerThread,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    text: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("OPENAI_", "CHATKIT_"))]:
        monkeypatch.delenv(name)
    code = compile(text.replace("http://127.0.0.1:4114", served.origin), "README.md", "exec")
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):  # a recipe leaves its clients open
        exec(code, {"__name__": "__main__"})
        gc.collect()
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("text", recipes("sh"))
def test_shell_recipe(served: ServerThread, tmp_path: Path, text: str) -> None:
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


def test_pytest_recipes(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_PLUGINS", "mock_server.pytest_plugin,anyio.pytest_plugin")
    texts = re.findall(r"<!-- pytest -->\n```python\n(.*?)```", README, re.DOTALL)
    assert len(texts) == 2
    pytester.makepyfile(**{f"test_{number}": text for number, text in enumerate(texts)})
    pytester.runpytest_subprocess("-W", "error").assert_outcomes(passed="".join(texts).count("def test_"))


@pytest.mark.browser
def test_page_recipe(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    (text,) = re.findall(r"<!-- page -->\n```python\n(.*?)```", README, re.DOTALL)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_PLUGINS", "mock_server.pytest_plugin")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    pytester.makeconftest(APP)
    pytester.makepyfile(text)
    pytester.runpytest_subprocess("-W", "error").assert_outcomes(passed=1)


def test_every_recipe_is_found() -> None:
    assert len(RECIPES) == README.count("<!-- test -->") > 3

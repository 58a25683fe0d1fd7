"""Clients are built with what the reader has installed; what is missing is said in a sentence."""

from pathlib import Path

import pytest
from support.environments import pretend, run, without

MAKE = """
from mock_server.testing import ChatKitMock

with ChatKitMock(socket={socket}) as mock:
    try:
        client = mock.{method}()
    except ImportError as missing:
        print(missing)
    else:
        print({told})
"""
pytestmark = pytest.mark.exhaustive  # a Python of its own for each
SOCKET = pytest.mark.parametrize("socket", [True, False], ids=["socket", "in process"])
HTTP = ["http_client", "async_http_client"]


def said(environment: dict[str, str], method: str, *, socket: bool, told: str = "type(client).__module__") -> str:
    """Return what is printed by making a client."""
    done = run(MAKE.format(method=method, socket=socket, told=told), environment)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip()


@SOCKET
@pytest.mark.parametrize("method", ["openai", "async_openai"])
def test_no_sdk(tmp_path: Path, method: str, socket: bool) -> None:
    sentence = said(without(tmp_path, "openai"), method, socket=socket)
    assert sentence == "the official SDK is not installed: pip install 'openai>=2.2'"


@SOCKET
@pytest.mark.parametrize("method", ["openai", "async_openai"])
@pytest.mark.parametrize("version", ["0.28.1", "1.109.1", "2.1.0"])
def test_an_sdk_without_chatkit(tmp_path: Path, method: str, version: str, socket: bool) -> None:
    environment = without(tmp_path, "openai")
    pretend(tmp_path, "openai", version, "httpx<1,>=0.23.0")
    sentence = said(environment, method, socket=socket)
    assert sentence == f"openai {version} has no client.beta.chatkit: pip install --upgrade 'openai>=2.2'"


@SOCKET
@pytest.mark.parametrize("method", HTTP)
def test_no_http_library(tmp_path: Path, method: str, socket: bool) -> None:
    sentence = said(without(tmp_path, "openai", "httpx", "httpx2"), method, socket=socket)
    assert sentence == "HTTP clients need httpx2 or httpx, and neither is installed: pip install httpx2"


@pytest.mark.parametrize("method", HTTP)
@pytest.mark.parametrize(
    ("hidden", "needed", "library"),
    [
        (["openai"], None, "httpx2"),
        (["openai", "httpx"], None, "httpx2"),
        (["openai", "httpx2"], None, "httpx"),
        (["openai"], ["anyio<5", "httpx<1,>=0.23.0", "httpx-aiohttp>=0.1.8; extra == 'aiohttp'"], "httpx"),
        (["openai"], ["httpx<1,>=0.23.0", "httpx2<3,>=2.7.0; extra == 'httpx2'"], "httpx"),
        (["openai"], ["anyio<5", "httpx2<3,>=2.12.0", "httpx>=0.23; extra == 'legacy'"], "httpx2"),
    ],
    ids=[
        "no SDK, both",
        "no SDK, httpx2",
        "no SDK, httpx",
        "SDK on httpx, both",
        "SDK on httpx, with an extra",
        "SDK on httpx2, both",
    ],
)
def test_the_library_is_the_sdks(
    tmp_path: Path, method: str, hidden: list[str], needed: list[str] | None, library: str
) -> None:
    environment = without(tmp_path, *hidden)
    if needed is not None:
        pretend(tmp_path, "openai", "2.8.0", *needed)
    assert said(environment, method, socket=False) == library


def test_an_error_of_the_transport_is_the_librarys(tmp_path: Path) -> None:
    environment = without(tmp_path, "openai", "httpx2")
    assert said(environment, "http_client", socket=False, told="mock.transport_error.__module__") == "httpx"


def test_a_test_that_lacks_the_sdk_shows_the_sentence_and_no_code_of_ours(
    tmp_path: Path, pytester: pytest.Pytester
) -> None:
    test = pytester.makepyfile("def test_it(chatkit_mock):\n    chatkit_mock.openai()\n")
    code = f"import pytest; pytest.main(['-q', '-p', 'chatkit_mock_plugin', '-p', 'no:randomly', {str(test)!r}])"
    environment = {**without(tmp_path, "openai"), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    shown = run(code, environment).stdout
    assert "LibraryMissing: the official SDK is not installed" in shown
    assert "mock_server/testing" not in shown

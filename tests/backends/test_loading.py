"""What can be named as a server of the user's own, and what is said about what can't."""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openai import APIStatusError
from support.commands import said
from support.environments import run, without

from mock_server.backends import split_spec
from mock_server.backends.loading import BackendOptions, find
from mock_server.backends.registry import Backends
from mock_server.errors import BackendUnusable
from mock_server.testing import ChatKitMock

SERVER = """
class Server:
    async def process(self, body, context): ...
    async def respond(self, thread, message, context): ...

server = Server()
def make_server(): return Server()
number = 3
async def app(scope, receive, send): ...
async def loose(*_): ...
def make_any(*_): return Server()
async def make_later(): return Server()
class Needy:
    def __init__(self, model, store): ...
class Optional(Server):
    def __init__(self, store=None): self.store = store
def no_arguments(): ...
import abc
class Half(abc.ABC):
    @abc.abstractmethod
    def respond(self): ...
class Application:
    async def __call__(self, scope, receive, send): ...
application = Application()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder with modules, which are forgotten afterwards."""
    before, path = set(sys.modules), list(sys.path)
    (tmp_path / "bridge_good.py").write_text(SERVER)
    (tmp_path / "bridge_needs.py").write_text("import a_package_nobody_has\n")
    (tmp_path / "bridge_raises.py").write_text("raise RuntimeError('no database')\n")
    (tmp_path / "bridge_exits.py").write_text("import sys; sys.exit(9)\n")
    (tmp_path / "bridge_broken.py").write_text("def (\n")
    yield tmp_path
    sys.path[:] = path
    for name in set(sys.modules) - before:
        if name.startswith("bridge_"):
            del sys.modules[name]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("server", "server"),
        ("Server", "factory"),
        ("make_server", "factory"),
        ("app", "app"),
        ("application", "app"),
        ("loose", "app"),
        ("make_any", "factory"),
    ],
)
def test_what_a_name_stands_for(folder: Path, name: str, kind: str) -> None:
    assert find(f"bridge_good:{name}", BackendOptions(app_dir=folder)).kind == kind


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("bridge_good", "write module:server"),
        ("bridge_good:", "write module:server"),
        (":server", "write module:server"),
        ("bridge_good:servr", "did you mean 'server'?"),
        ("bridge_good:number", "no function that makes one"),
        ("bridge_none:server", "no module 'bridge_none'"),
        ("bridge_needs:server", "it needs 'a_package_nobody_has', which is not installed here"),
        ("bridge_raises:server", "importing it raised RuntimeError: no database"),
        ("bridge_broken:server", "importing it raised SyntaxError"),
        ("bridge_exits:server", "importing it raised SystemExit: 9"),
        ("bridge_good:make_later", "an async function can't make a server"),
        ("bridge_good:Needy", "it needs model, which nobody passes"),
        ("bridge_good:Half", "this class is abstract: it lacks respond"),
        ("wf a=bridge_good:server", "write the workflow's id"),
        ("=bridge_good:server", "write the workflow's id"),
        ("wf_a=", "write the workflow's id"),
        ("ftp://127.0.0.1/chatkit", "write module:server"),
    ],
)
def test_what_cannot_be_used(folder: Path, name: str, reason: str) -> None:
    with pytest.raises(BackendUnusable) as refused:
        Backends([name], BackendOptions(app_dir=folder), loop_factory=asyncio.new_event_loop)
    assert reason in str(refused.value)
    assert "\n" not in str(refused.value)


def test_two_servers_for_one_workflow(folder: Path) -> None:
    specs = ["wf_a=bridge_good:server", "wf_b=bridge_good:server", "wf_a=bridge_good:Server"]
    with pytest.raises(BackendUnusable, match="there is another server for wf_a"):
        Backends(specs, BackendOptions(app_dir=folder), loop_factory=asyncio.new_event_loop)


@pytest.mark.parametrize("name", ["bridge_good:no_arguments", "bridge_good:number", "bridge_none:x"])
def test_a_function_for_the_context_that_cannot_be_called(folder: Path, name: str) -> None:
    options = BackendOptions(app_dir=folder, context=name)
    with pytest.raises(BackendUnusable, match=name):
        Backends(["bridge_good:server"], options, loop_factory=asyncio.new_event_loop)


@pytest.mark.parametrize(
    ("spec", "workflow", "target"),
    [
        ("app:server", None, "app:server"),
        ("wf_x=app:server", "wf_x", "app:server"),
        ("wf_x=http://127.0.0.1:8000/chatkit?a=b", "wf_x", "http://127.0.0.1:8000/chatkit?a=b"),
        ("http://127.0.0.1:8000/chatkit?a=b", None, "http://127.0.0.1:8000/chatkit?a=b"),
    ],
)
def test_a_server_for_one_workflow(spec: str, workflow: str | None, target: str) -> None:
    assert split_spec(spec) == (workflow, target)


def test_the_command_says_it_in_one_line(folder: Path) -> None:
    code, told = said("serve", "--backend", "bridge_good:servr", "--app-dir", str(folder))
    assert code == 2
    assert told == "chatkit-mock: bridge_good:servr: bridge_good has no 'servr'; did you mean 'server'?\n"


def test_without_openai_chatkit_the_command_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "bridge_real.py").write_text("from chatkit.server import ChatKitServer\n")
    command = "import sys; sys.argv[1:] = ['serve', '--backend', 'bridge_real:x']"
    code = f"{command}; from mock_server.cli import main; main()"
    packages = tmp_path / "packages"
    packages.mkdir()
    done = run(code, {**without(packages, "chatkit", "openai_chatkit"), "CHATKIT_MOCK_APP_DIR": str(tmp_path)})
    assert done.returncode == 2
    assert done.stderr == (
        "chatkit-mock: bridge_real:x: it needs 'chatkit'; "
        "install the package openai-chatkit: pip install 'chatkit-mock-server[backend]'.\n"
    )


@pytest.mark.parametrize(
    ("backend", "statuses"), [("wf_x=bridge_good:server", [200, 404]), ("bridge_good:server", [200, 200])]
)
def test_a_workflow_with_a_server_counts_as_one_that_exists(folder: Path, backend: str, statuses: list[int]) -> None:
    with (
        ChatKitMock(backend=backend, app_dir=folder, require_workflow=True) as mock,
        mock.openai(max_retries=0) as client,
    ):
        found = []
        for workflow in ("wf_x", "wf_y"):
            create = client.beta.chatkit.sessions.with_raw_response.create
            try:
                found.append(create(user="ann", workflow={"id": workflow}).status_code)
            except APIStatusError as error:
                found.append(error.status_code)
    assert found == statuses


@pytest.mark.parametrize("wrong", [{"backend_path": 3}, {"backend_headers": [3]}, {"app_dir": 3}], ids=str)
def test_an_argument_of_another_type_is_refused(folder: Path, wrong: dict[str, Any]) -> None:
    (name,) = wrong
    with pytest.raises(TypeError, match=name):
        ChatKitMock(**{"backend": "bridge_good:server", "app_dir": folder, **wrong})

"""The pytest plugin, in runs of its own: each test here is a small project of a user's."""

import pytest
from conftest import make_app

from mock_server.testing import ChatKitMock, connect
from mock_server.testing.server import ServerThread

CREATE = """
def create(mock, user="ada", **more):
    with mock.openai(max_retries=0) as client:
        return client.beta.chatkit.sessions.create(user=user, workflow={"id": "wf_1"}, **more)
"""


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # others take seconds to import
    monkeypatch.setenv("PYTEST_PLUGINS", "mock_server.pytest_plugin")
    for name in ("PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER", "CHATKIT_MOCK_PORT", "CHATKIT_MOCK_STRICT"):
        monkeypatch.delenv(name, raising=False)
    return pytester


def run(project: pytest.Pytester, text: str, *arguments: str) -> pytest.RunResult:
    project.makepyfile(CREATE + text)
    return project.runpytest_subprocess("-W", "error", *arguments)


def test_one_argument_is_enough(project: pytest.Pytester) -> None:
    text = """
def test_create(chatkit_mock):
    session = create(chatkit_mock)
    chatkit_mock.clock.shift(minutes=10)
    assert chatkit_mock.sessions.get(session.id).status == "expired"
"""
    run(project, text).assert_outcomes(passed=1)


def test_every_test_begins_anew(project: pytest.Pytester) -> None:
    text = """
import time, pytest

@pytest.mark.parametrize("turn", range(3))
def test_alone(chatkit_mock, turn):
    assert chatkit_mock.sessions.list() == []
    assert chatkit_mock.faults.list() == []
    assert chatkit_mock.journal.requests() == []
    assert time.time() > 1_790_000_000
    session = create(chatkit_mock)
    assert chatkit_mock.secret(session).send("Hi").text == "Hi"
    chatkit_mock.reply("Hi", "Hello")
    assert chatkit_mock.secret(session).send("Hi").text == "Hello"
    chatkit_mock.faults.add(error=500)
    chatkit_mock.clock.freeze("2026-01-01T00:00:00Z")
"""
    run(project, text).assert_outcomes(passed=3)


def test_the_environment_leads_to_it(project: pytest.Pytester) -> None:
    text = """
import os
from openai import OpenAI

def test_app(chatkit_mock_env):
    OpenAI().beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"})
    chatkit_mock_env.journal.assert_called("sessions.create", times=1)
    assert os.environ["CHATKIT_API_BASE"] == chatkit_mock_env.url

def test_left_no_trace():
    assert "CHATKIT_API_BASE" not in os.environ
"""
    run(project, text).assert_outcomes(passed=2)


def test_markers_are_merged_and_the_closest_wins(project: pytest.Pytester) -> None:
    text = """
import time, pytest
pytestmark = pytest.mark.chatkit_mock(now="2026-01-01T00:00:00Z", seed="1")

def test_module(chatkit_mock):
    assert time.time() == 1767225600
    test_module.id = create(chatkit_mock).id

@pytest.mark.chatkit_mock(now="2026-02-01T00:00:00Z")
class TestClass:
    def test_class(self, chatkit_mock):
        assert time.time() == 1769904000
        assert create(chatkit_mock).id == test_module.id

    @pytest.mark.chatkit_mock(load=["demo"], now=0)
    def test_function(self, chatkit_mock):
        assert time.time() < 60
        assert len(chatkit_mock.sessions.list()) == 3

def test_time_is_back():
    assert time.time() > 1_790_000_000
"""
    run(project, text).assert_outcomes(passed=4)


def test_strict_fails_on_what_would_hurt(project: pytest.Pytester) -> None:
    text = """
import pytest

def bad(mock):
    with mock.openai() as client:
        client.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1", "version": "latest"})

@pytest.mark.chatkit_mock(strict=True)
def test_strict(chatkit_mock):
    bad(chatkit_mock)

def test_lenient(chatkit_mock):
    bad(chatkit_mock)
"""
    result = run(project, text)
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(
        ["*this would hurt against the real API:*", "*workflow-version: *Leave the version out*"]
    )
    run(project, text, "--chatkit-mock-strict").assert_outcomes(passed=2, errors=2)
    project.makeini("[pytest]\nchatkit_mock_strict = true")
    run(project, text).assert_outcomes(passed=2, errors=2)


def test_a_failed_test_shows_its_journal(project: pytest.Pytester) -> None:
    text = """
def test_fails(chatkit_mock):
    create(chatkit_mock)
    assert False
"""
    result = run(project, text)
    result.stdout.fnmatch_lines(["*- ChatKit emulator -*", "sessions.create -> 200  req_*"])


def test_a_failure_of_the_emulator_surfaces_in_its_test(project: pytest.Pytester) -> None:
    text = """
import pytest

def test_broken(chatkit_mock):
    chatkit_mock._app.projects.default.usage = None
    session = create(chatkit_mock)
    chatkit_mock.secret(session).ask("threads.list") if False else None
    with pytest.raises(Exception):
        chatkit_mock.secret(session).send("Hi")

def test_next(chatkit_mock):
    create(chatkit_mock)
"""
    result = run(project, text)
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*ServerFailed: the emulator failed while it answered POST /v1/chatkit/conversation*"])


def test_conftest_configures_the_server_and_makes_more(project: pytest.Pytester) -> None:
    project.makeconftest("""
import pytest

@pytest.fixture(scope="session")
def chatkit_mock_config():
    return {"load": ["demo"]}
""")
    text = """
def test_base(chatkit_mock, make_chatkit_mock):
    assert len(chatkit_mock.sessions.list()) == 3
    other = make_chatkit_mock(project="other")
    create(other)
    assert len(other.sessions.list()) == 1
    assert other.url != chatkit_mock.url
"""
    run(project, text).assert_outcomes(passed=1)


@pytest.mark.parametrize("arguments", [(), ("-p", "xdist", "-n", "4")])
def test_parallel_tests_do_not_meet(project: pytest.Pytester, arguments: tuple[str, ...]) -> None:
    text = """
import pytest
IDS = set()

@pytest.mark.chatkit_mock(seed="1")
@pytest.mark.parametrize("turn", range(12))
def test_alone(chatkit_mock, turn):
    IDS.add(create(chatkit_mock).id)
    assert len(IDS) == 1
    assert len(chatkit_mock.sessions.list()) == 1
"""
    run(project, text, *arguments).assert_outcomes(passed=12)


def test_workers_have_a_project_each_of_a_server_that_runs_already(project: pytest.Pytester) -> None:
    text = """
import os, pytest

@pytest.mark.parametrize("turn", range(8))
def test_alone(chatkit_mock, turn):
    assert chatkit_mock.sessions.list() == []
    create(chatkit_mock)
    assert chatkit_mock.project == f"pytest-{os.environ['PYTEST_XDIST_WORKER']}"
    assert len(chatkit_mock.sessions.list()) == 1
    chatkit_mock.clock.shift("10m")
    assert chatkit_mock.sessions.list()[0].status == "expired"
"""
    with ServerThread(make_app()) as server:
        run(project, text, "-p", "xdist", "-n", "2", "--chatkit-mock-url", server.origin).assert_outcomes(passed=8)
        assert {"pytest-gw0", "pytest-gw1"} <= {each.project for each in connect(server.origin).projects().projects}


def test_what_was_expected_has_to_come(project: pytest.Pytester) -> None:
    text = """
def test_unmet(chatkit_mock):
    chatkit_mock.expect("sessions.create", times=1, body={"user": "eve"})
    create(chatkit_mock)

def test_met(chatkit_mock):
    chatkit_mock.expect("sessions.create", times=1)
    create(chatkit_mock)
"""
    result = run(project, text)
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*body.user: expected 'eve', got 'ada'"])


def test_without_a_socket(project: pytest.Pytester) -> None:
    text = """
import pytest

@pytest.mark.parametrize("turn", range(2))
def test_app(chatkit_mock_app, turn):
    session = create(chatkit_mock_app)
    assert chatkit_mock_app.secret(session).send("Hi").text == "Hi"
    assert len(chatkit_mock_app.sessions.list()) == 1

@pytest.mark.anyio
async def test_async(chatkit_mock_app):
    async with chatkit_mock_app.async_openai() as client:
        await client.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"})
    assert len(chatkit_mock_app.sessions.list()) == 1

@pytest.fixture
def anyio_backend():
    return "asyncio"
"""
    run(project, text, "-p", "anyio").assert_outcomes(passed=3)


def test_every_way_to_freeze_time(project: pytest.Pytester) -> None:
    text = """
import time, pytest, time_machine
from freezegun import freeze_time

NEW_YEAR = 1767225600
FORMS = [{}, {"real_asyncio": True}, {"tick": True}, {"auto_tick_seconds": 1}]

def works(mock):
    mock.workflows.add("wf_1", {"stream": {"every": "10ms"}, "default": [{"message": "one two three"}]})
    session = create(mock)
    assert NEW_YEAR <= session.expires_at - 600 < NEW_YEAR + 30
    assert mock.secret(session).send("Hi").text == "one two three"
    mock.workflows.remove("wf_1")

@freeze_time("2026-01-01")
def test_decorator(chatkit_mock, chatkit_mock_app):
    works(chatkit_mock)
    works(chatkit_mock_app)

@freeze_time("2026-01-01", tick=True)
class TestClass:
    def test_class(self, chatkit_mock):
        works(chatkit_mock)

@pytest.mark.parametrize("form", FORMS, ids=str)
def test_context_manager(chatkit_mock, chatkit_mock_app, form):
    with freeze_time("2026-01-01", **form):
        works(chatkit_mock)
        works(chatkit_mock_app)

@pytest.fixture
def frozen():
    with freeze_time("2026-01-01"):
        yield

def test_fixture_before(frozen, chatkit_mock):
    works(chatkit_mock)

def test_fixture_behind(chatkit_mock, frozen):
    works(chatkit_mock)

@time_machine.travel(NEW_YEAR, tick=False)
def test_time_machine(chatkit_mock):
    works(chatkit_mock)

@pytest.fixture
def anyio_backend():
    return "asyncio"

# Without real_asyncio, auto_tick_seconds moves the timeouts of the client's own loop: a second for each look.
ASYNC_FORMS = [*FORMS[:3], {"auto_tick_seconds": 1, "real_asyncio": True}]

@pytest.mark.anyio
@pytest.mark.parametrize("form", ASYNC_FORMS, ids=str)
async def test_async(chatkit_mock, chatkit_mock_app, form):
    with freeze_time("2026-01-01", **form):
        for mock in (chatkit_mock, chatkit_mock_app):
            async with mock.async_openai() as client:
                session = await client.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"})
                assert NEW_YEAR <= session.expires_at - 600 < NEW_YEAR + 60

@freeze_time("2026-01-01")
def test_own_clock_wins(chatkit_mock):
    chatkit_mock.clock.freeze("2026-02-01T00:00:00Z")
    assert time.time() == 1769904000
    assert create(chatkit_mock).expires_at == 1769904000 + 600
    chatkit_mock.clock.resume()
    assert time.time() == NEW_YEAR

def test_nothing_is_left():
    assert time.time() > 1_790_000_000
"""
    result = run(project, text, "-p", "anyio", "-p", "time_machine", "--durations=3", "-v")
    result.assert_outcomes(passed=15)


def test_with_pytest_asyncio(project: pytest.Pytester) -> None:
    text = """
import pytest

@pytest.mark.asyncio
@pytest.mark.parametrize("turn", range(2))
async def test_async(chatkit_mock, chatkit_mock_app, turn):
    for mock in (chatkit_mock, chatkit_mock_app):
        async with mock.async_openai() as client:
            session = await client.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"})
            mock.clock.shift("10m")
            assert mock.sessions.get(session.id).status == "expired"
"""
    options = ("-p", "pytest_asyncio.plugin", "-o", "asyncio_default_fixture_loop_scope=function")
    run(project, text, *options).assert_outcomes(passed=2)


def test_ids_under_a_seed_do_not_depend_on_the_order(project: pytest.Pytester) -> None:
    text = """
import pytest

@pytest.mark.chatkit_mock(seed="1")
@pytest.mark.parametrize("turn", range(5))
def test_seeded(chatkit_mock, turn):
    for _ in range(turn):
        create(chatkit_mock)
    chatkit_mock.reset()
    assert create(chatkit_mock).id == "ID"
"""
    with ChatKitMock(seed="1") as mock, mock.openai() as client:
        made = client.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"}).id
    for order in ("1", "2"):
        result = run(project, text.replace("ID", made), "-p", "pytest_randomly", f"--randomly-seed={order}")
        result.assert_outcomes(passed=5)


def test_a_fixed_port_under_xdist_is_refused_with_the_reason(project: pytest.Pytester) -> None:
    result = run(project, "def test_it(chatkit_mock): pass", "-p", "xdist", "-n", "2", "--chatkit-mock-port", "4114")
    assert result.ret != 0
    assert "each worker of xdist has an emulator of its own" in result.stdout.str() + result.stderr.str()


def test_a_run_that_does_not_use_it_imports_neither_starlette_nor_uvicorn(project: pytest.Pytester) -> None:
    text = """
import sys

def test_plain():
    loaded = {name.partition(".")[0] for name in sys.modules}
    assert not loaded & {"starlette", "uvicorn", "msgspec", "freezegun"}
    assert "mock_server.pytest_plugin" in sys.modules
"""
    project.makepyfile(text)
    project.runpytest_subprocess().assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("argument", "word"), [("--markers", "chatkit_mock(load="), ("--fixtures", "chatkit_mock_env")]
)
def test_it_is_found_and_describes_itself(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, argument: str, word: str
) -> None:
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    monkeypatch.delenv("PYTEST_PLUGINS")
    assert word in project.runpytest_subprocess(argument).stdout.str()

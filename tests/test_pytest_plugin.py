"""The pytest plugin, in runs of its own, as users have them."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from support.emulator import make_app

from mock_server.server.thread import ServerThread
from mock_server.testing import ChatKitMock, connect

TESTS = Path(__file__).parent
PROJECT = TESTS / "support" / "user_project"  # a user's tests, in files named by what they show
ONE_TIME = PROJECT / "scenario_one_time.py"  # every way of moving the time with every other: more than all the others
CREATE = """
HEADERS = {"authorization": "Bearer sk-test", "openai-beta": "chatkit_beta=v1"}

def create(mock, workflow={"id": "wf_1"}):  # without the official client, whose import takes more than a second
    with mock.http_client(headers=HEADERS) as web:
        return web.post(f"{mock.base_url}/chatkit/sessions", json={"user": "ada", "workflow": workflow}).json()
"""


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # others take seconds to import
    monkeypatch.setenv("PYTEST_PLUGINS", "chatkit_mock_plugin")
    for name in ("PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER", "CHATKIT_MOCK_PORT", "CHATKIT_MOCK_STRICT"):
        monkeypatch.delenv(name, raising=False)
    return pytester


def run(project: pytest.Pytester, text: str, *arguments: str) -> pytest.RunResult:
    project.makepyfile(CREATE + text)
    return project.runpytest_subprocess("-W", "error", *arguments)


def outcomes_of(folder: Path, *arguments: str) -> dict[str, Counter[str]]:
    """Run tests of the user's project; how many of each module passed, failed, and so on."""
    report = folder / "report.xml"
    plugins = ("chatkit_mock_plugin", "anyio.pytest_plugin", "pytest_asyncio.plugin", "time_machine", "pytest_freezer")
    command = [sys.executable, "-m", "pytest", "-c", str(PROJECT / "pytest.ini"), "-p", "no:cacheprovider"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "CHATKIT_"))}
    done = subprocess.run(
        [*command, "-W", "error", f"--junit-xml={report}", *arguments],
        cwd=folder,
        env={
            **environment,
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTEST_PLUGINS": ",".join(plugins),
            "PYTHONPATH": str(TESTS),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert report.exists(), done.stdout + done.stderr
    found: dict[str, Counter[str]] = {}
    for case in ET.parse(report).iter("testcase"):
        module = case.attrib["classname"].split(".")[0]
        found.setdefault(module, Counter())[case[0].tag if len(case) else "passed"] += 1
    assert done.returncode == 0, done.stdout
    return found


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Counter[str]]:
    """The outcomes of the tests of the user's project, in one run, but for those of `ONE_TIME`."""
    return outcomes_of(tmp_path_factory.mktemp("project"), str(PROJECT), "--ignore", str(ONE_TIME))


@pytest.mark.parametrize(
    ("scenario", "count"),
    [
        ("one_argument", 1),
        ("every_test_starts_anew", 3),
        ("environment", 2),
        ("markers", 4),
        ("parallel", 12),
        ("without_a_socket", 3),
        ("frozen_time", 15),
        ("pytest_asyncio", 2),
    ],
)
def test_a_users_tests_pass(outcomes: dict[str, Counter[str]], scenario: str, count: int) -> None:
    assert outcomes[f"scenario_{scenario}"] == Counter(passed=count)


@pytest.mark.slow
def test_the_time_is_one_whoever_moves_it(tmp_path: Path) -> None:
    assert outcomes_of(tmp_path, str(ONE_TIME)) == {"scenario_one_time": Counter(passed=118)}


@pytest.mark.slow
def test_strict_fails_on_what_would_hurt(project: pytest.Pytester) -> None:
    text = """
import pytest

def bad(mock):
    create(mock, {"id": "wf_1", "version": "latest"})

@pytest.mark.chatkit_mock(strict=True)
def test_strict(chatkit_mock):
    bad(chatkit_mock)

def test_lenient(chatkit_mock):
    bad(chatkit_mock)
"""
    result = run(project, text)
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(
        ["*these requests would cause problems with the real API:*", "*workflow-version: *Leave the version out*"]
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
    secret = create(chatkit_mock)["client_secret"]
    with pytest.raises(Exception):
        chatkit_mock.secret(secret).send("Hi")

def test_next(chatkit_mock):
    create(chatkit_mock)
"""
    result = run(project, text)
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*ServerFailed: the emulator failed while handling POST /v1/chatkit/conversation*"])


@pytest.mark.slow
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


@pytest.mark.slow
def test_parallel_tests_do_not_meet(tmp_path: Path) -> None:
    arguments = (str(PROJECT / "scenario_parallel.py"), "-p", "xdist", "-n", "2")
    assert outcomes_of(tmp_path, *arguments) == {"scenario_parallel": Counter(passed=12)}


@pytest.mark.slow
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


@pytest.mark.slow
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
    assert "raise_unmet" not in result.stdout.str(), "our own source is nobody's business"


@pytest.mark.slow
def test_ids_under_a_seed_do_not_depend_on_the_order(project: pytest.Pytester) -> None:
    text = """
import pytest

@pytest.mark.chatkit_mock(seed="1")
@pytest.mark.parametrize("turn", range(5))
def test_seeded(chatkit_mock, turn):
    for _ in range(turn):
        create(chatkit_mock)
    chatkit_mock.reset()
    assert create(chatkit_mock)["id"] == "ID"
"""
    with ChatKitMock(seed="1") as mock, mock.openai() as client:
        made = client.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"}).id
    for order in ("1", "2"):
        result = run(project, text.replace("ID", made), "-p", "pytest_randomly", f"--randomly-seed={order}")
        result.assert_outcomes(passed=5)


def test_a_fixed_port_under_xdist_is_refused_with_the_reason(project: pytest.Pytester) -> None:
    result = run(project, "def test_it(chatkit_mock): pass", "-p", "xdist", "-n", "1", "--chatkit-mock-port", "4114")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "each xdist worker runs its own emulator" in result.stderr.str()
    assert "Traceback" not in result.stdout.str() + result.stderr.str()


def test_an_impossible_port_is_refused(project: pytest.Pytester) -> None:
    project.makeini("[pytest]\nchatkit_mock_port = any")
    result = run(project, "def test_it(chatkit_mock): pass")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: chatkit_mock_port: 'any' is not a port; give a number from 1 to 65535"])


@pytest.mark.slow
def test_strict_can_be_turned_off_by_a_word(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    text = """
def test_version(chatkit_mock):
    create(chatkit_mock, {"id": "wf_1", "version": "latest"})
"""
    monkeypatch.setenv("CHATKIT_MOCK_STRICT", "0")
    run(project, text).assert_outcomes(passed=1)
    monkeypatch.setenv("CHATKIT_MOCK_STRICT", "1")
    run(project, text).assert_outcomes(passed=1, errors=1)


WRONG_MARKERS = [
    ("lod='demo'", "there is no argument 'lod'; did you mean 'load'?"),
    ("load='dmo'", "dmo: there is no such file or shipped seed; did you mean 'demo'?"),
    ("load={'sesions': []}", "load: Object contains unknown field 'sesions'; did you mean 'sessions'?"),
    ("load=3", "load: a name, a path or a document was expected, not 3"),
    ("faults='flakey'", "flakey: there is no such file or shipped set; did you mean 'flaky'?"),
    ("strict='perhaps'", "strict: 'perhaps' is neither on nor off; write 1 or 0"),
    ("journal_entries=0", "journal_entries: 0 is too few; write 1 or more"),
    ("file_types='banana'", "file_types: 'banana' is not a MIME type; *"),
    ("now='2026-13-01'", "'2026-13-01' is not a point in time; write 2026-01-01T00:00:00Z, or unix seconds"),
    ("port='x'", "port: a number was expected, not 'x'"),
    ("beta_header='optinal'", "beta_header: *'optinal'*"),
]


@pytest.mark.slow
def test_a_wrong_marker_is_refused_in_a_sentence(project: pytest.Pytester) -> None:
    marked = "\n".join(
        f"@pytest.mark.chatkit_mock({arguments})\ndef test_wrong_{at}(chatkit_mock): pass\n"
        for at, (arguments, _) in enumerate(WRONG_MARKERS)
    )
    result = run(project, f"import pytest\n{marked}\ndef test_next(chatkit_mock): create(chatkit_mock)\n")
    result.assert_outcomes(passed=1, errors=len(WRONG_MARKERS))
    for at, (_, told) in enumerate(WRONG_MARKERS):
        result.stdout.fnmatch_lines_random([f"*::test_wrong_{at}: the marker chatkit_mock: {told}"])
    assert "_started(" not in result.stdout.str(), "our own source is nobody's business"


@pytest.mark.slow
def test_one_seed_may_stand_alone_or_be_a_document(project: pytest.Pytester) -> None:
    text = """
import pathlib, pytest

DOCUMENT = {"sessions": [{"user": "ada", "workflow": {"id": "wf_1"}}]}
FILE = pathlib.Path(__file__).with_name("seed.json")
FILE.write_text(__import__("json").dumps(DOCUMENT))

@pytest.mark.parametrize("count", [
    pytest.param(3, marks=pytest.mark.chatkit_mock(load="demo")),
    pytest.param(1, marks=pytest.mark.chatkit_mock(load=DOCUMENT)),
    pytest.param(1, marks=pytest.mark.chatkit_mock(load=FILE)),
    pytest.param(4, marks=pytest.mark.chatkit_mock(load=["demo", DOCUMENT])),
])
def test_loaded(chatkit_mock, count):
    assert len(chatkit_mock.sessions.list()) == count
"""
    run(project, text).assert_outcomes(passed=4)


def test_a_refused_call_shows_the_line_of_the_test(project: pytest.Pytester) -> None:
    text = """
def test_typo(chatkit_mock):
    chatkit_mock.journal.assert_not_called("session.create")
"""
    result = run(project, text)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(['>*assert_not_called("session.create")', "E *Did you mean 'sessions.create'[?]"])
    assert "urllib" not in result.stdout.str()


@pytest.mark.slow
def test_a_journal_that_cannot_be_read_hides_no_failure(project: pytest.Pytester) -> None:
    text = """
def test_fails(chatkit_mock):
    chatkit_mock.url = chatkit_mock.transport.url = "http://127.0.0.1:1"
    assert "the test's own failure" == ""

def test_next():
    pass
"""
    result = run(project, text)
    assert "INTERNALERROR" not in result.stdout.str()
    result.stdout.fnmatch_lines(["E *the test's own failure*", "The journal can't be read: no emulator responds*"])


@pytest.mark.slow
@pytest.mark.parametrize("file", ["mock_server/__init__.py", "mock_server.py"])
def test_a_projects_own_mock_server_is_in_nobodys_way(project: pytest.Pytester, file: str) -> None:
    own = project.path / file
    own.parent.mkdir(exist_ok=True)
    own.write_text("VALUE = 7")
    project.makepyfile("""
import mock_server

def test_its_own():
    assert mock_server.VALUE == 7

def test_ours(chatkit_mock):
    pass
""")
    result = project.runpytest_subprocess("-W", "error")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        [f"chatkit_mock needs the package mock_server of chatkit-mock-server, but {own} hides it; *"]
    )


@pytest.mark.slow
def test_without_sockets_the_app_still_works_and_the_server_says_why_not(project: pytest.Pytester) -> None:
    text = """
def test_app(chatkit_mock_app):
    session = chatkit_mock_app.create_session("wf_1", user="ada")
    assert chatkit_mock_app.secret(session).send("Hi").text == "Hi"

def test_server(chatkit_mock):
    pass
"""
    project.makepyfile(text)
    result = project.runpytest_subprocess("-p", "pytest_socket", "--disable-socket")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        ["chatkit_mock can't start: A test tried to use socket.socket.; chatkit_mock_app needs no socket"]
    )


def test_a_run_that_does_not_use_it_imports_neither_starlette_nor_uvicorn(project: pytest.Pytester) -> None:
    text = """
import sys

def test_plain():
    loaded = {name.partition(".")[0] for name in sys.modules}
    assert not loaded & {"starlette", "uvicorn", "msgspec", "freezegun"}
    assert "chatkit_mock_plugin" in sys.modules
"""
    project.makepyfile(text)
    project.runpytest_subprocess().assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("argument", "word"), [("--markers", "chatkit_mock(load="), ("--fixtures", "chatkit_mock_env")]
)
@pytest.mark.slow
def test_it_is_found_and_describes_itself(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, argument: str, word: str
) -> None:
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    monkeypatch.delenv("PYTEST_PLUGINS")
    assert word in project.runpytest_subprocess(argument).stdout.str()

"""What is mistyped in a test is refused there, with what was probably meant."""

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support.patience import eventually

from mock_server.client.transport import ControlError
from mock_server.testing import ChatKitMock

SEED = {"sessions": [{"id": "cksess_1", "user": "ada", "workflow": {"id": "wf_1"}}]}


def run(call: str, mock: ChatKitMock) -> None:
    """Run a line of a test."""
    eval(call, {"mock": mock, "ChatKitMock": ChatKitMock, "dt": dt})


@pytest.fixture(scope="module")
def shared() -> Iterator[ChatKitMock]:
    with ChatKitMock(load=SEED, socket=False) as mock:
        yield mock


@pytest.fixture
def mock(shared: ChatKitMock) -> Iterator[ChatKitMock]:
    yield shared
    shared.start_anew()
    session = shared.create_session()
    assert shared.secret(session).send("The next test begins clean").text == "The next test begins clean"


@pytest.mark.parametrize(
    "call",
    [
        "mock.faults.add('session.create', error=500)",
        "mock.journal.requests('session.create')",
        "mock.journal.last('session.create')",
        "mock.journal.assert_called('session.create')",
        "mock.journal.assert_not_called('session.create')",
        "mock.journal.assert_order('sessions.cancel', 'session.create')",
        "mock.journal.assert_order({'operation': 'session.create'})",
        "mock.journal.export('har', operation='session.create')",
        "mock.expect('session.create')",
    ],
)
def test_a_misspelt_operation(mock: ChatKitMock, call: str) -> None:
    with pytest.raises((ControlError, TypeError), match=r"'session.create'|'operation'"):
        run(call, mock)
    mock.raise_unmet()


@pytest.mark.parametrize(
    ("call", "near"),
    [
        ("mock.journal.requests(statsu=200)", "status"),
        ("mock.journal.last(statsu=200)", "status"),
        ("mock.journal.export('har', statsu=200)", "status"),
        ("mock.journal.assert_called('sessions.create', time=2)", "times"),
        ("mock.journal.assert_not_called('sessions.create', header={})", "headers"),
        ("mock.journal.assert_order({'operaton': 'sessions.create'})", "operation"),
        ("mock.expect('sessions.create', bdy={})", "body"),
        ("mock.faults.add('sessions.create', eror=500)", "error"),
        ("ChatKitMock(lod='demo')", "load"),
        ("ChatKitMock(beta_heder='optional')", "beta_header"),
    ],
)
def test_a_misspelt_argument(mock: ChatKitMock, call: str, near: str) -> None:
    with pytest.raises(TypeError, match=f"there is no argument '.*'; did you mean '{near}'"):
        run(call, mock)
    mock.raise_unmet()


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ("mock.faults.add('sessions.create', end_session='expire')", "Did you mean 'expired'"),
        ("mock.sessions.list(status='activ')", "Did you mean 'active'"),
        ("mock.reset('stat')", "Did you mean 'state'"),
        ("mock.journal.export('harr')", "Did you mean 'har'"),
        ("mock.journal.assert_order()", "claims nothing"),
        ("mock.reply('Hi', {'mesage': 'x'})", "did you mean 'message'"),
        ("mock.workflows.add('wf_1', {'defalt': []})", "did you mean 'default'"),
        ("mock.create_session('wf_1', user='')", "empty string"),
        ("mock.create_session({'ide': 'wf_1'})", "Missing required parameter: 'workflow.id'"),
    ],
)
def test_a_misspelt_value(mock: ChatKitMock, call: str, told: str) -> None:
    with pytest.raises(ControlError, match=told):
        run(call, mock)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ("ChatKitMock(load=[3])", "load: a name, a path or a document was expected, not 3"),
        ("ChatKitMock(workflows={'wf_1': {}})", "workflows: a name or a path was expected"),
        ("ChatKitMock(faults=[{}])", "faults: a name or a path was expected"),
        ("ChatKitMock(seed=1)", "seed: "),
        ("ChatKitMock(port='4114')", "port: a number was expected"),
        ("mock.clock.freeze(dt.date(2026, 1, 1))", "is not a point in time"),
        ("mock.clock.shift(None)", "is not a duration"),
        ("mock.emulator_clock.shift([10])", "is not a duration"),
        ("mock.load(5)", "a document, a path or the name of a shipped seed was expected, not 5"),
        ("mock.load([])", "a document, a path or the name of a shipped seed was expected"),
        ("mock.restore('a.json')", r"the bytes that snapshot\(\) returns were expected"),
        ("mock.faults.remove(None)", "an id was expected"),
        ("mock.journal.curl(None)", "an id was expected"),
        ("mock.journal.assert_order(5)", "an operation or filters were expected, not 5"),
        ("mock.faults.add(user=object(), error=500)", "a value can't be sent as JSON"),
        ("mock.clock.freeze(True)", "is not a point in time"),
        ("mock.sessions.expire(object())", "an id was expected, or an object that has one"),
        ("mock.journal.requests(session=object())", "an id was expected"),
        ("mock.secret(3)", "a session with its client secret was expected, or the secret itself"),
        ("mock.secret('cksess_1')", "a session with its client secret was expected"),
        ("mock.secret(mock.sessions.list()[0])", "a session with its client secret was expected"),
    ],
)
def test_a_value_of_another_kind(mock: ChatKitMock, call: str, told: str) -> None:
    with pytest.raises(TypeError, match=told):
        run(call, mock)


def test_an_object_will_do_where_an_id_is_wanted(mock: ChatKitMock) -> None:
    with mock.openai() as client:
        session = client.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_1"})
        mock.secret(session).send("Hi")
        (thread,) = mock.threads.list(user="ada")
        with mock.faults.add("conversation", session=session, error=500), pytest.raises(ControlError):
            mock.secret({"client_secret": session.client_secret}).send("Hi")
        assert len(mock.journal.requests("conversation", session=session, thread=thread)) == 1
        assert mock.threads.rename(client.beta.chatkit.threads.retrieve(thread.id), "Named").title == "Named"
        assert mock.sessions.expire(session.model_dump()).status == "expired"


def test_options_alone_or_in_a_list(tmp_path: Path) -> None:
    with ChatKitMock(workflows=tmp_path, faults="flaky", load="demo", file_types="text/plain", socket=False) as mock:
        assert mock.faults.list()
        assert len(mock.sessions.list()) == 3


def test_a_session_in_one_call(mock: ChatKitMock) -> None:
    session = mock.create_session(
        "wf_1",
        user="ada",
        expires_after=60,
        rate_limits={"max_requests_per_1_minute": 2},
        chatkit_configuration={"history": {"enabled": False}},
    )
    assert (session.user, session.workflow.id, session.max_requests_per_1_minute) == ("ada", "wf_1", 2)
    assert 55 <= session.expires_at - mock.clock.now() <= 60
    assert session.chatkit_configuration.history.enabled is False
    mock.journal.assert_called("sessions.create", body={"user": "ada"}, times=1)


def test_the_emulators_clock_alone(mock: ChatKitMock) -> None:
    session = mock.create_session()
    before = dt.datetime.now(dt.UTC)  # noqa: TID251 - what an app reads
    mock.emulator_clock.shift(minutes=10)
    assert mock.sessions.get(session).status == "expired"
    assert (dt.datetime.now(dt.UTC) - before).total_seconds() < 60  # noqa: TID251
    mock.clock.resume()
    assert mock.sessions.get(session).status == "active"


def test_an_empty_id_is_called_empty(mock: ChatKitMock) -> None:
    with pytest.raises(ValueError, match="an id can't be empty"):
        mock.sessions.get("")


def test_a_request_from_before_a_reset_changes_nothing_after_it(mock: ChatKitMock) -> None:
    mock.faults.add("sessions.create", delay="300ms")
    with ThreadPoolExecutor() as pool:
        late = pool.submit(mock.create_session)
        eventually(lambda: bool(mock.journal.requests()))
        mock.start_anew()
        with pytest.raises((ControlError, ConnectionResetError)):
            late.result(10)
    assert [each.id for each in mock.sessions.list()] == ["cksess_1"], "the seed's only"
    assert mock.journal.requests() == []

"""A session's life, against a model, and its history."""

import msgspec
import pytest
from hypothesis import assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from mock_server.config import Settings
from mock_server.errors import SessionNotFound, WorkflowNotFound
from mock_server.state.project import Project
from mock_server.state.projects import Projects
from mock_server.wire.rest.sessions import SessionCreateParams

START = 1_760_170_033.5


def params(**fields: object) -> SessionCreateParams:
    return msgspec.convert({"workflow": {"id": "wf_1"}, "user": "ada", **fields}, SessionCreateParams)


def lasting(seconds: int) -> SessionCreateParams:
    return params(expires_after={"anchor": "created_at", "seconds": seconds})


@pytest.fixture
def project() -> Project:
    return Projects(Settings()).default


def test_expires_at_exactly_its_second(project: Project) -> None:
    session = project.sessions.create(params(), now=START)
    assert session.expires_at == int(START) + 600
    assert session.status(session.expires_at - 0.000_001) == "active"
    assert session.status(session.expires_at) == "expired"


def test_history_tells_when_it_happened_not_when_it_was_noticed(project: Project) -> None:
    session = project.sessions.create(lasting(60), now=START)
    history = [(each.status, each.at, each.cause) for each in session.transitions(START + 10_000)]
    assert history == [("active", START, "created"), ("expired", int(START) + 60, "expired")]


def test_cancelling_ends_an_active_session_for_good(project: Project) -> None:
    session = project.sessions.create(params(), now=START)
    project.sessions.cancel(session.id, now=START + 5)
    ended = project.sessions.cancel(session.id, now=START + 9)
    history = [(each.status, each.at, each.cause) for each in ended.transitions(START + 10_000)]
    assert history == [("active", START, "created"), ("cancelled", START + 5, "cancelled")]


def test_cancelling_an_expired_session_leaves_it_expired(project: Project) -> None:
    session = project.sessions.create(lasting(1), now=START)
    assert project.sessions.cancel(session.id, now=START + 1).status(START + 1) == "expired"


def test_knows_its_own_sessions_only(project: Project) -> None:
    with pytest.raises(SessionNotFound):
        project.sessions.get("cksess_of_somebody_else")


def test_requires_a_workflow_somebody_named() -> None:
    project = Projects(Settings(require_workflow=True)).default
    with pytest.raises(WorkflowNotFound):
        project.sessions.create(params(), now=START)
    project.workflows.add("wf_1")
    assert project.sessions.create(params(), now=START).workflow_id == "wf_1"


def test_an_empty_workflow_id_names_none(project: Project) -> None:
    with pytest.raises(WorkflowNotFound):
        project.sessions.create(params(workflow={"id": ""}), now=START)


class SessionLives(RuleBasedStateMachine):
    """Whatever is created, cancelled and waited for, in two projects: no status is ever wrong."""

    sessions = Bundle("sessions")

    def __init__(self) -> None:
        super().__init__()
        self.projects = Projects(Settings())
        self.now = START
        self.model: dict[tuple[str, str], tuple[int, float | None]] = {}

    @rule(target=sessions, name=st.sampled_from(["a", "b"]), seconds=st.integers(1, 600))
    def create(self, name: str, seconds: int) -> tuple[str, str]:
        session = self.projects.get(name).sessions.create(lasting(seconds), now=self.now)
        assert all(session.id != known for _, known in self.model), "an id came twice"
        self.model[name, session.id] = (int(self.now) + seconds, None)
        return name, session.id

    @rule(of=sessions)
    def cancel(self, of: tuple[str, str]) -> None:
        assume(of in self.model)
        expires_at, cancelled_at = self.model[of]
        self.projects.get(of[0]).sessions.cancel(of[1], now=self.now)
        if cancelled_at is None and self.now < expires_at:
            self.model[of] = (expires_at, self.now)

    @rule(seconds=st.one_of(st.floats(0, 700), st.integers(0, 700)))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule(of=sessions)
    def look_from_the_other_project(self, of: tuple[str, str]) -> None:
        other = self.projects.get("b" if of[0] == "a" else "a")
        with pytest.raises(SessionNotFound):
            other.sessions.cancel(of[1], now=self.now)

    @rule(of=sessions)
    def reset(self, of: tuple[str, str]) -> None:
        project = self.projects.get(of[0])
        secrets = [project.sessions.get(known).client_secret for name, known in self.model if name == of[0]]
        project.reset()
        assert not any(self.projects.session_of(secret) for secret in secrets)
        self.model = {key: value for key, value in self.model.items() if key[0] != of[0]}

    @invariant()
    def statuses_are_right(self) -> None:
        for (name, session_id), (expires_at, cancelled_at) in self.model.items():
            session = self.projects.get(name).sessions.get(session_id)
            expected = "active" if self.now < expires_at else "expired"
            assert session.resource(self.now).status == ("cancelled" if cancelled_at is not None else expected)
            assert self.projects.session_of(session.client_secret) is session
            moments = [change.at for change in session.transitions(self.now)]
            assert moments == sorted(moments)


SessionLives.TestCase.settings = settings(stateful_step_count=30)
TestSessionLives = SessionLives.TestCase

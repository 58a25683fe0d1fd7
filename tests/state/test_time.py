"""However time runs, jumps, stands still or goes backwards: each session's history is told once, whole and in order."""

import itertools
from datetime import UTC, datetime
from typing import Any

import msgspec
from freezegun import freeze_time  # noqa: TID251 - it is the world's time here
from hypothesis import assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from mock_server.clock import Clock
from mock_server.config import Settings
from mock_server.slices import at_once
from mock_server.state.feed import QueueListener
from mock_server.state.project import Ending, Project
from mock_server.state.projects import Projects
from mock_server.state.sessions import Session
from mock_server.wire.rest.sessions import SessionCreateParams

START = 1_760_170_033.5
SPANS = st.one_of(st.sampled_from([-700.0, -60.0, -0.000001, 0.000001, 0.5, 1.0, 59.5, 600.0]), st.floats(-90, 90))


def lasting(seconds: int) -> SessionCreateParams:
    expiry = {"anchor": "created_at", "seconds": seconds}
    return msgspec.convert({"workflow": {"id": "w"}, "user": "ada", "expires_after": expiry}, SessionCreateParams)


class Told(RuleBasedStateMachine):
    """A listener's knowledge of every session, against the sessions themselves."""

    def __init__(self) -> None:
        super().__init__()
        self.world = freeze_time(datetime.fromtimestamp(START, UTC), real_asyncio=True, ignore=["hypothesis"])
        self.frozen_world = self.world.start()
        self.project: Project = Projects(Settings()).default
        self.listener = QueueListener(lambda: None)
        self.project.join(self.listener)
        self.ids: list[str] = []
        self.told: dict[str, list[str]] = {}
        self.numbers = itertools.count(1)

    def teardown(self) -> None:
        self.world.stop()

    def known(self, number: int) -> Session:
        return self.project.sessions.get(self.ids[number % len(self.ids)])

    @rule(lifetime=st.sampled_from([1, 2, 60, 600]), ending=st.sampled_from([None, None, None, "expired", "cancelled"]))
    def create(self, lifetime: int, ending: Ending | None) -> None:
        now = self.project.clock.now()
        self.ids.append(self.project.create_session(lasting(lifetime), now=now, ending=ending).id)

    @precondition(lambda self: self.ids)
    @rule(number=st.integers(0, 20), ending=st.sampled_from(["expired", "cancelled"]))
    def end(self, number: int, ending: Ending) -> None:
        self.catch_up()  # a forced expiry gives the session another expires_at
        self.project.end_session(self.known(number).id, ending, now=self.project.clock.now())

    @rule(by=SPANS, move=st.sampled_from(["shift", "freeze", "resume", "travel"]))
    def set_the_clock(self, by: float, move: str) -> None:
        moved = Clock()
        moved.reading = self.project.clock.reading
        if move == "resume":
            moved.resume()
        elif move == "shift":
            moved.shift(by)
        else:
            (moved.freeze if move == "freeze" else moved.travel_to)(moved.now() + by)
        at_once(self.project.setting_clock(moved.reading))

    @rule(by=SPANS, steps=st.integers(0, 6))
    def begin_to_set_the_clock(self, by: float, steps: int) -> None:
        """And leave, with the expiries to be told by whoever looks next."""
        moved = Clock()
        moved.reading = self.project.clock.reading
        moved.shift(by)
        work = self.project.setting_clock(moved.reading)
        for _ in range(steps):
            next(work, None)

    @rule(factor=st.sampled_from([0.5, 1, 60, 1000]))
    def scale_the_clock(self, factor: float) -> None:
        moved = Clock()
        moved.reading = self.project.clock.reading
        moved.scale(factor)
        at_once(self.project.setting_clock(moved.reading))

    @precondition(lambda self: self.project.clock.frozen)
    @rule(by=st.floats(0, 90))
    def tick(self, by: float) -> None:
        moved = Clock()
        moved.reading = self.project.clock.reading
        moved.tick(by)
        at_once(self.project.setting_clock(moved.reading))

    @rule(by=SPANS)
    def the_worlds_time_moves(self, by: float) -> None:
        """And nobody says so."""
        assume(not (by < 0 and self.project.clock.frozen))
        self.frozen_world.tick(by)

    @rule()
    def look(self) -> None:
        self.catch_up()
        now = self.project.clock.now()
        for session in map(self.project.sessions.get, self.ids):
            told = self.told[session.id]
            assert told[-1] == session.status(now), "what was told last is not what is"

    @invariant()
    def nothing_is_told_twice_or_wrong(self) -> None:
        for session_id, told in self.told.items():
            assert told[0] == "active", f"{session_id} ended before it began"
            pairs = set(itertools.pairwise(told))
            assert pairs <= {("active", "expired"), ("active", "cancelled"), ("expired", "active")}, "twice, or missed"

    @invariant()
    def histories_are_sorted_and_end_at_the_present_status(self) -> None:
        now = self.project.clock.now()
        for session in map(self.project.sessions.get, self.ids):
            history = session.transitions(now)
            moments = [each.at for each in history]
            assert (history[0].cause, history[-1].status) == ("created", session.status(now))
            assert len(history) <= 2
            assert moments == sorted(moments), "it ended before it was created"
            if history[-1].cause == "expired":
                assert history[-1].at == session.expires_at

    def catch_up(self) -> None:
        at_once(self.project.publishing_expiries())
        while self.listener.waiting:
            event = self.listener.waiting.popleft()
            assert event.number == next(self.numbers), "a event is missing"
            if event.kind.startswith("session."):
                self.hear(event.kind.removeprefix("session."), event.at, event.built().data)

    def hear(self, kind: str, at: float, data: dict[str, Any]) -> None:
        session = self.project.sessions.get(data["session"])
        self.told.setdefault(session.id, []).append("active" if kind == "created" else kind)
        if kind == "created":
            assert at == session.created_at
        elif kind == "cancelled":
            assert at == session.cancelled_at
        elif kind == "expired":
            assert at in {session.expires_at, session.expired_at}, "an expiry has another moment than its session"


class WorldStill(Told):
    """The same where only `set_clock` moves time backwards."""

    @rule(by=st.floats(0, 90))
    def the_worlds_time_moves(self, by: float) -> None:
        """And nobody says so."""
        self.frozen_world.tick(by)


Told.TestCase.settings = settings(stateful_step_count=30)
TestTold = Told.TestCase
WorldStill.TestCase.settings = settings(stateful_step_count=30)
TestToldWhileTheWorldRunsForwards = WorldStill.TestCase


def fresh() -> Project:
    return Projects(Settings()).default


def test_an_expiry_nobody_looked_for_is_told_with_its_moment() -> None:
    project = fresh()
    project.clock.freeze(START)
    listener = QueueListener(lambda: None)
    project.join(listener)
    session = project.create_session(lasting(60), now=START)
    moved = Clock()
    moved.freeze(START + 3600)
    at_once(project.setting_clock(moved.reading))
    told = [(each.kind, each.at) for each in listener.waiting]
    assert told == [
        ("session.created", START),
        ("clock", START + 3600),
        ("session.expired", session.expires_at),
    ]


def test_a_session_is_created_while_others_expire() -> None:
    project = fresh()
    project.clock.freeze(START)
    listener = QueueListener(lambda: None)
    project.join(listener)
    for _ in range(20):
        project.create_session(lasting(60), now=START)
    moved = Clock()
    moved.freeze(START + 3600)
    work = project.setting_clock(moved.reading)
    for _ in range(5):
        next(work)
    project.create_session(lasting(60), now=START + 3600)
    at_once(work)
    told = [each.kind for each in listener.waiting]
    assert (
        told
        == ["session.created"] * 20
        + ["clock"]
        + ["session.expired"] * 5
        + ["session.created"]
        + ["session.expired"] * 15
    )


def test_an_expired_session_lives_again_when_time_goes_back() -> None:
    project = fresh()
    project.clock.freeze(START)
    project.create_session(lasting(60), now=START)
    listener = QueueListener(lambda: None)
    project.join(listener)
    for at in (START + 60, START + 59, START + 60):
        moved = Clock()
        moved.freeze(at)
        at_once(project.setting_clock(moved.reading))
    kinds = [each.kind for each in listener.waiting if each.kind != "clock"]
    assert kinds == ["session.expired", "session.active", "session.expired"]


def test_a_session_created_after_the_worlds_time_went_back_is_told_of_its_expiry() -> None:
    with freeze_time(datetime.fromtimestamp(START, UTC)) as world:
        project = fresh()
        listener = QueueListener(lambda: None)
        project.join(listener)
        world.tick(-3600)
        session = project.create_session(lasting(60), now=project.clock.now())
        world.tick(61)
        at_once(project.publishing_expiries())
        assert [each.kind for each in listener.waiting] == ["session.created", "session.expired"]
        assert listener.waiting[-1].at == session.expires_at


def test_a_session_cancelled_before_its_creation_has_a_sorted_history() -> None:
    project = fresh()
    session = project.create_session(lasting(60), now=START)
    session = project.end_session(session.id, "cancelled", now=START - 10)
    moments = [each.at for each in session.transitions(START - 10)]
    assert moments == sorted(moments)

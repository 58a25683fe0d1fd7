"""What a session has spent depends on the time alone, however the clock got there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.emulator import make_app

from mock_server.errors import RateLimited
from mock_server.state.sessions import Session
from mock_server.state.usage import Usage
from mock_server.wire.rest.sessions import ChatSessionRateLimitsParam, ChatSessionWorkflowParam, SessionCreateParams

LIMIT = 3


@pytest.fixture(scope="module")
def session() -> Session:
    params = SessionCreateParams(
        user="ada",
        workflow=ChatSessionWorkflowParam(id="wf_1"),
        rate_limits=ChatSessionRateLimitsParam(max_requests_per_1_minute=LIMIT),
    )
    return make_app().projects.default.sessions.create(params, now=0.0)


def spend(usage: Usage, session: Session, now: float) -> float:
    """Make a request; return how long to wait for the next one, 0 if it was accepted."""
    try:
        usage.spend_request(session, now=now)
    except RateLimited as refused:
        return refused.retry_after
    return 0.0


def test_a_clock_moved_back_and_forth_forgets_nothing(session: Session) -> None:
    usage = Usage()
    for now in (100.0, 101.0, 102.0):
        assert spend(usage, session, now) == 0
    assert usage.requests_left(session, now=0.0) == LIMIT, "these are yet to come"
    assert spend(usage, session, 0.0) == 0
    assert usage.requests_left(session, now=110.0) == 0
    assert spend(usage, session, 500.0) == 0
    assert spend(usage, session, 110.0) == 50.0


@given(moments=st.lists(st.integers(0, 300), max_size=60))
def test_the_same_time_has_the_same_answer(session: Session, moments: list[int]) -> None:
    usage, accepted = Usage(), list[int]()
    for now in moments:
        spent = sum(now - 60 < moment <= now for moment in accepted)
        assert usage.requests_left(session, now=now) == max(0, LIMIT - spent)
        wait = spend(usage, session, float(now))
        assert (wait == 0) == (spent < LIMIT)
        if not wait:
            accepted.append(now)
        else:
            assert usage.requests_left(session, now=now + wait) > 0
            assert usage.requests_left(session, now=now + wait - 0.5) == 0
    again = Usage()
    again.state = usage.state
    assert again.requests_left(session, now=150) == usage.requests_left(session, now=150)


def test_a_request_that_is_given_back_is_the_one_that_was_made(session: Session) -> None:
    usage = Usage()
    for now in (100.0, 50.0):
        usage.spend_request(session, now=now)
    usage.return_request(session, now=50.0)
    usage.return_request(session, now=51.0)
    assert usage.requests_left(session, now=50.0) == LIMIT
    assert usage.requests_left(session, now=100.0) == LIMIT - 1

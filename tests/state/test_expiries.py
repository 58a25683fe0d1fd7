"""What an index says of expiries, against a look at every session."""

from functools import partial

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from mock_server.config import Settings
from mock_server.state.expiries import ExpiryIndex
from mock_server.state.projects import Projects
from mock_server.state.sessions import Session
from mock_server.wire.rest.sessions import SessionCreateParams

START = 1_760_170_033
MOMENTS = st.integers(-5, 25).map(lambda half: START + half / 2)
STEPS = st.one_of(
    st.tuples(st.just("look"), MOMENTS),
    st.tuples(st.just("create"), MOMENTS),
    st.tuples(st.sampled_from(["cancel", "expire", "start", "forget"]), MOMENTS),
)


def changed(sessions: list[Session], *, since: float, now: float) -> list[str]:
    """The ids of those that by themselves have another status than at the last look."""
    own = (each for each in sorted(sessions, key=lambda session: session.expires_at))
    own = (each for each in own if each.cancelled_at is None and each.expired_at is None)
    return [each.id for each in own if each.status(since) != each.status(now)]


@given(steps=st.lists(STEPS, max_size=40), lifetimes=st.lists(st.integers(1, 6), min_size=1))
def test_an_index_says_what_a_look_at_all_says(steps: list[tuple[str, float]], lifetimes: list[int]) -> None:
    sessions, expiries, since = Projects(Settings()).default.sessions, ExpiryIndex(), float(START)
    expiries.start(since)
    for number, (step, at) in enumerate(steps):
        known = list(sessions)
        if step == "create":
            expiry = {"anchor": "created_at", "seconds": lifetimes[number % len(lifetimes)]}
            body = {"workflow": {"id": "w"}, "user": "ada", "expires_after": expiry}
            expiries.add([sessions.create(msgspec.convert(body, SessionCreateParams), now=at)])
        elif step == "look":
            expected = changed(known, since=since, now=at)
            assert [told[0].id for told in expiries.looking(sessions, partial(float, at)) if told] == expected
            since = at
        elif step == "start":
            expiries.start(at)
            since = at
        elif step == "forget":
            expiries.forget()
        elif known:
            end = sessions.cancel if step == "cancel" else sessions.expire
            end(known[number % len(known)].id, now=at)

"""An index of sessions by expiry, so that the passing of time costs nothing while nothing expires."""

import heapq
import math
from collections.abc import Iterable, Iterator

from mock_server.state.sessions import Session, Sessions

# Dicts by id, though nothing looks an id up: the garbage collector traverses lists, but not dicts of objects that it
# does not track.
_BySecond = dict[int, dict[str, Session]]


class ExpiryIndex:
    """The sessions of one project by the second in which they expire.

    The index is built at the first check and kept until `forget`. It holds every session that expires after the last
    check; seconds that have passed are removed, so only a check at an earlier time has to go through all sessions.

    until: when the last check was; soonest: the next time at which a session expires. As long as time moves forward, a
    check between the two only has to update `until`. Both in unix seconds.
    """

    def __init__(self) -> None:
        self.until, self.soonest = 0.0, -math.inf
        self._by_second: _BySecond | None = None
        self._seconds: list[int] = []  # a heap of the same seconds

    def start(self, now: float) -> None:
        """Start over: consider only what expires after `now`, in unix seconds."""
        self.until = now
        self.forget()

    def forget(self) -> None:
        """Drop the index, because nobody listens any more or the sessions were replaced."""
        self._by_second, self._seconds, self.soonest = None, [], -math.inf

    def add(self, session: Session) -> None:
        """Add a new session to the index, if there is one."""
        if self._by_second is not None:
            line = self._by_second.get(session.expires_at)
            if line is not None:
                line[session.id] = session
            elif session.expires_at > self.until:
                self._begin_second(self._by_second, session)

    def passed(self, sessions: Sessions, *, now: float) -> list[Session]:
        """Return which of `sessions` expired since the last check, or became active again when time moved back.

        They are ordered by expiry, those of the same second by creation.
        """
        since, self.until = self.until, now
        if self._by_second is None:
            self._by_second, self.soonest = {}, math.inf
            self._keep(self._by_second, (session for session in sessions if session.expires_at > since))
        if now < since:
            return self._revived(self._by_second, sessions, since=since, now=now)
        over = [session for session in self._over(self._by_second, now) if session.id in sessions]
        return [session for session in over if _ends_by_itself(sessions.get(session.id))]

    def _over(self, by_second: _BySecond, now: float) -> Iterator[Session]:
        while self._seconds and self._seconds[0] <= now:
            yield from by_second.pop(heapq.heappop(self._seconds)).values()
        self.soonest = self._seconds[0] if self._seconds else math.inf

    def _revived(self, by_second: _BySecond, sessions: Iterable[Session], *, since: float, now: float) -> list[Session]:
        found = [each for each in sessions if now < each.expires_at <= since and _ends_by_itself(each)]
        found.sort(key=lambda session: session.expires_at)
        self._keep(by_second, found)
        return found

    def _keep(self, by_second: _BySecond, sessions: Iterable[Session]) -> None:
        for session in sessions:
            line = by_second.get(session.expires_at)
            if line is None:
                self._begin_second(by_second, session)
            else:
                line[session.id] = session

    def _begin_second(self, by_second: _BySecond, session: Session) -> None:
        by_second[session.expires_at] = {session.id: session}
        heapq.heappush(self._seconds, session.expires_at)
        self.soonest = self._seconds[0]


def _ends_by_itself(session: Session) -> bool:
    return session.cancelled_at is None and session.expired_at is None

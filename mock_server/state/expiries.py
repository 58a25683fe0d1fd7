"""Which sessions expire when: an index, so that the passing of time costs nothing while nothing expires."""

import heapq
from collections.abc import Iterable, Iterator

from mock_server.state.sessions import Session

# By id, though nobody asks for one: the collector, which is at work all the time, walks through lists but not through
# dicts of what it does not track.
_BySecond = dict[int, dict[str, Session]]


class Expiries:
    """The sessions of one project by the second in which they expire, for those who want to hear of it.

    The index is made at the first look and kept until it is forgotten. It holds every session whose time ends after
    the last look; a second that is over is taken out, so only a look at an earlier time has to see all sessions.
    """

    def __init__(self) -> None:
        self._until = 0.0
        self._by_second: _BySecond | None = None
        self._seconds: list[int] = []  # a heap of the same seconds

    def start(self, now: float) -> None:
        """Look for what passes after `now`, in unix seconds."""
        self._until = now
        self.forget()

    def forget(self) -> None:
        """Keep nothing: nobody wants to hear of it, or there are other sessions now."""
        self._by_second, self._seconds = None, []

    def add(self, session: Session) -> None:
        """Look for the end of a new session too."""
        if self._by_second is not None and session.expires_at > self._until:
            self._keep(self._by_second, session)

    def passed(self, sessions: Iterable[Session], *, now: float) -> list[Session]:
        """Those of all `sessions` that expired since the last look, or live again after a move backwards.

        In the order in which they expire, of one second in that of their creation.
        """
        since, self._until = self._until, now
        if self._by_second is None:
            self._by_second = {}
            for session in sessions:
                if session.expires_at > since:
                    self._keep(self._by_second, session)
        if now < since:
            return self._revived(self._by_second, sessions, since=since, now=now)
        if not self._seconds or self._seconds[0] > now:
            return []
        return [session for session in self._over(self._by_second, now) if _ends_by_itself(session)]

    def _over(self, by_second: _BySecond, now: float) -> Iterator[Session]:
        while self._seconds and self._seconds[0] <= now:
            yield from by_second.pop(heapq.heappop(self._seconds)).values()

    def _revived(self, by_second: _BySecond, sessions: Iterable[Session], *, since: float, now: float) -> list[Session]:
        found = [each for each in sessions if now < each.expires_at <= since and _ends_by_itself(each)]
        found.sort(key=lambda session: session.expires_at)
        for session in found:
            self._keep(by_second, session)
        return found

    def _keep(self, by_second: _BySecond, session: Session) -> None:
        line = by_second.get(session.expires_at)
        if line is None:
            by_second[session.expires_at] = {session.id: session}
            heapq.heappush(self._seconds, session.expires_at)
        else:
            line[session.id] = session


def _ends_by_itself(session: Session) -> bool:
    return session.cancelled_at is None and session.expired_at is None

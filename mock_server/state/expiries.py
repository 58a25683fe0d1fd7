"""An index of sessions by expiry, so that the passing of time costs nothing while nothing expires."""

import heapq
from collections.abc import Callable, Iterable, Iterator

from mock_server.state.sessions import Session, Sessions

# Dicts by id, though nothing looks an id up: the garbage collector traverses lists, but not dicts of objects that it
# does not track.
_BySecond = dict[int, dict[str, Session]]
Told = tuple[Session, str, float]  # a session, what it became, and when


class ExpiryIndex:
    """The sessions of one project by the second in which they expire.

    The index is built at the first look and kept until `forget`. It holds every session that expires after the last
    look, which was at `until`: only a look at an earlier time has to go through all sessions.
    """

    def __init__(self) -> None:
        self.start(0.0)

    def start(self, now: float) -> None:
        """Start over: consider only what expires after `now`, in unix seconds."""
        self.until = now
        self.forget()

    def forget(self) -> None:
        """Drop the index, because nobody listens any more or the sessions were replaced."""
        self._is_built = False
        self._new: list[Session] = []
        self._by_second: _BySecond = {}
        self._seconds: list[int] = []  # a heap of the same seconds
        self._begun: Iterator[Told | None] | None = None

    def add(self, sessions: Iterable[Session]) -> None:
        """Add new sessions, which the next look puts into the index."""
        if self._is_built:
            self._new += sessions

    def skip(self, now: float) -> bool:
        """Return whether there is nothing to look for at `now`: time moved forward, and nothing expired."""
        ready = self._is_built and not self._new and self._begun is None and self.until <= now
        if ready and (not self._seconds or now < self._seconds[0]):
            self.until = now
            return True
        return False

    def looking(self, sessions: Sessions, now: Callable[[], float]) -> Iterator[Told | None]:
        """Yield which of `sessions` expired since the last look, or became active again when time moved back.

        They are ordered by expiry, those of the same second by creation. Meanwhile anything may change: None gives way.
        A look that was begun and left is finished first.
        """
        yield from self._steps()
        self._begun = self._look(sessions, now())
        yield from self._steps()

    def _steps(self) -> Iterator[Told | None]:
        while (begun := self._begun) is not None:
            try:
                yield next(begun)
            except StopIteration:
                self._begun = None

    def _look(self, sessions: Sessions, now: float) -> Iterator[Told | None]:
        if not self._is_built:
            self._is_built, self._new = True, list(sessions)
        new, self._new = self._new, []
        for session in new:
            if session.expires_at > self.until:
                self._keep(session)
            yield None
        since, self.until = self.until, now
        if now < since:
            yield from self._revived(sessions, since=since, now=now)
        while self._seconds and self._seconds[0] <= now:
            second = heapq.heappop(self._seconds)
            for session in self._by_second.pop(second).values():
                yield (session, "expired", second) if _ends_by_itself(session, sessions) else None

    def _revived(self, sessions: Sessions, *, since: float, now: float) -> Iterator[Told | None]:
        found: list[Session] = []
        for session in list(sessions):
            if now < session.expires_at <= since:
                found.append(session)
            yield None
        for session in sorted(found, key=lambda session: session.expires_at):
            self._keep(session)
            yield (session, "active", now) if _ends_by_itself(session, sessions) else None

    def _keep(self, session: Session) -> None:
        line = self._by_second.setdefault(session.expires_at, {})
        if not line:
            heapq.heappush(self._seconds, session.expires_at)
        line[session.id] = session


def _ends_by_itself(session: Session, sessions: Sessions) -> bool:
    found = sessions.get(session.id) if session.id in sessions else None
    return found is not None and found.cancelled_at is None and found.expired_at is None

"""The clock of a server and of the process it runs in, moved together."""

from collections.abc import Callable

from mock_server.client.clock import ClockHandle
from mock_server.client.times import DurationLike, InstantLike, as_duration, as_instant
from mock_server.clock import hold_world
from mock_server.moments import instant, seconds
from mock_server.wire.control.clock import ClockState

_FAR = 1e11  # seconds: a span over all of time


class SharedClock(ClockHandle):
    """Moves this process's time through freezegun, which the server follows. `scale` is for the server alone.

    Raises ValueError for what is no moment or no span.
    """

    _let_go: Callable[[], None] | None = None
    _frozen = False

    def freeze(self, at: InstantLike | None = None) -> ClockState:
        """Stand still at a moment, or where it is."""
        return self._hold(self.now() if at is None else instant(as_instant(at)), frozen=True)

    def travel_to(self, at: InstantLike) -> ClockState:
        """Jump to a moment; a running clock runs on from there."""
        return self._hold(instant(as_instant(at)), frozen=self._frozen)

    def shift(
        self, by: DurationLike = 0.0, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0
    ) -> ClockState:
        """Move by `10m`, a timedelta, seconds, or the parts named; backwards if negative."""
        named = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
        return self._hold(self.now() + _length(by) + named, frozen=self._frozen)

    def tick(self, by: DurationLike = 1.0) -> ClockState:
        """Move a frozen clock forward, by a second unless told otherwise. Raises ValueError for a running one."""
        if not self._frozen:
            raise ValueError("only a frozen clock ticks: freeze it first, or shift the running one")
        return self._hold(self.now() + _length(by), frozen=True)

    def resume(self) -> ClockState:
        """Go on with the real time."""
        self.let_go()
        return super().resume()

    def let_go(self) -> None:
        """Give this process its own time back."""
        if self._let_go is not None:
            self._let_go()
        self._let_go, self._frozen = None, False

    def _hold(self, at: float, *, frozen: bool) -> ClockState:
        self.let_go()
        super().resume()
        self._let_go, self._frozen = hold_world(at, ticking=not frozen), frozen
        return self.state()


def _length(span: DurationLike) -> float:
    return seconds(as_duration(span), least=-_FAR, most=_FAR)

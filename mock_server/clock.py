"""Time: a project's clock, and the stopwatch nothing can freeze. The only module that knows freezegun."""

import calendar
import sys
import time
from datetime import datetime


class _Real:
    # freezegun replaces module attributes that hold time's functions, but not those of a class.
    monotonic = staticmethod(time.monotonic)  # noqa: TID251 - the one reading of it


def stopwatch() -> float:
    """Seconds on a clock that only runs forwards and that no test library can stop."""
    return _Real.monotonic()


def world_time() -> float:
    """Unix seconds as the test process sees them: real, or as freezegun or time-machine say.

    Away from the main thread freezegun's `time.time()` answers real or frozen by the caller's stack, so its
    state is asked instead. time-machine replaces the clock itself and needs no such care.
    """
    freezegun = sys.modules.get("freezegun.api")
    if freezegun is not None and freezegun.freeze_factories:
        frozen: datetime = freezegun.freeze_factories[-1]()
        return calendar.timegm(frozen.timetuple()) + frozen.microsecond / 1e6
    return time.time()  # noqa: TID251 - this is where time comes from


class Clock:
    """One project's time in unix seconds: the world's, shifted, or standing still.

    Read it once a request: under freezegun's `auto_tick_seconds` every reading moves it.
    """

    def __init__(self) -> None:
        self._offset = 0.0
        self._frozen_at: float | None = None

    def now(self) -> float:
        """Unix seconds, with fractions."""
        return world_time() + self._offset if self._frozen_at is None else self._frozen_at

    @property
    def frozen(self) -> bool:
        """Whether it stands still."""
        return self._frozen_at is not None

    def freeze(self, at: float | None = None) -> None:
        """Stand still at unix second `at`, or at the present moment."""
        self._frozen_at = self.now() if at is None else at

    def shift(self, by: float) -> None:
        """Move by so many seconds, backwards if negative; a frozen clock stays frozen."""
        if self._frozen_at is None:
            self._offset += by
        else:
            self._frozen_at += by

    def resume(self) -> None:
        """Go on with the world's time, unshifted."""
        self._offset, self._frozen_at = 0.0, None

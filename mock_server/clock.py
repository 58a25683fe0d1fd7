"""Time: a project's clock, and a stopwatch that nothing can freeze.

The world's time is what the process sees: real time, unless freezegun or time-machine has changed it.
"""

import calendar
import datetime as dt
import sys
import time

from msgspec import Struct, structs

from mock_server.errors import ClockRunning
from mock_server.moments import END_OF_TIME

_LAST = END_OF_TIME - 0.001
_frozen = sys.modules.get("freezegun.api")  # it may already be active when this module is imported


class Real:
    """The real ones, even under freezegun, which patches the attributes of modules but not those of classes.

    datetime: for the fields of Structs; msgspec accepts no other.
    """

    datetime: type[dt.datetime] = _frozen.real_datetime if _frozen else dt.datetime
    monotonic: "staticmethod[[], float]" = staticmethod(
        _frozen.real_monotonic if _frozen else time.monotonic  # noqa: TID251 - read by `stopwatch` alone
    )


def stopwatch() -> float:
    """Return the seconds on a monotonic clock that no test library can stop. Nothing else reads that clock."""
    return Real.monotonic()


def world_time() -> float:
    """Return unix seconds as the test process sees them: real, or as set by freezegun or time-machine.

    Outside the main thread, freezegun's `time.time()` returns real or frozen time depending on the caller's stack, so
    its state is read instead. time-machine replaces the clock itself and needs no such care.
    """
    freezegun = sys.modules.get("freezegun.api")
    if freezegun is not None and freezegun.freeze_factories:
        frozen: dt.datetime = freezegun.freeze_factories[-1]()
        return calendar.timegm(frozen.timetuple()) + frozen.microsecond / 1e6
    return time.time()  # noqa: TID251 - this is where time comes from


def local_time(at: float) -> dt.datetime:
    """Return unix seconds as `datetime.now()` of this process would say them, without a zone."""
    moment = Real.datetime.fromtimestamp(at, dt.UTC)
    return (moment + _frozen_zone() if _is_frozen() else moment.astimezone()).replace(tzinfo=None)


def unix_of_local(moment: dt.datetime) -> float:
    """Return the unix seconds of a time that `datetime.now()` of this process has said, or of one with a zone."""
    if moment.tzinfo is None and _is_frozen():
        return calendar.timegm((moment - _frozen_zone()).timetuple()) + moment.microsecond / 1e6
    return moment.timestamp()


def _is_frozen() -> bool:
    freezegun = sys.modules.get("freezegun.api")
    return bool(freezegun and freezegun.freeze_factories)


def _frozen_zone() -> dt.timedelta:
    """Return how far freezegun's local time is from UTC, whatever the zone of the machine."""
    offset: dt.timedelta = sys.modules["freezegun.api"].tz_offsets[-1]
    return offset


def world_stands_still() -> bool:
    """Return whether freezegun has frozen this process's time, so that it does not tick."""
    freezegun = sys.modules.get("freezegun.api")
    return bool(freezegun and freezegun.freeze_factories and not freezegun.tick_flags[-1])


class Reading(Struct, frozen=True, kw_only=True):
    """How a clock is set, in unix seconds; by default it follows the process's time.

    frozen_at: the time at which the clock stands still; None if it runs.
    at, world, factor: it read `at` when the process's time was `world`, and has run `factor` times as fast since.
    """

    at: float = 0.0
    world: float = 0.0
    factor: float = 1.0
    frozen_at: float | None = None


class Clock:
    """One project's clock, in unix seconds: it follows the world's time, shifted, scaled or frozen.

    Read it once per request: under freezegun's `auto_tick_seconds` every reading moves it.
    """

    def __init__(self) -> None:
        self.reading = Reading()

    def now(self) -> float:
        """Return unix seconds, with fractions, clamped to the years 1970 to 9999."""
        reach = self.reach()
        return reach if 0.0 <= reach <= _LAST else min(max(0.0, reach), _LAST)  # per request: min and max are slow

    def reach(self) -> float:
        """Return the same without clamping."""
        reading = self.reading
        if reading.frozen_at is not None:
            return reading.frozen_at
        return reading.at + (world_time() - reading.world) * reading.factor

    @property
    def frozen(self) -> bool:
        """Whether the clock is frozen."""
        return self.reading.frozen_at is not None

    def freeze(self, at: float | None = None) -> None:
        """Freeze at unix second `at`, by default at the current time."""
        self.reading = structs.replace(self.reading, frozen_at=self.now() if at is None else at)

    def travel_to(self, at: float) -> None:
        """Jump to unix second `at`; a running clock keeps running from there, a frozen one stays frozen."""
        if self.frozen:
            self.freeze(at)
        else:
            self._run_from(at, factor=self.reading.factor)

    def shift(self, by: float) -> None:
        """Move by this many seconds, backwards if negative; a frozen clock stays frozen."""
        reading = self.reading
        if reading.frozen_at is None:
            self.reading = structs.replace(reading, at=reading.at + by)
        else:
            self.freeze(reading.frozen_at + by)

    def tick(self, by: float = 1.0) -> None:
        """Move a frozen clock forward by this many seconds. Raises ClockRunning if it is not frozen."""
        if not self.frozen:
            raise ClockRunning
        self.shift(by)

    def scale(self, factor: float) -> None:
        """Run from the current time on, `factor` times as fast as the world's time, even if frozen before."""
        self._run_from(self.now(), factor=factor)

    def resume(self) -> None:
        """Follow the world's time again, unchanged."""
        self.reading = Reading()

    def _run_from(self, at: float, *, factor: float) -> None:
        self.reading = Reading(at=at, world=world_time(), factor=factor)

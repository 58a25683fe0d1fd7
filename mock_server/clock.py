"""Time: a project's clock, and the stopwatch nothing can freeze. The only module that knows freezegun."""

import calendar
import datetime as dt
import sys
import time
from collections.abc import Callable

from msgspec import Struct, structs

from mock_server.errors import ClockRunning
from mock_server.moments import END_OF_TIME

_LAST = END_OF_TIME - 0.001
_IGNORED = ["_pytest.timing"]  # pytest's durations stay real
_frozen = sys.modules.get("freezegun.api")  # it may be at work while this is imported for the first time


class Real:
    """The real ones, whatever freezegun does: it replaces what modules hold, but not what a class holds.

    datetime: for Structs and for what is encoded; msgspec takes no other.
    """

    datetime: type[dt.datetime] = _frozen.real_datetime if _frozen else dt.datetime
    monotonic: "staticmethod[[], float]" = staticmethod(
        _frozen.real_monotonic if _frozen else time.monotonic  # noqa: TID251 - read by `stopwatch` alone
    )


def stopwatch() -> float:
    """Seconds on a clock that only runs forwards and that no test library can stop: the one reading of it."""
    return Real.monotonic()


def world_time() -> float:
    """Unix seconds as the test process sees them: real, or as freezegun or time-machine say.

    Away from the main thread freezegun's `time.time()` answers real or frozen by the caller's stack, so its
    state is asked instead. time-machine replaces the clock itself and needs no such care.
    """
    freezegun = sys.modules.get("freezegun.api")
    if freezegun is not None and freezegun.freeze_factories:
        frozen: dt.datetime = freezegun.freeze_factories[-1]()
        return calendar.timegm(frozen.timetuple()) + frozen.microsecond / 1e6
    return time.time()  # noqa: TID251 - this is where time comes from


def hold_world(at: float, *, ticking: bool) -> Callable[[], None]:
    """Move this process's time to unix second `at` through freezegun, to stand still or to tick on from there.

    Gives what lets it go. asyncio's own timers go on.
    """
    from freezegun import freeze_time  # noqa: PLC0415, TID251 - this is the module that knows it

    freezer = freeze_time(Real.datetime.fromtimestamp(at, dt.UTC), tick=ticking, real_asyncio=True, ignore=_IGNORED)
    freezer.start()
    return freezer.stop


class Reading(Struct, frozen=True, kw_only=True):
    """How a clock is set, all in unix seconds: it stands at `frozen_at`, or read `at` when the world's time was
    `world` and runs `factor` times as fast since. The default is the world's time itself.
    """

    at: float = 0.0
    world: float = 0.0
    factor: float = 1.0
    frozen_at: float | None = None


class Clock:
    """One project's time in unix seconds: the world's, moved, running at another speed, or standing still.

    Read it once a request: under freezegun's `auto_tick_seconds` every reading moves it.
    """

    def __init__(self) -> None:
        self.reading = Reading()

    def now(self) -> float:
        """Unix seconds, with fractions, within the years 1970 to 9999."""
        reach = self.reach()
        return reach if 0.0 <= reach <= _LAST else min(max(0.0, reach), _LAST)  # each request asks: min, max take time

    def reach(self) -> float:
        """The same without the bounds of the years 1970 to 9999."""
        reading = self.reading
        if reading.frozen_at is not None:
            return reading.frozen_at
        return reading.at + (world_time() - reading.world) * reading.factor

    @property
    def frozen(self) -> bool:
        """Whether it stands still."""
        return self.reading.frozen_at is not None

    def freeze(self, at: float | None = None) -> None:
        """Stand still at unix second `at`, or at the present moment."""
        self.reading = structs.replace(self.reading, frozen_at=self.now() if at is None else at)

    def travel_to(self, at: float) -> None:
        """Jump to unix second `at`; a running clock runs on from there, a frozen one stays frozen there."""
        if self.frozen:
            self.freeze(at)
        else:
            self._run_from(at, factor=self.reading.factor)

    def shift(self, by: float) -> None:
        """Move by so many seconds, backwards if negative; a frozen clock stays frozen."""
        reading = self.reading
        if reading.frozen_at is None:
            self.reading = structs.replace(reading, at=reading.at + by)
        else:
            self.freeze(reading.frozen_at + by)

    def tick(self, by: float = 1.0) -> None:
        """Move a frozen clock forward by so many seconds. Raises ClockRunning."""
        if not self.frozen:
            raise ClockRunning
        self.shift(by)

    def scale(self, factor: float) -> None:
        """Run on from the present moment, `factor` times as fast as the world; a frozen clock is let go."""
        self._run_from(self.now(), factor=factor)

    def resume(self) -> None:
        """Go on with the world's time, unmoved."""
        self.reading = Reading()

    def _run_from(self, at: float, *, factor: float) -> None:
        self.reading = Reading(at=at, world=world_time(), factor=factor)

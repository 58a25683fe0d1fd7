"""What moves this process's time through freezegun. Only this module and `clock` know freezegun."""

import datetime as dt
import sys
from collections.abc import Callable
from contextvars import ContextVar
from types import FrameType
from typing import Any
from weakref import WeakKeyDictionary

from freezegun import api, freeze_time  # noqa: TID251 - this is the module that knows it

from mock_server.clock import Clock, Reading, Real, world_time

_IGNORED = ["_pytest.timing"]  # pytest's durations stay real
_CARRIERS = ("threading", "multiprocessing", "queue")  # modules below which threads run
_TIMERS = ("fake_monotonic", "fake_monotonic_ns", "fake_perf_counter", "fake_perf_counter_ns")
_WAITING = sys.stdlib_module_names | {"anyio", "trio"}  # libraries that wait by such a timer


class EveryThread:
    """While held, moved time is the time of every thread, and no wait of a library lasts for ever.

    freezegun shows real time to whatever has a module such as `threading` among its five innermost callers. That
    keeps some waits from lasting for ever, but it also leaves out most of what runs in a thread. While this is held,
    real time is shown only to such a module itself, and to the timers by which libraries wait.
    """

    def hold(self) -> None:
        """Begin, unless it has begun."""
        if not isinstance(api._should_use_real_time, _StackRule):
            api._should_use_real_time = _StackRule(api._should_use_real_time)
        api._should_use_real_time.holders.add(self)

    def release(self) -> None:
        """End. freezegun's own rule is back when nobody holds it any more."""
        rule = api._should_use_real_time
        if isinstance(rule, _StackRule):
            rule.holders.discard(self)
            if not rule.holders:
                api._should_use_real_time = rule.original


class _StackRule:
    """Stands in for freezegun's `_should_use_real_time`, which its replacements of `time.time` and so on call."""

    def __init__(self, original: Callable[[], bool]) -> None:
        self.original = original
        self.holders: set[EveryThread] = set()

    def __call__(self) -> bool:
        if not api.ignore_lists:
            return True  # the freezer has just ended
        caller = sys._getframe(2)  # behind the replacement
        own = _module_of(caller)
        if sys._getframe(1).f_code.co_name in _TIMERS and own.partition(".")[0] in _WAITING:
            return True
        ignored = [module for module in _innermost_modules(caller) if module.startswith(api.ignore_lists[-1])]
        return own in ignored or not all(module.startswith(_CARRIERS) for module in ignored)


def _innermost_modules(frame: FrameType | None) -> list[str]:
    found: list[str] = []
    while frame is not None and len(found) < api.call_stack_inspection_limit:
        found.append(_module_of(frame))
        frame = frame.f_back
    return found


def _module_of(frame: FrameType) -> str:
    return frame.f_globals.get("__name__") or ""


class WorldHold:
    """Sets this process's time through freezegun, frozen or ticking from a moment. The timers of asyncio keep running.

    freezegun takes for granted that freezers end in the order opposite to that in which they began. A test's own
    `freeze_time` and a hold may end in any order, so a hold within another freezer takes its place instead of
    standing above it, and a hold around another one shows real time until that has ended.
    """

    def __init__(self, at: float, *, ticking: bool) -> None:
        """`at` is in unix seconds."""
        moment = Real.datetime.fromtimestamp(at, dt.UTC)
        self._freezer = freeze_time(moment, tick=ticking, real_asyncio=True, ignore=_IGNORED)
        self._stacks = _freezers()
        self._factory: object = self._freezer.start()
        self._replaced: list[Any] | None = None
        if len(self._stacks[0]) > 1:
            self._replaced = [stack[-2] for stack in self._stacks]
            for stack in self._stacks:
                stack[-2:] = [stack[-1]]

    def release(self) -> bool:
        """Give the process its time back. Returns False if a freezer within this hold has to end first; call again."""
        factories = self._stacks[0]
        place = next((at for at, factory in enumerate(factories) if factory is self._factory), None)
        if place is None:
            return True  # the freezer whose place this took has ended, and took it along
        if self._replaced is not None:
            for stack, value in zip(self._stacks, self._replaced, strict=True):
                stack[place] = value
            return True
        if place == len(factories) - 1:
            self._freezer.stop()
            return True
        self._show_real_time(place)
        return False

    def _show_real_time(self, place: int) -> None:
        now = api.real_datetime.now(dt.UTC).replace(tzinfo=None)
        self._factory = factory = api.TickingDateTimeFactory(now, api.real_datetime.now())
        self._stacks[0][place], self._stacks[2][place] = factory, True


def _freezers() -> tuple[list[Any], ...]:
    """Return what freezegun keeps of the freezers at work, the newest last: factories, then three that go along."""
    return (api.freeze_factories, api.ignore_lists, api.tick_flags, api.tz_offsets)


class ServersTime:
    """A server of the user's own that runs in this process sees the time of the project that it answers for.

    Each of its readings is later than the last one, also of a frozen clock: servers sort their items by time.
    """

    def __init__(self) -> None:
        self._threads = EveryThread()
        self._base: WorldHold | None = None

    def enter(self, clock: Clock) -> None:
        """Show this clock's time to what the current context calls from now on."""
        _readings.set(_of_clock.setdefault(clock, _Readings(clock)))
        if api.get_current_time is not _current_time:
            api.get_current_time = _current_time
        self._threads.hold()
        if (
            clock.reading != Reading() and not api.freeze_factories
        ):  # nothing else replaces the functions that tell time
            self._base = WorldHold(world_time(), ticking=True)

    def let_go(self) -> None:
        """Show this process's own time again."""
        if self._base is not None and self._base.release():
            self._base = None
        self._threads.release()


class _Readings:
    """The readings of a clock, each at least a microsecond after the last one, unless the clock was moved."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._last, self._steps = clock, 0.0, 0

    def __call__(self) -> dt.datetime:
        now = self._clock.now()
        self._steps = self._steps + 1 if now == self._last else 0
        self._last = now
        return Real.datetime.fromtimestamp(now, dt.UTC).replace(tzinfo=None) + dt.timedelta(microseconds=self._steps)


_of_clock: WeakKeyDictionary[Clock, _Readings] = WeakKeyDictionary()
_readings: ContextVar[_Readings | None] = ContextVar("chatkit_mock_readings", default=None)
_usual_time = api.get_current_time


def _current_time() -> dt.datetime:
    """Stand in for freezegun's function of the same purpose."""
    readings = _readings.get()
    return _usual_time() if readings is None else readings()

"""One clock for an emulator and the process that it runs in."""

from mock_server.client.clock import ClockHandle
from mock_server.client.control import ControlClient
from mock_server.client.times import DurationLike, InstantLike, as_duration, as_instant
from mock_server.clock import world_stands_still, world_time
from mock_server.freezers import EveryThread, WorldHold
from mock_server.moments import instant, seconds
from mock_server.wire.control.clock import ClockState

__tracebackhide__ = True  # pytest shows the line of the test
_FAR = 1e11  # seconds: more than any duration


class SharedClock(ClockHandle):
    """Moves this process's time with freezegun, which the emulator follows. `scale` affects only the emulator.

    Raises ValueError for an invalid moment or duration.
    """

    _frozen = False

    def __init__(self, control: ControlClient) -> None:
        super().__init__(control)
        self._holds: list[WorldHold] = []
        self._threads = EveryThread()

    def share(self) -> None:
        """Let moved time, also that of a test's own freezers, reach every thread, until `let_go`."""
        self._threads.hold()

    def freeze(self, at: InstantLike | None = None) -> ClockState:
        """Freeze the clock at a moment, by default the current one."""
        return self._hold(world_time() if at is None else instant(as_instant(at)), frozen=True)

    def travel_to(self, at: InstantLike) -> ClockState:
        """Move the clock to a moment; a running clock keeps running from there."""
        return self._hold(instant(as_instant(at)), frozen=self._stands())

    def shift(
        self, by: DurationLike = 0.0, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0
    ) -> ClockState:
        """Move the clock by `10m`, a timedelta or seconds, plus the given parts; backwards if negative."""
        named = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
        return self._hold(world_time() + _length(by) + named, frozen=self._stands())

    def tick(self, by: DurationLike = 1.0) -> ClockState:
        """Move a frozen clock forward, by one second by default. Raises ValueError for a running one."""
        if not self._stands():
            raise ValueError("only a frozen clock can tick: freeze it first, or shift the running one")
        return self._hold(world_time() + _length(by), frozen=True)

    def resume(self) -> ClockState:
        """Return to real time."""
        self._release()
        return super().resume()

    def let_go(self) -> None:
        """Return this process to its own time."""
        self._release()
        self._threads.release()

    def _release(self) -> None:
        self._holds = [hold for hold in reversed(self._holds) if not hold.release()][::-1]
        self._frozen = False

    def _stands(self) -> bool:
        return self._frozen or world_stands_still()

    def _hold(self, at: float, *, frozen: bool) -> ClockState:
        self._release()
        super().resume()
        self._holds.append(WorldHold(at, ticking=not frozen))
        self._frozen = frozen
        return self.state()


def _length(span: DurationLike) -> float:
    return seconds(as_duration(span), least=-_FAR, most=_FAR)

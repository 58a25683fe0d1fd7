"""The part of a handle that controls the clock."""

from datetime import timedelta

from mock_server.client.control import ControlClient
from mock_server.client.times import DurationLike, InstantLike, as_duration, as_instant
from mock_server.wire.control.clock import ClockState

__tracebackhide__ = True  # pytest shows the line of the test


class ClockHandle:
    """The project's clock. A moment is ISO 8601 with a time zone, a datetime with one, or unix seconds."""

    def __init__(self, control: ControlClient) -> None:
        self._control = control

    def state(self) -> ClockState:
        """Return the clock's state."""
        return self._control.ask("GET", "/clock", ClockState)

    def now(self) -> float:
        """Return the project's time in unix seconds."""
        return self.state().now

    def freeze(self, at: InstantLike | None = None) -> ClockState:
        """Freeze the clock at a moment, by default the current one."""
        return self._set("freeze", "now" if at is None else as_instant(at))

    def travel_to(self, at: InstantLike) -> ClockState:
        """Move the clock to a moment; a running clock keeps running from there."""
        return self._set("travel_to", as_instant(at))

    def shift(
        self, by: DurationLike = 0.0, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0
    ) -> ClockState:
        """Move the clock by `10m`, a timedelta, seconds, or the given parts; backwards if negative."""
        parts = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds).total_seconds()
        return self._set("shift", as_duration(by) if by else parts)

    def tick(self, by: DurationLike = 1.0) -> ClockState:
        """Move a frozen clock forward, by one second by default."""
        return self._set("tick", as_duration(by))

    def scale(self, factor: float) -> ClockState:
        """Run the clock `factor` times as fast as real time."""
        return self._set("scale", factor)

    def resume(self) -> ClockState:
        """Return to real time."""
        return self._set("resume", "now")

    def _set(self, name: str, value: str | float) -> ClockState:
        return self._control.ask("PUT", "/clock", ClockState, body={name: value})

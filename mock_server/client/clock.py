"""The part of a handle that moves time."""

from datetime import timedelta

from mock_server.client.control import ControlClient
from mock_server.client.times import DurationLike, InstantLike, as_duration, as_instant
from mock_server.wire.control.clock import ClockState


class ClockHandle:
    """The project's clock. A moment is ISO 8601 with a zone, a datetime with one, or unix seconds."""

    def __init__(self, control: ControlClient) -> None:
        self._control = control

    def state(self) -> ClockState:
        """How it is set."""
        return self._control.ask("GET", "/clock", ClockState)

    def now(self) -> float:
        """Unix seconds."""
        return self.state().now

    def freeze(self, at: InstantLike | None = None) -> ClockState:
        """Stand still at a moment, or where it is."""
        return self._set("freeze", "now" if at is None else as_instant(at))

    def travel_to(self, at: InstantLike) -> ClockState:
        """Jump to a moment; a running clock runs on from there."""
        return self._set("travel_to", as_instant(at))

    def shift(
        self, by: DurationLike = 0.0, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0
    ) -> ClockState:
        """Move by `10m`, a timedelta, seconds, or the parts named; backwards if negative."""
        parts = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds).total_seconds()
        return self._set("shift", as_duration(by) if by else parts)

    def tick(self, by: DurationLike = 1.0) -> ClockState:
        """Move a frozen clock forward, by a second unless told otherwise."""
        return self._set("tick", as_duration(by))

    def scale(self, factor: float) -> ClockState:
        """Run on, so many times as fast as the world."""
        return self._set("scale", factor)

    def resume(self) -> ClockState:
        """Go on with the world's time, unmoved."""
        return self._set("resume", "now")

    def _set(self, name: str, value: str | float) -> ClockState:
        return self._control.ask("PUT", "/clock", ClockState, body={name: value})

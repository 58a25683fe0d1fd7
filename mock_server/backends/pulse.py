"""Tells a server that blocks its thread from a machine that is too busy to run anything."""

import asyncio

from mock_server.clock import stopwatch

_BEAT = 0.05  # seconds
_FELT = 60.0  # seconds for which it goes on after `feel`


class Pulse:
    """A timer in the emulator's own loop: where that is late too, nobody's server is to blame."""

    def __init__(self) -> None:
        self._due = self._until = self._late = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def feel(self) -> None:
        """Go on for a while from now, in the running loop."""
        self._until = stopwatch() + _FELT
        loop = asyncio.get_running_loop()
        if self._timer is None or self._loop is not loop:  # an emulator that starts again has another one
            self._loop = loop
            self._wait(loop)

    def lateness(self) -> float:
        """Return for how many seconds the loop did not go on, at most, since this was asked last; from any thread."""
        if self._timer is None:
            return 0.0
        late, self._late = max(self._late, stopwatch() - self._due, 0.0), 0.0
        return late

    def _wait(self, loop: asyncio.AbstractEventLoop) -> None:
        self._due = stopwatch() + _BEAT
        self._timer = loop.call_later(_BEAT, self._beat, loop)

    def _beat(self, loop: asyncio.AbstractEventLoop) -> None:
        now = stopwatch()
        self._late = max(self._late, now - self._due)
        if now < self._until:
            self._wait(loop)
        else:
            self._timer = None

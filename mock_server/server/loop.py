"""The event loop of a server, whose timers run whatever a test does to time."""

import asyncio
import selectors
from collections.abc import Callable

from mock_server.clock import stopwatch


class SteadyLoop(asyncio.SelectorEventLoop):
    """asyncio's own loop on a clock that freezegun can't stop.

    Under a plain `freeze_time` the loop of the standard library stands still: a sleep never returns, and a server
    could not even be stopped.
    """

    def __init__(self) -> None:
        super().__init__(selectors.DefaultSelector())

    def time(self) -> float:
        """Seconds on the stopwatch."""
        return stopwatch()


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    """uvloop, whose clock is out of reach anyway, where it is installed; else the steady loop."""
    try:
        import uvloop  # noqa: PLC0415 - it is optional
    except ImportError:
        return SteadyLoop
    return uvloop.new_event_loop

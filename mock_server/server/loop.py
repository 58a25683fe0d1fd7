"""The server's event loop, whose timers keep running whatever a test does to time."""

import asyncio
import selectors
from collections.abc import Callable

from mock_server.clock import stopwatch


class SteadyLoop(asyncio.SelectorEventLoop):
    """asyncio's own loop, on a clock that freezegun can't freeze.

    Under a plain `freeze_time` the standard loop stops: a sleep never returns, and a server can't even be shut down.
    """

    def __init__(self) -> None:
        super().__init__(selectors.DefaultSelector())

    def time(self) -> float:
        """Return the stopwatch's seconds."""
        return stopwatch()


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    """Return uvloop's factory if uvloop is installed, since freezegun can't reach its clock, else SteadyLoop."""
    try:
        import uvloop  # noqa: PLC0415 - optional dependency
    except ImportError:
        return SteadyLoop
    return uvloop.new_event_loop

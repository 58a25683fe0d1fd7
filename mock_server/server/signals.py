"""The signals that stop the emulator."""

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

_STOPPING = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGBREAK")


class StopSignals:
    """Calls back for each signal that asks the process to stop; none of them ends it by itself any more.

    npm, make and shells pass on what the terminal has already sent to all, so that one Ctrl-C may be several signals.
    They are handled until the process ends, and not by the loop, which ends before it.
    """

    def __init__(self, stop: Callable[[], None]) -> None:
        """Call `stop` in the running loop."""
        self._loop, self._stop = asyncio.get_running_loop(), stop
        self._numbers = [getattr(signal, name) for name in _STOPPING if hasattr(signal, name)]
        for number in self._numbers:
            if number != getattr(signal, "SIGHUP", None) or signal.getsignal(number) is not signal.SIG_IGN:  # nohup
                signal.signal(number, self._received)

    def ignore(self) -> None:
        """Ignore them from now on, also while Python itself is shutting down."""
        for number in self._numbers:
            signal.signal(number, signal.SIG_IGN)

    def _received(self, _: int, __: FrameType | None) -> None:
        with suppress(RuntimeError):  # the loop has been closed
            self._loop.call_soon_threadsafe(self._stop)

"""The signals that stop the emulator."""

import asyncio
import signal
import socket
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
        # Without this, a signal just before the loop begins to wait would be noticed only after it.
        self._wakes_us, self._written_to = socket.socketpair()
        for end in (self._wakes_us, self._written_to):
            end.settimeout(0)
        self._loop.add_reader(self._wakes_us, self._wake)
        signal.set_wakeup_fd(self._written_to.fileno(), warn_on_full_buffer=False)

    def ignore(self) -> None:
        """Ignore them from now on, also while Python itself is shutting down."""
        for number in self._numbers:
            signal.signal(number, signal.SIG_IGN)
        signal.set_wakeup_fd(-1)
        self._loop.remove_reader(self._wakes_us)
        self._wakes_us.close()
        self._written_to.close()

    def _wake(self) -> None:
        """Do something in Python, which calls the handlers then."""
        self._wakes_us.recv(4096)

    def _received(self, _: int, __: FrameType | None) -> None:
        with suppress(RuntimeError):  # the loop has been closed
            self._loop.call_soon_threadsafe(self._stop)

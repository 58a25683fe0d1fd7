"""Running a command with its own emulator."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import FrameType

from starlette.types import ASGIApp

from mock_server.config import ACCOUNT_VARIABLES
from mock_server.server.thread import ServerThread
from mock_server.wording import printable, quoted

_PASSED_ON = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2")


def run_command(command: Sequence[str], app: ASGIApp, *, variables: Callable[[str], dict[str, str]]) -> int:
    """Run a command with the emulator's variables in its environment, and nobody's account; return its exit code.

    The code is 128 plus the signal's number for a command that a signal ended, as in shells, and 127 for a command
    that can't be run. Raises PortTaken.
    """
    with ServerThread(app) as server:
        inherited = {name: value for name, value in os.environ.items() if name not in ACCOUNT_VARIABLES}
        return _wait_for(command, {**inherited, **variables(server.origin)})


def _wait_for(command: Sequence[str], environment: dict[str, str]) -> int:
    relay = _SignalRelay()
    if sys.platform != "win32":  # whoever inherits that it is ignored never learns how a child ended
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        child = subprocess.Popen(command, env=environment)  # noqa: S603 - running it is what the user asked for
    except OSError as error:
        name = quoted(printable(command[0]), empty="an empty command")
        reason = (error.strerror or str(error)).lower()
        sys.stderr.write(f"chatkit-mock: can't run {name}: {reason}.\n")
        return 127
    relay.reach(child)
    code = _ending(child)
    return code if code >= 0 else 128 - code


def _ending(child: subprocess.Popen[bytes]) -> int:
    """Wait for a child, and return its code. As a container's first process, it also reaps what others left behind."""
    if sys.platform == "win32":
        return child.wait()
    while child.returncode is None:
        process, status = os.wait()
        if process == child.pid:
            child.returncode = os.waitstatus_to_exitcode(status)
    return child.returncode


class _SignalRelay:
    """Passes this process's signals on to a child, including those received before the child was started."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._early: list[int] = []
        for name in _PASSED_ON:
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self._pass_on)

    def reach(self, child: subprocess.Popen[bytes]) -> None:
        self._child = child
        for number in self._early:
            self._send(child, number)

    def _pass_on(self, number: int, _: FrameType | None) -> None:
        if number == signal.SIGINT and _terminal_is_ours():
            return  # the terminal has sent it to the command as well
        if self._child:
            self._send(self._child, number)
        else:
            self._early.append(number)

    @staticmethod
    def _send(child: subprocess.Popen[bytes], number: int) -> None:
        if child.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(child.pid, number)  # `send_signal` looks for the child's end, which only `_ending` may take


def _terminal_is_ours() -> bool:
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (AttributeError, OSError, ValueError):
        return False

"""A command with a server of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from types import FrameType

from starlette.types import ASGIApp

from mock_server.server.thread import ServerThread

_PASSED_ON = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2")


def run_command(command: Sequence[str], app: ASGIApp, *, variables: Callable[[str], dict[str, str]]) -> int:
    """Run a command with the server's variables added to its environment; returns its exit code.

    A command that a signal ended gives 128 and the signal's number, as shells do; 127 if there is no such command.
    """
    with ServerThread(app) as server:
        return _wait_for(command, {**os.environ, **variables(server.origin)})


def _wait_for(command: Sequence[str], environment: dict[str, str]) -> int:
    relay = _SignalRelay()
    try:
        child = subprocess.Popen(command, env=environment)  # noqa: S603 - running it is what the user asked for
    except OSError as error:
        sys.stderr.write(f"chatkit-mock: can't run '{command[0]}': {(error.strerror or str(error)).lower()}.\n")
        return 127
    relay.reach(child)
    code = child.wait()
    return code if code >= 0 else 128 - code


class _SignalRelay:
    """Passes this process's signals on to a child, also those that came before there was one."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._early: list[int] = []
        for name in _PASSED_ON:
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self._pass_on)

    def reach(self, child: subprocess.Popen[bytes]) -> None:
        self._child = child
        for number in self._early:
            child.send_signal(number)

    def _pass_on(self, number: int, _: FrameType | None) -> None:
        if number == signal.SIGINT and _terminal_is_ours():
            return  # the terminal has sent it to the command as well
        if self._child:
            self._child.send_signal(number)
        else:
            self._early.append(number)


def _terminal_is_ours() -> bool:
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (AttributeError, OSError, ValueError):
        return False

"""The server's event loop, whose timers keep running whatever a test does to time."""

import _socket
import asyncio
import selectors
import sys
from collections.abc import Callable
from typing import Any

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

    def _accept_connection(
        self,
        protocol_factory: Any,
        sock: Any,
        sslcontext: Any = None,
        server: Any = None,
        _backlog: int = 100,
        *rest: Any,
    ) -> None:
        """Accept one connection. Out of files, asyncio logs and retries for each it meant to accept."""
        super()._accept_connection(protocol_factory, sock, sslcontext, server, 1, *rest)  # type: ignore[misc]

    if sys.platform != "win32":

        def _make_self_pipe(self) -> None:
            """Connect the loop to itself as asyncio does, but without `socket.socket`, which pytest-socket forbids."""
            self._ssock, self._csock = _socket.socketpair()
            for end in (self._ssock, self._csock):
                end.settimeout(0)
            self._internal_fds = 1
            self._add_reader(self._ssock.fileno(), self._read_from_self)  # type: ignore[attr-defined]


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    """Return uvloop's factory if uvloop is installed, since freezegun can't reach its clock, else SteadyLoop."""
    try:
        import uvloop  # noqa: PLC0415 - optional dependency
    except ImportError:
        return SteadyLoop
    return uvloop.new_event_loop

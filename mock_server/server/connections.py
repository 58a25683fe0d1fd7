"""The connections of one server: their packets leave together, and each is looked at from time to time."""

import asyncio
import logging
import sys
from typing import Any, Protocol, cast

from uvicorn.server import ServerState

from mock_server.server.transport import JoiningTransport

_log = logging.getLogger("mock_server")
_LOOK_EVERY = 0.25  # seconds
_FULL_EVERY = 60.0  # seconds between two lines that say that there are too many connections
_SPARE_FILES = 16  # that connections leave to uploads, pages and modules


class Watched(Protocol):
    """A connection, as the server sees it."""

    def look(self, now: float) -> None:
        """End what has waited for too long at `now` on the loop's clock."""


class Connections(ServerState):
    """uvicorn's record of what is open.

    What connections write is sent in the loop's next iteration. The packets of several connections then leave one after
    another, which costs less and wakes clients less often.
    """

    def __init__(self) -> None:
        super().__init__()
        self._waiting: list[JoiningTransport] = []
        self._timer: asyncio.TimerHandle | None = None
        self._told_full: float | None = None
        self._files = open_files() - _SPARE_FILES

    def add(self, connection: Watched) -> None:
        """Look at this connection until it is discarded."""
        self.connections.add(connection)  # type: ignore[arg-type]
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_LOOK_EVERY, self._look)

    def has_room_for(self, descriptor: int) -> bool:
        """Return whether a new connection, with this file descriptor, leaves enough files; if not, log it."""
        if descriptor < self._files:
            return True
        self._tell_full()
        return False

    def on_loop_error(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Log what went wrong in the loop; of running out of files, now and then a sentence."""
        if "out of system resource" in context["message"]:
            self._tell_full()
        else:
            loop.default_exception_handler(context)

    def _tell_full(self) -> None:
        now = asyncio.get_running_loop().time()
        if self._told_full is None or now - self._told_full > _FULL_EVERY:
            self._told_full = now
            _log.warning(
                "%d connections are open, and further ones are refused: this process may have %d files open. "
                "Close some, or raise the limit (ulimit -n).",
                len(self.connections),
                self._files + _SPARE_FILES,
            )

    def flush_soon(self, transport: JoiningTransport) -> None:
        """Flush this transport in the loop's next iteration."""
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._flush)
        self._waiting.append(transport)

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        for transport in waiting:
            transport.flush()

    def _look(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        for connection in list(self.connections):
            cast("Watched", connection).look(now)
        self._timer = loop.call_later(_LOOK_EVERY, self._look) if self.connections else None


def open_files() -> int:
    """Return how many files this process may have open."""
    if sys.platform == "win32":
        return sys.maxsize
    import resource  # noqa: PLC0415 - not on Windows

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if soft == resource.RLIM_INFINITY else soft

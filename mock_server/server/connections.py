"""The connections of one server: their packets leave together, and each is looked at from time to time."""

import asyncio
from typing import Protocol, cast

from uvicorn.server import ServerState

from mock_server.server.transport import JoiningTransport

_LOOK_EVERY = 0.25  # seconds


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

    def add(self, connection: Watched) -> None:
        """Look at this connection until it is discarded."""
        self.connections.add(connection)  # type: ignore[arg-type]
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_LOOK_EVERY, self._look)

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

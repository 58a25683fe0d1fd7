"""A uvicorn server that is known to be ready once it has started, and that stops at once."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator

import uvicorn
from starlette.types import ASGIApp

from mock_server.server.connections import Connections
from mock_server.server.protocol import HttpProtocol

_PATIENCE = 0.5  # seconds in which requests in progress may end when the server stops, before they are cancelled


class Server(uvicorn.Server):
    """Serves an application on bound sockets until `stop`; over https if there is a TLS context."""

    def __init__(self, app: ASGIApp, listeners: list[socket.socket], *, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=HttpProtocol,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                log_level="critical",  # the middleware logs failures; a connection dropped on purpose is not one
                date_header=False,
                server_header=False,
                proxy_headers=False,
            )
        )
        self.server_state = self._connections = Connections()
        self._listeners, self._tls = listeners, tls
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None

    @property
    def origin(self) -> str:
        """The server's address without a path, such as `http://127.0.0.1:4114`."""
        host, port = self._listeners[0].getsockname()[:2]
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - read, not bound
        scheme = "http" if self._tls is None else "https"
        return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"

    @contextlib.asynccontextmanager
    async def answering(self) -> AsyncIterator[None]:
        """Serve requests within the block; at its end, drop open connections and end requests in progress."""
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        self._loop.set_exception_handler(self._connections.on_loop_error)
        self.config.load()
        self.config.ssl = self._tls
        self.lifespan = self.config.lifespan_class(self.config)
        await self.startup(sockets=self._listeners)
        try:
            yield
        finally:
            await self._drop_everything()

    async def stopped(self) -> None:
        """Wait for `stop`."""
        assert self._stopping is not None
        await self._stopping.wait()

    def stop(self) -> None:
        """Ask the server to stop; callable from any thread."""
        assert self._loop is not None
        assert self._stopping is not None
        self._loop.call_soon_threadsafe(self._stopping.set)

    async def _drop_everything(self) -> None:
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        tasks = set(self.server_state.tasks)
        if tasks:  # most end by themselves, in order, once their client has gone
            _, tasks = await asyncio.wait(tasks, timeout=_PATIENCE)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

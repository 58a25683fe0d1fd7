"""A uvicorn server that starts without guessing and stops at once."""

import asyncio
import contextlib
import socket
import ssl
import sys
import threading
from collections.abc import AsyncIterator, Callable
from types import TracebackType
from typing import Self

import uvicorn
from starlette.types import ASGIApp

from mock_server.testing.loop import SteadyLoop, loop_factory
from mock_server.testing.protocol import JoiningProtocol, Outbox


class PortTaken(OSError):
    """Nothing can listen at this host and port."""


def listen(host: str, port: int, *, option: str = "--port") -> socket.socket:
    """A socket bound to host and port, 0 for any free one. Raises PortTaken, which says what option to change."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's delay off for sockets that name their protocol only; with it each answer takes 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if sys.platform != "win32":  # where it would let two servers share the port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(1024)
    except OSError as error:
        listener.close()
        reason = (error.strerror or str(error)).lower()
        raise PortTaken(
            f"can't listen on {host} port {port}: {reason}; "
            f"choose another with --host and {option} (0 is any free port)"
        ) from None
    listener.settimeout(0)
    return listener


class Server(uvicorn.Server):
    """Serves an application on a bound socket until `stop`, over https if there is a context for it."""

    def __init__(self, app: ASGIApp, listener: socket.socket, *, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=JoiningProtocol,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                log_level="critical",  # the gate tells of failures; a connection dropped on purpose is none
                date_header=False,
                server_header=False,
                proxy_headers=False,
            )
        )
        self.server_state = Outbox()
        self._listener, self._tls = listener, tls
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None

    @property
    def origin(self) -> str:
        """Where it is reached, without a path: `http://127.0.0.1:4114`."""
        host, port = self._listener.getsockname()[:2]
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - read, not bound
        scheme = "http" if self._tls is None else "https"
        return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"

    @contextlib.asynccontextmanager
    async def answering(self) -> AsyncIterator[None]:
        """Answer requests within the block; at its end open connections are dropped and running answers cancelled."""
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        self.config.load()
        self.config.ssl = self._tls
        self.lifespan = self.config.lifespan_class(self.config)
        await self.startup(sockets=[self._listener])
        try:
            yield
        finally:
            await self._drop_everything()

    async def stopped(self) -> None:
        """Wait for `stop`."""
        assert self._stopping is not None
        await self._stopping.wait()

    def stop(self) -> None:
        """Ask for the end, from any thread."""
        assert self._loop is not None
        assert self._stopping is not None
        self._loop.call_soon_threadsafe(self._stopping.set)

    async def _drop_everything(self) -> None:
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        tasks = list(self.server_state.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class ServerThread:
    """A Server in a thread of its own; a context manager."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        make_loop: Callable[[], asyncio.AbstractEventLoop] | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """`make_loop` makes another loop than `loop_factory` does. Raises PortTaken."""
        # With a TLS handshake unfinished, uvloop never closes where a ResourceWarning is an error, as in strict tests.
        self._make_loop = make_loop or (loop_factory() if tls is None else SteadyLoop)
        self._server = Server(app, listen(host, port), tls=tls)
        self.origin = self._server.origin
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, name="chatkit-mock", daemon=True)

    def __enter__(self) -> Self:
        """Start, and return once it answers."""
        self._thread.start()
        self._started.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, and return once it is gone."""
        self._server.stop()
        self._thread.join()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=self._make_loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        async with self._server.answering():
            self._started.set()
            await self._server.stopped()

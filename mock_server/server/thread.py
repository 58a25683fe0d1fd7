"""A server in its own thread."""

import asyncio
import ssl
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from starlette.types import ASGIApp

from mock_server.server.listener import listen
from mock_server.server.loop import SteadyLoop, loop_factory
from mock_server.server.server import Server


class ServerThread:
    """A Server in its own thread; a context manager."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        make_loop: Callable[[], asyncio.AbstractEventLoop] | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Bind the socket. `make_loop` replaces `loop_factory`; port 0 is any free one. Raises PortTaken."""
        # After an unfinished TLS handshake, uvloop never closes if ResourceWarnings are errors, as in strict tests.
        self._make_loop = make_loop or (loop_factory() if tls is None else SteadyLoop)
        self._server = Server(app, listen(host, port), tls=tls)
        self.origin = self._server.origin
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, name="chatkit-mock", daemon=True)

    def __enter__(self) -> Self:
        """Start, and return once requests are served."""
        self._thread.start()
        self._started.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, and return once the thread has ended."""
        self._server.stop()
        self._thread.join()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=self._make_loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        async with self._server.answering():
            self._started.set()
            await self._server.stopped()

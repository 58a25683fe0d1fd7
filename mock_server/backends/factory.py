"""A function of the user's own that makes a `ChatKitServer` or an ASGI application."""

from collections.abc import Awaitable, Callable
from typing import Any

from mock_server.backends.backend import Answer, Backend, Call, Frames
from mock_server.backends.failures import failure_of
from mock_server.backends.thread import BackendThread

Adopt = Callable[[Any, Call], Backend]


class FactoryBackend:
    """Calls the function in the backend's thread at the first request, and then answers with what it returned."""

    def __init__(self, make: Callable[[Call], Any], thread: BackendThread, adopt: Adopt) -> None:
        """`adopt` returns the backend for what the function returned. Raises BackendUnusable."""
        self._make, self._thread, self._adopt = make, thread, adopt
        self._backend: Any = None

    def respond(self, call: Call) -> Any:
        """Perform one operation."""
        return self._first(call) if self._backend is None else self._backend.respond(call)

    def stop(self) -> None:
        """End what was made, and the thread."""
        (self._thread if self._backend is None else self._backend).stop()

    async def _first(self, call: Call) -> Answer | Frames:
        try:
            backend = await self._thread.call(lambda: self._made(call), call.entry)
        except Exception as error:
            raise failure_of(error, call) from error
        reply: Awaitable[Answer | Frames] = backend.respond(call)
        return await reply

    async def _made(self, call: Call) -> Any:
        if self._backend is None:
            self._backend = self._adopt(self._make(call), call)
        return self._backend

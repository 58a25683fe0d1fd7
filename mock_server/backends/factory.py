"""A function of the user's own that makes a `ChatKitServer` or an ASGI application."""

from collections.abc import Awaitable, Callable
from typing import Any

from mock_server.backends.backend import Backend, Call, Frames, OwnResponse
from mock_server.backends.failures import failure_of, made_by
from mock_server.backends.thread import BackendThread
from mock_server.wire.rest.files import Attachment

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

    async def keep_attachment(self, call: Call, attachment: Attachment) -> None:
        """Let what was made know of an upload, if it is a `ChatKitServer`. Raises BackendFailed."""
        keep = getattr(await self._made_in_thread(call), "keep_attachment", None)
        if keep is not None:
            await keep(call, attachment)

    def stop(self) -> None:
        """End what was made, and the thread."""
        (self._thread if self._backend is None else self._backend).stop()

    async def _first(self, call: Call) -> OwnResponse | Frames:
        backend = await self._made_in_thread(call)
        reply: Awaitable[OwnResponse | Frames] = backend.respond(call)
        return await reply

    async def _made_in_thread(self, call: Call) -> Any:
        try:
            return self._backend or await self._thread.call(lambda: self._made(call), call.entry)
        except Exception as error:
            raise failure_of(error, call) from error

    async def _made(self, call: Call) -> Any:
        if self._backend is None:
            self._backend = self._adopt(made_by(self._make, call), call)
        return self._backend

"""One request in an ASGI application, and the response as it is made."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable

from mock_server.backends.endpoints.frame_splitter import FrameSplitter, is_event_stream
from mock_server.backends.endpoints.lifespan import Application, Message, Scope
from mock_server.backends.exits import contained_exits
from mock_server.wire.headers import Headers

_SETTLING = 20  # rounds of the loop within which an application reaches what it waits for, behind its middlewares
_ENDING = 8.0  # seconds in which an application puts things away when it has heard of a disconnect
_CANCELLED = 1.0  # seconds in which it ends when it was cancelled
_LEFT = "ClientDisconnect"  # Starlette's own word for a client that has left


class AsgiExchange:
    """Runs in the loop of the application, which goes on only while somebody waits for a further piece.

    status, media_type: those of the response, once it has begun.
    """

    def __init__(self, app: Application, body: bytes, *, on_error: Callable[[Exception], None]) -> None:
        """`on_error` gets what the application raises, also after its response."""
        self._app, self._body, self._on_error = app, body, on_error
        self.status, self.media_type = 0, ""
        self._pieces: deque[bytes] = deque()
        self._splitter: FrameSplitter | None = None
        self._is_read = self._is_complete = self._has_left = False
        self._listeners = 0

    @property
    def is_event_stream(self) -> bool:
        """Whether the response consists of frames."""
        return is_event_stream(self.status, self.media_type)

    async def open(self, scope: Scope) -> AsyncIterator[bytes]:
        """Let the application begin. Returns an empty piece when the response begins, then its frames or pieces."""
        self._arrived, self._room, self._over = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.task = asyncio.create_task(self._run(scope))
        self.task.add_done_callback(self._ended)
        return self._made()

    async def _run(self, scope: Scope) -> None:
        with contained_exits():
            await self._app(scope, self._receive, self._send)

    async def _made(self) -> AsyncIterator[bytes]:
        try:
            while not self.status:
                await self._go_on()
            yield b""
            while self._pieces or not self._is_complete:
                if self._pieces:
                    yield self._pieces.popleft()
                else:
                    await self._go_on()
            await self._settle()  # what it raises after its response is known by then
        except asyncio.CancelledError:
            await self._leave()
            raise

    async def _go_on(self) -> None:
        """Wait for what the application sends next. Raises what ended it before."""
        if self.task.done():
            raise self._reason()
        self._arrived.clear()
        self._room.set()
        await self._arrived.wait()

    async def _settle(self) -> None:
        for _ in range(_SETTLING):
            if self.task.done():
                await asyncio.sleep(0)  # what waits for its end is called in the next round
                break
            await asyncio.sleep(0)

    async def _leave(self) -> None:
        """Tell the application that the client has left, as uvicorn does: it sends into the void, and may listen.

        It hears of it where it waits for something of its own. Starlette cancels the stream then, and a server that
        is cancelled while it waits to send loses the message on its way. One that does not listen is cancelled here.
        """
        self._has_left = True
        self._room.set()
        await self._settle()
        self._over.set()
        if self._listeners:
            await asyncio.wait({self.task}, timeout=_ENDING)
        self.task.cancel()
        await asyncio.wait({self.task}, timeout=_CANCELLED)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if self._splitter is not None:
            self._pieces += self._splitter.rest()
        self._arrived.set()
        if not task.cancelled() and isinstance(error := task.exception(), Exception) and type(error).__name__ != _LEFT:
            self._on_error(error)
        elif not (task.cancelled() or self._is_complete or self._has_left):
            self._on_error(self._reason())

    def _reason(self) -> Exception:
        error = None if self.task.cancelled() else self.task.exception()
        if isinstance(error, Exception):
            return error
        if self.task.cancelled() or error is not None:
            return ConnectionAbortedError("the application was stopped")
        return RuntimeError(f"the application returned {'before the end of' if self.status else 'without'} a response")

    # What the application calls.

    async def _receive(self) -> Message:
        if not self._is_read:
            self._is_read = True
            return {"type": "http.request", "body": self._body, "more_body": False}
        if not self._over.is_set():
            self._listeners += 1
            try:
                await self._over.wait()
            finally:
                self._listeners -= 1
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if self._has_left or self._is_complete:
            return
        match message["type"]:
            case "http.response.start" if not self.status:
                self._begin(
                    message["status"],
                    [(bytes(name).lower(), bytes(value)) for name, value in message.get("headers", ())],
                )
            case "http.response.body" if self.status:
                self._add(bytes(message.get("body", b"")), more=message.get("more_body", False))
            case kind:
                raise RuntimeError(f"{kind!r} does not fit here")
        if self._pieces and not self._is_complete:
            self._room.clear()
            await self._room.wait()

    def _begin(self, status: int, headers: Headers) -> None:
        media_type = dict(headers).get(b"content-type", b"").decode("latin-1")
        if not 200 <= status <= 599 or not media_type.isprintable():
            raise RuntimeError(f"status {status} with Content-Type {media_type!r} is no response")
        self.status, self.media_type = status, media_type
        if self.is_event_stream:
            self._splitter = FrameSplitter()
        self._arrived.set()

    def _add(self, body: bytes, *, more: bool) -> None:
        if self._splitter is not None:
            self._pieces += self._splitter.feed(body)
        elif body:
            self._pieces.append(body)
        if not more:
            self._pieces += self._splitter.rest() if self._splitter is not None else []
            self._is_complete = True
            self._over.set()
        if self._pieces or self._is_complete:
            self._arrived.set()

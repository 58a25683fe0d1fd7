"""An ASGI application of the user's own, in this process: FastAPI, Starlette, Django, or any other."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from functools import partial
from urllib.parse import unquote

from mock_server.backends import PATH
from mock_server.backends.backend import Call, Frames, OwnResponse
from mock_server.backends.endpoints.asgi_exchange import AsgiExchange
from mock_server.backends.endpoints.header_templates import HeaderTemplates
from mock_server.backends.endpoints.lifespan import VERSIONS, Application, Lifespan, Scope
from mock_server.backends.failures import note_failure, way_out
from mock_server.backends.relay import Opening, Relay
from mock_server.backends.thread import BackendThread
from mock_server.errors import BackendFailed, BackendUnusable, Dropped

_MOST = 64 * 1024 * 1024  # bytes of a whole response


class AsgiBackend:
    """Answers with one application for all projects, in a thread of its own.

    It starts before its first request, and shuts down when the backend is stopped.
    """

    def __init__(
        self, app: Application, thread: BackendThread, *, path: str = PATH, headers: HeaderTemplates | None = None
    ) -> None:
        """`path` is that of the endpoint. Raises BackendUnusable for one that is none."""
        if not path.startswith("/") or not path.isascii() or not path.isprintable() or {"#", " "} & set(path):
            raise BackendUnusable(
                f"path {path!r}", "write the path of the endpoint in your application, such as /chatkit"
            )
        self._app, self._thread, self._headers = app, thread, headers or HeaderTemplates(())
        self._path, _, self._query = path.partition("?")
        self._lifespan = Lifespan(app)
        self._exchanges: set[AsgiExchange] = set()

    def respond(self, call: Call) -> Awaitable[OwnResponse | Frames]:
        """Perform one operation. Raises BackendFailed, Dropped."""
        return self._respond(call, self._scope(call))

    def stop(self) -> None:
        """Let the application shut down, and end the thread with everything that runs in it."""
        self._thread.stop(self._shut_down)

    async def _respond(self, call: Call, scope: Scope) -> OwnResponse | Frames:
        raised: list[Exception] = []

        def on_error(error: Exception) -> None:
            raised.append(error)
            note_failure(error, call)

        exchange = AsgiExchange(self._app, bytes(call.body), on_error=on_error)
        relay = await self._begun(call, partial(self._open, exchange, scope, call))
        frames = AppFrames(relay, call)
        return frames if exchange.is_event_stream else await self._whole(exchange, frames, raised)

    async def _begun(self, call: Call, opening: Opening) -> Relay:
        try:
            relay = await self._thread.stream(opening, call.entry, one_by_one=call.one_by_one)
            await relay.begin_or_leave()
        except BackendFailed:
            raise
        except Exception as error:
            told = f"Your application raised {type(error).__name__}: {error}"
            raise BackendFailed(500, told) from error
        return relay

    async def _whole(self, exchange: AsgiExchange, frames: "AppFrames", raised: list[Exception]) -> OwnResponse:
        body = bytearray()
        try:
            while taken := await frames.take():
                body += b"".join(taken)
                if len(body) > _MOST:
                    raise BackendFailed(502, f"Your application's response is longer than {_MOST // 1024**2} MiB")
        finally:
            await frames.leave()
        return OwnResponse(exchange.status, bytes(body), exchange.media_type, hint=self._hint(exchange.status, raised))

    def _hint(self, status: int, raised: list[Exception]) -> str | None:
        if status >= 500 and raised:
            told = f"Your application raised {type(raised[0]).__name__}: {raised[0]}."
            return " ".join(filter(None, (told, way_out(raised[0]))))
        if status == 404:
            return f"Your application was asked for POST {self._path}; --backend-path names another path."
        return None

    def _scope(self, call: Call) -> Scope:
        """Return the scope of a request as a server would make it, to the path of the endpoint."""
        came = call.request().scope
        host = next((pair for pair in came["headers"] if pair[0] == b"host"), (b"host", b"127.0.0.1"))
        length = (b"content-length", b"%d" % len(call.body))
        return {
            "type": "http",
            "asgi": VERSIONS,
            "http_version": "1.1",
            "method": "POST",
            "scheme": came["scheme"],
            "path": unquote(self._path),
            "raw_path": self._path.encode(),
            "root_path": "",
            "query_string": self._query.encode(),
            "headers": self._headers.apply(call, [host, length, *call.headers()]),
            "client": came.get("client"),
            "server": came.get("server"),
        }

    # In the application's thread.

    async def _open(self, exchange: AsgiExchange, scope: Scope, call: Call) -> AsyncIterator[bytes]:
        try:
            await self._lifespan.start()
        except Exception as error:
            note_failure(error, call)
            raise BackendFailed(502, f"Your application did not start: {type(error).__name__}: {error}") from error
        made = await exchange.open({**scope, "state": dict(self._lifespan.state)})
        self._exchanges.add(exchange)
        exchange.task.add_done_callback(lambda _: self._exchanges.discard(exchange))
        return made

    async def _shut_down(self) -> None:
        tasks = [exchange.task for exchange in self._exchanges]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=1)
        await self._lifespan.stop()
        self._lifespan = Lifespan(self._app)


class AppFrames:
    """The frames of an application; a stream that breaks off drops the connection."""

    def __init__(self, relay: Relay, call: Call) -> None:
        self._relay, self._call = relay, call

    async def take(self) -> list[bytes]:
        """Return the next frames, at least one; none at the end. Raises Dropped."""
        try:
            while taken := await self._relay.take():
                if frames := [frame for frame in taken if frame]:
                    return frames
        except Exception as error:
            self._call.entry.note("stream-broken-off", f"{type(error).__name__}: {error}")
            raise Dropped from error
        return []

    async def leave(self) -> None:
        """End the stream, and return once the application has let go of it."""
        await self._relay.leave()

"""A `ChatKitServer` of the user's own, one for each project."""

import asyncio
import inspect
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any

from mock_server.backends.backend import Call, Frames, OwnResponse
from mock_server.backends.chatkit.context import default_context
from mock_server.backends.chatkit.current import current_call, current_loop
from mock_server.backends.chatkit.store_proxy import watch_stores
from mock_server.backends.failures import failure_around, failure_of, is_told_to_client, made_by, note_failure
from mock_server.backends.thread import BackendThread
from mock_server.errors import BackendFailed
from mock_server.state.project import Project
from mock_server.wire.chat.operations import StreamingParams
from mock_server.wire.rest.files import Attachment

_NOTHING_SENT = "This server answered with nothing: process() returned no result."
_OUTERMOST = "_process_streaming"  # what is logged there is raised too


class ChatKitServerBackend:
    """Answers with `process()` of a server, in a thread of its own.

    A project gets a server of its own from `make`, and another one when it is reset.
    """

    def __init__(
        self, make: Callable[[Call], Any], thread: BackendThread, *, context_of: Callable[..., Any] | None = None
    ) -> None:
        """`context_of` takes the request and the session, and returns what the server gets as its context."""
        self._make, self._thread, self._context_of = make, thread, context_of
        self._servers: dict[Project, tuple[int, Any]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None  # the emulator's
        _note_failures()

    def respond(self, call: Call) -> Awaitable[OwnResponse | Frames]:
        """Perform one operation. Raises what a server of one's own would be told."""
        self._loop = asyncio.get_running_loop()
        return self._stream(call) if isinstance(call.params, StreamingParams) else self._answer(call)

    async def keep_attachment(self, call: Call, attachment: Attachment) -> None:
        """Let the server's Store save a file's metadata. Raises BackendFailed."""
        self._loop = asyncio.get_running_loop()
        try:
            await self._thread.call(partial(self._save, call, attachment), call.entry)
        except Exception as error:
            raise failure_of(error, call) from error

    def keep(self, server: Any, call: Call) -> None:
        """Let a server that is there already answer in a call's project; those of reset and deleted ones are let go."""
        project = call.caller.project
        self._servers = {each: kept for each, kept in self._servers.items() if kept[0] == each.resets}
        self._servers[project] = (project.resets, server)

    def stop(self) -> None:
        """End the thread with everything that runs in it."""
        self._thread.stop()

    async def _answer(self, call: Call) -> OwnResponse:
        try:
            result = await self._thread.call(partial(self._process, call), call.entry)
        except Exception as error:
            raise failure_of(error, call) from error
        return OwnResponse(200, _json_of(result))

    async def _stream(self, call: Call) -> Frames:
        """Return the frames once there is a first one: a server that fails before can still be told by its status."""
        try:
            relay = await self._thread.stream(partial(self._open, call), call.entry, one_by_one=call.one_by_one)
            await relay.begin_or_leave()
        except Exception as error:
            raise failure_of(error, call, is_stream=True) from error
        return relay

    # In the server's thread.

    async def _open(self, call: Call) -> AsyncIterator[bytes]:
        result = await self._process(call)
        if not hasattr(result, "__aiter__"):
            raise BackendFailed(500, "This server answered a streaming operation with something else than a stream.")
        frames: AsyncIterator[bytes] = aiter(result)
        return frames

    async def _process(self, call: Call) -> Any:
        server = self._server(call)
        return await server.process(bytes(call.body), await self._context(call))

    async def _save(self, call: Call, attachment: Attachment) -> None:
        from mock_server.backends.chatkit.attachments import official  # noqa: PLC0415 - only where there are uploads

        await self._server(call).store.save_attachment(official(attachment), await self._context(call))

    def _server(self, call: Call) -> Any:
        """Return the server of a call's project, which from now on works on behalf of the call."""
        current_call.set(call)
        current_loop.set(self._loop)
        project = call.caller.project
        resets, server = self._servers.get(project, (-1, None))
        if server is None or resets != project.resets:
            server = made_by(self._make, call)
            self.keep(server, call)
        watch_stores(server, call)
        return server

    async def _context(self, call: Call) -> Any:
        if self._context_of is None:
            return default_context(call)
        try:
            given = self._context_of(call.request(), call.caller.session)
            return await given if inspect.isawaitable(given) else given
        except Exception as error:
            raise failure_around(error, call, "The function that makes this server's context") from error


def _json_of(result: Any) -> bytes:
    body = getattr(result, "json", None)
    if not isinstance(body, bytes | bytearray | str):
        raise BackendFailed(500, _NOTHING_SENT)
    return body.encode() if isinstance(body, str) else bytes(body)


class _FailureHandler(logging.Handler):
    """Notes what a server raised while it streamed; `process` tells it to nobody but its log."""

    def emit(self, record: logging.LogRecord) -> None:
        call, error = current_call.get(), record.exc_info and record.exc_info[1]
        if call is None or not isinstance(error, Exception):
            return
        if record.funcName != _OUTERMOST or not is_told_to_client(error):
            note_failure(error, call)


def _note_failures() -> None:
    log = logging.getLogger("chatkit")
    if not any(isinstance(each, _FailureHandler) for each in log.handlers):
        log.addHandler(_FailureHandler(logging.ERROR))

"""`POST /v1/chatkit/conversation`: sixteen operations, six of which stream."""

import asyncio
import logging
from collections.abc import Awaitable, Iterable, Iterator

from msgspec import Struct, structs

from mock_server.api.callers import caller_of, own_server
from mock_server.api.calls import RequestCall
from mock_server.backends.backend import Backend, StreamedTurn
from mock_server.clock import stopwatch
from mock_server.errors import MockServerError
from mock_server.http.context import RequestContext
from mock_server.http.operation import Result
from mock_server.http.response import RecordedStream
from mock_server.wire.chat.events import ErrorEvent, TextDeltas
from mock_server.wire.frames import frames_of
from mock_server.workflows.engine import Disconnect, Pause, TurnOutput

_BATCH_BYTES, _BATCH_SECONDS = 32_768, 0.001  # after which a batch is sent
_NOT_SENT = (Pause, Disconnect)
_Part = bytes | Pause | Disconnect
_log = logging.getLogger("mock_server")


def converse(context: RequestContext, params: Struct) -> "Result | Awaitable[Result]":
    """Perform one operation. Raises RateLimited and what the backend raises."""
    caller = caller_of(context)
    caller.spend_request()
    call, own = RequestCall(context, caller, params), own_server(context, caller)
    if own is not None:
        return _passed_on(context, call, own)
    reply = context.scripts.respond(call)
    return TurnStream(context, reply) if isinstance(reply, StreamedTurn) else reply


def _passed_on(context: RequestContext, call: RequestCall, own: Backend) -> Awaitable[Result]:
    from mock_server.api.own_server import pass_on  # noqa: PLC0415 - only where there is one

    return pass_on(context, call, own)


class TurnStream(RecordedStream):
    """The events of a turn, each stored in the thread before it is sent."""

    def __init__(self, context: RequestContext, turn: StreamedTurn) -> None:
        super().__init__(context)
        self._thread, self._outputs = turn.thread, turn.outputs
        context.entry.thread = turn.thread.id

    async def send_events(self) -> bool:
        """Send every event. Returns whether the turn was sent to its end."""
        entry, sent = self.context.entry, 0
        for part in self._batches():
            if isinstance(part, bytes):
                if sent > 1:  # the first, which is short, leaves with the second
                    await asyncio.sleep(0)
                await self.send(part)
                sent += 1
            elif isinstance(part, Pause):
                await asyncio.wait({self.gone}, timeout=part.seconds)
                sent = 0
            else:
                entry.outcome = "dropped"
                return False  # leaving the response unfinished drops the connection
            if self.gone.done():
                entry.outcome = "abandoned"
                return False
        return True

    def _batches(self) -> Iterator[_Part]:
        """Yield the first event as soon as it is there, then as many together as there are before a pause.

        Under a fault each is sent alone, because the fault takes effect at one of them.
        """
        most = _BATCH_BYTES if self.context.injector is None else 1
        frames, enough, began = b"", 1, 0.0
        for part in self._stored():
            if not isinstance(part, bytes):
                if frames:
                    yield frames
                yield part
                frames, began = b"", stopwatch()
                continue
            frames += part
            if len(frames) >= enough or stopwatch() - began > _BATCH_SECONDS:
                yield frames
                frames, enough, began = b"", most, stopwatch()
        if frames:
            yield frames

    def _stored(self) -> Iterator[_Part]:
        """Yield the frames of each output after storing it. A bug is an `error` event, since the response has begun."""
        project = self.context.project
        outputs = self._outputs if self.context.injector is None else _one_by_one(self._outputs)
        try:
            for output in outputs:
                if isinstance(output, _NOT_SENT):
                    yield output
                else:
                    project.apply(self._thread, output)
                    yield frames_of(output)
        except MockServerError as error:
            yield frames_of(ErrorEvent(message=str(error)))
        except Exception as error:  # noqa: BLE001 - the client gets an event for any error
            _log.exception("The turn in %s failed (%s)", self._thread.id, self.context.request_id)
            project.journal.failures.append((self.context.entry, error))
            yield frames_of(ErrorEvent(code="stream.error", allow_retry=True))


def _one_by_one(outputs: Iterable[TurnOutput]) -> Iterator[TurnOutput]:
    """Yield text deltas one by one, for a fault that may strike between them: what was not sent is not stored."""
    for output in outputs:
        if isinstance(output, TextDeltas):
            yield from (structs.replace(output, deltas=[delta]) for delta in output.deltas)
        else:
            yield output

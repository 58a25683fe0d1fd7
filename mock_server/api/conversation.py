"""`POST /v1/chatkit/conversation`: sixteen operations, six of which stream."""

import asyncio
import logging
from collections.abc import Iterator

from msgspec import Struct

from mock_server.api.callers import caller_of
from mock_server.backends.backend import StreamedTurn
from mock_server.http.context import RequestContext
from mock_server.http.response import EventStream
from mock_server.wire.chat.events import ErrorEvent
from mock_server.wire.codec import encode_event
from mock_server.workflows.engine import Disconnect, Pause, TurnOutput

_log = logging.getLogger("mock_server")


def converse(context: RequestContext, params: Struct) -> "Struct | TurnStream":
    """Perform one operation. Raises RateLimited and what the backend raises."""
    caller = caller_of(context)
    caller.spend_request()
    reply = context.backend.respond(caller, params)
    return TurnStream(context, reply) if isinstance(reply, StreamedTurn) else reply


class TurnStream(EventStream):
    """The events of a turn, each stored in the thread before it is sent."""

    def __init__(self, context: RequestContext, turn: StreamedTurn) -> None:
        super().__init__(context)
        self._thread, self._outputs = turn.thread, turn.outputs

    async def __call__(self) -> None:
        """Send the whole stream and record it in the journal."""
        journal, entry = self.context.project.journal, self.context.entry
        entry.thread = self._thread.id
        entry.begin_stream()
        journal.open_streams += 1
        try:
            await super().__call__()
        finally:
            journal.open_streams -= 1

    async def send_events(self) -> bool:
        """Send every event. Returns whether the turn was sent to its end."""
        entry = self.context.entry
        for output in self._stored():
            if isinstance(output, Pause):
                await asyncio.wait({self.gone}, timeout=output.seconds)
            elif isinstance(output, Disconnect):
                entry.outcome = "dropped"
                return False  # leaving the response unfinished drops the connection
            else:
                await self.send(encode_event(output))
                await asyncio.sleep(0)
            if self.gone.done():
                entry.outcome = "abandoned"
                return False
        return True

    def _stored(self) -> Iterator[TurnOutput]:
        """Yield each output after storing it. A bug becomes an `error` event, since the response has begun."""
        project = self.context.project
        try:
            for output in self._outputs:
                if not isinstance(output, Pause | Disconnect):
                    project.apply(self._thread, output)
                yield output
        except Exception as error:  # noqa: BLE001 - the client gets an event for any error
            _log.exception("The turn in %s failed (%s)", self._thread.id, self.context.request_id)
            project.journal.failures.append((self.context.entry, error))
            yield ErrorEvent(code="stream.error", allow_retry=True)

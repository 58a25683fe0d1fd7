"""`/_mock/events`: what happens in a project or in all of them, as server-sent events."""

import asyncio
import contextlib
from abc import abstractmethod
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import UNSET

from mock_server.clock import stopwatch
from mock_server.control.kinds import CONTROL
from mock_server.control.projects import project_of
from mock_server.errors import ControlRefused
from mock_server.http.context import RequestContext
from mock_server.http.operation import Resource
from mock_server.http.response import EventStream
from mock_server.moments import seconds
from mock_server.slices import in_slices
from mock_server.state.feed import BatchListener, Listener, QueueListener
from mock_server.state.project import Project
from mock_server.state.projects import Projects
from mock_server.wire.control.events import EventsQuery, FeedEvent


def resources() -> list[Resource]:
    """Return the feed's resources."""
    return [
        Resource(
            "/_mock/events",
            {
                "GET": CONTROL(
                    name="events",
                    summary="Stream what happens in a project or in all of them.",
                    handler=follow,
                    query=EventsQuery,
                    response=dict[str, Any],
                    streams=True,
                )
            },
        ),
    ]


EXPIRIES_EVERY = 0.5  # seconds between checks for sessions that have expired
KEEP_ALIVE_EVERY = 15.0  # seconds after which a comment keeps a quiet connection open
LEAST_EVERY, MOST_EVERY = 0.05, 10.0  # seconds between two batches


def follow(context: RequestContext, query: EventsQuery) -> "FeedStream":
    """Stream what happens from now on. Raises ControlRefused, ProjectInvalid."""
    every = None if query.every is UNSET else _interval(query.every)
    source = context.projects if query.project == "*" else project_of(context, query)
    return SingleEvents(context, source) if every is None else BatchedEvents(context, source, every=every)


def _interval(every: str | float) -> float:
    with contextlib.suppress(ValueError):
        every = float(every)
    try:
        return seconds(every, least=LEAST_EVERY, most=MOST_EVERY)
    except ValueError as error:
        raise ControlRefused(f"Invalid 'every': {error}.", code="invalid_value", param="every") from None


class FeedStream(EventStream):
    """The feed for one reader; a subclass decides how events are grouped into frames."""

    def __init__(self, context: RequestContext, source: Project | Projects, listener: Listener) -> None:
        super().__init__(context)
        self._source, self._listener = source, listener
        self._news = asyncio.Event()
        source.join(listener)

    async def __call__(self) -> None:
        """Send until the client disconnects."""
        try:
            await super().__call__()
        finally:
            self._source.leave(self._listener)

    @abstractmethod
    def frames(self) -> Iterator[bytes]:
        """Yield the frames to send now."""

    def seconds_to_rest(self) -> float:
        """Return how many seconds to wait for an event before the next check."""
        return EXPIRIES_EVERY

    async def send_events(self) -> bool:
        """Send frames, and comments while nothing happens. Returns False: the feed has no end."""
        self.gone.add_done_callback(lambda _: self._news.set())
        await self.send(b": listening\n\n")
        sent = stopwatch()
        while not self.gone.done() and not self._listener.dropped:
            self._news.clear()
            await in_slices(self._source.publishing_expiries())
            for frame in self.frames():
                await self.send(frame)
                sent = stopwatch()
                if self.gone.done():
                    return False
            if stopwatch() - sent >= KEEP_ALIVE_EVERY:
                await self.send(b": alive\n\n")
                sent = stopwatch()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.seconds_to_rest()):
                    await self._news.wait()
        return False


class SingleEvents(FeedStream):
    """Sends each event at once, in a frame of its own. A reader that falls too far behind is disconnected."""

    def __init__(self, context: RequestContext, source: Project | Projects) -> None:
        self._loop = asyncio.get_running_loop()
        self._queue = QueueListener(self._wake_soon)
        super().__init__(context, source, self._queue)

    def frames(self) -> Iterator[bytes]:
        """Yield a frame for each event, until there is none."""
        self._queue.rest()
        while self._queue.waiting:
            yield _frame(self._queue.waiting.popleft().built())

    def _wake_soon(self) -> None:
        """Wake the stream, from any thread."""
        self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        self._news.set()
        connection = self.context.connection
        if self._queue.dropped and connection is not None:
            connection.abort()  # the client does not read: sending would wait for it


class BatchedEvents(FeedStream):
    """Sends batches, at most one per `every` seconds. Its reader is never disconnected."""

    def __init__(self, context: RequestContext, source: Project | Projects, *, every: float) -> None:
        self._batch, self._every = BatchListener(), every
        self._due = stopwatch()
        super().__init__(context, source, self._batch)

    def frames(self) -> Iterator[bytes]:
        """Yield one frame if it is due and something happened."""
        if stopwatch() < self._due:
            return
        batch = self._batch.take()
        if batch is not None:
            yield b"event: batch\ndata: %b\n\n" % msgspec.json.encode(batch)
            self._due = stopwatch() + self._every

    def seconds_to_rest(self) -> float:
        """Return the seconds until the next batch is due, or until the next check for expired sessions."""
        left = self._due - stopwatch()
        return min(left if left > 0 else self._every, EXPIRIES_EVERY)


def _frame(event: FeedEvent) -> bytes:
    return b"id: %d\nevent: %b\ndata: %b\n\n" % (event.number, event.kind.encode(), msgspec.json.encode(event))

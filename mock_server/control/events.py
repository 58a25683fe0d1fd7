"""`GET /_mock/events`: what happens in a project or in all of them, as server-sent events."""

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import UNSET

from mock_server.clock import stopwatch
from mock_server.control.projects import project_of
from mock_server.errors import ControlRefused
from mock_server.http.call import Call
from mock_server.http.headers import dress
from mock_server.moments import seconds
from mock_server.state.feed import Gatherer, Happening, Listener
from mock_server.state.project import Project, Projects
from mock_server.wire.control import EventsQuery

LOOK_SECONDS = 0.5  # how often it is looked for sessions that expired by the mere passing of time
ALIVE_SECONDS = 15.0  # how often a comment keeps the connection from looking dead
LEAST_SECONDS, MOST_SECONDS = 0.05, 10.0  # between two batches


def follow(call: Call, query: EventsQuery) -> "Follower":
    """Tell the caller what happens from now on. Raises ControlRefused, ProjectInvalid."""
    every = None if query.every is UNSET else _pace(query.every)
    source = call.projects if query.project == "*" else project_of(call, query)
    return EachFollower(call, source) if every is None else BatchFollower(call, source, every=every)


def _pace(every: str | float) -> float:
    with contextlib.suppress(ValueError):
        every = float(every)
    try:
        return seconds(every, least=LEAST_SECONDS, most=MOST_SECONDS)
    except ValueError as error:
        raise ControlRefused(f"Invalid 'every': {error}.", code="invalid_value", param="every") from None


class Follower:
    """One reader; how it is told, its kinds say."""

    def __init__(self, call: Call, source: Project | Projects, listener: Listener | Gatherer) -> None:
        self._call, self._source, self._listener = call, source, listener
        self._news = asyncio.Event()
        source.join(listener)

    async def __call__(self) -> None:
        """Send until the reader is gone."""
        call = self._call
        gone = asyncio.ensure_future(_until_gone(call))
        gone.add_done_callback(lambda _: self._news.set())
        try:
            call.entry.status = 200
            headers = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-cache")]
            await call.send({"type": "http.response.start", "status": 200, "headers": dress(call, headers)})
            await self._send(b": listening\n\n")
            await self._tell(gone)
        finally:
            self._source.leave(self._listener)
            gone.cancel()

    def frames(self) -> Iterator[bytes]:
        """What there is to send now."""
        raise NotImplementedError

    def seconds_to_rest(self) -> float:
        """How long to wait for news before the next look."""
        return LOOK_SECONDS

    async def _tell(self, gone: "asyncio.Future[Any]") -> None:
        sent = stopwatch()
        while not gone.done() and not self._listener.dropped:
            self._news.clear()
            self._source.tell_what_passed()
            for frame in self.frames():
                await self._send(frame)
                sent = stopwatch()
                if gone.done():
                    return
            if stopwatch() - sent >= ALIVE_SECONDS:
                await self._send(b": alive\n\n")
                sent = stopwatch()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.seconds_to_rest()):
                    await self._news.wait()

    async def _send(self, frame: bytes) -> None:
        await self._call.send({"type": "http.response.body", "body": frame, "more_body": True})


class EachFollower(Follower):
    """Is told of each happening at once, in a frame of its own. One that falls too far behind is disconnected."""

    def __init__(self, call: Call, source: Project | Projects) -> None:
        self._loop = asyncio.get_running_loop()
        self._queue = Listener(self._wake_soon)
        super().__init__(call, source, self._queue)

    def frames(self) -> Iterator[bytes]:
        """A frame for each happening, until there is none."""
        self._queue.rest()
        while self._queue.waiting:
            yield _frame(self._queue.waiting.popleft().happening())

    def _wake_soon(self) -> None:
        """May be called from any thread."""
        self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        self._news.set()
        connection = self._call.connection
        if self._queue.dropped and connection is not None:
            connection.abort()  # it does not read: without this, sending would wait for it


class BatchFollower(Follower):
    """Is told in batches, at most one in each `every` seconds, and never disconnected."""

    def __init__(self, call: Call, source: Project | Projects, *, every: float) -> None:
        self._gatherer, self._every = Gatherer(), every
        self._due = stopwatch()
        super().__init__(call, source, self._gatherer)

    def frames(self) -> Iterator[bytes]:
        """One frame if it is time for it and something happened."""
        if stopwatch() < self._due:
            return
        batch = self._gatherer.take()
        if batch is not None:
            yield b"event: batch\ndata: %b\n\n" % msgspec.json.encode(batch)
            self._due = stopwatch() + self._every

    def seconds_to_rest(self) -> float:
        """Until the next batch is due, and no longer than looking for expiries may wait."""
        left = self._due - stopwatch()
        return min(left if left > 0 else self._every, LOOK_SECONDS)


async def _until_gone(call: Call) -> None:
    while (await call.receive())["type"] != "http.disconnect":
        pass


def _frame(happening: Happening) -> bytes:
    return b"id: %d\nevent: %b\ndata: %b\n\n" % (
        happening.number,
        happening.kind.encode(),
        msgspec.json.encode(happening),
    )

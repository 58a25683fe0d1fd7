"""`GET /_mock/events`: what happens in a project, as server-sent events."""

import asyncio
from typing import Any

import msgspec

from mock_server.control.projects import project_of
from mock_server.http.call import Call
from mock_server.http.headers import dress
from mock_server.state.feed import Happening
from mock_server.state.project import Project
from mock_server.wire.control import ProjectQuery

LOOK_SECONDS = 0.5  # how often it is looked for sessions that expired by the mere passing of time
ALIVE_SECONDS = 15.0  # how often a comment keeps the connection from looking dead


def follow(call: Call, query: ProjectQuery) -> "Follower":
    """Tell the caller what happens from now on."""
    return Follower(call, project_of(call, query))


class Follower:
    """One reader. A reader that falls too far behind is disconnected."""

    def __init__(self, call: Call, project: Project) -> None:
        self._call, self._project = call, project
        self._news = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._listener = project.listen(self._wake_soon)

    async def __call__(self) -> None:
        """Send until the reader is gone."""
        call = self._call
        gone = asyncio.ensure_future(_until_gone(call))
        try:
            call.entry.status = 200
            headers = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-cache")]
            await call.send({"type": "http.response.start", "status": 200, "headers": dress(call, headers)})
            await self._send(b": listening\n\n")
            await self._tell(gone)
        finally:
            self._project.feed.leave(self._listener)
            gone.cancel()

    async def _tell(self, gone: "asyncio.Future[Any]") -> None:
        silent = 0.0
        while not gone.done() and not self._listener.dropped:
            self._project.tell_what_passed()
            while self._listener.waiting and not gone.done():
                await self._send(_frame(self._listener.waiting.popleft()))
                silent = 0.0
            self._news.clear()
            if silent >= ALIVE_SECONDS:
                await self._send(b": alive\n\n")
                silent = 0.0
            news = asyncio.ensure_future(self._news.wait())
            await asyncio.wait({gone, news}, timeout=LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            news.cancel()
            silent += LOOK_SECONDS

    async def _send(self, frame: bytes) -> None:
        await self._call.send({"type": "http.response.body", "body": frame, "more_body": True})

    def _wake_soon(self) -> None:
        """May be called from any thread."""
        self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        self._news.set()
        connection = self._call.connection
        if self._listener.dropped and connection is not None:
            connection.abort()  # it does not read: without this, sending would wait for it


async def _until_gone(call: Call) -> None:
    while (await call.receive())["type"] != "http.disconnect":
        pass


def _frame(happening: Happening) -> bytes:
    return b"id: %d\nevent: %b\ndata: %b\n\n" % (
        happening.number,
        happening.kind.encode(),
        msgspec.json.encode(happening),
    )

"""The thread in which a server of the user's own runs, with a loop that may be blocked."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from functools import partial
from threading import Thread
from typing import Any, TypeVar

from mock_server.backends.exits import contained_exits, result_in
from mock_server.backends.pulse import Pulse
from mock_server.backends.relay import Opening, Relay
from mock_server.clock import stopwatch
from mock_server.state.journal import Entry

T = TypeVar("T")
LoopFactory = Callable[[], asyncio.AbstractEventLoop]
_BEAT = 0.05  # seconds between two looks at whether the loop goes on
_STOPPING = 5.0  # seconds within which a server has to end


class BackendThread:
    """A thread with a loop, started at the first request. Many servers block: there they stop nobody else."""

    def __init__(self, loop_factory: LoopFactory) -> None:
        self._loop_factory = loop_factory
        self._loop: asyncio.AbstractEventLoop | None = None
        self._watched: list[Entry] = []
        self._due = 0.0
        self._pulse = Pulse()
        self._beating: asyncio.Task[None] | None = None

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The thread's loop."""
        if self._loop is None:
            started: Future[asyncio.AbstractEventLoop] = Future()
            self._thread = Thread(target=self._run, args=(started,), name="chatkit-mock-backend", daemon=True)
            self._thread.start()
            self._loop = started.result()
        return self._loop

    def _run(self, started: "Future[asyncio.AbstractEventLoop]") -> None:
        with asyncio.Runner(loop_factory=self._loop_factory) as runner:
            loop = runner.get_loop()
            loop.call_soon(started.set_result, loop)
            loop.run_forever()  # closing the runner cancels what is left

    async def call(self, work: Callable[[], Awaitable[T]], entry: Entry) -> T:
        """Run a coroutine there, and return its result. Raises what it raises."""

        async def watched() -> T:
            self._watch(entry)
            try:
                with contained_exits():
                    return await work()
            finally:
                self._watch_no_more(entry)

        self._pulse.feel()
        return await result_in(asyncio.run_coroutine_threadsafe(watched(), self.loop))

    async def stream(self, opening: Opening, entry: Entry, *, one_by_one: bool) -> Relay:
        """Let a stream begin there. Raises what `opening` raises."""
        self._pulse.feel()
        begin, end = partial(self._watch, entry), partial(self._watch_no_more, entry)
        relay = Relay(self.loop, one_by_one=one_by_one, on_begin=begin, on_end=end)
        await relay.start(opening)
        return relay

    def stop(self, last: Callable[[], Coroutine[Any, Any, None]] | None = None) -> None:
        """Cancel what runs there, after `last`, and return once the thread has ended.

        A step that blocks the loop for too long is left behind.
        """
        if self._loop is not None:
            loop, self._loop = self._loop, None
            asyncio.run_coroutine_threadsafe(_ending(last), loop)
            self._thread.join(_STOPPING)

    # In the thread's loop.

    def _watch(self, entry: Entry) -> None:
        """Note in the entry for how long a single step keeps the loop from going on."""
        self._watched.append(entry)
        if self._beating is None or self._beating.done():
            self._due = stopwatch() + _BEAT
            self._beating = asyncio.create_task(self._beat())

    def _watch_no_more(self, entry: Entry) -> None:
        self._note()
        self._watched.remove(entry)

    async def _beat(self) -> None:
        while self._watched:
            self._due = stopwatch() + _BEAT
            await asyncio.sleep(_BEAT)
            self._note()

    def _note(self) -> None:
        late = stopwatch() - self._due - self._pulse.lateness()
        for entry in self._watched:
            entry.blocked = max(entry.blocked, late)


async def _ending(last: Callable[[], Coroutine[Any, Any, None]] | None) -> None:
    """Stop the running loop, after `last`."""
    with contextlib.suppress(Exception):
        if last is not None:
            await last()
    asyncio.get_running_loop().stop()

"""Frames on their way from the thread in which they are made to the one in which they are sent."""

import asyncio
import contextvars
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import suppress

from mock_server.backends.exits import contained_exits, result_in

_AHEAD = 256  # frames that may be made before the last ones were sent
_TOGETHER = 0.004  # seconds within which frames that follow each other are handed over together
_STEPS = 10_000  # further events that a turn is allowed when its client has left
_LEAVING = 10.0  # seconds within which a turn has to end then
Opening = Callable[[], Awaitable[AsyncIterator[bytes]]]


class Left(Exception):
    """The client has left in the middle of a stream."""


class Relay:
    """Runs a stream in another thread's loop, and hands its frames over to the loop in which this was created.

    Where nobody reads, the stream waits after some frames; `one_by_one`, a frame is made when the last one was sent.
    Each side first says what it has done and then looks at what the other one waits for, so neither waits in vain.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        *,
        one_by_one: bool = False,
        on_begin: Callable[[], None] = lambda: None,
        on_end: Callable[[], None] = lambda: None,
    ) -> None:
        """`on_begin` and `on_end` are called in the other loop, around the stream."""
        self._loop, self._most = loop, 1 if one_by_one else _AHEAD
        self._on_begin, self._on_end = on_begin, on_end
        self._frames: deque[bytes] = deque()
        self._made = self._taken = self._sent = 0
        self._error: Exception | None = None
        self._is_over = self._has_left = self._is_ending = False
        self._told = 0.0
        self._task: asyncio.Task[None] | None = None  # of the other loop: the stream
        self._telling: asyncio.TimerHandle | None = None
        self._reader = asyncio.get_running_loop()
        self._arrived: asyncio.Future[None] | None = None  # of the reader's loop: there is something to take
        self._room: asyncio.Future[None] | None = None  # of the other loop: the stream may go on

    async def start(self, opening: Opening) -> None:
        """Let a stream begin, once `opening` has returned it in the other loop. Raises what that raises."""
        # One context for the whole stream, or a server could not reset the variables that it has set.
        context = contextvars.copy_context()
        try:
            await result_in(asyncio.run_coroutine_threadsafe(self._begin(opening, context), self._loop))
        except asyncio.CancelledError:
            self._has_left = True
            self._tell_stream(self._interrupt)  # it may have begun at this moment
            raise

    # In the other loop.

    async def _begin(self, opening: Opening, context: contextvars.Context) -> None:
        self._on_begin()
        try:
            frames = await self._loop.create_task(_awaited(opening()), context=context)
        except BaseException:
            self._on_end()
            raise
        self._task = self._loop.create_task(self._pump(frames, context), context=context)

    async def _pump(self, frames: AsyncIterator[bytes], context: contextvars.Context) -> None:
        try:
            await asyncio.sleep(0)  # `start` hears that this begins, also if the first step blocks
            await self._put_all(frames, context)
        except asyncio.CancelledError:
            if not self._has_left:
                self._error = ConnectionAbortedError("the server was stopped")
        except Exception as error:  # noqa: BLE001 - raised where the frames are taken
            self._error = error
        except GeneratorExit as error:  # which would end the reader's task without a word
            self._error = RuntimeError("it raised GeneratorExit")
            self._error.__cause__ = error
        finally:
            self._on_end()
            self._is_over = True
            self._tell_reader()

    async def _put_all(self, frames: AsyncIterator[bytes], context: contextvars.Context) -> None:
        try:
            with contained_exits():
                async for frame in frames:
                    if self._put(frame):
                        await self._wait_for_room()
        except Left:
            self._is_ending = True
            await _cancel(frames, context)

    def _put(self, frame: bytes) -> bool:
        """Hand a frame over. Returns whether the next one has to wait."""
        self._frames.append(frame)
        self._made += 1
        if self._made - self._sent >= self._most or self._has_left:
            self._tell_reader()
            return True
        self._tell_reader_soon()
        return False

    async def _wait_for_room(self) -> None:
        self._room = self._loop.create_future()
        try:
            if self._made - self._sent >= self._most and not self._has_left:
                await self._room
        finally:
            self._room = None
        if self._has_left:
            raise Left

    def _give_room(self) -> None:
        if self._room is not None:
            _finish(self._room)

    def _interrupt(self) -> None:
        if self._room is not None:
            self._give_room()
        elif self._task is not None and not self._is_ending:  # a frame may have met the leaving before this came
            self._task.cancel()  # raised where the server waits: in `respond`

    def _tell_reader_soon(self) -> None:
        """Tell the reader at once, unless it was told just now: to change threads takes longer than to make a frame."""
        if self._telling is None:
            if self._loop.time() - self._told > _TOGETHER:
                self._tell_reader()
            else:
                self._telling = self._loop.call_later(_TOGETHER, self._tell_reader)

    def _tell_reader(self) -> None:
        if self._telling is not None:
            self._telling.cancel()
            self._telling = None
        self._told = self._loop.time()
        arrived, self._arrived = self._arrived, None
        if arrived is not None:
            with suppress(RuntimeError):  # its loop has ended
                self._reader.call_soon_threadsafe(_finish, arrived)

    # In the reader's loop.

    async def take(self) -> list[bytes]:
        """Return the frames that are there, at least one; none at the end. Raises what broke the stream off."""
        self._sent = self._taken
        if self._room is not None:
            self._tell_stream(self._give_room)
        await self.begin()
        taken = [self._frames.popleft() for _ in range(len(self._frames))]
        self._taken += len(taken)
        return taken

    async def begin(self) -> None:
        """Return once there is something to take, or nothing more. Raises what broke the stream off before."""
        # What is to be told soon is never told where the next step blocks, so the first wait ends by itself.
        seconds: float | None = 2 * _TOGETHER
        while not self._frames and not self._is_over:
            await self._wait(seconds)
            seconds = None
        if not self._frames and self._error is not None:
            raise self._error

    async def begin_or_leave(self) -> None:
        """Return as `begin` does, and end the stream if the client leaves meanwhile, which is a CancelledError."""
        try:
            await self.begin()
        except asyncio.CancelledError:
            await self.leave()
            raise

    async def leave(self) -> None:
        """End the stream if it runs, and return once its server has let go of it.

        Only the first call waits: one that was cancelled, since the emulator stops, must not wait again.
        """
        if self._has_left:
            return
        self._has_left = True
        if not self._is_over:
            self._tell_stream(self._interrupt)
        with suppress(TimeoutError):
            async with asyncio.timeout(_LEAVING):
                while not self._is_over:
                    await self._wait(also_for_frames=False)

    async def _wait(self, seconds: float | None = None, *, also_for_frames: bool = True) -> None:
        self._arrived = arrived = self._reader.create_future()
        ending = None if seconds is None else self._reader.call_later(seconds, _finish, arrived)
        try:
            if not self._is_over and not (also_for_frames and self._frames):
                await arrived
        finally:
            self._arrived = None
            if ending is not None:
                ending.cancel()

    def _tell_stream(self, what: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # its loop has ended
            self._loop.call_soon_threadsafe(what)


def _finish(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)


async def _awaited(opening: Awaitable[AsyncIterator[bytes]]) -> AsyncIterator[bytes]:
    with contained_exits():
        return await opening


async def _next(frames: AsyncIterator[bytes]) -> bytes:
    with contained_exits():
        return await anext(frames)


async def _cancel(frames: AsyncIterator[bytes], context: contextvars.Context) -> None:
    """Cancel a stream that stands still between two frames.

    A server hears of it only by a CancelledError where it waits itself, so the stream goes on until it does. Closing
    the generator would end it without a word: the part of a message that was sent would be lost.
    """
    for _ in range(_STEPS):
        step = asyncio.get_running_loop().create_task(_next(frames), context=context)
        await asyncio.sleep(0)
        step.cancel()
        try:
            await step
        except (StopAsyncIteration, asyncio.CancelledError):
            return
    if isinstance(frames, AsyncGenerator):
        await frames.aclose()

"""On whose behalf a server of the user's own works at the moment, and its way back into the emulator's loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import ContextVar
from typing import TypeVar

from mock_server.backends.backend import Call

T = TypeVar("T")
current_call: ContextVar[Call | None] = ContextVar("chatkit_mock_call", default=None)
current_loop: ContextVar[asyncio.AbstractEventLoop | None] = ContextVar("chatkit_mock_loop", default=None)


async def in_emulator(work: Callable[[], T]) -> T:
    """Call a function in the emulator's loop, and return its result. Raises what it raises.

    A project belongs to that loop, which changes it without locks. The loop never waits for a server's thread, so a
    server may wait for the loop. Raises RuntimeError outside a request.
    """
    loop = current_loop.get()
    if loop is None:
        raise RuntimeError("this works only while a server answers a request of the emulator")
    result: Future[T] = Future()

    def step() -> None:
        if result.set_running_or_notify_cancel():
            try:
                result.set_result(work())
            except Exception as error:  # noqa: BLE001 - raised where it is awaited
                result.set_exception(error)

    loop.call_soon_threadsafe(step)
    return await asyncio.wrap_future(result)

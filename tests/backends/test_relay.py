"""Frames between two threads: nobody waits in vain, and who leaves is heard of where the server waits."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator

import pytest

from mock_server.backends.relay import Relay


@pytest.fixture
def other() -> Iterator[asyncio.AbstractEventLoop]:
    """A loop that runs in another thread."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.mark.parametrize("one_by_one", [False, True])
def test_who_leaves_while_the_server_blocks_is_heard_of_where_it_waits(
    other: asyncio.AbstractEventLoop, one_by_one: bool
) -> None:
    heard: list[str] = []

    async def frames() -> AsyncIterator[bytes]:
        yield b"first"
        time.sleep(0.05)  # noqa: ASYNC251 - the client leaves meanwhile
        yield b"second"
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            heard.append("cancelled")
            raise

    async def opening() -> AsyncIterator[bytes]:
        return frames()

    async def read() -> None:
        relay = Relay(other, one_by_one=one_by_one)
        await relay.start(opening)
        assert await relay.take() == [b"first"]
        if one_by_one:  # the second is made when it is asked for
            asking = asyncio.ensure_future(relay.take())
            await asyncio.sleep(0.01)
            asking.cancel()
        await relay.leave()

    asyncio.run(read())
    assert heard == ["cancelled"]


@pytest.mark.parametrize("one_by_one", [False, True])
def test_every_frame_arrives_in_order(other: asyncio.AbstractEventLoop, one_by_one: bool) -> None:
    made = [b"%d" % number for number in range(2000)]

    async def frames() -> AsyncIterator[bytes]:
        for at, frame in enumerate(made):
            if at % 300 == 0:
                await asyncio.sleep(0.002)
            yield frame

    async def opening() -> AsyncIterator[bytes]:
        return frames()

    async def read() -> list[bytes]:
        relay, found = Relay(other, one_by_one=one_by_one), list[bytes]()
        await relay.start(opening)
        while taken := await relay.take():
            assert len(taken) == 1 or not one_by_one
            found += taken
        return found

    assert asyncio.run(read()) == made

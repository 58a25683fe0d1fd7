"""Long work in slices, so that other requests are served in between.

Long work is a generator that yields wherever it may be interrupted. Between two slices, everything else may change.
"""

import asyncio
from collections.abc import Generator
from typing import TypeVar

from mock_server.clock import stopwatch

T = TypeVar("T")
Work = Generator[None, None, T]

SLICE = 0.005  # seconds
_TURNS = 4


def at_once(work: Work[T]) -> T:
    """Do all of it without interruption, and return its result."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]


async def in_slices(work: Work[T]) -> T:
    """Do it in slices of a few milliseconds, and return its result."""
    began = stopwatch()
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
        if stopwatch() - began >= SLICE:
            await let_others()
            began = stopwatch()


async def let_others() -> None:
    """Let other requests be served: each takes some turns of the loop."""
    for _ in range(_TURNS):
        await asyncio.sleep(0)

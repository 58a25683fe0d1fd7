"""What would end a whole process, raised by a server of the user's own: it ends no more than its request."""

import asyncio
import concurrent.futures
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")


@contextmanager
def contained_exits() -> Iterator[None]:
    """Raise RuntimeError for what is no Exception, such as SystemExit: a task that raises it would end its loop."""
    try:
        yield
    except (Exception, asyncio.CancelledError, GeneratorExit):
        raise
    except SystemExit as error:
        raise RuntimeError(f"it called sys.exit({error.code!r})") from error
    except BaseException as error:
        raise RuntimeError(f"{type(error).__name__}: {error}") from error


async def result_in(future: "concurrent.futures.Future[T]") -> T:
    """Return the result of what runs in a server's thread.

    Raises what it raised; ConnectionAbortedError if it was cancelled there, which is no cancelling of who waits here.
    """
    try:
        return await asyncio.wrap_future(future)
    except asyncio.CancelledError:
        waiting = asyncio.current_task()
        if waiting is not None and waiting.cancelling():
            raise
        raise ConnectionAbortedError("its request was cancelled, by itself or because it was stopped") from None

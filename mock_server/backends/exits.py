"""What would end a whole process, raised by a server of the user's own: it ends no more than its request."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


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

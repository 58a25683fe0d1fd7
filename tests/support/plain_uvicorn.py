"""Plain uvicorn with h11, the strictest of its parsers, to compare with."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

HEAD_LIMIT = 64 * 1024  # as the emulator's; h11's own 16 KiB hold only for a head that comes in several packets


@contextmanager
def plain_uvicorn(app: ASGIApp, *, http: str = "h11") -> Iterator[str]:
    """Serve an application from a thread; gives the origin."""
    config = uvicorn.Config(app, http=http, ws="none", lifespan="off", log_config=None, log_level="critical")
    config.h11_max_incomplete_event_size = HEAD_LIMIT
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = server.force_exit = True
            thread.join()

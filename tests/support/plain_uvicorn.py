"""Plain uvicorn with h11, the strictest of its parsers, to compare with."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp


@contextmanager
def plain_uvicorn(app: ASGIApp, *, http: str = "h11") -> Iterator[str]:
    """Serve an application from a thread; gives the origin."""
    config = uvicorn.Config(app, http=http, ws="none", lifespan="off", log_config=None, log_level="critical")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = server.force_exit = True
            thread.join()

"""A server that owns the process until a signal ends it."""

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path

from starlette.types import ASGIApp

from mock_server.testing.loop import loop_factory
from mock_server.testing.server import Server, listen


def serve_in_foreground(
    app: ASGIApp, *, host: str, port: int, ready_file: Path | None, banner: Callable[[str], None] | None
) -> None:
    """Serve until SIGINT or SIGTERM. Raises OSError for a port or a ready file that can't be had."""
    server = Server(app, listen(host, port))
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        try:
            runner.run(_serve(server, ready_file, banner))
        finally:
            if ready_file:
                ready_file.unlink(missing_ok=True)


async def _serve(server: Server, ready_file: Path | None, banner: Callable[[str], None] | None) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        _on_signal(number, server.stop)
    async with server.answering():
        if ready_file:
            _write_whole(ready_file, f"{server.origin}/v1")
        if banner:
            banner(server.origin)
        await server.stopped()


def _on_signal(number: signal.Signals, stop: Callable[[], None]) -> None:
    try:
        asyncio.get_running_loop().add_signal_handler(number, stop)
    except NotImplementedError:  # Windows
        signal.signal(number, lambda *_: stop())


def _write_whole(path: Path, text: str) -> None:
    """Write so that a reader sees nothing or all of it."""
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(text)
    partial.replace(path)

"""A server that runs in the foreground until a signal ends it."""

import asyncio
import contextlib
import signal
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from starlette.types import ASGIApp

from mock_server.server.listener import listen
from mock_server.server.loop import loop_factory
from mock_server.server.server import Server
from mock_server.storage import write_whole

if TYPE_CHECKING:
    from mock_server.server.tls import Certificate


class Https(Struct, frozen=True, kw_only=True):
    """A second port, for TLS; the authority of a generated certificate is written to `authority_file`."""

    port: int
    certificate: "Certificate"
    authority_file: Path | None = None


def serve_in_foreground(
    app: ASGIApp,
    *,
    host: str,
    port: int,
    https: Https | None = None,
    ready_file: Path | None,
    banner: Callable[[list[str]], None] | None,
) -> None:
    """Serve until SIGINT or SIGTERM; `banner` is called with the origins, http first.

    Raises OSError for a port that can't be listened on or a file that can't be written.
    """
    servers = [Server(app, listen(host, port))]
    files: dict[Path, bytes] = {}
    if https is not None:
        listeners = listen(host, https.port, option="--tls-port")
        servers.append(Server(app, listeners, tls=https.certificate.context))
        if https.authority_file and https.certificate.authority:
            files[https.authority_file] = https.certificate.authority
    if ready_file:  # written last, when everything else is in place
        files[ready_file] = f"{servers[0].origin}/v1".encode()
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(_serve(servers, files, banner))


async def _serve(servers: list[Server], files: dict[Path, bytes], banner: Callable[[list[str]], None] | None) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        _on_signal(number, servers[0].stop)
    async with contextlib.AsyncExitStack() as running:
        for server in servers:
            await running.enter_async_context(server.answering())
        for file, content in files.items():
            write_whole(file, content)
            running.callback(_remove, file)
        if banner:
            banner([server.origin for server in servers])
        await servers[0].stopped()


def _remove(file: Path) -> None:
    with contextlib.suppress(OSError):  # gone already, or read-only by now
        file.unlink()


def _on_signal(number: signal.Signals, stop: Callable[[], None]) -> None:
    try:
        asyncio.get_running_loop().add_signal_handler(number, stop)
    except NotImplementedError:  # Windows
        signal.signal(number, lambda *_: stop())

"""A server that runs in the foreground until a signal ends it."""

import asyncio
import contextlib
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from starlette.types import ASGIApp

from mock_server.disk.owned_file import OwnedFile
from mock_server.server.listener import listen
from mock_server.server.loop import loop_factory
from mock_server.server.server import Server
from mock_server.server.signals import StopSignals

if TYPE_CHECKING:
    from mock_server.documents.saving import Saver
    from mock_server.server.tls import Certificate

_THREADS_MAKE_WAY = 0.0005  # seconds after which work in a thread lets requests be served
_BASE_URL = re.compile(rb"https?://[^\s/]+/v1\s*")
_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----\s.*", re.DOTALL)


class Https(Struct, frozen=True, kw_only=True):
    """A second port, for TLS; the authority of a generated certificate is written to `authority_file`."""

    port: int
    certificate: "Certificate"
    authority_file: Path | None = None


class _Announcement(Struct, frozen=True):
    """The content of a file that is there while the emulator runs; it may replace one that fits `kind`."""

    content: bytes
    kind: re.Pattern[bytes]
    kind_name: str


def serve_in_foreground(
    app: ASGIApp,
    *,
    host: str,
    port: int,
    https: Https | None = None,
    ready_file: Path | None,
    saver: "Saver | None" = None,
    banner: Callable[[list[str]], None] | None,
) -> None:
    """Serve until a signal asks to stop; `banner` is called with the origins, http first.

    Raises OSError for a port that can't be listened on or a file that can't be written, and StateNotSaved.
    """
    sys.setswitchinterval(_THREADS_MAKE_WAY)
    servers = [Server(app, listen(host, port))]
    files: dict[OwnedFile, _Announcement] = {}
    if https is not None:
        listeners = listen(host, https.port, option="--tls-port")
        servers.append(Server(app, listeners, tls=https.certificate.context))
        if https.authority_file and https.certificate.authority:
            authority = _Announcement(https.certificate.authority, _CERTIFICATE, "a certificate")
            files[OwnedFile(https.authority_file, option="--tls-ca-file")] = authority
    if ready_file:  # written last, when everything else is in place
        base_url = _Announcement(f"{servers[0].origin}/v1".encode(), _BASE_URL, "an emulator's base URL")
        files[OwnedFile(ready_file, option="--ready-file")] = base_url
    with asyncio.Runner(loop_factory=loop_factory()) as runner, contextlib.ExitStack() as held:
        for file, announcement in files.items():
            held.enter_context(file).refuse_others(announcement.kind, as_=announcement.kind_name)
        runner.run(_serve(servers, files, banner, saver))


async def _serve(
    servers: list[Server],
    files: dict[OwnedFile, _Announcement],
    banner: Callable[[list[str]], None] | None,
    saver: "Saver | None",
) -> None:
    stopping = asyncio.Event()
    signals = StopSignals(stopping.set)
    async with contextlib.AsyncExitStack() as running:
        running.callback(signals.ignore)
        if saver is not None:
            running.push_async_callback(_finish, saver, asyncio.create_task(saver.keep_saving()))
        for server in servers:
            await running.enter_async_context(server.answering())
        for file, announcement in files.items():
            file.write(announcement.content)
            running.callback(file.remove)
        if banner:
            banner([server.origin for server in servers])
        await stopping.wait()


async def _finish(saver: "Saver", saving: "asyncio.Task[None]") -> None:
    saver.stop()
    await saving

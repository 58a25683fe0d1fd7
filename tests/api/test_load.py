"""Many streams, vanishing clients and the largest file, over real sockets."""

import asyncio
import gc
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from mock_server.app import MockServer
from mock_server.clock import stopwatch
from mock_server.config import Settings
from mock_server.http.context import RequestContext
from mock_server.server.thread import ServerThread
from mock_server.state.files import File
from mock_server.state.projects import Projects
from mock_server.wire.codec import decode
from mock_server.wire.rest.sessions import SessionCreateParams
from mock_server.workflows.catalog import Catalog

pytestmark = pytest.mark.exhaustive
EVENTS = 50
SCRIPT = f"""
turns:
  - when: {{text: active}}
    reply:
      - message: {{chunks: {json.dumps([f"{number} " for number in range(EVENTS)])}, stream: {{every: 5ms}}}}
default:
  - progress: waiting
  - pause: 60s
"""
MESSAGE = (
    '{{"type": "threads.create", "params": {{"input": {{"content": [{{"type": "input_text", "text": "{text}"}}], '
    '"attachments": [], "inference_options": {{}}}}}}}}'
)
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest.fixture
def app(tmp_path: Path) -> MockServer:
    (tmp_path / "wf_load.yaml").write_text(SCRIPT)
    return MockServer(Projects(Settings()), workflows=Catalog([tmp_path]))


@pytest.fixture
def server(app: MockServer) -> Iterator[ServerThread]:
    with ServerThread(app) as running:
        yield running


def secret_of(app: MockServer, **configuration: object) -> str:
    body = {"workflow": {"id": "wf_load"}, "user": "ada", **configuration}
    params = decode(json.dumps(body).encode(), SessionCreateParams)
    project = app.projects.default
    return project.sessions.create(params, now=project.clock.now()).client_secret


async def connect(origin: str) -> Connection:
    address = urlsplit(origin)
    return await asyncio.open_connection(address.hostname, address.port, limit=1 << 20)


async def open_stream(origin: str, secret: str, text: str) -> Connection:
    """A conversation whose first events have arrived."""
    reader, writer = await connect(origin)
    body = MESSAGE.format(text=text)
    head = f"POST /v1/chatkit/conversation HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {secret}\r\n"
    writer.write(f"{head}content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n{body}".encode())
    assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    await reader.readuntil(b'"thread.created"')
    return reader, writer


async def close(connection: Connection) -> None:
    connection[1].transport.abort()
    await asyncio.sleep(0)


async def numbers_of(connection: Connection) -> list[int]:
    """The deltas of an active stream, read to its end."""
    raw = await connection[0].readuntil(b"0\r\n\r\n")
    deltas = re.findall(rb'"delta":"(\d+) "', raw)
    await close(connection)
    return [int(delta) for delta in deltas]


async def settled(server: ServerThread) -> int:
    """The tasks the server still has after its clients are gone; it is given a second."""
    tasks = server._server.server_state.tasks
    for _ in range(100):
        if not tasks:
            break
        await asyncio.sleep(0.01)
    return len(tasks)


@contextmanager
def enough_files() -> Iterator[None]:
    """A thousand sockets on both sides."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(8192, hard), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_thousand_streams_lose_and_swap_nothing(app: MockServer, server: ServerThread) -> None:
    async def run() -> list[list[int]]:
        idle = [await open_stream(server.origin, secret_of(app), "idle") for _ in range(800)]
        opening = [open_stream(server.origin, secret_of(app), "active") for _ in range(200)]
        active = await asyncio.gather(*opening)
        heard = await asyncio.gather(*(numbers_of(connection) for connection in active))
        assert len(server._server.server_state.tasks) >= 800
        for connection in idle:
            await close(connection)
        assert await settled(server) == 0
        return heard

    with enough_files():
        heard = asyncio.run(run())
    assert heard == [list(range(EVENTS))] * 200


def test_clients_that_vanish_leave_their_threads_and_nothing_else(app: MockServer, server: ServerThread) -> None:
    async def run() -> None:
        for _ in range(50):
            connection = await open_stream(server.origin, secret_of(app), "active")
            await connection[0].readuntil(b'"delta":"3 "')
            await close(connection)
        assert await settled(server) == 0

    asyncio.run(run())
    threads = list(app.projects.default.threads.timeline)
    assert len(threads) == 50
    for thread in threads:
        _, message = thread.items
        text = message.content[0].text  # type: ignore[union-attr]
        assert text.startswith("0 1 2 3 ")
        assert len(text.split()) < EVENTS
    gc.collect()
    assert sum(isinstance(each, RequestContext) for each in gc.get_objects()) <= 1


def test_stopping_ends_open_streams_at_once(app: MockServer) -> None:
    server = ServerThread(app).__enter__()

    async def run() -> float:
        connections = [await open_stream(server.origin, secret_of(app), "idle") for _ in range(100)]
        began = stopwatch()
        await asyncio.to_thread(server.__exit__, None, None, None)
        took = stopwatch() - began
        for connection in connections:
            await close(connection)
        return took

    assert asyncio.run(run()) < 2
    assert not server._thread.is_alive()


def test_a_connection_the_script_cuts_ends_without_its_end(app: MockServer, server: ServerThread) -> None:
    async def run() -> bytes:
        body = {"workflow": {"id": "wf_error"}, "user": "ada"}
        project = app.projects.default
        params = decode(json.dumps(body).encode(), SessionCreateParams)
        secret = project.sessions.create(params, now=project.clock.now()).client_secret
        connection = await open_stream(server.origin, secret, "cut")
        rest = await connection[0].read()
        await close(connection)
        return rest

    rest = asyncio.run(run())
    assert b"About to lose the connection" in rest
    assert not rest.endswith(b"0\r\n\r\n")


MEGABYTE = 1024 * 1024
HEAD = b'--b\r\ncontent-disposition: form-data; name="file"; filename="a.png"\r\ncontent-type: image/png\r\n\r\n'
TAIL = b"\r\n--b--\r\n"


async def upload(origin: str, secret: str, size: int) -> tuple[int, int]:
    """Send a file of so many bytes as long as the server takes it; its status, and the bytes sent until then."""
    reader, writer = await connect(origin)
    length = len(HEAD) + size + len(TAIL)
    head = f"POST /v1/chatkit/files HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {secret}\r\n"
    writer.write(f"{head}content-type: multipart/form-data; boundary=b\r\ncontent-length: {length}\r\n\r\n".encode())
    writer.write(HEAD)
    answer = asyncio.ensure_future(reader.readline())
    sent = 0
    while sent < size and not answer.done():
        chunk = min(MEGABYTE, size - sent)
        writer.write(bytes(chunk))
        await writer.drain()
        await asyncio.sleep(0)
        sent += chunk
    if sent == size:
        writer.write(TAIL)
    status = int((await answer).split()[1])
    writer.transport.abort()
    return status, sent


def peak_memory() -> int:
    """The most this process ever had in memory, in bytes."""
    peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert peak
    return int(peak[1]) * 1024


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc, which is Linux's")
def test_the_largest_file_passes_with_memory_flat(app: MockServer, server: ServerThread) -> None:
    secret = secret_of(app, chatkit_configuration={"file_upload": {"enabled": True}})
    before = peak_memory()
    status, _ = asyncio.run(upload(server.origin, secret, 512 * MEGABYTE))
    assert status == 200
    assert peak_memory() - before < 100 * MEGABYTE
    (file,) = app.projects.default.files.contents.path("x").parent.iterdir()
    assert file.stat().st_size == 512 * MEGABYTE
    app.projects.default.reset()
    assert not file.exists()


def test_a_client_that_vanishes_while_uploading_leaves_no_file(app: MockServer, server: ServerThread) -> None:
    secret = secret_of(app, chatkit_configuration={"file_upload": {"enabled": True, "max_files": 1}})

    async def run() -> None:
        _, writer = await connect(server.origin)
        head = f"POST /v1/chatkit/files HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {secret}\r\n"
        writer.write(f"{head}content-type: multipart/form-data; boundary=b\r\ncontent-length: 9999\r\n\r\n".encode())
        writer.write(HEAD + b"half a file")
        await writer.drain()
        await asyncio.sleep(0.1)
        writer.transport.abort()
        assert await settled(server) == 0

    asyncio.run(run())
    assert list(app.projects.default.files.contents.path("x").parent.iterdir()) == []
    assert asyncio.run(upload(server.origin, secret, 10))[0] == 200


def test_a_file_too_large_is_refused_before_it_is_read(app: MockServer, server: ServerThread) -> None:
    uploads = {"enabled": True, "max_file_size": 1}
    secret = secret_of(app, chatkit_configuration={"file_upload": uploads})
    assert asyncio.run(upload(server.origin, secret, MEGABYTE))[0] == 200
    assert asyncio.run(upload(server.origin, secret, MEGABYTE + 1))[0] == 400
    status, sent = asyncio.run(upload(server.origin, secret, 200 * MEGABYTE))
    assert status == 400
    assert sent < 50 * MEGABYTE
    assert len(list(app.projects.default.files.contents.path("x").parent.iterdir())) == 1


def test_an_upload_that_a_reset_overtakes_is_not_in_the_new_world(app: MockServer, server: ServerThread) -> None:
    secret = secret_of(app, chatkit_configuration={"file_upload": {"enabled": True}})

    async def run() -> bytes:
        reader, writer = await connect(server.origin)
        length = len(HEAD) + 4 + len(TAIL)
        head = f"POST /v1/chatkit/files HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {secret}\r\n"
        writer.write(
            f"{head}content-type: multipart/form-data; boundary=b\r\ncontent-length: {length}\r\n\r\n".encode()
        )
        writer.write(HEAD + b"ha")
        await writer.drain()
        await asyncio.sleep(0.1)
        app.projects.default.reset()
        writer.write(b"lf" + TAIL)
        status = await reader.readline()
        writer.transport.abort()
        return status

    assert b" 500 " not in asyncio.run(run())
    assert len(app.projects.default.files) == 0


def test_a_second_sender_who_vanishes_takes_nothing_of_the_first(app: MockServer, server: ServerThread) -> None:
    files = app.projects.default.files
    files.add(File(id="cfile_1", name="a.png", mime_type="image/png", user="ada", max_size=MEGABYTE))

    async def put(length: int, body: bytes) -> Connection:
        reader, writer = await connect(server.origin)
        head = f"PUT /v1/chatkit/files/cfile_1 HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        await asyncio.sleep(0.1)
        return reader, writer

    async def run() -> None:
        vanishing = await put(9999, b"half")
        whole = await put(3, b"png")
        assert b" 200 " in await whole[0].readline()
        await close(vanishing)
        await close(whole)
        assert await settled(server) == 0

    asyncio.run(run())
    assert files.contents.path("cfile_1").read_bytes() == b"png"
    assert len(list(files.contents.path("x").parent.iterdir())) == 1

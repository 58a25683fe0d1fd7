"""HTTP on bare sockets: pipelines in any packets, on many connections at once, by clients of every manner."""

import asyncio
import contextlib
import re
import socket
import struct

from support.emulator import HEADERS, socket_client

from fuzz.cases import Case, Random, cases, play
from fuzz.marked import MARK, Maker, smuggling
from fuzz.responses import Garbled, read_response
from fuzz.watched import SMUGGLED, Watched
from mock_server.testing import connect

AT_ONCE = 32  # connections
BATCH = 4000  # requests between two looks at what is left
_PATIENCE = 10.0  # seconds without anything
_BETWEEN_CHUNKS = re.compile(rb"\r\n[0-9a-fA-F]+(;[^\r]*)?\r\n")
_MANNERS = {"read": 5, "half-close": 3, "smuggle": 2, "mutate": 3, "leave": 2}


def fuzz(server: Watched, *, seed: int, requests: int, case: int | None = None) -> int:
    """Send so many requests, or those of one case, and return how many. Raises Violation."""
    sent, waiting = 0, cases("http", seed, first=case or 0)
    if case is not None:
        waiting, requests = iter([next(waiting)]), 1
    while sent < requests:
        player = _Player(server.origin)
        sent += play(waiting, player.play, requests=min(BATCH, requests - sent), at_once=AT_ONCE)
        server.check()
    return sent


class _Player:
    """Plays cases against an emulator, in which it makes a session and a fault for them."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        connect(origin, project="late").faults.add("sessions.create", delay=0.005)
        body = {"user": "ada", "workflow": {"id": "wf_1"}, "rate_limits": {"max_requests_per_1_minute": 10**6}}
        with socket_client(origin, headers=HEADERS) as client:
            secret: str = client.post("/v1/chatkit/sessions", json=body).json()["client_secret"]
        self._secret = secret.encode()

    async def play(self, case: Case) -> None:
        """Play a case. Raises Violation."""
        await _Play(self._origin, case, self._secret).run()


def packets(chance: Random, data: bytes) -> list[bytes]:
    """Cut data anywhere."""
    count = min(len(data), chance.choice([1, 1, 2, 5, 30]))
    cuts = sorted(chance.randrange(len(data) + 1) for _ in range(count - 1))
    pairs = zip([0, *cuts], [*cuts, len(data)], strict=True)
    return [data[start:end] for start, end in pairs if start < end]


def mutated(chance: Random, data: bytes) -> bytes:
    """Change some bytes, most of them in heads."""
    made = bytearray(data)
    for _ in range(chance.choice([1, 1, 2, 5])):
        at = chance.randrange(min(len(made) + 1, chance.choice([40, 400, 10**9])))
        piece = chance.choice([b"\r", b"\n", b"\r\n", b"\0", b"\xff", b" ", b":", b"\r\n\r\n", chance.randbytes(1)])
        end = at + chance.choice([0, 1, 1, 2, 20])
        made[at:end] = chance.choice([piece, piece, b"", bytes(made[at:end]) * 2])
    return bytes(made)


class _Play:
    """A case on a connection of its own."""

    def __init__(self, origin: str, case: Case, secret: bytes) -> None:
        self._origin, self._case, self._chance = origin, case, case.chance
        self._manner = self._chance.choices([*_MANNERS], weights=[*_MANNERS.values()])[0]
        self._refusals: set[int] = set()
        maker = Maker(self._chance, case.number, secret)
        count = self._chance.choice([1, 2, 3, 8, 20])
        self._requests = [maker.make() for _ in range(count)]
        data = b"".join(each.data for each in self._requests)
        if self._manner == "smuggle":
            shape, self._refusals = smuggling(self._chance, f"{SMUGGLED}-{case.number}")
            data += shape
        elif self._manner == "mutate":
            self._requests = [each for each in self._requests if each.method != "HEAD"]
            data = mutated(self._chance, b"".join(each.data for each in self._requests) or b"GET / HTTP/1.1\r\n\r\n")
        self._packets = packets(self._chance, data)
        if self._manner == "leave":
            self._packets = self._packets[: self._chance.randint(1, len(self._packets))]
        case.requests = count + (self._manner == "smuggle")

    async def run(self) -> None:
        """Play it. Raises Violation."""
        host, _, port = self._origin.rpartition("//")[2].rpartition(":")
        stream, writer = await asyncio.open_connection(host, int(port), limit=2**20)
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sending = asyncio.create_task(self._send(writer))
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._read(stream)
        except TimeoutError:
            raise self._case.violation(f"nothing came for {_PATIENCE:g} s ({self._manner})") from None
        except Garbled as error:
            raise self._case.violation(f"{error} ({self._manner})") from None
        except OSError as error:
            if self._manner in {"read", "half-close"} and not any(each.closes for each in self._requests):
                raise self._case.violation(f"{error!r} ({self._manner})") from None
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
            self._leave(writer)

    async def _send(self, writer: asyncio.StreamWriter) -> None:
        for packet in self._packets:
            self._case.sent.append(packet)
            writer.write(packet)
            await writer.drain()
            await asyncio.sleep(0)
        if self._manner in {"half-close", "mutate"}:
            writer.write_eof()

    async def _read(self, stream: asyncio.StreamReader) -> None:
        if self._manner == "leave":
            with contextlib.suppress(TimeoutError, Garbled, OSError):
                async with asyncio.timeout(self._chance.choice([0, 0.001, 0.01])):
                    await self._read_anything(stream)
        elif self._manner == "mutate":
            await self._read_anything(stream)
        else:
            await self._read_all(stream)

    async def _read_all(self, stream: asyncio.StreamReader) -> None:
        for request in self._requests:
            response = await read_response(stream, method=request.method)
            wrong = "the connection ended" if response is None else request.wrong_with(response)
            if wrong:
                raise self._case.violation(f"{wrong} ({self._manner})")
            if request.closes:
                await self._expect_end(stream)
                return
        if self._manner == "smuggle":
            refusal = await read_response(stream, method="GET")
            if refusal is None or refusal.status not in self._refusals or not refusal.is_failure_in_order():
                raise self._case.violation(f"what should be refused got {refusal}")
        if self._manner != "read":
            await self._expect_end(stream)

    async def _expect_end(self, stream: asyncio.StreamReader) -> None:
        if self._manner == "read":
            return  # it may take a while until what follows is read
        rest = await stream.read()
        if rest:
            raise self._case.violation(f"there is more: {rest!r}")

    async def _read_anything(self, stream: asyncio.StreamReader) -> None:
        """Read until the end: only marks that were sent, in the order in which they were sent."""
        sent, last = MARK.findall(_BETWEEN_CHUNKS.sub(b"", b"".join(self._packets))), 0
        while (response := await read_response(stream, method="GET")) is not None:
            marks = MARK.findall(response.head + response.body)
            if not set(marks) <= set(sent):
                raise self._case.violation(f"another request's response: {response}")
            if response.status >= 500 or (response.status >= 400 and not response.is_failure_in_order()):
                raise self._case.violation(f"no such response should be: {response}")
            nths = sorted(map(sent.index, marks)) or [last]
            if nths[0] < last:
                raise self._case.violation(f"responses are out of order: {response}")
            last = nths[-1]

    def _leave(self, writer: asyncio.StreamWriter) -> None:
        if self._manner == "leave" and self._chance.random() < 0.5:
            linger = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        writer.transport.abort()

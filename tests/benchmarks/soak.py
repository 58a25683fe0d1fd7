"""Very many requests of every kind, in rounds that end with a reset: what the emulator holds after the rounds."""

import asyncio
import json
from typing import Any

from fuzz.responses import read_response
from fuzz.watched import Held, watched
from support.emulator import HEADERS, socket_client
from support.raw_client import CREATE, CREATE_BODY, KEYS, LIST, request

REQUESTS, ROUND, CONNECTIONS = 1_000_000, 50_000, 8
_MEGABYTE = 2**20
_GROWTH = 8 * _MEGABYTE  # that is taken for flat
_MESSAGE = {"content": [{"type": "input_text", "text": "Hello there"}], "attachments": [], "inference_options": {}}
_FORM = b'--b\r\ncontent-disposition: form-data; name="file"; filename="a.png"\r\n\r\n%b\r\n--b--\r\n' % (b"x" * 5000)


def report(requests: int = REQUESTS) -> None:
    """Send them, check that nothing has grown, and print a table."""
    held: list[Held] = []
    with watched() as server:
        for _ in range(0, requests, ROUND):
            asyncio.run(_round(server.origin, min(ROUND, requests)))
            held.append(server.check())
    rounds = max(1, len(held) // 10)
    early, late = held[rounds - 1], held[-1]
    print(f"| {requests:,} requests | after {rounds * ROUND:,} | at the end |\n|---|---|---|")
    print(f"| memory | {early.memory / _MEGABYTE:.1f} MB | {late.memory / _MEGABYTE:.1f} MB |")
    print(f"| tasks, open files, threads | {_counts(early)} | {_counts(late)} |\n")
    assert _counts(early) == _counts(late)
    assert late.memory - early.memory < _GROWTH


def _counts(held: Held) -> str:
    return f"{held.tasks}, {held.files}, {held.threads}"


async def _round(origin: str, count: int) -> None:
    await asyncio.gather(*(_connection(origin, count // CONNECTIONS) for _ in range(CONNECTIONS)))


async def _connection(origin: str, count: int) -> None:
    """Send pipelines until they amount to so many requests."""
    host, _, port = origin.rpartition("//")[2].rpartition(":")
    sent, pipeline = 0, _pipeline(origin)
    while sent < count:
        stream, writer = await asyncio.open_connection(host, int(port), limit=2**20)
        for _ in range(10):
            writer.write(b"".join(each for each, _ in pipeline))
            for _, expected in pipeline:
                response = await read_response(stream, method="GET")
                assert response, f"a connection ended before the response to a request of {len(pipeline)}"
                assert response.status == expected, response
            sent += len(pipeline)
        writer.transport.abort()


def _pipeline(origin: str) -> list[tuple[bytes, int]]:
    """Requests of every kind, with the statuses that they get."""
    body: dict[str, Any] = {**json.loads(CREATE_BODY), "rate_limits": {"max_requests_per_1_minute": 10**6}}
    with socket_client(origin, headers=HEADERS) as client:
        session = client.post("/v1/chatkit/sessions", json=body).json()
        secret, key = session["client_secret"].encode(), b"sk-test"
    turn = {"type": "threads.create", "params": {"input": _MESSAGE}}
    listed = {"type": "threads.list", "params": {"limit": 20}}
    conversation = [request("POST", "/v1/chatkit/conversation", json.dumps(each).encode()) for each in (turn, listed)]
    upload = b"POST /v1/chatkit/files HTTP/1.1\r\n" + KEYS + b"content-type: multipart/form-data; boundary=b\r\n"
    return [
        *[(CREATE, 200)] * 20,
        *[(each.replace(key, secret), 200) for each in conversation * 3],
        *[(LIST, 200), (request("GET", "/_mock/health"), 200)] * 4,
        *[(request("GET", "/v1/nothing"), 404), (request("POST", "/v1/chatkit/sessions", b"{"), 400)] * 3,
        (upload + b"content-length: %d\r\n\r\n" % len(_FORM) + _FORM, 200),
        (request("GET", "/_mock/requests?limit=20"), 200),
    ]


if __name__ == "__main__":
    report()

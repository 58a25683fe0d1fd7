"""What watching costs: creates per second while somebody follows every project, as a ratio to nobody watching."""

import contextlib
import http.client
import json
import socket
import statistics
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

from benchmarks.requests import CREATE, load, serving

ROUNDS, STOCKS, LOADED_AT_ONCE = 6, (0, 100_000), 50_000
STREAM = "/_mock/events?project=*&every=250ms"
# What the dashboard asks for again and again.
REFRESHED = ("/_mock/projects", "/_mock/sessions?project=*&limit=100", "/_mock/requests/summaries?project=*&limit=100")
REFRESH_SECONDS = 1.0
WAYS: dict[str, tuple[str, ...] | None] = {
    "nobody watches": None,
    "one watches": (),
    "one watches and refreshes lists": REFRESHED,
}


@contextlib.contextmanager
def watching(origin: str, lists: tuple[str, ...]) -> Iterator[list[int]]:
    """Follow the stream, and ask for some lists once a second; gives how many happenings each batch told of."""
    told: list[int] = []
    left = threading.Event()
    stream = http.client.HTTPConnection(urlsplit(origin).netloc)
    stream.request("GET", STREAM)
    answer, connection = stream.getresponse(), stream.sock
    threads = [
        threading.Thread(target=_read, args=(answer, told)),
        threading.Thread(target=_refresh, args=(origin, lists, left)),
    ]
    for thread in threads:
        thread.start()
    try:
        yield told
    finally:
        left.set()
        connection.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join()
        stream.close()


def _read(answer: http.client.HTTPResponse, told: list[int]) -> None:
    with contextlib.suppress(http.client.HTTPException, OSError):
        while line := answer.readline():
            if line.startswith(b"data: "):
                batch = json.loads(line.removeprefix(b"data: "))
                told.append(len(batch["happenings"]) + sum(batch["left_out"].values()))


def _refresh(origin: str, lists: tuple[str, ...], left: threading.Event) -> None:
    connection = http.client.HTTPConnection(urlsplit(origin).netloc)
    while not left.wait(REFRESH_SECONDS):
        for url in lists:
            connection.request("GET", url)
            answer = connection.getresponse()
            assert answer.status == 200, url
            json.loads(answer.read())
    connection.close()


def fill(origin: str, count: int) -> None:
    """Let this many live sessions be there."""
    connection = http.client.HTTPConnection(urlsplit(origin).netloc)
    for first in range(0, count, LOADED_AT_ONCE):
        sessions = [
            {"id": f"cksess_{number}", "user": f"user-{number}", "workflow": {"id": "wf_1"}}
            for number in range(first, min(first + LOADED_AT_ONCE, count))
        ]
        connection.request("POST", "/_mock/load", json.dumps({"sessions": sessions}))
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        answer.read()
    connection.close()


def _measured(origin: str, way: str) -> tuple[float, float]:
    lists = WAYS[way]
    if lists is None:
        return load(origin, CREATE)
    with watching(origin, lists) as told:
        result = load(origin, CREATE)
    assert sum(told) > result[0], "it was told of less than a second's requests"
    return result


def report() -> None:
    """Interleaved rounds, each with a fresh server and another way first; medians, one table."""
    print("| creates while | sessions before | requests/s | of nobody watching | p99 |\n|---|---|---|---|---|")
    for stock in STOCKS:
        rounds: dict[str, list[tuple[float, float]]] = {way: [] for way in WAYS}
        ratios: dict[str, list[float]] = {way: [] for way in WAYS}
        for turn in range(ROUNDS):
            with serving("mock_server", "serve", "--quiet", "--port") as origin:
                fill(origin, stock)
                with watching(origin, REFRESHED):
                    load(origin, CREATE)  # all is imported then, and the journal is full
                ways = list(WAYS)[turn % len(WAYS) :] + list(WAYS)[: turn % len(WAYS)]
                found = {way: _measured(origin, way) for way in ways}
            for way, result in found.items():
                rounds[way].append(result)
                ratios[way].append(result[0] / found["nobody watches"][0])
        _print(stock, rounds, ratios)
    print()


def _print(stock: int, rounds: dict[str, list[tuple[float, float]]], ratios: dict[str, list[float]]) -> None:
    for way, results in rounds.items():
        rate = statistics.median(rate for rate, _ in results)
        p99 = statistics.median(latency for _, latency in results)
        print(f"| {way} | {stock:,} | {rate:,.0f} | {statistics.median(ratios[way]):.2f} | {p99:.1f} ms |", flush=True)


if __name__ == "__main__":
    report()

"""What saving costs the requests that are served meanwhile: how long each of them takes, with and without a save."""

import http.client
import json
import statistics
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from support.commands import serving

from mock_server.clock import stopwatch

SESSIONS, THREADS, AT_ONCE, SAVES = 100_000, 10_000, 10, 5
JSON = {"content-type": "application/json"}


def report() -> None:
    """Print the slowest of many small requests, during saves of a large state and without any."""
    with tempfile.TemporaryDirectory() as folder:
        ready, state = Path(folder) / "ready", Path(folder) / "state.json"
        with serving(ready, "--quiet", "--state", str(state)):
            place = urlsplit(ready.read_text()).netloc
            for part in range(AT_ONCE):
                _call(place, "POST", "/_mock/load", json.dumps(_seed(part)))
            _call(place, "POST", "/_mock/snapshot/save")
            waits, seconds = _during(lambda: _call(place, "POST", "/_mock/snapshot/save"), place)
            idle, _ = _during(lambda: threading.Event().wait(0.5), place)
        print(f"Saving {state.stat().st_size / 1e6:.0f} MB, {SESSIONS:,} sessions: {seconds:.2f} s")
        print(f"a request meanwhile: {_told(waits)}; without a save: {_told(idle)}\n")


def _seed(part: int) -> dict[str, object]:
    items = [{"type": "user_message", "content": [{"type": "input_text", "text": "Hello"}]}] * 2
    sessions, threads = SESSIONS // AT_ONCE, THREADS // AT_ONCE
    return {
        "sessions": [{"id": f"cksess_{part}_{n}", "user": "ada", "workflow": {"id": "wf_1"}} for n in range(sessions)],
        "threads": [{"id": f"cthr_{part}_{n}", "user": "ada", "items": items} for n in range(threads)],
    }


def _call(place: str, method: str, path: str, body: str | None = None) -> None:
    connection = http.client.HTTPConnection(place)
    connection.request(method, path, body, JSON)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    assert answer.status == 200, answer.status


def _during(work: Callable[[], object], place: str) -> tuple[list[float], float]:
    """Send small requests while something is done several times; give how long each took, and the work's median."""
    waits: list[float] = []
    done = threading.Event()

    def ask() -> None:
        connection = http.client.HTTPConnection(place)
        while not done.wait(0.0005):
            began = stopwatch()
            connection.request("GET", "/health")
            connection.getresponse().read()
            waits.append((stopwatch() - began) * 1000)

    asking = threading.Thread(target=ask)
    asking.start()
    seconds = []
    for _ in range(SAVES):
        began = stopwatch()
        work()
        seconds.append(stopwatch() - began)
    done.set()
    asking.join()
    return waits, statistics.median(seconds)


def _told(waits: list[float]) -> str:
    return f"median {statistics.median(waits):.1f} ms, longest {max(waits):.1f} ms"

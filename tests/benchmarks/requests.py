"""Create and cancel, under load: requests per second and p99, as ratios to raw ASGI."""

import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROUNDS, SECONDS, CONNECTIONS, CANCELLED = 5, 3, 16, 1000
_HEADERS = """
wrk.method = "POST"
wrk.headers["authorization"] = "Bearer sk-test"
wrk.headers["openai-beta"] = "chatkit_beta=v1"
wrk.headers["content-type"] = "application/json"
"""
CREATE = _HEADERS + """wrk.body = '{"workflow":{"id":"wf_1"},"user":"ada"}'"""
CANCEL = (
    _HEADERS
    + f"""
local turn = 0
request = function()
  turn = (turn + 1) % {CANCELLED}
  return wrk.format(nil, "/v1/chatkit/sessions/cksess_" .. turn .. "/cancel")
end
"""
)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(*command: str) -> Iterator[str]:
    """A server process, once its port answers; gives its origin."""
    with listening(lambda port: [sys.executable, "-m", *command, str(port)]) as origin:
        yield origin


@contextmanager
def listening(command: Callable[[int], list[str]]) -> Iterator[str]:
    """A process that listens on a port, once the port answers; gives its origin."""
    port = free_port()
    with subprocess.Popen(command(port), stdout=subprocess.DEVNULL) as process:
        try:
            for _ in range(500):
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    time.sleep(0.01)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def load(origin: str, script: str, path: str = "/v1/chatkit/sessions") -> tuple[float, float]:
    """Requests per second and p99 in milliseconds under wrk; every response has to be a success."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        options = ["-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}", "-s", file.name, "--latency"]
        command = ["wrk", *options, f"{origin}{path}"]
        output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in output, output
    rate, latency = re.search(r"Requests/sec:\s+([\d.]+)", output), re.search(r"99%\s+([\d.]+)(us|ms|s)", output)
    assert rate
    assert latency
    return float(rate[1]), float(latency[1]) * {"us": 0.001, "ms": 1, "s": 1000}[latency[2]]


def report() -> None:
    """Interleaved rounds, medians, one table."""
    with tempfile.TemporaryDirectory() as folder:
        seed = Path(folder, "cancel.yaml")
        sessions = (f"- {{id: cksess_{number}, user: ada, workflow: {{id: wf_1}}}}" for number in range(CANCELLED))
        seed.write_text("sessions:\n" + "\n".join(sessions))
        emulator = ("mock_server", "serve", "--quiet", "--load", str(seed), "--port")
        runs = {
            "raw ASGI, fixed response": (("benchmarks.baseline", "raw"), CREATE),
            "bare Starlette, create": (("benchmarks.baseline", "starlette"), CREATE),
            "emulator, create": (emulator, CREATE),
            "emulator, cancel": (emulator, CANCEL),
        }
        measured: dict[str, list[tuple[float, float]]] = {name: [] for name in runs}
        for _ in range(ROUNDS):
            for name, (command, script) in runs.items():
                with serving(*command) as origin:
                    measured[name].append(load(origin, script))
    _print(measured)


def _print(measured: dict[str, list[tuple[float, float]]]) -> None:
    baseline = statistics.median(rate for rate, _ in measured["raw ASGI, fixed response"])
    print("| | requests/s | of raw ASGI | p99 |\n|---|---|---|---|")
    for name, rounds in measured.items():
        rate = statistics.median(rate for rate, _ in rounds)
        p99 = statistics.median(latency for _, latency in rounds)
        print(f"| {name} | {rate:,.0f} | {rate / baseline:.2f} | {p99:.1f} ms |")
    print()

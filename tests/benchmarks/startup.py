"""From the command to the first response, side by side with a bare Starlette on uvicorn."""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from benchmarks.requests import free_port

ROUNDS = 15
BARE = """
import sys
import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route
async def health(_):
    return JSONResponse({"status": "ok"})
uvicorn.run(Starlette(routes=[Route("/health", health)]), port=int(sys.argv[1]), log_level="error")
"""


def milliseconds(*command: str) -> float:
    """Until `/health` answers."""
    port = free_port()
    began = time.perf_counter()  # noqa: TID251 - it is a benchmark
    compiled = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}  # as after an installation
    with subprocess.Popen([sys.executable, *command, str(port)], env=compiled) as process:
        while True:
            try:
                urlopen(f"http://127.0.0.1:{port}/health").close()
                break
            except URLError:
                time.sleep(0.002)
        elapsed = (time.perf_counter() - began) * 1000  # noqa: TID251 - it is a benchmark
        process.terminate()
    return elapsed


def report() -> None:
    """Interleaved rounds, medians, one table."""
    bare, ours = [], []
    for _ in range(ROUNDS):
        bare.append(milliseconds("-c", BARE))
        ours.append(milliseconds(str(Path(sys.executable).with_name("chatkit-mock")), "serve", "--quiet", "--port"))
    baseline = statistics.median(bare)
    print("| | start to first response | of bare Starlette |\n|---|---|---|")
    print(f"| bare Starlette on uvicorn | {baseline:.0f} ms | 1.00 |")
    print(f"| chatkit-mock serve | {statistics.median(ours):.0f} ms | {statistics.median(ours) / baseline:.2f} |\n")

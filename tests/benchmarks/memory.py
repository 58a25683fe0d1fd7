"""A million live sessions in one process: bytes each, and the longest pause of the collector."""

import gc
import resource
import sys
import time

import msgspec

from mock_server.config import Settings
from mock_server.state.projects import Projects
from mock_server.wire.rest.sessions import SessionCreateParams

SESSIONS = 1_000_000


def report() -> None:
    """Create them, watch the collector, print a table."""
    sessions = Projects(Settings()).default.sessions
    pauses: list[float] = []
    began = 0.0

    def watch(phase: str, _: dict[str, int]) -> None:
        nonlocal began
        now = time.perf_counter()  # noqa: TID251 - it is a benchmark
        if phase == "start":
            began = now
        else:
            pauses.append(now - began)

    gc.callbacks.append(watch)
    before = _resident_bytes()
    for number in range(SESSIONS):
        body = {"workflow": {"id": "wf_1"}, "user": f"user-{number}"}
        sessions.create(msgspec.convert(body, SessionCreateParams), now=1_760_170_033 + number / 1000)
    each = (_resident_bytes() - before) / SESSIONS
    gc.collect()
    gc.callbacks.remove(watch)
    print("| a million live sessions | |\n|---|---|")
    print(f"| memory each | {each:.0f} bytes |\n| longest pause of the collector | {max(pauses) * 1000:.0f} ms |\n")


def _resident_bytes() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024

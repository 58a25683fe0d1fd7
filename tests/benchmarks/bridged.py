"""A server of one's own behind the emulator: frames per second, against the server by itself."""

import asyncio
import json
import statistics
from typing import Any

from benchmarks.streams import call
from mock_server.app import MockServer
from mock_server.backends.loading import BackendOptions
from mock_server.backends.registry import Backends
from mock_server.clock import stopwatch
from mock_server.config import Settings
from mock_server.server.loop import loop_factory
from mock_server.state.projects import Projects

ROUNDS, WORDS = 15, 5000
_TEXT = "word " * WORDS
_FRAMES = WORDS + 10  # with those around the words
_MESSAGE = {"content": [{"type": "input_text", "text": _TEXT}], "attachments": [], "inference_options": {}}
_BODY = json.dumps({"type": "threads.create", "params": {"input": _MESSAGE}})


def _server() -> Any:
    """A server that does not wait between its words."""
    from support.official_server import OfficialServer  # noqa: PLC0415 - its import takes two seconds

    server = OfficialServer()
    server.pace = 0
    return server


async def _alone(server: Any) -> float:
    began, count = stopwatch(), 0
    async for frame in await server.process(_BODY, None):
        count += bool(frame)
    assert count == _FRAMES, count
    return stopwatch() - began


async def _rounds() -> list[tuple[float, float]]:
    app, server = MockServer(Projects(Settings(custom_mode=True))), _server()
    app.backends = Backends([_server], BackendOptions(), loop_factory=loop_factory())
    try:
        return [(await _alone(server), (await call(app, "", _TEXT))[1]) for _ in range(ROUNDS)]
    finally:
        await asyncio.to_thread(app.stop_backends)


def report() -> None:
    """Interleaved rounds, medians, one table."""
    alone, behind = (statistics.median(each) for each in zip(*asyncio.run(_rounds()), strict=True))
    print("| | frames/s | of the server by itself |\n|---|---|---|")
    print(f"| `process()` of a ChatKitServer | {_FRAMES / alone:,.0f} | 1.00 |")
    print(f"| the same behind the emulator | {_FRAMES / behind:,.0f} | {alone / behind:.2f} |\n")

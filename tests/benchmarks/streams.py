"""Streams: events per second against a raw ASGI stream of the same frames, and the time to the first event."""

import asyncio
import json
import statistics
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mock_server.app import MockServer
from mock_server.clock import stopwatch
from mock_server.config import Settings
from mock_server.state.projects import Projects
from mock_server.wire.codec import decode
from mock_server.wire.rest.sessions import SessionCreateParams
from mock_server.workflows.catalog import Catalog

ROUNDS, TURNS, EVENTS = 5, 20, 2000
FRAME = (
    b'data: {"type":"thread.item.updated","item_id":"cti_6b054ebc79608190a894247d0fab80b70facade5b04a5ddc",'
    b'"update":{"type":"assistant_message.content_part.text_delta","content_index":0,"delta":"word "}}\n\n'
)


async def raw(_: Scope, receive: Receive, send: Send) -> None:
    """The same frames, with the same chance for others between them."""
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for _each in range(EVENTS):
        await send({"type": "http.response.body", "body": FRAME, "more_body": True})
        await asyncio.sleep(0)
    await send({"type": "http.response.body", "body": b""})


async def call(app: ASGIApp, secret: str, text: str) -> tuple[float, float]:
    """One conversation without a socket: seconds to the first event, and to the end."""
    body = {"content": [{"type": "input_text", "text": text}], "attachments": [], "inference_options": {}}
    content = json.dumps({"type": "threads.create", "params": {"input": body}}).encode()
    began = stopwatch()
    first: list[float] = []
    unread = [content]

    async def receive() -> Message:
        if not unread:
            await asyncio.sleep(3600)
        return {"type": "http.request", "body": unread.pop(), "more_body": False}

    async def send(message: Message) -> None:
        if message.get("body") and not first:
            first.append(stopwatch() - began)

    headers = [(b"authorization", f"Bearer {secret}".encode()), (b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/v1/chatkit/conversation", "query_string": b""}
    await app({**scope, "headers": headers, "scheme": "http", "root_path": ""}, receive, send)
    return first[0], stopwatch() - began


def report() -> None:
    """Interleaved rounds, medians, one table."""
    with tempfile.TemporaryDirectory() as folder:
        chunks = json.dumps(["word "] * EVENTS)
        Path(folder, "wf_long.yaml").write_text(f"default:\n- message: {{chunks: {chunks}}}\n")
        app = MockServer(Projects(Settings()), workflows=Catalog([Path(folder)]))
        ours, baseline, firsts = asyncio.run(_measure(app))
    print("| | events/s in process | of a raw ASGI stream |\n|---|---|---|")
    print(f"| raw ASGI stream | {baseline:,.0f} | 1.00 |\n| emulator | {ours:,.0f} | {ours / baseline:.2f} |\n")
    print(f"First event of an unpaced turn after {firsts * 1000:.2f} ms.\n")


async def _measure(app: MockServer) -> tuple[float, float, float]:
    def secret(workflow: str) -> str:
        project = app.projects.default
        params = _params(workflow)
        return project.sessions.create(params, now=project.clock.now()).client_secret

    async def rate(one: Callable[[], Coroutine[Any, Any, tuple[float, float]]]) -> float:
        taken = [(await one())[1] for _ in range(TURNS)]
        return EVENTS * TURNS / sum(taken)

    ours = [await rate(lambda: call(app, secret("wf_long"), "go")) for _ in range(ROUNDS)]
    baseline = [await rate(lambda: call(raw, "", "go")) for _ in range(ROUNDS)]
    firsts = [(await call(app, secret("wf_1"), "hello"))[0] for _ in range(200)]
    return statistics.median(ours), statistics.median(baseline), statistics.median(firsts)


def _params(workflow: str) -> SessionCreateParams:
    return decode(json.dumps({"workflow": {"id": workflow}, "user": "ada"}).encode(), SessionCreateParams)

"""Streams over a socket: events per second under load, against raw ASGI and against aimock."""

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from benchmarks.requests import listening, load

ROUNDS = 5
AIMOCK = "@copilotkit/aimock@1.43.0"
_CHUNKS = ["fifteen different words go "] * 50  # with what comes before and after them, 57 events
_PIECE = 25  # characters in a chunk of aimock's, which makes 57 events of as many words
_HEADERS = """
wrk.method = "POST"
wrk.headers["authorization"] = "Bearer {secret}"
wrk.headers["content-type"] = "application/json"
wrk.body = [[{body}]]
"""
_MESSAGE = {"content": [{"type": "input_text", "text": "go"}], "attachments": [], "inference_options": {}}
_CONVERSE = json.dumps({"type": "threads.create", "params": {"input": _MESSAGE}})
_COMPLETE = json.dumps({"model": "gpt-5", "stream": True, "messages": [{"role": "user", "content": "go"}]})
_SESSION = {
    "workflow": {"id": "wf_long"},
    "user": "ada",
    "rate_limits": {"max_requests_per_1_minute": 100_000_000},
    "expires_after": {"anchor": "created_at", "seconds": 600},
}
_Stream = tuple[str, str, str]  # a URL, a secret and a body


@contextmanager
def _raw(_: Path) -> Iterator[_Stream]:
    with listening(lambda port: [sys.executable, "-m", "benchmarks.baseline", "stream", str(port)]) as origin:
        yield f"{origin}/", "", ""


@contextmanager
def _emulator(folder: Path) -> Iterator[_Stream]:
    (folder / "wf_long.yaml").write_text(f"default:\n- message: {{chunks: {json.dumps(_CHUNKS)}}}\n")
    command = [sys.executable, "-m", "mock_server", "serve", "--quiet", "--workflows", str(folder), "--port"]
    with listening(lambda port: [*command, str(port)]) as origin:
        headers = {"authorization": "Bearer sk-test", "openai-beta": "chatkit_beta=v1"}
        session = _post(f"{origin}/v1/chatkit/sessions", json.dumps(_SESSION), headers)
        yield f"{origin}/v1/chatkit/conversation", json.loads(session)["client_secret"], _CONVERSE


@contextmanager
def _aimock(folder: Path) -> Iterator[_Stream]:
    subprocess.run(["npm", "install", "--silent", AIMOCK], cwd=folder, check=True)
    fixtures = folder / "fixtures"
    fixtures.mkdir(exist_ok=True)
    fixture = {"match": {"userMessage": "go"}, "response": {"content": "".join(_CHUNKS)}}
    (fixtures / "go.json").write_text(json.dumps({"fixtures": [fixture]}))
    script = str(folder / "node_modules" / AIMOCK.rpartition("@")[0] / "dist" / "cli.js")
    command = ["node", script, "--fixtures", str(fixtures), "--chunk-size", str(_PIECE), "--log-level", "silent"]
    with listening(lambda port: [*command, "--port", str(port)]) as origin:
        yield f"{origin}/v1/chat/completions", "sk-test", _COMPLETE


def report() -> None:
    """Interleaved rounds, medians, one table."""
    runs = {"raw ASGI, frame by frame": _raw, "emulator": _emulator}
    if shutil.which("npm"):
        runs["aimock (Node.js)"] = _aimock
    with tempfile.TemporaryDirectory() as folder:
        rounds = [{name: _events(run, Path(folder)) for name, run in runs.items()} for _ in range(ROUNDS)]
    medians = {name: statistics.median(measured[name] for measured in rounds) for name in runs}
    print("| | events/s over a socket | of raw ASGI |\n|---|---|---|")
    for name, rate in medians.items():
        print(f"| {name} | {rate:,.0f} | {rate / next(iter(medians.values())):.2f} |")
    print()


def _events(run: Callable[[Path], AbstractContextManager[_Stream]], folder: Path) -> float:
    """Events per second at 16 connections."""
    with run(folder) as (url, secret, body):
        count = _post(url, body, {"authorization": f"Bearer {secret}"}).count(b"data: ")
        assert count == 57, count
        turns, _ = load("", _HEADERS.format(secret=secret, body=body), url)
        return turns * count


def _post(url: str, body: str, headers: dict[str, str]) -> bytes:
    request = urllib.request.Request(url, body.encode(), {**headers, "content-type": "application/json"})
    with urllib.request.urlopen(request) as response:
        content: bytes = response.read()
    return content

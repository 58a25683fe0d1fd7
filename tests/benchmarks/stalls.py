"""How long one request stops others: the worst wait of a small request while a large one is served."""

import contextlib
import http.client
import json
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.requests import serving

ROUNDS = 5
SESSIONS = 100_000
MIB = 1024 * 1024
BODY, CHAT, FILE = 32 * MIB, 10 * MIB, MIB // 4  # the largest bodies and workflow files accepted
FILES = {
    "of messages": "default:\n" + "- message: hello\n" * (FILE // 17),
    "broken": "default: [" + "[" * 90 + "a," * FILE,
}
BLOCKING = {"a ChatKitServer": "Blocking", "an application": "app"}  # in support.blocking_server
GREEK = "\u03b1"
TEXT = 10_485_760  # characters of the longest state variable (documented)
REST = {"authorization": "Bearer sk-test", "openai-beta": "chatkit_beta=v1", "content-type": "application/json"}
CUSTOM = {"content-type": "application/json"}
Case = tuple[str, str, str, bytes | None, dict[str, str]]


def session(**workflow: Any) -> bytes:
    """A body that creates a session."""
    return json.dumps({"user": "ada", "workflow": {"id": "wf_1", **workflow}}, ensure_ascii=False).encode()


def message(text: str) -> bytes:
    """A body that sends a message."""
    content = [{"type": "input_text", "text": text}]
    given = {"content": content, "attachments": [], "inference_options": {}}
    return json.dumps({"type": "threads.create", "params": {"input": given}}, ensure_ascii=False).encode()


def operation(name: str, **params: Any) -> bytes:
    """The body of another operation of the conversation."""
    return json.dumps({"type": name, "params": params}).encode()


def ignored(value: bytes) -> bytes:
    """A body with something that is ignored."""
    return b'{"type": "threads.list", "params": {}, "ignored": %b}' % value


def seed() -> bytes:
    """A seed of many sessions."""
    made = [{"id": f"cksess_{n}", "user": f"user-{n}", "workflow": {"id": "wf_1"}} for n in range(SESSIONS)]
    return json.dumps({"sessions": made}).encode()


def filled(size: int, piece: bytes) -> bytes:
    """As many pieces as fit."""
    return piece * (size // len(piece))


def sent() -> list[Case]:
    """What is sent to an emulator that holds nothing yet: the largest bodies, legal ones and others."""
    chat, create = "/v1/chatkit/conversation", "/v1/chatkit/sessions"
    twice = b"{" + b",".join(b'"k%d":1' % n for n in range(40_000)) + b',"k0":1}'
    item = {"type": "user_message", "content": [{"type": "input_text", "text": "x"}]}
    long = json.dumps({"threads": [{"user": "ada", "items": [item] * 40_000}]}).encode()
    regex = {"id": "wf_echo", "turns": [{"when": {"text": {"regex": "(a+)+$"}}, "reply": []}]}
    turns = [{"when": {"text": {"regex": f"[a-z]{number}"}}, "reply": []} for number in range(1500)]
    regexes = json.dumps({"id": "wf_1", "turns": turns}).encode()
    parts, multipart = filled(MIB, b"--b\r\n\r\nx\r\n"), {"content-type": "multipart/form-data; boundary=b"}
    return [
        ("create, the longest state variable", "POST", create, session(state_variables={"a": "a" * TEXT}), REST),
        ("create, the longest one in Greek", "POST", create, session(state_variables={"a": GREEK * TEXT}), REST),
        ("create, 32 MiB of empty lists", "POST", create, b'{"a":[%b1]}' % filled(BODY - 20, b"[],"), REST),
        ("create, 32 MiB of brackets", "POST", create, b'{"a":' + b"[" * (BODY - 10), REST),
        ("create, 32 MiB of quotes", "POST", create, filled(BODY, b'"'), REST),
        ("create, an unknown key of 32 MiB", "POST", create, b'{"%b":1}' % (b"k" * (BODY - 20)), REST),
        ("a key twice among 40,000", "POST", "/v1/chatkit/domain_keys/verify", twice, CUSTOM),
        ("message, 40,000 spaces", "POST", chat, message(" " * 40_000), CUSTOM),
        ("message, 100,000 words", "POST", chat, message("word " * 100_000), CUSTOM),
        ("message, 10 MiB of words", "POST", chat, message("word " * (CHAT // 5 - 100)), CUSTOM),
        ("message, 10 MiB without a space", "POST", chat, message("a" * (CHAT - 300)), CUSTOM),
        ("message, 10 MiB of Greek", "POST", chat, message(GREEK * (CHAT // 2 - 300)), CUSTOM),
        ("message, 32 MiB", "POST", chat, message("a" * (BODY - 300)), CUSTOM),
        ("conversation, 50,000 values", "POST", chat, ignored(b"[" + b"1," * 49_900 + b"1]"), CUSTOM),
        ("conversation, nested 980 deep", "POST", chat, ignored(b"[" * 980 + b"]" * 980), CUSTOM),
        (
            "transcribe, 10 MiB",
            "POST",
            chat,
            operation("input.transcribe", audio_base64="a" * (CHAT - 200), mime_type="a/b"),
            CUSTOM,
        ),
        ("rename, 10 MiB", "POST", chat, operation("threads.update", thread_id="x", title="a" * (CHAT - 200)), CUSTOM),
        ("add a workflow with (a+)+$", "POST", "/_mock/workflows", json.dumps(regex).encode(), CUSTOM),
        ("message to (a+)+$", "POST", chat, message("a" * 20_000 + "!"), CUSTOM),
        ("add a workflow with 1,500 regexes", "POST", "/_mock/workflows", regexes, CUSTOM),
        ("load, 40,000 items in one thread", "POST", "/_mock/load", long, CUSTOM),
        ("restore, a million empty objects", "PUT", "/_mock/snapshot", b'{"x":[%b1]}' % (b"{}," * 1_000_000), CUSTOM),
        ("upload, 95,000 parts", "POST", "/v1/chatkit/files", parts, multipart),
    ]


def changed_file(folder: Path, name: str, text: str) -> Case:
    """Write a workflow file as large as one may be, and return a request that looks at workflows."""
    (folder / "wf_1.yaml").write_text(text[:FILE])
    return (f"a changed workflow file, {name}", "GET", "/_mock/workflows", None, {})


def of_much(snapshot: bytes) -> list[Case]:
    """What is asked of an emulator that holds 100,000 sessions and a full journal."""
    claim = json.dumps({"match": {"user": "nobody", "body": {"type": "x"}}}).encode()
    return [
        ("snapshot", "GET", "/_mock/snapshot", None, {}),
        ("restore", "PUT", "/_mock/snapshot", snapshot, CUSTOM),
        ("search in sessions", "GET", "/_mock/sessions?search=nothing", None, {}),
        ("a page of sessions", "GET", "/_mock/sessions?limit=1000", None, {}),
        ("expiries", "GET", "/_mock/expiries", None, {}),
        ("projects", "GET", "/_mock/projects", None, {}),
        ("metrics", "GET", "/metrics", None, {}),
        ("journal, 1,000 requests", "GET", "/_mock/requests?limit=1000", None, {}),
        ("journal, summaries", "GET", "/_mock/requests/summaries?limit=1000&search=x", None, {}),
        ("verify", "POST", "/_mock/requests/verify", claim, CUSTOM),
        ("findings", "GET", "/_mock/findings", None, {}),
        ("export, JSON Lines", "GET", "/_mock/requests/export", None, {}),
        ("export, HAR", "GET", "/_mock/requests/export?format=har", None, {}),
        ("export, wire cases", "GET", "/_mock/requests/export?format=wire", None, {}),
        ("clock, past every expiry", "PUT", "/_mock/clock", b'{"shift": "1h"}', CUSTOM),
        ("reset", "POST", "/_mock/reset", None, {}),
        ("load", "POST", "/_mock/load", seed(), CUSTOM),
    ]


def heard_by_others() -> list[Case]:
    """What is done while somebody reads what happens."""
    return [
        ("clock, past every expiry, heard", "PUT", "/_mock/clock", b'{"shift": "1h"}', CUSTOM),
        ("clock, back again, heard", "PUT", "/_mock/clock", b'{"shift": "-1h"}', CUSTOM),
    ]


@contextlib.contextmanager
def heard(origin: str) -> Iterator[None]:
    """Read what happens, in batches."""
    connection = http.client.HTTPConnection(urlsplit(origin).netloc, timeout=600)
    connection.request("GET", "/_mock/events?every=50ms")
    answer = connection.getresponse()

    def read() -> None:
        with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
            while answer.read1(MIB):
                pass

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield
    finally:
        if connection.sock is not None:
            connection.sock.shutdown(socket.SHUT_RDWR)
        thread.join()


def ask(connection: http.client.HTTPConnection, case: Case) -> tuple[int, bytes]:
    """Send a request, and read the whole response."""
    _, method, path, body, headers = case
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    return answer.status, answer.read()


@contextlib.contextmanager
def probing(origin: str) -> Iterator[list[float]]:
    """Ask for /health without a pause; gives how long each answer took, in milliseconds."""
    waits: list[float] = []
    over = threading.Event()

    def probe() -> None:
        connection = http.client.HTTPConnection(urlsplit(origin).netloc)
        while not over.is_set():
            began = time.perf_counter()  # noqa: TID251 - it is a benchmark
            connection.request("GET", "/health")
            connection.getresponse().read()
            waits.append((time.perf_counter() - began) * 1000)  # noqa: TID251
            time.sleep(0.001)
        connection.close()

    thread = threading.Thread(target=probe)
    thread.start()
    try:
        yield waits
    finally:
        over.set()
        thread.join()


def stall(origin: str, case: Case) -> tuple[float, float, int]:
    """The worst wait of a probe during a request, its own duration in milliseconds, and its status."""
    connection = http.client.HTTPConnection(urlsplit(origin).netloc, timeout=600)
    with probing(origin) as waits:
        time.sleep(0.05)
        waits.clear()
        began = time.perf_counter()  # noqa: TID251
        status, _ = ask(connection, case)
        took = (time.perf_counter() - began) * 1000  # noqa: TID251
        time.sleep(0.02)
    connection.close()
    return max(waits), took, status


def blocked() -> None:
    """Print the worst waits while a server of the user's own blocks its thread for a second."""
    found: dict[str, list[tuple[float, float, int]]] = {}
    tests = str(Path(__file__).parent.parent)
    serve = ("mock_server", "serve", "--quiet", "--app-dir", tests)
    for _ in range(ROUNDS):
        for name, target in BLOCKING.items():
            with serving(*serve, "--backend", f"support.blocking_server:{target}", "--port") as origin:
                connection = http.client.HTTPConnection(urlsplit(origin).netloc, timeout=600)
                ask(connection, ("", "POST", "/v1/chatkit/conversation", message("Hi"), CUSTOM))  # its imports
                case = (
                    f"message to {name} that blocks for 1 s",
                    "POST",
                    "/v1/chatkit/conversation",
                    message("block"),
                    CUSTOM,
                )
                found.setdefault(case[0], []).append(stall(origin, case))
                connection.close()
    _print(found)


def warm_up(origin: str) -> None:
    """Send one small request of each kind: what is imported on first use is there then."""
    connection = http.client.HTTPConnection(urlsplit(origin).netloc)
    script = b'{"id": "wf_x", "turns": [{"when": {"text": {"regex": "x"}}, "reply": []}]}'
    ask(connection, ("", "POST", "/_mock/workflows", script, CUSTOM))
    ask(connection, ("", "POST", "/v1/chatkit/conversation", message("Hi"), CUSTOM))
    for path in ("requests", "requests/export?format=wire", "findings", "sessions", "expiries"):
        ask(connection, ("", "GET", f"/_mock/{path}", None, {}))
    connection.close()


def fill_journal(origin: str) -> None:
    """Fill the journal to its 32 MiB and its 1,000 requests."""
    connection = http.client.HTTPConnection(urlsplit(origin).netloc)
    text = ignored(b"[" + b'"sk-text of a client, ",' * 1800 + b"1]")
    large = ignored(b'"' + b"a" * (MIB // 2) + b'"')
    for number in range(600):
        ask(connection, ("", "POST", "/v1/chatkit/conversation", large if number % 20 == 0 else text, CUSTOM))
    connection.close()


def report() -> None:
    """Print the worst wait for each operation, in the best of some rounds: other processes can only add to it."""
    print("| while it is served | worst wait of another request | it takes | status |\n|---|---|---|---|")
    found: dict[str, list[tuple[float, float, int]]] = {}
    for _ in range(ROUNDS):
        with (
            tempfile.TemporaryDirectory() as folder,
            serving("mock_server", "serve", "--quiet", "--custom-mode", "--workflows", folder, "--port") as origin,
        ):
            warm_up(origin)
            for case in [("nothing", "GET", "/health", None, {}), *sent()]:
                found.setdefault(case[0], []).append(stall(origin, case))
            for name, text in FILES.items():
                case = changed_file(Path(folder), name, text)
                found.setdefault(case[0], []).append(stall(origin, case))
        with serving("mock_server", "serve", "--quiet", "--custom-mode", "--port") as origin:
            connection = http.client.HTTPConnection(urlsplit(origin).netloc, timeout=600)
            ask(connection, ("", "POST", "/_mock/load", seed(), CUSTOM))
            _, snapshot = ask(connection, ("", "GET", "/_mock/snapshot", None, {}))
            fill_journal(origin)
            warm_up(origin)
            for case in of_much(snapshot):
                found.setdefault(case[0], []).append(stall(origin, case))
            with heard(origin):
                for case in heard_by_others():
                    found.setdefault(case[0], []).append(stall(origin, case))
            connection.close()
    _print(found)
    blocked()
    print()


def _print(found: dict[str, list[tuple[float, float, int]]]) -> None:
    for name, rounds in found.items():
        wait, took = (min(each[place] for each in rounds) for place in (0, 1))
        print(f"| {name} | {wait:.0f} ms | {took:,.0f} ms | {rounds[0][2]} |", flush=True)


if __name__ == "__main__":
    words = sys.argv[1:]  # a number of rounds, and `blocked` for these rows alone
    ROUNDS = next((int(word) for word in words if word.isdigit()), ROUNDS)
    (blocked if "blocked" in words else report)()

"""`/_mock/requests/{id}/test`: every test it writes passes when it is pasted, and would fail for another answer."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml
from starlette.testclient import TestClient
from support.emulator import HEADERS, MINIMAL, Start, socket_client
from support.talk import Talk

from mock_server.app import MockServer
from mock_server.clock import stopwatch
from mock_server.config import Settings
from mock_server.server.thread import ServerThread
from mock_server.state.projects import Projects
from mock_server.workflows.catalog import Catalog

Json = dict[str, Any]
SESSIONS, THREADS, CONVERSATION = "/v1/chatkit/sessions", "/v1/chatkit/threads", "/v1/chatkit/conversation"
UPLOADS: Json = {"chatkit_configuration": {"file_upload": {"enabled": True}}}
SUPPORT = {"workflow": "wf_support"}
MESSAGE = {"content": [{"type": "input_text", "text": "hi"}], "attachments": [], "inference_options": {}}
PNG = {"file": ("a.png", b"pixels", "image/png")}
ODD = 'it\'s "odd" \\ {braces} \u2028 \n ë 🎈'


def spoken(client: TestClient, *texts: str, workflow: str = "wf_1", **fields: Any) -> Talk:
    """A conversation that has come so far."""
    talk = Talk.begin(client, workflow=workflow, **fields)
    for text in texts:
        talk.say(text)
    return talk


def create(client: TestClient, **fields: Any) -> None:
    client.post(SESSIONS, json={**MINIMAL, **fields})


def bearer(talk: Talk) -> Json:
    return {"authorization": f"Bearer {talk.secret}"}


def items(talk: Talk) -> list[Json]:
    shown: list[Json] = talk.json("threads.get_by_id", thread_id=talk.thread_id)["items"]["data"]
    return shown


def expire(client: TestClient, end: str) -> None:
    talk = spoken(client)
    client.post(f"/_mock/sessions/{client.get('/_mock/sessions').json()['sessions'][0]['id']}/{end}")
    talk.post("threads.create", input=MESSAGE)


def call_tool(client: TestClient) -> None:
    talk = spoken(client, "Where is my order?", **SUPPORT)
    talk.stream("threads.add_client_tool_output", thread_id=talk.thread_id, result={"status": "lost"})


def act(client: TestClient, operation: str) -> None:
    call_tool(client)
    talk = spoken(client, "Where is my order?", **SUPPORT)
    talk.stream("threads.add_client_tool_output", thread_id=talk.thread_id, result={"status": "lost"})
    action = {"type": "claim.send", "payload": {"wish": "refund"}}
    talk.post(operation, thread_id=talk.thread_id, item_id=items(talk)[-1]["id"], action=action)


def answer_questions(client: TestClient) -> None:
    talk = spoken(client, "Please call me", **SUPPORT)
    given = {"status": "answered", "answers": {"when": {"values": ["Morning"]}, "number": {"values": ["1"]}}}
    talk.stream("threads.add_structured_input", thread_id=talk.thread_id, item_id=items(talk)[-1]["id"], input=given)


def again(client: TestClient) -> None:
    talk = spoken(client, "One", "Two")
    talk.stream("threads.retry_after_item", thread_id=talk.thread_id, item_id=items(talk)[0]["id"])


def praise(client: TestClient) -> None:
    talk = spoken(client, "One")
    talk.json("items.feedback", thread_id=talk.thread_id, item_ids=[items(talk)[-1]["id"]], kind="positive")


def attach(client: TestClient) -> None:
    talk = spoken(client, **UPLOADS)
    file = client.post("/v1/chatkit/files", files=PNG, headers=bearer(talk)).json()
    talk.say("Look", attachments=[file["id"]])


def read_file(client: TestClient) -> None:
    client.get(f"/v1/chatkit/files/{client.post('/v1/chatkit/files', files=PNG).json()['id']}")


def put_file(client: TestClient) -> None:
    announced = spoken(client, **UPLOADS).json("attachments.create", name="a.png", size=6, mime_type="image/png")
    client.put(f"/v1/chatkit/files/{announced['id']}", content=b"pixels")


def take_back(client: TestClient) -> None:
    talk = spoken(client, **UPLOADS)
    file = client.post("/v1/chatkit/files", files=PNG, headers=bearer(talk)).json()
    talk.json("attachments.delete", attachment_id=file["id"])


def fault(client: TestClient, **do: Any) -> None:
    assert client.post("/_mock/faults", json={"name": "boom", "do": do}).status_code == 200


def struck(client: TestClient, *, gone: bool = False, **do: Any) -> None:
    fault(client, **do)
    create(client)
    if gone:
        client.delete("/_mock/faults")


def struck_stream(client: TestClient, **do: Any) -> None:
    talk = spoken(client)
    fault(client, **do)
    talk.post("threads.create", input=MESSAGE)


def spend(client: TestClient) -> None:
    talk = spoken(client, rate_limits={"max_requests_per_1_minute": 1})
    talk.post("threads.list")
    talk.post("threads.list")


def script(client: TestClient) -> None:
    reply = {"reasoning": {"thoughts": ["Well", {"content": ODD}]}}
    turns = [{"when": {"text": {"contains": "hi"}}, "reply": [reply, {"message": "{{user}}!"}]}]
    client.post("/_mock/workflows", json={"id": "wf_own", "turns": turns})
    Talk.begin(client, workflow="wf_own").say("hi")


def thread_request(client: TestClient, method: str, below: str = "") -> None:
    client.request(method, f"{THREADS}/{spoken(client, 'Hello there').thread_id}{below}")


def lock(client: TestClient) -> None:
    talk = spoken(client, "One")
    client.patch(f"/_mock/threads/{talk.thread_id}", json={"status": {"type": "locked"}})
    talk.post("threads.add_user_message", thread_id=talk.thread_id, input=MESSAGE)


def cancel(client: TestClient) -> None:
    client.post(f"{SESSIONS}/{client.post(SESSIONS, json=MINIMAL).json()['id']}/cancel")


def secret_as_key(client: TestClient) -> None:
    client.get(THREADS, headers=bearer(spoken(client)))


def of_version(client: TestClient, version: str) -> None:
    workflow = {"id": "wf_support", "version": version, "state_variables": {"plan": "pro", "old": True}}
    Talk(client, client.post(SESSIONS, json={**MINIMAL, "workflow": workflow}).json()["client_secret"]).say("hi")


def rename(client: TestClient) -> None:
    talk = spoken(client, "One")
    talk.json("threads.update", thread_id=talk.thread_id, title="T")


def forget(client: TestClient) -> None:
    talk = spoken(client, "One")
    talk.json("threads.delete", thread_id=talk.thread_id)


def gone(client: TestClient, operation: str, **params: Any) -> None:
    """Something done to a thread that is deleted afterwards."""
    talk = spoken(client, "One", "Two")
    talk.post(operation, thread_id=talk.thread_id, **params)
    client.delete(f"/_mock/threads/{talk.thread_id}")


LAST: dict[str, Callable[[TestClient], Any]] = {
    "a creation": create,
    "a creation with all there is": lambda client: create(
        client, user=ODD, expires_after={"anchor": "created_at", "seconds": 9}, **UPLOADS
    ),
    "a creation with an unknown key": lambda client: create(client, colour="red"),
    "a creation with a wrong type": lambda client: create(client, user=1),
    "a creation without a user": lambda client: client.post(SESSIONS, json={"workflow": {"id": "w"}}),
    "a creation without a key": lambda client: client.post(SESSIONS, json=MINIMAL, headers={"authorization": ""}),
    "a creation with a wrong key": lambda client: client.post(
        SESSIONS, json=MINIMAL, headers={"authorization": "Bearer sk-invalid"}
    ),
    "a creation without beta": lambda client: client.post(SESSIONS, json=MINIMAL, headers={"openai-beta": ""}),
    "a creation as text": lambda client: client.post(SESSIONS, content="{}", headers={"content-type": "text/plain"}),
    "a creation cut short": lambda client: client.post(SESSIONS, content='{"user": "é'),
    "a creation that is no text": lambda client: client.post(SESSIONS, content=b"\xff\xfe"),
    "a creation with a key twice": lambda client: client.post(SESSIONS, content='{"user": "a", "user": "b"}'),
    "a magic creation": lambda client: create(client, workflow={"id": "wf_mock_ratelimited"}),
    "a creation that was struck": lambda client: struck(client, error={"status": 503, "message": "No."}),
    "a creation struck by what is gone": lambda client: struck(client, error=418, gone=True),
    "a creation struck by 401": lambda client: struck(client, error=401),
    "a malformed creation": lambda client: struck(client, malformed=0),
    "a slow creation": lambda client: struck(client, delay=0.01),
    "a creation born cancelled": lambda client: struck(client, end_session="cancelled"),
    "a cancellation": cancel,
    "an unknown cancellation": lambda client: client.post(f"{SESSIONS}/cksess_1/cancel"),
    "a list of threads": lambda client: client.get(THREADS, params={"user": "ada", "limit": 2}),
    "a bad list of threads": lambda client: client.get(f"{THREADS}?limit=101&x={{y}}"),
    "threads by a client secret": secret_as_key,
    "a thread": lambda client: thread_request(client, "GET"),
    "a thread's items": lambda client: thread_request(client, "GET", "/items?order=asc"),
    "a thread's head": lambda client: thread_request(client, "HEAD"),
    "a deleted thread": lambda client: thread_request(client, "DELETE"),
    "an unknown thread": lambda client: client.get(f"{THREADS}/cthr_1"),
    "no such URL": lambda client: client.get("/v2/a b/{c}?d=[e]"),
    "no such method": lambda client: client.request("PATCH", SESSIONS),
    "a project that can't be": lambda client: client.get(THREADS, headers={"openai-project": "a b"}),
    "a message": lambda client: spoken(client, ODD),
    "a second message": lambda client: spoken(client, "One", "Two"),
    "a message to a locked thread": lock,
    "a message of an expired session": lambda client: expire(client, "expire"),
    "a message of a cancelled session": lambda client: expire(client, "cancel"),
    "a message without a secret": lambda client: Talk(client).post("threads.create", input=MESSAGE),
    "a message with a wrong secret": lambda client: Talk(client, "ek_wrong").post("threads.create", input=MESSAGE),
    "a message to a thread that is not there": lambda client: spoken(client).post(
        "threads.add_user_message", thread_id="cthr_1", input=MESSAGE
    ),
    "a message too many": spend,
    "a message that is none": lambda client: spoken(client).raw('{"type": "threads.create"}'),
    "a message with a picture": attach,
    "a message with a state": lambda client: of_version(client, "1"),
    "a message to a version that fails": lambda client: of_version(client, "latest"),
    "a message without titles": lambda client: spoken(
        client, "hi", chatkit_configuration={"automatic_thread_titling": {"enabled": False}}
    ),
    "a message to an own script": script,
    "a message to a script of reasoning": lambda client: spoken(client, "hi", workflow="wf_reasoning"),
    "a malformed stream": lambda client: struck_stream(client, malformed=1),
    "a stream whose session ends first": lambda client: struck_stream(client, end_session="expired"),
    "a tool's output": call_tool,
    "an action": lambda client: act(client, "threads.custom_action"),
    "an action that answers at once": lambda client: act(client, "threads.sync_custom_action"),
    "answers": answer_questions,
    "a retry": again,
    "feedback": praise,
    "a thread in the conversation": lambda client: items(spoken(client, "One")),
    "a renamed thread": rename,
    "a thread deleted in the conversation": forget,
    "items of a thread that is gone": lambda client: gone(client, "items.list", limit=1),
    "a message to a thread that is gone": lambda client: gone(client, "threads.add_user_message", input=MESSAGE),
    "speech": lambda client: spoken(client).json("input.transcribe", audio_base64="AA==", mime_type="audio/webm"),
    "an announced file": lambda client: spoken(client, **UPLOADS).json(
        "attachments.create", name="a.png", size=6, mime_type="image/png"
    ),
    "a file taken back": take_back,
    "an upload": lambda client: client.post("/v1/chatkit/files", files=PNG),
    "an upload by a page": lambda client: client.post(
        "/v1/chatkit/files", files=PNG, headers=bearer(spoken(client, **UPLOADS))
    ),
    "an upload that is off": lambda client: client.post("/v1/chatkit/files", files=PNG, headers=bearer(spoken(client))),
    "an upload of another type": lambda client: client.post("/v1/chatkit/files", files={"file": ("a", b"b", "x/y")}),
    "a file": read_file,
    "a file in two steps": put_file,
    "an unknown file": lambda client: client.get("/v1/chatkit/files/cfile_1"),
    "a domain key": lambda client: client.post(
        "/v1/chatkit/domain_keys/verify_hosted", json={"hostname": "h"}, headers=bearer(spoken(client))
    ),
}


SETTINGS: dict[str, tuple[Json, Callable[[TestClient], Any]]] = {
    "custom mode": (
        {"custom_mode": True, "custom_user": "eve", "custom_workflow": "wf_reasoning"},
        lambda client: Talk(client).say("hi"),
    ),
    "no beta": ({"beta_header": "optional"}, lambda client: client.get(THREADS, headers={"openai-beta": ""})),
    "no workflow": ({"require_workflow": True}, create),
    "the only key": ({"api_key": "sk-test"}, create),
    "another key": ({"api_key": "sk-other-key"}, create),
    "other files": (
        {"file_types": ("*/*",)},
        lambda client: client.post("/v1/chatkit/files", files={"file": ("a", b"b", "x/y")}),
    ),
    "a large body": ({"max_body_bytes": 50_000_000}, lambda client: client.post(SESSIONS, content=b" " * 50_000_001)),
    "a seeded thread": (
        {"seed": {"threads": [{"id": "cthr_1", "user": "ada", "title": "Old", "items": []}]}},
        lambda client: client.get(f"{THREADS}/cthr_1"),
    ),
}


def newest_id(client: TestClient) -> str:
    return str(client.get("/_mock/requests/summaries?limit=1").json()["data"][0]["id"])


def code_of(client: TestClient, request_id: str | None = None) -> str:
    answer = client.get(f"/_mock/requests/{request_id or newest_id(client)}/test")
    assert answer.status_code == 200, answer.text
    code: str = answer.json()["code"]
    return code


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # others take seconds to import
    monkeypatch.setenv("PYTEST_PLUGINS", "chatkit_mock_plugin")
    for name in ("PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER", "CHATKIT_MOCK_PORT", "CHATKIT_MOCK_STRICT"):
        monkeypatch.delenv(name, raising=False)
    return pytester


def file_name(name: str) -> str:
    return f"test_{re.sub('[^a-z]', '_', name)}.py"


def run(project: pytest.Pytester, codes: dict[str, str]) -> pytest.RunResult:
    for name, code in codes.items():
        compile(code, name, "exec")
        project.path.joinpath(file_name(name)).write_text(code, encoding="utf-8")
    return project.runpytest_subprocess("-W", "error", "--import-mode=importlib")


@pytest.fixture
def web(tmp_path: Path) -> Iterator[httpx2.Client]:
    for name, last in (("wf_1", {"pause": "60s"}), ("wf_2", {"disconnect": True})):
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump({"default": [{"progress": "Well"}, last]}))
    app = MockServer(Projects(Settings()), workflows=Catalog([tmp_path]))
    with ServerThread(app) as server, socket_client(server.origin, headers=HEADERS, timeout=10) as web:
        yield web


def stream(web: httpx2.Client, *, workflow: str, events: int = 1000) -> None:
    """Read so many events of an answer, then leave; a connection that breaks is read until it does."""
    secret = web.post(SESSIONS, json={"workflow": {"id": workflow}, "user": "ada"}).json()["client_secret"]
    body = {"type": "threads.create", "params": {"input": MESSAGE}}
    headers = {"authorization": f"Bearer {secret}"}
    with suppress(httpx2.TransportError), web.stream("POST", CONVERSATION, json=body, headers=headers) as answer:
        lines = (line for line in answer.iter_lines() if line)
        for _ in range(events):
            next(lines)


def break_creation(web: httpx2.Client, **do: Any) -> None:
    web.post("/_mock/faults", json={"do": do})
    with suppress(httpx2.TransportError):
        web.post(SESSIONS, json=MINIMAL)
    web.delete("/_mock/faults")


BROKEN: dict[str, Callable[[httpx2.Client], None]] = {
    "a stream that was left": lambda web: stream(web, workflow="wf_1", events=2),
    "a stream that its script cuts": lambda web: stream(web, workflow="wf_2"),
    "a stream that magic cuts": lambda web: stream(web, workflow="wf_mock_abort"),
    "a creation that was dropped": lambda web: break_creation(web, drop=True),
    "a creation that was truncated": lambda web: break_creation(web, truncated=0),
}


def answered_codes(start: Start) -> dict[str, str]:
    """The tests of requests that were answered."""
    codes = {}
    given: dict[str, tuple[Json, Callable[[TestClient], Any]]] = {
        name: ({}, happen) for name, happen in LAST.items()
    } | SETTINGS
    for name, (settings, happen) in given.items():
        client = start(**settings)
        happen(client)
        codes[name] = code_of(client)
    return codes


def broken_codes(web: httpx2.Client) -> dict[str, str]:
    """The tests of requests that broke, which break again."""
    codes = {}
    for name, happen in BROKEN.items():
        happen(web)
        request = web.get("/_mock/requests/summaries?limit=1").json()["data"][0]["id"]
        end = stopwatch() + 5
        while web.get(f"/_mock/requests/{request}").json()["outcome"] == "open":
            assert stopwatch() < end, "it never ended"
        codes[name] = web.get(f"/_mock/requests/{request}/test").json()["code"]
    return codes


def open_code(web: httpx2.Client) -> str:
    """The test of a request that is still open: it asserts as far as that came."""
    secret = web.post(SESSIONS, json=MINIMAL).json()["client_secret"]
    body = {"type": "threads.create", "params": {"input": MESSAGE}}
    with web.stream("POST", CONVERSATION, json=body, headers={"authorization": f"Bearer {secret}"}) as answer:
        next(answer.iter_lines())
        code: str = web.get(f"/_mock/requests/{answer.headers['x-request-id']}/test").json()["code"]
    assert "islice(lines, " in code
    return code


def code_of_another_project(client: TestClient) -> str:
    client.post(f"/p/other{SESSIONS}", json=MINIMAL)
    session = client.get("/_mock/sessions?project=other").json()["sessions"][0]["id"]
    client.post(f"/p/other{SESSIONS}/{session}/cancel")
    request = client.get("/_mock/requests/summaries?project=other&limit=1").json()["data"][0]["id"]
    code: str = client.get(f"/_mock/requests/{request}/test?project=other").json()["code"]
    return code


OTHERWISE: dict[str, tuple[Callable[[TestClient], Any], str, str]] = {
    "another status": (create, "status_code == 200", "status_code == 201"),
    "other events": (lambda client: spoken(client, "hi"), '"thread.item.done"', '"thread.item.removed"'),
    "another user": (create, 'user="ada")', 'user="eve")'),
}


def spoiled_codes(start: Start) -> dict[str, str]:
    """Tests that claim another response than came."""
    codes = {}
    for name, (happen, old, new) in OTHERWISE.items():
        client = start()
        happen(client)
        code = code_of(client)
        assert old in code
        head, _, tail = code.rpartition(old)
        codes[name] = head + new + tail
    return codes


@pytest.mark.exhaustive
def test_what_is_pasted_passes_and_what_is_asserted_matters(
    project: pytest.Pytester, start: Start, web: httpx2.Client
) -> None:
    right = {
        **answered_codes(start),
        **broken_codes(web),
        "a request that is open": open_code(web),
        "a request to another project": code_of_another_project(start()),
    }
    wrong = spoiled_codes(start)
    result = run(project, {**right, **wrong})
    result.assert_outcomes(passed=len(LAST) + len(SETTINGS) + len(BROKEN) + 2, failed=len(OTHERWISE))
    result.stdout.re_match_lines_random([f"FAILED {file_name(name)}::.*" for name in wrong])


def test_a_creation_is_written_as_one_would(client: TestClient) -> None:
    client.get("/v1/chatkit/threads")
    create(client)
    lines = code_of(client).splitlines()
    assert lines[0] == "def test_sessions_create(chatkit_mock):"
    assert lines[1].startswith('    """Repeat request req_')
    assert lines[2:] == [
        "    with chatkit_mock.openai(max_retries=0) as client:",
        '        response = client.beta.chatkit.sessions.with_raw_response.create(workflow={"id": "wf_1"}, user="ada")',
        "    assert response.status_code == 200",
        '    chatkit_mock.journal.assert_called("sessions.create", status=200, user="ada")',
    ]


@pytest.mark.parametrize("put", ["key", "user", "path", "body"])
def test_no_key_is_in_it(client: TestClient, put: str) -> None:
    key = "sk-abcdefghijklmnopqrstuvwxyz"
    client.headers["authorization"] = f"Bearer {key}"
    secret = client.post(SESSIONS, json=MINIMAL).json()["client_secret"]
    ways: dict[str, Callable[[], Any]] = {
        "key": lambda: client.get(THREADS, params={"after": key, "user": secret}),
        "user": lambda: create(client, user=f"{key} {secret}"),
        "path": lambda: client.get(f"{THREADS}/{secret}/items?a={key}"),
        "body": lambda: client.post(SESSIONS, content=f"{{{key} {secret}"),
    }
    ways[put]()
    code = code_of(client)
    assert key[9:-5] not in code
    assert secret[12:36] not in code


def test_what_is_not_there_has_no_test(client: TestClient) -> None:
    assert client.get("/_mock/requests/req_1/test").status_code == 404

"""`/_mock/requests`: what the journal keeps, hides, finds, claims and exports."""

import json
import os
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from support.emulator import HEADERS, MINIMAL, Start, make_app, projects_of, socket_client
from support.patience import eventually
from support.talk import Talk, text_of
from support.wire_cases import CASES, NOW, STANDARD, assert_matches, client_given

from mock_server.app import MockServer
from mock_server.client.handle import Handle
from mock_server.config import Settings
from mock_server.server.thread import ServerThread
from mock_server.state.journal import ENTRY_BYTES, Entry, Journal
from mock_server.state.projects import Projects
from mock_server.testing import connect
from mock_server.workflows.catalog import Catalog

Json = dict[str, Any]
SESSIONS, CONVERSATION = "/v1/chatkit/sessions", "/v1/chatkit/conversation"
KEY = "sk-abcdefghijklmnopqrstuvwxyz"
MESSAGE = {"content": [{"type": "input_text", "text": "hi"}], "attachments": [], "inference_options": {}}
CREATE_THREAD = {"type": "threads.create", "params": {"input": MESSAGE}}
PAUSING = "default: [{progress: waiting}, {pause: 60s}]"


def listed(client: TestClient, base: str = "", **query: Any) -> list[Json]:
    """The journal, oldest first unless asked otherwise."""
    answer = client.get(f"{base}/_mock/requests", params={"order": "asc", **query})
    assert answer.status_code == 200, answer.text
    data: list[Json] = answer.json()["data"]
    return data


# What is kept.


def test_a_creation_is_kept_with_its_answer(client: TestClient) -> None:
    projects_of(client).default.clock.freeze(NOW)
    session = client.post(f"{SESSIONS}?", json=MINIMAL).json()
    kept = listed(client)[0]
    subject = {"session": session["id"], "user": "ada", "workflow": "wf_1", "project": "default", "at": NOW}
    how = {"operation": "sessions.create", "method": "POST", "path": SESSIONS, "query": "", "status": 200}
    assert kept == kept | subject | how | {"outcome": "completed", "fault": None, "events": None}
    assert kept["milliseconds"] > 0
    assert kept["request"]["body"] == MINIMAL
    assert kept["response"]["body"]["id"] == session["id"]
    assert kept["id"] == kept["response"]["headers"]["x-request-id"]
    assert client.get(f"/_mock/requests/{kept['id']}").json() == kept


def test_a_stream_is_kept_with_its_events(client: TestClient) -> None:
    events = Talk.begin(client).say("hello")
    created, streamed = listed(client)
    assert streamed["operation"] == "conversation.threads.create"
    assert (streamed["session"], streamed["user"], streamed["workflow"]) == (created["session"], "ada", "wf_1")
    assert streamed["outcome"] == "completed"
    assert streamed["events"] == events
    assert len(streamed["event_times"]) == len(events)
    assert sorted(streamed["event_times"]) == streamed["event_times"]
    assert 0 < streamed["event_times"][0] <= streamed["event_times"][-1] <= streamed["milliseconds"]
    assert created["event_times"] is None
    assert text_of(streamed["events"])


@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "status", "operation"),
    [
        ("POST", SESSIONS, {"authorization": ""}, MINIMAL, 401, "sessions.create"),
        ("POST", SESSIONS, {}, {"user": "ada"}, 400, "sessions.create"),
        ("GET", "/v1/chatkit/threads", {"openai-beta": ""}, None, 400, "threads.list"),
        ("POST", CONVERSATION, {"authorization": ""}, CREATE_THREAD, 401, "conversation.threads.create"),
        ("GET", "/v1/chatkit/nothing", {}, None, 404, None),
        ("DELETE", SESSIONS, {}, None, 405, None),
        ("GET", "/healthy", {}, None, 404, None),
        ("POST", SESSIONS, {"openai-project": "no such name!"}, MINIMAL, 400, None),
    ],
)
def test_what_is_refused_is_kept_too(
    client: TestClient, method: str, path: str, headers: Json, body: Any, status: int, operation: str | None
) -> None:
    assert client.request(method, path, headers=headers, json=body).status_code == status
    (kept,) = listed(client)
    assert (kept["status"], kept["operation"], kept["outcome"]) == (status, operation, "completed")
    assert kept["response"]["body"]["error"]["message"]


@pytest.mark.parametrize(
    "path", ["/", "/health", "/ready", "/metrics", "/docs", "/openapi.json", "/_mock/clock", "/_mock/x", "/p/a/health"]
)
def test_what_is_not_chatkits_is_never_kept(client: TestClient, path: str) -> None:
    client.get(path)
    assert listed(client) == listed(client, "/p/a") == []


@pytest.mark.parametrize("base", ["", "/p/a", "/p/b"])
def test_every_project_keeps_its_own(client: TestClient, base: str) -> None:
    sent = {each: client.post(f"{each}{SESSIONS}", json=MINIMAL).json()["id"] for each in ("", "/p/a", "/p/b")}
    (kept,) = listed(client, base)
    assert (kept["session"], kept["path"]) == (sent[base], SESSIONS)
    assert client.delete(f"{base}/_mock/requests").json()["cleared"] == 1
    assert [len(listed(client, each)) for each in sent] == [int(each != base) for each in sent]


# Streams while they are open.


@pytest.fixture
def app(tmp_path: Path) -> MockServer:
    (tmp_path / "wf_1.yaml").write_text(PAUSING)
    return MockServer(Projects(Settings()), workflows=Catalog([tmp_path]))


@pytest.fixture
def web(app: MockServer) -> Iterator[httpx2.Client]:
    with ServerThread(app) as server, socket_client(server.origin, headers=HEADERS, timeout=10) as web:
        yield web


@pytest.fixture
def mock(web: httpx2.Client) -> Handle:
    return connect(str(web.base_url))


@contextmanager
def open_stream(web: httpx2.Client) -> Iterator[None]:
    """A stream whose first event has come, and that waits."""
    bearer = {"authorization": f"Bearer {web.post(SESSIONS, json=MINIMAL).json()['client_secret']}"}
    with web.stream("POST", CONVERSATION, json=CREATE_THREAD, headers=bearer) as answer:
        lines = answer.iter_lines()
        assert "thread.created" in next(lines)
        yield


def test_a_stream_is_open_until_its_client_leaves(web: httpx2.Client, mock: Handle) -> None:
    with open_stream(web):
        kept = mock.journal.last("conversation")
        assert (kept.outcome, kept.status) == ("open", 200)
        assert kept.events
        assert kept.events[0]["type"] == "thread.created"
    eventually(lambda: mock.journal.get(kept.id).outcome == "abandoned")
    assert mock.journal.get(kept.id).milliseconds > 0


def test_clearing_while_a_stream_is_open_keeps_the_size_right(web: httpx2.Client, app: MockServer) -> None:
    journal = app.projects.default.journal
    with open_stream(web):
        web.delete("/_mock/requests")
        assert journal._size == 0
        web.get("/v1/chatkit/threads")
    eventually(lambda: ("conversation.threads.create", 200) in journal.totals)
    assert journal._size == sum(entry.size for entry in journal) > 0
    assert [entry.operation for entry in journal] == ["threads.list"]


@given(st.lists(st.tuples(st.sampled_from(["begin", "end", "clear"]), st.integers(0, 9)), max_size=40))
def test_the_size_is_that_of_the_entries_whatever_happens(steps: list[tuple[str, int]]) -> None:
    journal, running = Journal(entries=5, size=9000), list[Entry]()
    for step, number in steps:
        if step == "begin":
            running.append(Entry("r", 0, 0, "GET", "/", b"", [], body=b"x" * 400 * number))
            journal.begin(running[-1])
        elif step == "end" and running:
            journal.end(running.pop(number % len(running)), now=0)
        elif step == "clear":
            journal.clear()
        assert 0 <= journal._size == sum(entry.size for entry in journal) <= 9000
        assert len(journal) <= 5


# Bounds.


def test_the_oldest_entries_make_room(start: Start) -> None:
    client = start(journal_entries=3)
    for number in range(5):
        client.get(f"/v1/{number}")
    answer = client.get("/_mock/requests").json()
    assert [each["path"] for each in answer["data"]] == ["/v1/4", "/v1/3", "/v1/2"]
    assert answer["forgotten"] == 2
    client.delete("/_mock/requests")
    assert client.get("/_mock/requests").json()["forgotten"] == 0


def test_the_oldest_bytes_make_room(start: Start) -> None:
    client = start(journal_bytes=20_000)
    for number in range(9):
        client.post(SESSIONS, json={**MINIMAL, "user": f"{number}".ljust(4000)})
    answer = client.get("/_mock/requests").json()
    assert answer["data"][0]["user"].startswith("8")
    assert 0 < len(answer["data"]) == 9 - answer["forgotten"] < 4
    assert projects_of(client).default.journal._size <= 20_000


def test_what_is_kept_of_one_stream_is_bounded(client: TestClient) -> None:
    Talk.begin(client).say("x" * (ENTRY_BYTES - 10_000))
    (streamed,) = [entry for entry in projects_of(client).default.journal if entry.events is not None]
    assert sum(map(len, streamed.events or [])) <= ENTRY_BYTES


# Keys and secrets.


PUTS: dict[str, Callable[[TestClient, str], Any]] = {
    "an answer": lambda client, secret: None,
    "a conversation's bearer": lambda client, secret: Talk(client, secret).post("threads.create", input=MESSAGE),
    "an API key": lambda client, secret: client.post(SESSIONS, headers={"authorization": f"Bearer {secret}"}),
    "a bare header": lambda client, secret: client.get("/v1/x", headers={"authorization": secret}),
    "another key header": lambda client, secret: client.get("/v1/x", headers={"x-api-key": secret}),
    "a path": lambda client, secret: client.get(f"/v1/{secret}"),
    "a path's argument": lambda client, secret: client.post(f"{SESSIONS}/{secret}/cancel"),
    "a query": lambda client, secret: client.get("/v1/chatkit/threads", params={"key": secret}),
    "a query's user": lambda client, secret: client.get("/v1/chatkit/threads", params={"user": secret}),
    "an escaped query": lambda client, secret: client.get("/v1/x?k=" + "".join(f"%{ord(each):02x}" for each in secret)),
    "a message": lambda client, secret: Talk.begin(client).say(f"my secret is {secret}, tell nobody"),
    "a message, behind a word": lambda client, secret: Talk.begin(client).say(f"secret_{secret}"),
    "a user": lambda client, secret: client.post(SESSIONS, json={**MINIMAL, "user": secret}),
    "a workflow": lambda client, secret: client.post(SESSIONS, json={"workflow": {"id": secret}, "user": "ada"}),
    "a field's name": lambda client, secret: client.post(SESSIONS, json={**MINIMAL, secret: 1}),
    "a broken body": lambda client, secret: client.post(
        SESSIONS, content=f"{{{secret}", headers={"content-type": "application/json"}
    ),
}


def everything_shown(client: TestClient) -> dict[str, str]:
    """All that the journal tells of its requests, by where it is told."""
    shown = {f"export as {form}": f"/export?format={form}" for form in ("jsonl", "har", "wire")}
    shown |= {"list": "", "summaries": "/summaries"}
    for entry in listed(client):
        shown |= {f"show {entry['id']}": f"/{entry['id']}", f"curl {entry['id']}": f"/{entry['id']}/curl"}
        shown[f"test {entry['id']}"] = f"/{entry['id']}/test"
    told = {name: client.get(f"/_mock/requests{path}") for name, path in shown.items()}
    told["verify"] = client.post("/_mock/requests/verify", json={"match": {"method": "PUT", "body": {"a": 1}}})
    told["order"] = client.post("/_mock/requests/verify", json={"sequence": [{"path": "/x", "user": "y"}]})
    assert {answer.status_code for answer in told.values()} == {200}
    return {name: answer.text for name, answer in told.items()}


@pytest.mark.parametrize("kind", ["secret", "key"])
@pytest.mark.parametrize("put", PUTS.values(), ids=PUTS)
def test_no_key_and_no_secret_is_ever_shown(
    client: TestClient, put: Callable[[TestClient, str], Any], kind: str
) -> None:
    client.headers["authorization"] = f"Bearer {KEY}"
    secret = client.post(SESSIONS, json=MINIMAL).json()["client_secret"]
    put(client, secret if kind == "secret" else KEY)
    core = secret[12:36] if kind == "secret" else KEY[9:-5]
    assert [name for name, text in everything_shown(client).items() if core in text] == []


@pytest.mark.parametrize("header", ["authorization", "x-api-key", "api-key", "cookie"])
def test_a_key_of_any_form_is_hidden_where_keys_are_sent(client: TestClient, header: str) -> None:
    client.get("/v1/chatkit/threads", headers={header: "hunter2-hunter2-hunter2"})
    assert [name for name, text in everything_shown(client).items() if "er2-hunter2-hu" in text] == []


def test_hiding_a_secret_in_a_path_leaves_the_rest_of_the_path(client: TestClient) -> None:
    secret = client.post(SESSIONS, json=MINIMAL).json()["client_secret"]
    client.post(f"{SESSIONS}/{secret}/cancel")
    assert listed(client)[-1]["path"].endswith("/cancel")


# Filters and pages.


@pytest.fixture
def busy(client: TestClient) -> TestClient:
    """A journal with seven requests, named by what is unique of them."""
    session = client.post(SESSIONS, json=MINIMAL).json()
    client.post(SESSIONS, json={"workflow": {"id": "wf_2"}, "user": "grace"})
    Talk(client, session["client_secret"]).say("hi")
    client.post(f"{SESSIONS}/{session['id']}/cancel")
    client.get("/v1/chatkit/threads", params={"user": "grace"})
    client.get("/v1/nothing")
    client.post("/_mock/faults", json={"name": "boom", "do": {"error": 503}})
    client.get("/v1/chatkit/threads")
    return client


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({}, [0, 1, 2, 3, 4, 5, 6]),
        ({"operation": "sessions"}, [0, 1, 3]),
        ({"operation": "sessions.create"}, [0, 1]),
        ({"operation": "files"}, []),
        ({"operation": "conversation"}, [2]),
        ({"operation": "conversation.threads.create"}, [2]),
        ({"method": "get"}, [4, 5, 6]),
        ({"path": "/v1/chatkit/threads"}, [4, 6]),
        ({"path": "*/cancel"}, [3]),
        ({"path": "/v1/chatkit/s*"}, [0, 1, 3]),
        ({"status": 404}, [5]),
        ({"user": "grace"}, [1, 4]),
        ({"workflow": "wf_1"}, [0, 2, 3]),
        ({"fault": "boom"}, [6]),
        ({"fault": "*"}, [6]),
        ({"outcome": "completed"}, [0, 1, 2, 3, 4, 5, 6]),
        ({"outcome": "open"}, []),
        ({"user": "ada", "status": 200, "method": "POST", "operation": "sessions"}, [0, 3]),
    ],
)
def test_filters_find_what_they_name(busy: TestClient, query: Json, numbers: list[int]) -> None:
    every = [entry["id"] for entry in listed(busy)]
    assert [every.index(entry["id"]) for entry in listed(busy, **query)] == numbers
    exported = busy.get("/_mock/requests/export", params=query).text.splitlines()
    assert [every.index(json.loads(line)["id"]) for line in exported] == numbers


def test_a_session_finds_what_was_done_with_it(busy: TestClient) -> None:
    session = listed(busy)[0]["session"]
    assert [entry["operation"] for entry in listed(busy, session=session)] == [
        "sessions.create",
        "conversation.threads.create",
        "sessions.cancel",
    ]


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("limit", [1, 3, 7, 10])
def test_pages_lead_through_the_whole_journal(busy: TestClient, order: str, limit: int) -> None:
    every = [entry["id"] for entry in listed(busy)]
    found: list[str] = []
    query: Json = {"order": order, "limit": limit}
    for _ in range(10):
        page = busy.get("/_mock/requests", params=query).json()
        assert (page["first_id"], page["last_id"]) == (page["data"][0]["id"], page["data"][-1]["id"])
        found += [entry["id"] for entry in page["data"]]
        if not page["has_more"]:
            break
        query["after"] = page["last_id"]
    assert found == (every if order == "asc" else every[::-1])


def test_an_unknown_cursor_begins_at_the_beginning(busy: TestClient) -> None:
    assert listed(busy, after="req_none", limit=2) == listed(busy, limit=2)


def test_an_empty_journal_has_no_ends(client: TestClient) -> None:
    empty: Json = {"object": "list", "data": [], "first_id": None, "last_id": None, "has_more": False, "forgotten": 0}
    assert client.get("/_mock/requests").json() == empty
    assert client.get("/_mock/requests/req_none").status_code == 404


# Claims.


def claim(client: TestClient, **claim: Any) -> Json:
    answer = client.post("/_mock/requests/verify", json=claim)
    assert answer.status_code == 200, answer.text
    verdict: Json = answer.json()
    return verdict


@pytest.mark.parametrize(
    ("counts", "times"),
    [
        ({}, {1, 2, 3}),
        ({"times": 0}, {0}),
        ({"times": 2}, {2}),
        ({"at_least": 2}, {2, 3}),
        ({"at_least": 0}, {0, 1, 2, 3}),
        ({"at_most": 1}, {0, 1}),
        ({"at_least": 1, "at_most": 2}, {1, 2}),
    ],
)
def test_a_claim_holds_as_often_as_it_says(client: TestClient, counts: Json, times: set[int]) -> None:
    held = set()
    for number in range(4):
        verdict = claim(client, match={"operation": "sessions.create"}, **counts)
        assert verdict["count"] == len(verdict["requests"]) == number
        assert verdict["passed"] == (not verdict["explanation"])
        held |= {number} if verdict["passed"] else set()
        client.post(SESSIONS, json=MINIMAL)
    assert held == times


@pytest.mark.parametrize(
    ("body", "fits"),
    [
        ({}, True),
        ({"user": "ada"}, True),
        ({"workflow": {"id": "w"}}, True),
        ({"workflow": {"state_variables": {"flag": True}}}, True),
        ({"workflow": {"state_variables": {"flag": 1}}}, False),
        ({"workflow": {"state_variables": {"one": 1}}}, True),
        ({"workflow": {"state_variables": {"one": True}}}, False),
        ({"list": [1, {"a": 1}]}, True),
        ({"list": [1, {"a": True}]}, False),
        ({"list": [1, {}]}, True),
        ({"list": [1]}, False),
        ({"list": [{"a": 1}, 1]}, False),
        ({"none": None}, True),
        ({"missing": None}, False),
        ({"missing": "(missing)"}, False),
        ({"user": "Ada"}, False),
        ([], False),
        ("ada", False),
        (None, False),
    ],
)
def test_a_body_fits_if_it_contains_what_is_claimed(client: TestClient, body: Any, fits: bool) -> None:
    variables = {"flag": True, "one": 1}
    sent = {"user": "ada", "workflow": {"id": "w", "state_variables": variables}, "list": [1, {"a": 1, "b": 2}]}
    client.post(SESSIONS, json={**sent, "none": None})
    assert claim(client, match={"body": body})["passed"] == fits


@pytest.mark.parametrize(
    ("headers", "fits"),
    [({}, True), ({"X-Trace": "a, b"}, True), ({"x-trace": "a"}, False), ({"x-other": "a"}, False)],
)
def test_headers_fit_whatever_the_case_of_their_names(client: TestClient, headers: Json, fits: bool) -> None:
    client.get("/v1/x", headers=[("X-TRACE", "a"), ("x-trace", "b")])
    assert claim(client, match={"headers": headers})["passed"] == fits


@pytest.mark.parametrize(
    "contradiction",
    [
        {},
        {"times": 1},
        {"match": {}, "sequence": []},
        {"match": {}, "times": 1, "at_least": 1},
        {"match": {}, "times": 1, "at_most": 1},
        {"match": {}, "at_least": 2, "at_most": 1},
        {"sequence": [{}], "times": 1},
        {"match": {}, "times": -1},
        {"match": {"colour": "red"}},
    ],
    ids=str,
)
def test_a_contradictory_claim_is_refused(client: TestClient, contradiction: Json) -> None:
    answer = client.post("/_mock/requests/verify", json=contradiction)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"]


SEQUENCES: list[tuple[list[str], str]] = [
    (["sessions.create", "conversation", "sessions.cancel"], ""),
    (["sessions.create", "sessions.create"], ""),
    (["sessions.create"] * 3, "Request 3 of the sequence"),
    (["conversation", "sessions.create"], "it came too early"),
    (["sessions.cancel", "files"], "it never came"),
]


@pytest.mark.parametrize(("operations", "told"), SEQUENCES, ids=str)
def test_a_sequence_holds_in_its_order(busy: TestClient, operations: list[str], told: str) -> None:
    verdict = claim(busy, sequence=[{"operation": operation} for operation in operations])
    assert verdict["passed"] == (not told)
    assert told in verdict["explanation"]


def test_a_failing_verdict_names_the_nearest_misses_first(client: TestClient) -> None:
    wanted = {"user": "ada", "workflow": {"id": "wf_1", "version": "2"}}
    client.get("/v1/chatkit/threads")
    client.post(SESSIONS, json={"user": "eve", "workflow": {"id": "wf_9", "version": "3"}})
    client.post(SESSIONS, json={"user": "ada", "workflow": {"id": "wf_1", "version": "3"}})
    client.post(SESSIONS, json={"user": "grace", "workflow": {"id": "wf_1"}})
    verdict = claim(client, match={"operation": "sessions.create", "body": wanted})
    ids = [entry["id"] for entry in listed(client)]
    assert [ids.index(miss["id"]) for miss in verdict["near_misses"]] == [2, 3, 1]
    nearest = verdict["near_misses"][0]
    assert nearest["differences"] == [{"field": "body.workflow.version", "expected": "2", "got": "3"}]
    for line in (
        "body.workflow.version: expected '2', got '3'",
        "body.user: expected 'ada', got 'grace'",
        "body.workflow.id: expected 'wf_1', got 'wf_9'",
    ):
        assert line in verdict["explanation"]
    assert [verdict["explanation"].index(ids[number]) for number in (2, 3, 1)] == sorted(
        verdict["explanation"].index(ids[number]) for number in (2, 3, 1)
    )


def test_every_field_that_misses_is_named_with_both_values(busy: TestClient) -> None:
    wanted = {"operation": "sessions.cancel", "method": "PUT", "status": 500, "user": "eve", "workflow": "w"}
    more = {"path": "/x", "session": "cksess_1", "fault": "boom", "outcome": "open", "headers": {"x-a": "b"}}
    verdict = claim(busy, match={"path": "*/cancel", **wanted}, times=1)
    cancel = listed(busy, operation="sessions.cancel")[0]
    assert verdict["near_misses"][0]["id"] == cancel["id"]
    for name in ("method", "status", "user", "workflow"):
        assert f"{name}: expected {wanted[name]!r}, got {cancel[name]!r}" in verdict["explanation"]
    verdict = claim(busy, match={"body": {"a": 1}, **wanted, **more})
    fields = {each["field"] for miss in verdict["near_misses"] for each in miss["differences"]}
    assert {*wanted, *more, "headers.x-a", "body"} - {"headers"} <= fields | {"operation"}


@pytest.mark.parametrize("fails", ["called", "times", "not called", "order"])
def test_the_handle_raises_the_explanation(web: httpx2.Client, mock: Handle, fails: str) -> None:
    web.post(SESSIONS, json=MINIMAL)
    assert len(mock.journal.assert_called("sessions.create", times=1, body={"user": "ada"})) == 1
    mock.journal.assert_not_called("sessions.create", user="grace")
    web.get("/v1/x")
    mock.journal.assert_order("sessions", {"path": "/v1/*"})
    journal = mock.journal
    failing: dict[str, tuple[str, Callable[[], Any]]] = {
        "called": ("user: expected 'eve', got 'ada'", lambda: journal.assert_called("sessions.create", user="eve")),
        "times": ("exactly 2 times, but it came once", lambda: journal.assert_called("sessions.create", times=2)),
        "not called": ("never, but it came once", lambda: journal.assert_not_called("sessions.create")),
        "order": ("it came too early", lambda: journal.assert_order({"path": "/v1/x"}, "sessions.create")),
    }
    told, ask = failing[fails]
    with pytest.raises(AssertionError, match=told):
        ask()


def test_an_empty_journal_says_so(mock: Handle) -> None:
    for ask in (mock.journal.assert_called, mock.journal.assert_order, mock.journal.last):
        with pytest.raises(AssertionError, match="The journal is empty"):
            ask("sessions.create")


# Exports.


def test_json_lines_are_the_records(busy: TestClient) -> None:
    lines = busy.get("/_mock/requests/export").text.splitlines()
    assert [json.loads(line) for line in lines] == listed(busy)


HAR: dict[str, tuple[str, ...]] = {
    "log": ("version", "creator", "entries"),
    "entry": ("startedDateTime", "time", "request", "response", "cache", "timings"),
    "request": ("method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize", "bodySize"),
    "response": (
        *("status", "statusText", "httpVersion", "cookies", "headers"),
        *("content", "redirectURL", "headersSize", "bodySize"),
    ),
    "content": ("size", "mimeType"),
    "timings": ("send", "wait", "receive"),
}


def test_har_has_all_that_its_version_requires(busy: TestClient) -> None:
    har = busy.get("/_mock/requests/export?format=har").json()["log"]
    assert har["version"] == "1.2"
    assert {"name", "version"} <= set(har["creator"])
    assert len(har["entries"]) == 7
    for entry in har["entries"]:
        parts = {"log": har, "entry": entry, "request": entry["request"], "response": entry["response"]}
        parts |= {"content": entry["response"]["content"], "timings": entry["timings"]}
        for name, part in parts.items():
            assert set(HAR[name]) <= set(part), name
        for pair in entry["request"]["headers"] + entry["response"]["headers"] + entry["request"]["queryString"]:
            assert {type(pair["name"]), type(pair["value"])} == {str}
        assert entry["time"] == sum(entry["timings"][part] for part in HAR["timings"])
        content = entry["response"]["content"]
        assert content["size"] == len(content["text"].encode())
        assert entry["request"]["url"].startswith("http://127.0.0.1/v1/")
        assert ("postData" in entry["request"]) == (entry["request"]["bodySize"] > 0)
    assert har["entries"][2]["response"]["content"]["text"].startswith('data: {"type":"thread.created"')


def test_har_sizes_are_of_bytes(client: TestClient) -> None:
    client.post(SESSIONS, json={**MINIMAL, "user": "Zoë"})
    (entry,) = client.get("/_mock/requests/export?format=har").json()["log"]["entries"]
    content = entry["response"]["content"]
    assert content["size"] == len(content["text"].encode())


@pytest.mark.parametrize(
    "path", [path for path in CASES if "given" not in yaml.safe_load(path.read_text())], ids=lambda path: path.stem
)
def test_what_is_exported_as_cases_replays(path: Path) -> None:
    recorded, asked = client_given({}), yaml.safe_load(path.read_text())["request"]
    send(recorded, asked)
    (case,) = yaml.safe_load_all(recorded.get("/_mock/requests/export?format=wire").text)
    assert set(case) == {"provenance", "request", "answer"}
    answer = send(client_given({}), case["request"])
    assert answer.status_code == case["answer"]["status"]
    assert_matches(answer.json(), case["answer"]["body"])


def send(client: TestClient, request: Json) -> httpx2.Response:
    """Send a case's request, as the wire cases are sent."""
    headers = {name: value for name, value in {**STANDARD, **request.get("headers", {})}.items() if value is not None}
    body = {"json": request["body"]} if "body" in request else {"content": request.get("text")}
    return client.request(request["method"], request["path"], headers=headers, **body)


CURLS: dict[str, Json] = {
    "a creation": {"method": "POST", "url": SESSIONS, "json": MINIMAL},
    "quotes": {"method": "POST", "url": SESSIONS, "json": {**MINIMAL, "user": 'it\'s "$HOME" `id` \\ ë'}},
    "an at sign": {"method": "POST", "url": SESSIONS, "content": "@/etc/hostname"},
    "a broken body": {"method": "POST", "url": SESSIONS, "content": "{", "headers": {"content-type": "text/plain"}},
    "no body": {"method": "POST", "url": SESSIONS},
    "no beta header": {"method": "GET", "url": "/v1/chatkit/threads", "headers": {"openai-beta": "x"}},
    "a query": {"method": "GET", "url": "/v1/chatkit/threads?limit=101&order=asc"},
    "brackets in a query": {"method": "GET", "url": "/v1/chatkit/threads?a[]=1&b={c,d}"},
    "another project": {"method": "GET", "url": "/p/other/v1/chatkit/threads/cthr_1"},
    "an unknown URL": {"method": "DELETE", "url": "/v1/nothing"},
    "a space in a path": {"method": "POST", "url": f"{SESSIONS}/a%20b%3Fc/cancel"},
    "a wrong method": {"method": "PATCH", "url": SESSIONS},
    "a head": {"method": "HEAD", "url": "/v1/chatkit/threads"},
    "a conversation": {"method": "POST", "url": CONVERSATION, "json": CREATE_THREAD},
}


@pytest.mark.parametrize("sent", CURLS.values(), ids=CURLS)
def test_a_curl_command_gets_the_same_answer(served: ServerThread, sent: Json) -> None:
    with socket_client(served.origin, headers=HEADERS) as web:
        key = "sk-test"
        if sent["url"] == CONVERSATION:
            key = web.post(SESSIONS, json=MINIMAL).json()["client_secret"]
            sent = {**sent, "headers": {"authorization": f"Bearer {key}"}}
        answer = web.request(**sent)
    project = "other" if sent["url"].startswith("/p/") else None
    command = connect(served.origin, project=project).journal.curl(answer.headers["x-request-id"])
    environment = {**os.environ, "OPENAI_API_KEY": key, "NO_PROXY": "127.0.0.1"}
    command += " -s -o /dev/null --max-time 5 -w '%{http_code}'"
    ran = subprocess.run(["bash", "-c", command], env=environment, capture_output=True, text=True, check=False)
    assert (ran.stdout, ran.returncode) == (str(answer.status_code), 0), command


@pytest.mark.parametrize(
    ("method", "path", "headers", "operation"),
    [
        ("POST", "/v1/chatkit/conversation", {"authorization": "Bearer ek_wrong"}, "conversation.threads.create"),
        ("POST", "/v1/chatkit/sessions", {"authorization": ""}, "sessions.create"),
        ("POST", "/v1/nothing", {}, None),
        ("PUT", "/v1/chatkit/sessions", {}, None),
    ],
    ids=["a wrong secret", "no key", "an unknown URL", "a wrong verb"],
)
def test_a_body_that_is_refused_unread_is_kept(
    client: TestClient, method: str, path: str, headers: dict[str, str], operation: str | None
) -> None:
    body = {"type": "threads.create", "params": {"input": {}}}
    answer = client.request(method, path, json=body, headers=headers)
    assert answer.status_code in {401, 404, 405}
    record = client.get(f"/_mock/requests/{answer.headers['x-request-id']}").json()
    assert (record["operation"], record["request"]["body"]) == (operation, body)
    assert "threads.create" in client.get(f"/_mock/requests/{record['id']}/curl").json()["command"], (
        "it can be sent again"
    )


def test_a_body_that_never_comes_is_not_waited_for() -> None:
    head = b"POST /v1/nothing HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n{"
    with ServerThread(make_app()) as server:
        host, _, port = server.origin.removeprefix("http://").rpartition(":")
        with socket.create_connection((host, int(port)), timeout=5) as connection:
            connection.sendall(head)
            assert connection.recv(65536).startswith(b"HTTP/1.1 404")


def test_the_journal_counts_headers_at_their_size(start: Start) -> None:
    client = start(journal_bytes=200_000)
    for _ in range(10):
        client.get("/v1/chatkit/threads", headers={"x-much": "y" * 60_000})
    listed = client.get("/_mock/requests").json()
    assert len(listed["data"]) == 3

"""Faults over a real socket: which calls they strike, what arrives instead of the answer, and what is told of it."""

import contextlib
import http.client
import json
import re
import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, Literal

import httpx2
import pytest
from support.emulator import HEADERS, MINIMAL, Start, make_app, socket_client
from support.talk import Talk, events_of

from mock_server.client.transport import ControlError
from mock_server.clock import stopwatch
from mock_server.server.thread import ServerThread
from mock_server.testing import connect
from mock_server.wire.control.faults import FaultError, FaultList

Ending = Literal["expired", "cancelled"]

HI = {"type": "input_text", "text": "hi"}
MESSAGE: dict[str, Any] = {"content": [HI], "attachments": [], "inference_options": {}}
SAY = {"type": "threads.create", "params": {"input": MESSAGE}}
FRAMES = 8  # of the answer to SAY
SERVER_ERROR = "The server had an error while processing your request. Sorry about that!"


class World:
    """An emulator on a socket, with a client for whole answers, and the bare socket for broken ones."""

    def __init__(self, origin: str) -> None:
        self.origin, self.mock = origin, connect(origin)
        self.http = socket_client(origin, headers=HEADERS, timeout=10)

    def create(self, user: str = "ada", workflow: str = "wf_1") -> httpx2.Response:
        return self.http.post("/v1/chatkit/sessions", json={"workflow": {"id": workflow}, "user": user})

    def session(self) -> tuple[str, Talk]:
        """A new session's id and conversation."""
        made = self.create().json()
        return made["id"], Talk(self.http, made["client_secret"])

    def struck(self, calls: int) -> list[int]:
        """Which of so many calls are struck by an error, counted from 1."""
        return [nth for nth in range(1, calls + 1) if self.create().status_code != 200]

    def upload(self, content: bytes) -> str:
        """The path of a file that was sent."""
        file = self.http.post("/v1/chatkit/files", files={"file": ("a.png", content, "image/png")})
        return f"/v1/chatkit/files/{file.json()['id']}"

    def raw(self, path: str, body: Any = None, key: str | None = "sk-test") -> tuple[str, bytes]:
        """Head and body of what arrives until the server closes, unasked and sooner than for idleness (5 s)."""
        content = b"" if body is None else json.dumps(body).encode()
        head = f"{'GET' if body is None else 'POST'} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n"
        head += f"authorization: Bearer {key}\r\nopenai-beta: chatkit_beta=v1\r\n"
        head += f"content-type: application/json\r\ncontent-length: {len(content)}\r\n\r\n"
        host, _, port = self.origin.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), timeout=3) as connection:
            connection.sendall(head.encode() + content)
            arrived = b"".join(iter(lambda: connection.recv(65536), b""))
        answered, _, rest = arrived.partition(b"\r\n\r\n")
        return answered.decode().lower(), rest


@pytest.fixture
def world() -> Iterator[World]:
    with ServerThread(make_app(random="7")) as server:
        world = World(server.origin)
        with world.http:
            yield world


# Which calls are struck.


@pytest.mark.parametrize(
    ("match", "struck"),
    [
        ({}, "create, create bob, list, talk, cancel"),
        ({"operation": "sessions.create"}, "create, create bob"),
        ({"operation": "sessions"}, "create, create bob, cancel"),
        ({"operation": "conversation.threads"}, "talk"),
        ({"operation": "conversation.threads.create"}, ""),
        ({"path": "/v1/chatkit/sessions"}, "create, create bob"),
        ({"path": "/v1/chatkit/sessions/*"}, "cancel"),
        ({"path": "*/threads"}, "list"),
        ({"workflow": "wf_1"}, "create, talk, cancel"),
        ({"workflow": "wf_*"}, "create, create bob, talk, cancel"),
        ({"user": "ada"}, "create, list, talk, cancel"),
        ({"user": "b*"}, "create bob"),
        ({"session": "{session}"}, "talk, cancel"),
        ({"session": "cksess_0"}, ""),
        ({"operation": "sessions", "user": "bob"}, "create bob"),
    ],
)
def test_a_rule_strikes_the_calls_it_matches_and_no_other(world: World, match: dict[str, Any], struck: str) -> None:
    session_id, talk = world.session()
    world.mock.faults.add(**{name: value.format(session=session_id) for name, value in match.items()}, error=418)
    calls: dict[str, Callable[[], httpx2.Response]] = {
        "create": world.create,
        "create bob": lambda: world.create("bob", "wf_2"),
        "list": lambda: world.http.get("/v1/chatkit/threads?user=ada"),
        "talk": lambda: talk.post("threads.list"),
        "cancel": lambda: world.http.post(f"/v1/chatkit/sessions/{session_id}/cancel"),
    }
    statuses = {name: call().status_code for name, call in calls.items()}
    assert ", ".join(name for name, status in statuses.items() if status == 418) == struck
    assert {status for name, status in statuses.items() if name not in struck.split(", ")} <= {200}


def test_a_user_with_brackets_is_matched_as_written(world: World) -> None:
    world.mock.faults.add(user="team[1]", error=418)
    assert world.create("team[1]").status_code == 418
    assert world.create("team1").status_code == 200


def test_a_rule_is_for_its_project_and_its_path_is_the_one_below(world: World) -> None:
    connect(world.origin, project="other").faults.add(path="/v1/chatkit/sessions", error=418)
    assert world.create().status_code == 200
    assert world.http.post("/p/other/v1/chatkit/sessions", json=MINIMAL).status_code == 418


@pytest.mark.parametrize(
    ("rule", "struck", "seen"),
    [
        ({"nth": 3}, [3], 5),
        ({"nth": [1, 4]}, [1, 4], 5),
        ({"times": 2}, [1, 2], 2),
        ({"probability": 0.0}, [], 5),
        ({"probability": 1.0}, [1, 2, 3, 4, 5], 5),
    ],
)
def test_a_rule_strikes_as_often_as_said_and_counts(
    world: World, rule: dict[str, Any], struck: list[int], seen: int
) -> None:
    handle = world.mock.faults.add("sessions.create", error=500, **rule)
    world.http.get("/v1/chatkit/threads")
    assert world.struck(5) == struck
    (shown,) = world.mock.faults.list()
    assert (shown.seen, shown.hits, handle.hits) == (seen, len(struck), len(struck))


def test_probability_repeats_under_a_seed_and_strikes_about_as_often_as_said(world: World) -> None:
    world.mock.faults.add(probability=0.3, error=500)
    first = world.struck(200)
    assert 40 <= len(first) <= 80
    with ServerThread(make_app(random="7")) as server:
        again = World(server.origin)
        again.mock.faults.add(probability=0.3, error=500)
        with again.http:
            assert again.struck(200) == first


def test_a_snapshot_holds_where_chance_stands(world: World) -> None:
    world.mock.reset("state")
    world.mock.faults.add(probability=0.5, error=500)
    snapshot = world.mock.snapshot()
    first = world.struck(30)
    world.mock.restore(snapshot)
    assert world.struck(30) == first


def test_the_first_rule_that_fits_strikes(world: World) -> None:
    world.mock.faults.add(user="bob", error=500)
    world.mock.faults.add("sessions", times=1, error=418)
    world.mock.faults.add(error=429)
    assert [world.create().status_code for _ in range(2)] == [418, 429]
    assert [(rule.seen, rule.hits) for rule in world.mock.faults.list()] == [(0, 0), (1, 1), (1, 1)]


def test_the_handle_takes_times_as_it_is_said(world: World) -> None:
    with pytest.raises((ControlError, ValueError)):
        world.mock.faults.add(times=0, error=500)
    assert world.mock.faults.list() == []


@pytest.mark.parametrize("lasts", ["10m", 600, timedelta(minutes=10)])
def test_a_rule_lasts_by_the_projects_clock(world: World, lasts: Any) -> None:
    world.mock.clock.freeze()
    world.mock.faults.add(lasts=lasts, error=500)
    world.mock.clock.shift(minutes=9, seconds=59.9)
    assert world.create().status_code == 500
    world.mock.clock.shift(seconds=0.1)
    assert world.create().status_code == 200


# The list of rules.


def test_a_rule_is_taken_away_by_its_id_by_its_name_and_at_the_end_of_a_block(world: World) -> None:
    faults = world.mock.faults
    first, named = faults.add(error=500), faults.add(error=503, name="five-oh-three")
    assert (first.id, first.name) == ("fault_1", "fault_1")
    with faults.add(error=418) as third:
        assert [rule.id for rule in faults.list()] == [first.id, named.id, third.id]
    faults.remove(first.id)
    assert world.create().status_code == 503
    faults.remove("five-oh-three")
    assert world.create().status_code == 200
    with pytest.raises(ControlError, match="Fault with id 'five-oh-three' not found") as refused:
        faults.remove("five-oh-three")
    assert refused.value.status == 404


def test_a_name_that_several_rules_have_takes_all_of_them_away_and_counts_them(world: World) -> None:
    for _ in range(2):
        world.mock.faults.add(error=500, name="twin")
    assert world.http.delete("/_mock/faults/twin").json()["cleared"] == 2
    assert world.mock.faults.list() == []


def test_clearing_takes_all_away_and_says_how_many(world: World) -> None:
    world.mock.faults.add(drop=True)
    world.mock.faults.use("outage")
    assert world.mock.faults.clear() == 2
    assert world.create().status_code == 200


def test_rules_are_replaced_all_or_none(world: World) -> None:
    world.mock.faults.add(error=418, name="old")
    good = {"do": {"error": 503}, "name": "new"}
    bad: dict[str, Any]
    for bad in ({"do": {}}, {"do": {"error": 500, "drop": True}}, {"do": {"error": 200}}):
        with pytest.raises(ControlError):
            world.mock.ask("PUT", "/faults", FaultList, body={"faults": [good, bad]})
        assert [rule.name for rule in world.mock.faults.list()] == ["old"]
    replaced = world.mock.ask("PUT", "/faults", FaultList, body={"faults": [good]})
    assert [rule.name for rule in replaced.faults] == ["new"]
    assert world.create().status_code == 503


@pytest.mark.parametrize("name", ["flaky", "outage", "rate_limited", "slow"])
def test_a_shipped_set_is_added_by_its_name(world: World, name: str) -> None:
    assert [rule.name for rule in world.mock.faults.use(name)] == [name]
    assert [rule.name for rule in world.mock.faults.list()] == [name]


def test_an_unknown_set_is_not_found_and_the_hint_names_those_there_are(world: World) -> None:
    answer = world.http.post("/_mock/faults/sets/rainy")
    assert answer.status_code == 404
    assert answer.json()["error"]["message"] == "Fault with id 'rainy' not found."
    assert "broken_streams" in answer.headers["x-mock-hint"]


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ({"do": {}}, "The rule does nothing: .*"),
        ({}, r"Missing required parameter: 'do'\."),
        ({"do": {"error": 500, "drop": True}}, "A rule can do only one of error, drop; add a rule for each."),
        ({"do": {"cut": 0, "truncated": 0}}, "A rule can do only one of cut, truncated; add a rule for each."),
        ({"do": {"delay": "soon"}}, r"Invalid 'do.delay': 'soon' is not a duration; .*"),
        ({"do": {"delay": -1}}, r"Invalid 'do.delay': .*"),
        ({"do": {"drop": True}, "lasts": "1y"}, r"Invalid 'lasts': '1y' is not a duration; .*"),
        ({"do": {"explode": True}}, r"Unknown parameter: 'do.explode'\."),
        ({"do": {"drop": True}, "match": {"op": "x"}}, r"Unknown parameter: 'match.op'\."),
        ({"do": {"drop": True}, "name": "my fault"}, "Invalid .*'name'.*"),
        ({"do": {"drop": True}, "name": "x\n"}, "Invalid .*'name'.*"),
        ({"do": {"error": 399}}, "Invalid 'do.error': .*"),
        ({"do": {"drop": True}, "match": {"probability": 1.5}}, "Invalid 'match.probability': .*"),
        ({"do": {"drop": True}, "match": {"nth": 0}}, "Invalid 'match.nth': .*"),
        ({"do": {"drop": True}, "match": {"nth": []}}, "Invalid .*'match.nth'.*"),
        ({"do": {"bandwidth": 0}}, "Invalid 'do.bandwidth': .*"),
    ],
)
def test_a_rule_that_cant_work_is_refused_with_a_sentence(world: World, rule: dict[str, Any], sentence: str) -> None:
    answer = world.http.post("/_mock/faults", json=rule)
    assert answer.status_code == 400
    assert re.fullmatch(sentence, answer.json()["error"]["message"])
    assert world.mock.faults.list() == []


# What arrives.


@pytest.mark.parametrize(
    ("status", "kind", "code", "message"),
    [
        (400, "invalid_request_error", None, "Bad Request."),
        (401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided.*"),
        (404, "invalid_request_error", None, "Not Found."),
        (418, "invalid_request_error", None, ".+"),
        (429, "requests", "rate_limit_exceeded", "Rate limit reached.*"),
        (500, "server_error", None, SERVER_ERROR),
        (503, "server_error", None, "The engine is currently overloaded, please try again later."),
        (599, "server_error", None, ".+"),
    ],
)
def test_an_error_by_its_status_is_openais(
    world: World, status: int, kind: str, code: str | None, message: str
) -> None:
    world.mock.faults.add(error=status)
    answer = world.create()
    error = answer.json()["error"]
    assert (answer.status_code, answer.headers["x-mock-fault"]) == (status, "fault_1")
    assert re.fullmatch(message, error.pop("message"))
    assert error == {"type": kind, "param": None, "code": code}


def test_an_error_in_full_is_as_said(world: World) -> None:
    full = {"message": "Größer, please", "type": "odd", "code": "c", "param": "p"}
    world.mock.faults.add(error={"status": 409, "retry_after": 7, **full})
    answer = world.create()
    assert (answer.status_code, answer.headers["retry-after"], answer.json()["error"]) == (409, "7", full)


@pytest.mark.parametrize("error", [429, FaultError(status=429, code=None)])
def test_the_handle_sets_retry_after_with_either_kind_of_error(world: World, error: Any) -> None:
    world.mock.faults.add(error=error, retry_after=3)
    assert world.create().headers["retry-after"] == "3"


@pytest.mark.parametrize("delay", [0.05, "50ms", timedelta(milliseconds=50)])
def test_a_delay_comes_first_and_the_answer_is_unharmed(world: World, delay: Any) -> None:
    world.mock.faults.add(delay=delay)
    began = stopwatch()
    answer = world.create()
    assert 0.05 <= stopwatch() - began < 30
    assert (answer.status_code, answer.headers["x-mock-fault"]) == (200, "fault_1")


def test_a_drop_closes_the_connection_without_a_byte(world: World) -> None:
    world.mock.faults.add(drop=True, name="gone")
    assert world.raw("/v1/chatkit/sessions", MINIMAL) == ("", b"")
    record = world.mock.journal.last("sessions.create")
    assert (record.fault, record.outcome, record.status, record.response) == ("gone", "dropped", None, None)
    assert world.mock.journal.requests(outcome="dropped", fault="gone") == [record]


@pytest.mark.parametrize("events", [0, 1, 5])
def test_a_cut_stream_ends_after_so_many_events(world: World, events: int) -> None:
    _, talk = world.session()
    world.mock.faults.add("conversation", cut=events)
    head, body = world.raw("/v1/chatkit/conversation", SAY, talk.secret)
    frames = re.findall(rb"data: (.+)\n\n\r\n", body)
    assert "\r\nx-mock-fault: fault_1" in head
    assert (len(frames), body.count(b"data: ")) == (events, events)
    assert not body.endswith(b"0\r\n\r\n")
    record = world.mock.journal.last("conversation")
    assert (record.outcome, record.fault, record.status) == ("dropped", "fault_1", 200)
    assert record.events == [json.loads(frame) for frame in frames]


def test_a_malformed_answer_is_whole_but_no_json(world: World) -> None:
    world.mock.faults.add(malformed=0)
    answer = world.create()
    assert (answer.status_code, answer.headers["x-mock-fault"]) == (200, "fault_1")
    assert int(answer.headers["content-length"]) == len(answer.content) > 0
    with pytest.raises(json.JSONDecodeError):
        answer.json()
    record = world.mock.journal.last()
    assert record.response
    assert (record.outcome, record.response.size) == ("completed", len(answer.content))


@pytest.mark.parametrize("events", [0, 3, FRAMES - 1])
def test_a_malformed_stream_has_one_broken_event_and_ends_well(world: World, events: int) -> None:
    _, talk = world.session()
    world.mock.faults.add("conversation.threads.create", malformed=events)
    frames = talk.post("threads.create", input=MESSAGE).text.split("\n\n")
    assert (len(frames), frames.pop()) == (FRAMES + 1, "")
    broken = frames.pop(events).removeprefix("data: ")
    with pytest.raises(json.JSONDecodeError):
        json.loads(broken)
    whole = events_of("".join(f"{frame}\n\n" for frame in frames))
    record = world.mock.journal.last("conversation")
    assert record.events == [*whole[:events], broken, *whole[events:]]
    assert (record.outcome, record.fault) == ("completed", "fault_1")


@pytest.mark.parametrize("kind", ["answer", "error", "file"])
def test_a_truncated_answer_is_shorter_than_announced(world: World, kind: str) -> None:
    paths = {"answer": "/v1/chatkit/threads", "error": "/v1/chatkit/threads/no", "file": world.upload(b"png" * 100)}
    world.mock.faults.add(truncated=0, name="short")
    head, body = world.raw(paths[kind])
    announced = re.search(r"content-length: (\d+)", head)
    assert announced
    assert 0 < len(body) < int(announced[1])
    assert "\r\nx-mock-fault: short" in head
    record = world.mock.journal.last()
    assert (record.fault, record.outcome) == ("short", "dropped")


def test_a_truncated_stream_ends_within_an_event(world: World) -> None:
    _, talk = world.session()
    world.mock.faults.add("conversation", truncated=2)
    _, body = world.raw("/v1/chatkit/conversation", SAY, talk.secret)
    stream = re.sub(rb"[0-9a-f]+\r\n(.+?)\r\n", rb"\1", body, flags=re.DOTALL).decode()
    first, second, half = stream.split("\n\n")
    assert len(events_of(f"{first}\n\n{second}\n\n")) == 2
    assert half.startswith("data: {")
    assert not half.endswith("}")
    record = world.mock.journal.last("conversation")
    assert record.events
    assert (len(record.events), record.events[2], record.outcome) == (3, half.removeprefix("data: "), "dropped")


@pytest.mark.parametrize("error", [{}, {"error": {"status": 500, "message": "x" * 300}}])
def test_bandwidth_makes_a_body_arrive_slowly_in_pieces(world: World, error: dict[str, Any]) -> None:
    world.mock.faults.add(bandwidth=3000, **error)
    began = stopwatch()
    with world.http.stream("POST", "/v1/chatkit/sessions", json=MINIMAL) as answer:
        pieces = list(answer.iter_raw())
    size = sum(map(len, pieces))
    assert size == int(answer.headers["content-length"]) > 300
    assert len(pieces) >= 2
    assert size / 3000 <= stopwatch() - began < 30


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_bandwidth_leaves_the_connection_open_after_an_empty_body(world: World, method: str) -> None:
    file = world.upload(b"")
    world.mock.faults.add(bandwidth=3000)
    connection = http.client.HTTPConnection(world.origin.removeprefix("http://"), timeout=3)
    with contextlib.closing(connection):
        for _ in range(2):
            connection.request(method, file)
            answer = connection.getresponse()
            assert (answer.status, answer.read()) == (200, b"")
            assert connection.sock is not None
            connection.auto_open = 0


@pytest.mark.parametrize("ending", ["expired", "cancelled"])
def test_a_session_ended_by_a_fault_answers_401_and_has_ended(world: World, ending: Ending) -> None:
    session_id, talk = world.session()
    world.mock.faults.add("conversation", end_session=ending, times=1)
    for fault in ("fault_1", None):
        answer = talk.post("threads.list")
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, f"client_secret_{ending}")
        assert answer.headers.get("x-mock-fault") == fault
    assert world.mock.sessions.get(session_id).status == ending


@pytest.mark.parametrize("ending", ["expired", "cancelled"])
def test_a_session_may_be_born_ended(world: World, ending: Ending) -> None:
    world.mock.faults.add("sessions.create", end_session=ending)
    made = world.create()
    assert (made.status_code, made.json()["status"], made.headers["x-mock-fault"]) == (200, ending, "fault_1")
    assert world.mock.sessions.get(made.json()["id"]).status == ending
    assert Talk(world.http, made.json()["client_secret"]).post("threads.list").status_code == 401


# What is told, and what is left alone.


def test_a_call_that_a_fault_refuses_costs_the_session_nothing(world: World) -> None:
    session_id, talk = world.session()
    talk.json("threads.list")
    left = world.mock.sessions.get(session_id).requests_left
    with world.mock.faults.add("conversation", error=429):
        assert [talk.post("threads.list").status_code for _ in range(left + 1)] == [429] * (left + 1)
    assert world.mock.sessions.get(session_id).requests_left == left


def test_the_journal_tells_which_fault_struck_and_what_was_answered(world: World) -> None:
    world.mock.faults.add(error=503, times=1, name="down")
    answers = [world.create(), world.create()]
    records = world.mock.journal.requests("sessions")
    assert [(record.fault, record.status, record.outcome) for record in records] == [
        ("down", 503, "completed"),
        (None, 200, "completed"),
    ]
    assert records[0].response
    assert records[0].response.body == answers[0].json()
    assert [record.id for record in records] == [answer.headers["x-request-id"] for answer in answers]


@pytest.mark.parametrize("path", ["/_mock/faults", "/_mock/requests", "/_mock/clock", "/health", "/ready", "/metrics"])
def test_what_is_not_chatkits_is_never_struck(world: World, path: str) -> None:
    rule = world.mock.faults.add(drop=True)
    answer = world.http.get(path)
    assert answer.status_code == 200
    assert "x-mock-fault" not in answer.headers
    assert rule.hits == 0


def test_without_a_socket_a_drop_is_the_callers_connection_reset(start: Start) -> None:
    client = start()
    client.post("/_mock/faults", json={"do": {"drop": True}, "name": "gone"})
    with pytest.raises(ConnectionResetError, match="gone"):
        client.post("/v1/chatkit/sessions", json=MINIMAL)
    assert client.get("/_mock/requests").json()["data"][0]["outcome"] == "dropped"

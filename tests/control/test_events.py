"""`/_mock/events`, what happens told while it happens, and `/metrics`, the same in numbers."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient
from support.emulator import HEADERS, MINIMAL, socket_client
from support.patience import eventually

from mock_server.app import MockServer
from mock_server.client.handle import Handle
from mock_server.config import Settings
from mock_server.server.thread import ServerThread
from mock_server.state.feed import BATCH_LIMIT, QUEUE_LIMIT
from mock_server.state.projects import Projects
from mock_server.testing import connect
from mock_server.wire.control.events import FeedEvent
from mock_server.workflows.catalog import Catalog

Json = dict[str, Any]
SESSIONS = "/v1/chatkit/sessions"
NOW = 1_760_170_033
SECONDS = 10  # how long a listener waits for the next happening
TEXT = [{"type": "input_text", "text": "hi"}]
MESSAGE = {"content": TEXT, "attachments": [], "inference_options": {}}
CREATE_THREAD = {"type": "threads.create", "params": {"input": MESSAGE}}


@pytest.fixture
def app(tmp_path: Path) -> MockServer:
    (tmp_path / "wf_1.yaml").write_text("default: [{progress: waiting}, {pause: 60s}]")
    return MockServer(Projects(Settings()), workflows=Catalog([tmp_path]))


@pytest.fixture
def server(app: MockServer) -> Iterator[ServerThread]:
    with ServerThread(app) as server:
        yield server


@pytest.fixture
def web(server: ServerThread) -> Iterator[httpx2.Client]:
    with socket_client(server.origin, headers=HEADERS, timeout=SECONDS) as web:
        yield web


@pytest.fixture
def mock(server: ServerThread) -> Handle:
    return connect(server.origin)


class Ear:
    """Listens to one project, or to all; what it has heard is read in order."""

    def __init__(self, answer: httpx2.Response) -> None:
        self.lines = answer.iter_lines()
        assert next(self.lines) == ": listening"
        assert next(self.lines) == ""
        self.left_out: dict[str, int] = {}

    def next(self, count: int) -> list[Json]:
        """The next happenings; each frame's `id` and `event` say what its data say."""
        heard = []
        for _ in range(count):
            number, kind, data, blank = (next(self.lines) for _ in range(4))
            happening = json.loads(data.removeprefix("data: "))
            assert (number, kind, blank) == (f"id: {happening['number']}", f"event: {happening['kind']}", "")
            heard.append(happening)
        return heard

    def kinds(self, count: int) -> list[str]:
        return [happening["kind"] for happening in self.next(count)]

    def batch(self) -> Json:
        """The next batch."""
        kind, data, blank = (next(self.lines) for _ in range(3))
        assert (kind, blank) == ("event: batch", "")
        batch: Json = json.loads(data.removeprefix("data: "))
        assert sorted(batch) == ["events", "omitted"]
        assert 0 < len(batch["events"]) <= BATCH_LIMIT
        return batch

    def gather(self, count: int) -> list[Json]:
        """The happenings of as many batches as it takes to account for this many; `left_out` counts the others."""
        heard: list[Json] = []
        while len(heard) + sum(self.left_out.values()) < count:
            batch = self.batch()
            heard += batch["events"]
            for kind, number in batch["omitted"].items():
                self.left_out[kind] = self.left_out.get(kind, 0) + number
        assert len(heard) + sum(self.left_out.values()) == count
        return heard


@contextmanager
def listening(web: httpx2.Client, base: str = "", **query: str) -> Iterator[Ear]:
    with web.stream("GET", f"{base}/_mock/events", params=query) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
        yield Ear(answer)


def create(web: httpx2.Client, base: str = "", **fields: Any) -> Json:
    session: Json = web.post(f"{base}{SESSIONS}", json={**MINIMAL, **fields}).json()
    return session


# What is told.


def test_a_creation_and_its_request_are_told(web: httpx2.Client, mock: Handle) -> None:
    mock.clock.freeze(NOW)
    with listening(web) as ear:
        session = create(web)
        created, request = ear.next(2)
    told = {"session": session["id"], "user": "ada"}
    assert created == {"project": "default", "number": 1, "kind": "session.created", "at": NOW, "data": told}
    assert (request["number"], request["kind"], request["at"]) == (2, "request", NOW)
    asked = {"operation": "sessions.create", "method": "POST", "path": SESSIONS, "status": 200, "outcome": "completed"}
    assert request["data"] == request["data"] | told | asked | {"request": mock.journal.last().id, "fault": None}
    assert request["data"]["milliseconds"] > 0


@pytest.mark.parametrize("ending", ["cancelled", "expired"])
@pytest.mark.parametrize("by", ["the API", "the handle"])
def test_an_ending_is_told_once(web: httpx2.Client, mock: Handle, ending: str, by: str) -> None:
    if (ending, by) == ("expired", "the API"):
        mock.faults.add("threads.list", name="expire", end_session="expired")
    session = create(web)["id"]
    end = mock.sessions.cancel if ending == "cancelled" else mock.sessions.expire
    with listening(web) as ear:
        if by == "the API" and ending == "cancelled":
            web.post(f"{SESSIONS}/{session}/cancel")
            web.post(f"{SESSIONS}/{session}/cancel")
            told = [happening for happening in ear.next(3) if happening["kind"] != "request"]
        else:
            end(session)
            end(session)
            mock.clock.freeze()
            told = ear.next(2)
            assert told.pop()["kind"] == "clock"
    assert [(each["kind"], each["data"]["session"]) for each in told] == [(f"session.{ending}", session)]


def test_an_expiry_is_told_with_the_moment_it_happened(web: httpx2.Client, mock: Handle) -> None:
    mock.clock.freeze(NOW)
    late = create(web, expires_after={"anchor": "created_at", "seconds": 300})
    soon = create(web, expires_after={"anchor": "created_at", "seconds": 60})
    with listening(web) as ear:
        mock.clock.shift("1h")
        clock, *expired = ear.next(3)
    assert (clock["kind"], clock["at"], clock["data"]) == ("clock", NOW + 3600, {"frozen": True})
    assert [(each["kind"], each["at"], each["data"]["session"]) for each in expired] == [
        ("session.expired", NOW + 60, soon["id"]),
        ("session.expired", NOW + 300, late["id"]),
    ]


def test_moving_back_revives_what_had_expired(web: httpx2.Client, mock: Handle) -> None:
    mock.clock.freeze(NOW)
    session = create(web)
    with listening(web) as ear:
        for by in ("1h", "-1h", "1h"):
            mock.clock.shift(by)
        told = [happening for happening in ear.next(6) if happening["kind"] != "clock"]
    assert [(each["kind"], each["at"]) for each in told] == [
        ("session.expired", session["expires_at"]),
        ("session.active", NOW),
        ("session.expired", session["expires_at"]),
    ]


def test_an_expiry_by_the_mere_passing_of_time_is_told(web: httpx2.Client, mock: Handle) -> None:
    session = create(web)
    with listening(web) as ear:
        mock.clock.scale(1000)
        clock, expired = ear.next(2)
    assert (clock["kind"], expired["kind"]) == ("clock", "session.expired")
    assert expired["at"] == session["expires_at"]


def test_a_fault_is_told_before_the_request_it_struck(web: httpx2.Client, mock: Handle) -> None:
    mock.faults.add("sessions.create", name="boom", error=503)
    with listening(web) as ear:
        create(web)
        fault, request = ear.next(2)
    struck = {"fault": "boom", "request": request["data"]["request"], "operation": "sessions.create"}
    assert (fault["kind"], fault["data"]) == ("fault", struck)
    assert (request["data"]["status"], request["data"]["fault"]) == (503, "boom")


@pytest.mark.parametrize("only", [None, "state", "requests", "faults", "clock"])
def test_a_reset_is_told(web: httpx2.Client, mock: Handle, only: Any) -> None:
    create(web)
    with listening(web) as ear:
        mock.reset(only)
        (told,) = ear.next(1)
    assert (told["kind"], told["data"]) == ("reset", {"only": only})


def test_a_seed_is_told_after_which_its_sessions_expire(web: httpx2.Client, mock: Handle) -> None:
    mock.clock.freeze(NOW)
    with listening(web) as ear:
        mock.load({"sessions": [{"id": "cksess_seeded", "user": "ada", "workflow": {"id": "wf_1"}}]})
        mock.clock.shift("1h")
        loaded, clock, expired = ear.next(3)
    assert (loaded["kind"], loaded["data"]) == ("loaded", {"sessions": 1, "threads": 0})
    assert (clock["kind"], expired["kind"]) == ("clock", "session.expired")
    assert expired["data"]["session"] == "cksess_seeded"


def test_the_sessions_of_a_snapshot_expire_too(web: httpx2.Client, mock: Handle) -> None:
    mock.clock.freeze(NOW)
    session = create(web)
    with listening(web) as ear:
        taken = mock.snapshot()
        mock.reset("state")
        mock.restore(taken)
        mock.clock.shift("1h")
        told = ear.next(5)
    assert [each["kind"] for each in told] == ["reset", "clock", "restored", "clock", "session.expired"]
    assert told[-1]["data"]["session"] == session["id"]


def test_a_client_that_leaves_its_stream_is_told(web: httpx2.Client) -> None:
    secret = create(web)["client_secret"]
    bearer = {"authorization": f"Bearer {secret}"}
    with listening(web) as ear:
        with web.stream("POST", "/v1/chatkit/conversation", json=CREATE_THREAD, headers=bearer) as answer:
            lines = answer.iter_lines()
            next(lines)
        told = ear.next(2)[-1]
    assert (told["data"]["operation"], told["data"]["outcome"]) == ("conversation.threads.create", "abandoned")


def test_no_secret_is_told(web: httpx2.Client) -> None:
    secret = create(web)["client_secret"]
    with listening(web) as ear:
        web.get(f"/v1/{secret}")
        web.post(f"{SESSIONS}/{secret}/cancel")
        create(web, user=secret)
        told = json.dumps(ear.next(4))
    assert secret[12:36] not in told


def test_the_numbers_have_no_gaps_and_follow_the_order(web: httpx2.Client, mock: Handle) -> None:
    with listening(web) as ear:
        for _ in range(20):
            mock.clock.freeze(NOW)
            session = create(web)["id"]
            web.post(f"{SESSIONS}/{session}/cancel")
        told = ear.next(100)
    assert [happening["number"] for happening in told] == list(range(1, 101))
    assert [happening["kind"] for happening in told] == [
        *("clock", "session.created", "request", "session.cancelled", "request")
    ] * 20


# Who hears it.


def test_the_handle_hears_it(web: httpx2.Client, mock: Handle) -> None:
    told = mock.events()  # from here on
    mock.clock.freeze(NOW)
    web.get("/v1/x")
    assert next(told) == FeedEvent(project="default", number=1, kind="clock", at=NOW, data={"frozen": True})
    assert next(told).data["path"] == "/v1/x"


def test_two_listeners_hear_the_same(web: httpx2.Client) -> None:
    with listening(web) as one, listening(web) as other:
        create(web)
        assert one.next(2) == other.next(2)


def test_a_project_hears_nothing_of_another(web: httpx2.Client) -> None:
    with listening(web, "/p/a") as ear:
        create(web, "/p/b")
        create(web)
        session = create(web, "/p/a")["id"]
        created, request = ear.next(2)
    assert created["data"]["session"] == request["data"]["session"] == session
    assert created["number"] == 1


def test_a_listener_that_goes_is_forgotten(web: httpx2.Client, app: MockServer) -> None:
    with listening(web) as ear:
        assert ear
        assert app.projects.default.feed.listeners
    eventually(lambda: not app.projects.default.feed.listeners)


def test_a_listener_that_does_not_read_is_dropped(web: httpx2.Client, app: MockServer) -> None:
    address, feed = urlsplit(str(web.base_url)), app.projects.default.feed
    with socket.create_connection((address.hostname, address.port), timeout=SECONDS) as deaf:
        deaf.sendall(b"GET /_mock/events HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
        began = deaf.recv(1)
        while b": listening" not in began:
            byte = deaf.recv(1)
            assert byte, "closed before it began"
            began += byte
        text, told = "x" * 64_000, 0
        while feed.listeners:  # its queue fills only because it does not read: every few are sent meanwhile
            assert told < 4 * QUEUE_LIMIT, "nobody gave up on it"
            for _ in range(100):
                feed.publish("test", text=text)
            told += 100
            web.get("/health")
        assert told > QUEUE_LIMIT
        assert create(web)["status"] == "active"
        assert is_closed(deaf), "the connection was left open"
    with listening(web) as ear:
        create(web)
        assert ear.kinds(2) == ["session.created", "request"]


def is_closed(connection: socket.socket) -> bool:
    """Read what is left; a connection that stays open runs into its timeout."""
    try:
        while connection.recv(1 << 20):
            pass
    except ConnectionResetError:
        pass
    except TimeoutError:
        return False
    return True


def expiring(web: httpx2.Client, seconds: int, base: str = "") -> str:
    session: str = create(web, base, expires_after={"anchor": "created_at", "seconds": seconds})["id"]
    return session


def told_of(happenings: list[Json], kind: str) -> list[str]:
    return [each["data"]["session"] for each in happenings if each["kind"] == f"session.{kind}"]


def test_who_comes_back_is_told_what_expires_from_then_on(web: httpx2.Client, app: MockServer, mock: Handle) -> None:
    mock.clock.freeze(NOW)
    feed = app.projects.default.feed
    expiring(web, 60)
    with listening(web) as ear:
        early = expiring(web, 120)
        mock.clock.shift("90s")
        assert told_of(ear.next(4), "expired")
    eventually(lambda: not feed.listeners)
    expiring(web, 60)
    late = expiring(web, 300)
    mock.clock.shift("2m")
    with listening(web) as ear:
        mock.clock.shift("1h")
        mock.clock.shift("-3h")
        told = ear.next(6)
    assert told_of(told, "expired") == [late]
    assert told_of(told, "active")[1] == early
    assert len(told_of(told, "active")) == 3


# Batches.


def test_batches_hold_what_each_would_be_told_alone(web: httpx2.Client, mock: Handle) -> None:
    mock.clock.freeze(NOW)
    with listening(web) as alone, listening(web, every="50ms") as ear:
        for _ in range(10):
            create(web)
        assert ear.gather(20) == alone.next(20)
    assert ear.left_out == {}


def test_what_came_in_one_span_comes_in_one_batch(web: httpx2.Client, mock: Handle) -> None:
    mock.clock.freeze(NOW)
    sessions = [expiring(web, seconds) for seconds in (90, 30, 60)]
    with listening(web, every="50ms") as ear:
        mock.clock.shift("1h")
        clock, *expired = ear.batch()["events"]
        assert clock["kind"] == "clock"
        assert told_of(expired, "expired") == [sessions[1], sessions[2], sessions[0]]
        assert [each["at"] for each in expired] == [NOW + 30, NOW + 60, NOW + 90]
        mock.clock.shift("-1h")
        _, *revived = ear.batch()["events"]
        assert told_of(revived, "active") == [sessions[1], sessions[2], sessions[0]]
        mock.clock.shift("45s")
        _, *expired = ear.batch()["events"]
        assert told_of(expired, "expired") == [sessions[1]]


def test_an_expiry_by_the_mere_passing_of_time_is_in_a_batch(web: httpx2.Client, mock: Handle) -> None:
    session = create(web)
    with listening(web, every="2s") as ear:
        mock.clock.scale(1000)
        clock, expired = ear.gather(2)
    assert (clock["kind"], expired["kind"], expired["at"]) == ("clock", "session.expired", session["expires_at"])


def test_a_batch_holds_the_newest_and_counts_the_others(web: httpx2.Client, mock: Handle) -> None:
    mock.clock.freeze(NOW)
    sessions = [create(web)["id"] for _ in range(BATCH_LIMIT + 30)]
    with listening(web, every="250ms") as ear:
        mock.clock.shift("1h")
        batch = ear.batch()
        assert batch["omitted"] == {"clock": 1, "session.expired": 30}
        assert told_of(batch["events"], "expired") == sessions[30:]
        mock.clock.resume()
        assert "omitted" in (next_batch := ear.batch())
        assert next_batch["omitted"] == {}, "they were counted already"


@pytest.mark.slow
def test_a_reader_of_batches_is_never_dropped(web: httpx2.Client, app: MockServer) -> None:
    address, feed = urlsplit(str(web.base_url)), app.projects.default.feed
    with web.stream("GET", "/_mock/events", params={"every": "50ms"}) as answer:
        ear = Ear(answer)
        told, text = 0, "x" * 64_000
        while told < 2 * QUEUE_LIMIT:
            for _ in range(100):
                feed.publish("test", text=text)
            told += 100
            assert httpx2.get(f"http://{address.netloc}/health").status_code == 200
        assert feed.listeners
        heard = ear.gather(told)
    assert ear.left_out.keys() <= {"test"}
    assert heard[-1]["number"] == told, "the newest was left out"
    assert [each["number"] for each in heard] == sorted(each["number"] for each in heard)


def test_no_secret_is_in_a_batch(web: httpx2.Client) -> None:
    secret = create(web)["client_secret"]
    with listening(web, every="50ms") as ear:
        web.get(f"/v1/{secret}")
        create(web, user=secret)
        told = json.dumps(ear.gather(3))
    assert secret[12:36] not in told


@pytest.mark.parametrize("every", ["0.05", "50ms", "10s", "10"])
def test_a_span_is_written_in_seconds_or_with_its_unit(web: httpx2.Client, every: str) -> None:
    with listening(web, every=every) as ear:
        web.put("/_mock/clock", json={"resume": "now"})
        assert ear.batch()["events"][0]["kind"] == "clock"


@pytest.mark.parametrize(
    ("every", "why"),
    [
        ("soon", "'soon' is not a duration; write seconds, or 200ms, 1.5s, 10m, 1h30m, 1d"),
        ("", "an empty value is not a duration; write seconds, or 200ms, 1.5s, 10m, 1h30m, 1d"),
        ("49ms", "49ms is not between 0.05 and 10 seconds"),
        ("-1s", "-1s is not between 0.05 and 10 seconds"),
        ("11", "11.0 is not between 0.05 and 10 seconds"),
        ("nan", "nan is not between 0.05 and 10 seconds"),
    ],
)
def test_a_wrong_span_is_refused(client: TestClient, every: str, why: str) -> None:
    answer = client.get("/_mock/events", params={"every": every})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["param"]) == (400, "invalid_value", "every")
    assert error["message"] == f"Invalid 'every': {why}."


# All projects.


@pytest.mark.parametrize("query", [{}, {"every": "50ms"}], ids=["each alone", "in batches"])
def test_all_projects_are_heard_also_those_to_come(web: httpx2.Client, query: dict[str, str]) -> None:
    create(web, "/p/early")
    with listening(web, "/p/early", project="*", **query) as ear:
        for base in ("/p/early", "/p/later", ""):
            create(web, base)
        told = ear.gather(6) if query else ear.next(6)
    assert [(each["project"], each["number"], each["kind"]) for each in told] == [
        (project, number, kind)
        for project in ("early", "later", "default")
        for number, kind in ((1, "session.created"), (2, "request"))
    ]


def test_expiries_of_all_projects_are_heard(web: httpx2.Client) -> None:
    known = connect(str(web.base_url), project="known")
    known.clock.freeze(NOW)
    old = expiring(web, 60, "/p/known")
    with listening(web, project="*", every="50ms") as ear:
        later = connect(str(web.base_url), project="later")
        later.clock.freeze(NOW)
        new = expiring(web, 60, "/p/later")
        known.clock.shift("1h")
        later.clock.shift("1h")
        told = ear.gather(7)
    assert told_of(told, "expired") == [old, new]


@pytest.mark.slow
def test_who_hears_all_and_who_hears_one_do_not_disturb_each_other(
    web: httpx2.Client, app: MockServer, mock: Handle
) -> None:
    mock.clock.freeze(NOW)
    session, feed = create(web)["id"], app.projects.default.feed
    with listening(web, project="*") as everything:
        with listening(web) as ear:
            mock.clock.shift("1h")
            assert told_of(ear.next(2), "expired") == told_of(everything.next(2), "expired") == [session]
        eventually(lambda: len(feed.listeners) == 1)
        mock.clock.shift("-1h")
        mock.clock.shift("1h")
        assert told_of(everything.next(4), "expired") == [session]
    eventually(lambda: not feed.listeners)


def test_a_page_from_elsewhere_hears_nothing(client: TestClient) -> None:
    query = {"project": "*", "every": "250ms"}
    answer = client.get("/_mock/events", params=query, headers={"origin": "https://evil.example"})
    assert answer.status_code == 403


# Numbers.


def numbers(web: httpx2.Client | TestClient) -> dict[tuple[str, ...], float]:
    """What `/metrics` says: each sample by its name, its project and its other labels' values, sorted by label."""
    answer = web.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    samples = [each for family in text_string_to_metric_families(answer.text) for each in family.samples]
    found = {}
    for each in samples:
        project = each.labels.pop("project")
        others = [value for _, value in sorted(each.labels.items())]
        found[each.name.removeprefix("chatkit_mock_"), project, *others] = each.value
    assert len(found) == len(samples), "a sample stands there twice"
    return found


def test_requests_are_counted_by_operation_and_status(client: TestClient) -> None:
    for _ in range(3):
        client.post(SESSIONS, json=MINIMAL)
    client.post(SESSIONS, json={})
    client.get("/v1/nothing")
    client.post(f"/p/a{SESSIONS}", json=MINIMAL)
    found = numbers(client)
    assert {key[1:]: value for key, value in found.items() if key[0] == "request_seconds_count"} == {
        ("default", "sessions.create", "200"): 3,
        ("default", "sessions.create", "400"): 1,
        ("default", "", "404"): 1,
        ("a", "sessions.create", "200"): 1,
    }
    assert found["request_seconds_sum", "default", "sessions.create", "200"] > 0


def test_requests_are_counted_when_the_journal_has_forgotten_them(start: Any) -> None:
    client = start(journal_entries=1)
    for _ in range(5):
        client.post(SESSIONS, json=MINIMAL)
    assert numbers(client)["request_seconds_count", "default", "sessions.create", "200"] == 5


def test_sessions_are_counted_by_status(client: TestClient) -> None:
    ids = [client.post(SESSIONS, json=MINIMAL).json()["id"] for _ in range(6)]
    for session in ids[:3]:
        client.post(f"{SESSIONS}/{session}/cancel")
    client.post(f"/_mock/sessions/{ids[3]}/expire")
    found = numbers(client)
    assert [found["sessions", "default", status] for status in ("active", "expired", "cancelled")] == [2, 1, 3]
    client.put("/_mock/clock", json={"shift": "1h"})
    found = numbers(client)
    assert [found["sessions", "default", status] for status in ("active", "expired", "cancelled")] == [0, 3, 3]


def test_fault_hits_are_counted_also_of_faults_with_one_name(client: TestClient) -> None:
    for operation in ("sessions.create", "threads.list"):
        client.post("/_mock/faults", json={"name": "boom", "match": {"operation": operation}, "do": {"error": 500}})
    for _ in range(2):
        client.post(SESSIONS, json=MINIMAL)
    client.get("/v1/chatkit/threads")
    assert numbers(client)["fault_hits_total", "default", "boom"] == 3


def test_hits_of_magic_workflows_are_counted(client: TestClient) -> None:
    client.post(SESSIONS, json={**MINIMAL, "workflow": {"id": "wf_mock_error"}})
    assert numbers(client)["fault_hits_total", "default", "wf_mock_error"] == 1


@pytest.mark.parametrize("clear", [False, True], ids=["journaled", "with the journal cleared"])
def test_open_streams_are_counted(web: httpx2.Client, mock: Handle, clear: bool) -> None:
    bearer = {"authorization": f"Bearer {create(web)['client_secret']}"}
    with web.stream("POST", "/v1/chatkit/conversation", json=CREATE_THREAD, headers=bearer) as answer:
        lines = answer.iter_lines()  # held: the stream ends with it
        next(lines)
        if clear:
            mock.journal.clear()
        assert numbers(web)["open_streams", "default"] == 1
    eventually(lambda: numbers(web)["open_streams", "default"] == 0)

"""`/_mock/clock` and `/_mock/sessions`: moving a project's time, and what it does to its sessions."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from freezegun import freeze_time  # noqa: TID251 - the world's time, held still
from starlette.testclient import TestClient
from support.emulator import HEADERS, Client, Start, socket_client
from support.talk import Talk, events_of

from mock_server.server.thread import ServerThread
from mock_server.testing import connect

NOW = 1_767_225_600.0  # 2026-01-01T00:00:00Z
ISO = "2026-01-01T00:00:00Z"
SESSIONS = "/v1/chatkit/sessions"
UPLOADS: dict[str, Any] = {"chatkit_configuration": {"file_upload": {"enabled": True, "max_files": 3}}}


def put(client: TestClient, **moves: Any) -> Any:
    return client.put("/_mock/clock", json=moves)


def at(client: TestClient, **moves: Any) -> float:
    """The time after some moves, said alike in both forms."""
    answer = put(client, **moves)
    assert answer.status_code == 200, answer.text
    state = answer.json()
    assert abs(datetime.fromisoformat(state["at"]).timestamp() - state["now"]) < 0.000_002
    return float(state["now"])


def error_of(answer: Any) -> tuple[int, str, str | None, str]:
    error = answer.json()["error"]
    return answer.status_code, error["code"], error["param"], error["message"]


@pytest.fixture
def frozen(client: TestClient) -> TestClient:
    assert at(client, freeze=NOW) == NOW
    return client


def create(client: TestClient, **fields: Any) -> Any:
    made = client.post(SESSIONS, json={"workflow": {"id": "wf_1"}, "user": "ada", **fields})
    assert made.status_code == 200, made.text
    return made.json()


def seen(client: TestClient, session_id: str) -> Any:
    return client.get(f"/_mock/sessions/{session_id}").json()


# How a time is written.


@pytest.mark.parametrize(
    ("moment", "unix"),
    [
        (ISO, NOW),
        ("2026-01-01T02:00:00+02:00", NOW),
        ("2025-12-31T16:00:00-08:00", NOW),
        ("2026-01-01T00:00:00.250000Z", NOW + 0.25),
        (1_767_225_600, NOW),
        (1_767_225_600.25, NOW + 0.25),
        (0, 0),
        ("9999-12-31T23:59:59Z", 253_402_300_799),
    ],
)
@pytest.mark.parametrize("move", ["freeze", "travel_to"])
def test_a_moment_is_iso_with_a_zone_or_unix_seconds(frozen: TestClient, move: str, moment: Any, unix: float) -> None:
    assert at(frozen, **{move: moment}) == unix


@pytest.mark.parametrize(
    ("span", "length"),
    [
        ("10m", 600),
        ("-10m", -600),
        ("+10m", 600),
        ("1.5s", 1.5),
        ("2h", 7200),
        ("1d", 86_400),
        ("200ms", 0.2),
        (-0.5, -0.5),
        (0, 0),
    ],
)
def test_a_span_has_a_unit_or_is_in_seconds(frozen: TestClient, span: Any, length: float) -> None:
    assert at(frozen, shift=span) == NOW + length


@pytest.mark.parametrize(
    ("moves", "param", "said"),
    [
        ({"freeze": "2026-01-01T00:00:00"}, "freeze", "has no time zone; write 2026-01-01T00:00:00Z for UTC"),
        ({"travel_to": "2026-01-01"}, "travel_to", "has no time zone; write 2026-01-01T00:00:00Z for UTC"),
        ({"travel_to": "tomorrow"}, "travel_to", "write 2026-01-01T00:00:00Z, or unix seconds"),
        ({"freeze": ""}, "freeze", "write 2026-01-01T00:00:00Z, or unix seconds"),
        ({"freeze": -1}, "freeze", "between the years 1970 and 9999"),
        ({"travel_to": 253_402_300_800}, "travel_to", "between the years 1970 and 9999"),
        ({"travel_to": "1969-12-31T23:59:59Z"}, "travel_to", "between the years 1970 and 9999"),
        ({"shift": "10 minutes"}, "shift", "write seconds, or 200ms, 1.5s, 10m, 1h30m, 1d"),
        ({"shift": "m"}, "shift", "write seconds, or 200ms, 1.5s, 10m, 1h30m, 1d"),
        ({"shift": 1e12}, "shift", "is not between"),
        ({"tick": "-1s"}, "tick", "is not between 0 and"),
        ({"scale": 0}, "scale", "0"),
        ({"scale": -1}, "scale", "0"),
        ({"scale": "fast"}, "scale", "scale"),
        ({"resume": True}, "resume", "resume"),
        ({"freeze": True}, "freeze", "freeze"),
        ({"stop": "now"}, "stop", "stop"),
    ],
)
def test_what_is_no_time_is_refused_with_the_way_out(
    frozen: TestClient, moves: dict[str, Any], param: str, said: str
) -> None:
    before = frozen.get("/_mock/clock").content
    status, _, named, message = error_of(put(frozen, **moves))
    assert (status, named) == (400, param)
    assert said in message
    assert frozen.get("/_mock/clock").content == before


# What each move does.


def test_freezing_now_stops_where_it_is_and_resuming_follows_the_world(client: TestClient) -> None:
    with freeze_time(ISO) as world:
        assert put(client, freeze="now").json() == {
            "project": "default",
            "now": NOW,
            "at": ISO,
            "frozen": True,
            "factor": 0.0,
        }
        world.tick(5)
        assert at(client) == NOW
        assert put(client, resume="now").json() == {
            "project": "default",
            "now": NOW + 5,
            "at": "2026-01-01T00:00:05Z",
            "frozen": False,
            "factor": 1.0,
        }
        at(client, shift="1h", scale=10)
        assert at(client, resume="now") == NOW + 5


def test_travelling_keeps_a_clock_running_or_frozen(client: TestClient) -> None:
    with freeze_time(ISO) as world:
        assert at(client, travel_to=1000) == 1000
        world.tick(5)
        assert at(client) == 1005
        at(client, freeze="now")
        assert put(client, travel_to=2000).json()["frozen"] is True
        world.tick(5)
        assert at(client) == 2000


def test_shifting_keeps_a_clock_running_or_frozen(client: TestClient) -> None:
    with freeze_time(ISO) as world:
        assert at(client, shift="-10m") == NOW - 600
        world.tick(5)
        assert at(client) == NOW - 595
        at(client, freeze="now")
        assert put(client, shift="10m").json()["frozen"] is True
        world.tick(5)
        assert at(client) == NOW + 5


def test_only_a_frozen_clock_ticks(client: TestClient) -> None:
    with freeze_time(ISO):
        assert error_of(put(client, tick=1)) == (
            400,
            "clock_running",
            "tick",
            "Only a frozen clock can tick: freeze it first, or shift the running one.",
        )
        assert at(client, freeze="now", tick="1.5s") == NOW + 1.5
        assert at(client, tick=0) == NOW + 1.5


def test_a_scaled_clock_runs_so_many_times_as_fast(client: TestClient) -> None:
    with freeze_time(ISO) as world:
        assert put(client, scale=60).json()["factor"] == 60.0
        world.tick(2)
        assert at(client) == NOW + 120
        assert at(client, scale=0.5) == NOW + 120
        world.tick(2)
        assert at(client) == NOW + 121
        assert at(client, travel_to=1000) == 1000
        world.tick(2)
        assert at(client) == 1001
        assert put(client, freeze=2000, scale=2).json()["frozen"] is False
        world.tick(2)
        assert at(client) == 2004


def test_several_moves_are_done_in_their_order(client: TestClient) -> None:
    moves = {"scale": 2, "tick": "1s", "shift": "1m", "travel_to": 2000, "freeze": 1000, "resume": "now"}
    with freeze_time(ISO):
        assert put(client, **moves).json() == {
            "project": "default",
            "now": 2061.0,
            "at": "1970-01-01T00:34:21Z",
            "frozen": False,
            "factor": 2.0,
        }


@pytest.mark.parametrize(
    ("moves", "code"),
    [
        ({"shift": "1h", "tick": 1}, "clock_running"),
        ({"freeze": 1000, "travel_to": "soon"}, "invalid_value"),
        ({"freeze": 1000, "shift": -1001}, "clock_out_of_range"),
        ({"shift": "-30000d"}, "clock_out_of_range"),
        ({"travel_to": "9999-12-31T23:59:59Z", "shift": 1}, "clock_out_of_range"),
    ],
)
def test_of_several_moves_all_are_done_or_none(client: TestClient, moves: dict[str, Any], code: str) -> None:
    with freeze_time(ISO):
        before = client.get("/_mock/clock").content
        assert error_of(put(client, **moves))[:2] == (400, code)
        assert client.get("/_mock/clock").content == before


def test_a_clock_that_runs_past_the_last_year_still_answers_and_can_be_set_right(client: TestClient) -> None:
    client = Client(client.app, raise_server_exceptions=False)
    with freeze_time(ISO) as world:
        at(client, travel_to="9999-12-31T23:59:59Z")
        world.tick(2)
        assert client.get("/_mock/clock").status_code < 500
        create(client)
        assert client.get("/_mock/sessions").status_code == 200
        assert at(client, resume="now") == NOW + 2


def test_each_project_has_its_own_time(frozen: TestClient) -> None:
    assert frozen.put("/p/other/_mock/clock", json={"freeze": 1000}).json()["project"] == "other"
    assert frozen.get("/_mock/clock?project=other").json()["now"] == 1000
    assert at(frozen) == NOW


# What time does to sessions and their limits.


def test_a_session_is_over_at_its_second_and_not_a_microsecond_sooner(frozen: TestClient) -> None:
    session = create(frozen)
    at(frozen, freeze=session["expires_at"] - 0.000_001)
    state = seen(frozen, session["id"])
    assert (state["status"], state["seconds_left"]) == ("active", pytest.approx(0.000_001, abs=0.000_000_5))
    at(frozen, freeze=session["expires_at"])
    state = seen(frozen, session["id"])
    assert (state["status"], state["seconds_left"]) == ("expired", 0)
    assert Talk(frozen, session["client_secret"]).post("threads.list").status_code == 401


def test_a_request_is_free_again_at_exactly_sixty_seconds(frozen: TestClient) -> None:
    session = create(frozen, rate_limits={"max_requests_per_1_minute": 1})
    talk = Talk(frozen, session["client_secret"])
    assert talk.post("threads.list").status_code == 200
    for moment, left, status in ((59.999_999, 0, 429), (60, 1, 200), (60, 0, 429)):
        at(frozen, freeze=NOW + moment)
        assert seen(frozen, session["id"])["requests_left"] == left
        assert talk.post("threads.list").status_code == status


@pytest.mark.parametrize("back", ["-20s", "-61s", "-35s"])
def test_what_is_left_is_what_is_let_through_after_a_move_backwards_too(frozen: TestClient, back: str) -> None:
    session = create(frozen, rate_limits={"max_requests_per_1_minute": 3})
    talk = Talk(frozen, session["client_secret"])
    for _ in range(2):
        assert talk.post("threads.list").status_code == 200
        at(frozen, tick="30s")
    for step in (back, "0s", "40s", "21s", "-10s"):
        at(frozen, shift=step)
        left = seen(frozen, session["id"])["requests_left"]
        assert [talk.post("threads.list").status_code for _ in range(left + 1)] == [200] * left + [429]


def test_a_listing_shows_what_is_left_of_each(frozen: TestClient) -> None:
    plain, sends = create(frozen), create(frozen, **UPLOADS)
    talk = Talk(frozen, sends["client_secret"])
    headers = {"authorization": f"Bearer {talk.secret}"}
    frozen.post("/v1/chatkit/files", files={"file": ("a.png", b"x", "image/png")}, headers=headers)
    talk.post("threads.list")
    at(frozen, tick="1.5s")
    listed = frozen.get("/_mock/sessions").json()
    left = [
        (each["id"], each["seconds_left"], each["requests_left"], each["uploads_left"]) for each in listed["sessions"]
    ]
    assert left == [(sends["id"], 598.5, 8, 2), (plain["id"], 598.5, 10, 0)]
    assert "ek_" not in json.dumps(listed)
    frozen.post(f"{SESSIONS}/{plain['id']}/cancel")
    assert frozen.get("/_mock/sessions?status=active").json()["total"] == 1
    over = seen(frozen, plain["id"])
    assert (over["seconds_left"], over["requests_left"], over["uploads_left"]) == (0, 0, 0)


def test_changes_carry_the_time_they_happened(frozen: TestClient) -> None:
    ended = {name: create(frozen)["id"] for name in ("expire", "cancel", "wait")}
    at(frozen, tick="10.25s")
    for name in ("expire", "cancel"):
        assert frozen.post(f"/_mock/sessions/{ended[name]}/{name}").status_code == 200
    at(frozen, tick="1d")
    for name in ("cancel", "expire"):  # what is over stays as it is
        frozen.post(f"/_mock/sessions/{ended['wait']}/{name}")
        frozen.post(f"/_mock/sessions/{ended['expire']}/{name}")
        frozen.post(f"/_mock/sessions/{ended['cancel']}/{name}")
    begun = {"status": "active", "at": NOW, "cause": "created"}
    assert {name: seen(frozen, ended[name])["transitions"] for name in ended} == {
        "expire": [begun, {"status": "expired", "at": NOW + 10.25, "cause": "forced"}],
        "cancel": [begun, {"status": "cancelled", "at": NOW + 10.25, "cause": "cancelled"}],
        "wait": [begun, {"status": "expired", "at": NOW + 600, "cause": "expired"}],
    }


def test_an_expired_session_lives_again_when_time_goes_back(frozen: TestClient) -> None:
    session = create(frozen)
    at(frozen, shift="1h")
    assert seen(frozen, session["id"])["status"] == "expired"
    at(frozen, shift="-1h")
    assert seen(frozen, session["id"])["status"] == "active"
    assert len(seen(frozen, session["id"])["transitions"]) == 1


@pytest.mark.parametrize(("ending", "status"), [("expire", "expired"), ("cancel", "cancelled")])
def test_a_session_ended_by_hand_opens_nothing_more(frozen: TestClient, ending: str, status: str) -> None:
    session = create(frozen)
    assert frozen.post(f"/_mock/sessions/{session['id']}/{ending}").json()["status"] == status
    refused = Talk(frozen, session["client_secret"]).post("threads.list")
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, f"client_secret_{status}")
    assert frozen.post(f"{SESSIONS}/{session['id']}/cancel").json()["status"] == status


def test_an_unknown_session_is_not_found_and_its_home_is_named(start: Start) -> None:
    client = start()
    there = client.post(f"/p/other{SESSIONS}", json={"workflow": {"id": "w"}, "user": "ada"}).json()["id"]
    answer = client.post(f"/_mock/sessions/{there}/expire")
    assert answer.status_code == 404
    assert "?project=other" in answer.headers["x-mock-hint"]


ENDINGS: dict[str, Callable[[Any, str], Any]] = {
    "expires by time": lambda mock, _: mock.clock.shift("1h"),
    "is expired": lambda mock, session_id: mock.sessions.expire(session_id),
    "is cancelled": lambda mock, session_id: mock.sessions.cancel(session_id),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_open_stream_goes_on_to_its_end_when_its_session(served: ServerThread, ending: str) -> None:
    mock = connect(served.origin)
    content = [{"type": "input_text", "text": "tell"}]
    message = {"content": content, "attachments": [], "inference_options": {}}
    body = {"type": "threads.create", "params": {"input": message}}
    with socket_client(served.origin, headers=HEADERS, timeout=10) as http:
        session = http.post(SESSIONS, json={"workflow": {"id": "wf_long"}, "user": "ada"}).json()
        headers = {"authorization": f"Bearer {session['client_secret']}"}
        with http.stream("POST", "/v1/chatkit/conversation", json=body, headers=headers) as answer:
            chunks = answer.iter_text()
            arrived = next(chunks)
            ENDINGS[ending](mock, session["id"])
            assert mock.sessions.get(session["id"]).status != "active"
            assert http.post("/v1/chatkit/conversation", json=body, headers=headers).status_code == 401
            rest = "".join(chunks)
        assert "this was the end, and it was." not in arrived
        events = events_of(arrived + rest)
        assert events[-1]["type"] == "thread.item.done"
        assert events[-1]["item"]["content"][0]["text"].endswith("this was the end, and it was.")

"""The lists of `/_mock`: sessions, threads and requests in short, of a project or of all, page by page."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET, Struct
from starlette.testclient import TestClient
from support.emulator import MINIMAL, Start, projects_of
from support.talk import Talk

from mock_server.config import Settings
from mock_server.control.paging import page
from mock_server.state.projects import Projects
from mock_server.testing import ChatKitMock

Json = dict[str, Any]
NOW = 1_760_170_033.0
SESSIONS = "/v1/chatkit/sessions"


def create(client: TestClient, base: str = "", **fields: Any) -> str:
    answer = client.post(f"{base}{SESSIONS}", json={**MINIMAL, **fields})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def get(client: TestClient, path: str, /, **query: Any) -> Json:
    answer = client.get(f"/_mock/{path}", params=query)
    assert answer.status_code == 200, answer.text
    shown: Json = answer.json()
    return shown


def ids(listed: Json) -> list[str]:
    (entries,) = [value for value in listed.values() if isinstance(value, list)]
    return [each["id"] for each in entries]


def freeze(client: TestClient, at: float = NOW, *, project: str = "default") -> None:
    projects_of(client).get(project).clock.freeze(at)


# Sessions.


@pytest.fixture
def busy(client: TestClient) -> tuple[TestClient, list[str]]:
    """Six sessions, newest first: the last two in another project, one of each ended."""
    freeze(client)
    freeze(client, project="other")
    made = [
        create(client, user="Kim", workflow={"id": "wf_Search"}),
        create(client, user="kim"),
        create(client, user="bob"),
        create(client, user="bob", expires_after={"anchor": "created_at", "seconds": 1}),
    ]
    freeze(client, NOW + 1)
    freeze(client, NOW + 1, project="other")
    made += [create(client, "/p/other", user="kim"), create(client, "/p/other", user="eve")]
    client.post(f"/p/other{SESSIONS}/{made[4]}/cancel")
    return client, made[::-1]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({}, [2, 3, 4, 5]),
        ({"project": "other"}, [0, 1]),
        ({"project": "*"}, [0, 1, 2, 3, 4, 5]),
        ({"status": "active"}, [3, 4, 5]),
        ({"status": "expired", "project": "*"}, [2]),
        ({"status": "cancelled", "project": "*"}, [1]),
        ({"user": "kim", "project": "*"}, [1, 4]),
        ({"workflow": "wf_1"}, [2, 3, 4]),
        ({"search": "KIM"}, [4, 5]),
        ({"search": "wf_search"}, [5]),
        ({"search": ""}, [2, 3, 4, 5]),
        ({"search": "nobody"}, []),
        ({"search": "kim", "status": "active", "project": "*"}, [4, 5]),
    ],
)
def test_sessions_are_found_by_all_that_is_said(
    busy: tuple[TestClient, list[str]], query: Json, numbers: list[int]
) -> None:
    client, made = busy
    listed = get(client, "sessions", **query)
    assert [made.index(each) for each in ids(listed)] == numbers
    assert (listed["total"], listed["has_more"]) == (len(numbers), False)
    assert listed["project"] == query.get("project", "default")


def test_sessions_are_found_by_a_part_of_their_id_and_by_their_ids(busy: tuple[TestClient, list[str]]) -> None:
    client, made = busy
    assert ids(get(client, "sessions", search=made[3][9:30].upper())) == [made[3]]
    wanted = ",".join([made[5], "cksess_nobody", made[0], made[2], made[5]])
    assert ids(get(client, "sessions", ids=wanted)) == [made[2], made[5]]
    assert ids(get(client, "sessions", ids=wanted, project="*", user="eve")) == [made[0]]
    assert ids(get(client, "sessions", ids="")) == []


def test_too_many_ids_are_refused(client: TestClient) -> None:
    assert client.get("/_mock/sessions", params={"ids": ",".join(["cksess_1"] * 200)}).status_code == 200
    answer = client.get("/_mock/sessions", params={"ids": ",".join(["cksess_1"] * 201)})
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == "ids"


@pytest.mark.parametrize("query", [{}, {"search": "ck"}, {"user": "bob"}], ids=str)
@pytest.mark.parametrize("project", ["default", "*"])
@pytest.mark.parametrize("limit", [1, 2, 5])
def test_pages_of_sessions_lead_to_the_end(
    busy: tuple[TestClient, list[str]], query: Json, project: str, limit: int
) -> None:
    client, _ = busy
    every = get(client, "sessions", project=project, **query)
    found: list[str] = []
    more = True
    while more:
        cursor = {"after": found[-1]} if found else {}
        listed = get(client, "sessions", project=project, limit=limit, **query, **cursor)
        found += ids(listed)
        more = listed["has_more"]
        assert listed["total"] == every["total"]
    assert found == ids(every)


def test_a_cursor_that_no_longer_fits_still_is_one_and_an_unknown_one_is_none(
    busy: tuple[TestClient, list[str]],
) -> None:
    client, made = busy
    client.post(f"{SESSIONS}/{made[4]}/cancel")
    listed = get(client, "sessions", status="active", after=made[4])
    assert (ids(listed), listed["total"]) == ([made[5]], 2)
    assert ids(get(client, "sessions", after="cksess_nobody")) == made[2:]


class Each(Struct):
    id: str
    at: int


@settings(deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 3), max_size=6), min_size=1, max_size=3),
    st.integers(1, 4),
    st.sampled_from([None, 0, 1, 2]),
    st.booleans(),
)
def test_pages_of_several_lists_never_lose_or_repeat_an_entry(
    moments: list[list[int]], limit: int, least: int | None, newest_first: bool
) -> None:
    """Also where a list is not in the order of time."""
    project = Projects(Settings()).default
    of = [(project, [Each(f"{a}.{b}", at) for b, at in enumerate(each)]) for a, each in enumerate(moments)]
    fits = None if least is None else lambda _: lambda each: each.at >= least
    sign = -1 if newest_first else 1

    def paged(after: Any, limit: int) -> Any:
        return page(
            of, rank=lambda each: sign * each.at, limit=limit, after=after, fits=fits, newest_first=newest_first
        )

    every = [each.id for _, each in paged(UNSET, 1000).entries]
    assert sorted(every) == sorted(each.id for _, entries in of for each in entries if each.at >= (least or 0))
    found: list[str] = []
    while True:
        got = paged(found[-1] if found else UNSET, limit)
        found += [each.id for _, each in got.entries]
        assert got.total == len(every)
        if not got.has_more:
            break
    assert found == every


def test_a_session_is_shown_with_its_settings_beside_the_usual_ones(client: TestClient) -> None:
    freeze(client)
    plain = create(client)
    full = create(
        client,
        workflow={"id": "wf_2", "version": "7", "state_variables": {"a": 1}, "tracing": {"enabled": False}},
        expires_after={"anchor": "created_at", "seconds": 60},
        rate_limits={"max_requests_per_1_minute": 3},
        chatkit_configuration={
            "automatic_thread_titling": {"enabled": False},
            "file_upload": {"enabled": True, "max_files": 2, "max_file_size": 5},
            "history": {"enabled": False, "recent_threads": 4},
        },
    )
    usual = {
        "expires_after_seconds": 600,
        "max_requests_per_1_minute": 10,
        "automatic_thread_titling": True,
        "file_upload": False,
        "max_files": 10,
        "max_file_size": 512,
        "history": True,
        "recent_threads": None,
        "tracing": True,
        "version": None,
        "state_variables": None,
    }
    shown = get(client, f"sessions/{plain}")
    assert shown["settings"] == shown["defaults"] == usual
    shown = get(client, f"sessions/{full}")
    assert shown["defaults"] == usual
    assert shown["settings"] == {
        "expires_after_seconds": 60,
        "max_requests_per_1_minute": 3,
        "automatic_thread_titling": False,
        "file_upload": True,
        "max_files": 2,
        "max_file_size": 5,
        "history": False,
        "recent_threads": 4,
        "tracing": False,
        "version": "7",
        "state_variables": {"a": 1},
    }
    assert (shown["project"], shown["max_files"], shown["max_requests_per_1_minute"]) == ("default", 2, 3)
    client.post(f"/_mock/sessions/{full}/expire")
    assert get(client, f"sessions/{full}")["settings"]["expires_after_seconds"] is None


def test_a_secret_is_masked_until_it_is_asked_for(client: TestClient) -> None:
    made = client.post(SESSIONS, json=MINIMAL).json()
    secret = made["client_secret"]
    for path in ("sessions", f"sessions/{made['id']}"):
        assert secret not in client.get(f"/_mock/{path}").text
    masked = get(client, f"sessions/{made['id']}")["masked_secret"]
    assert (masked[:8], masked[-4:], len(masked)) == (secret[:8], secret[-4:], len(secret))
    told = get(client, f"sessions/{made['id']}/secret")["client_secret"]
    assert Talk(client, told).say("Hello")
    refused = client.get(f"/_mock/sessions/{made['id']}/secret", headers={"origin": "https://evil.example"})
    assert refused.status_code == 403


@pytest.mark.parametrize("below", ["", "/secret"])
def test_it_is_said_where_a_session_is(client: TestClient, below: str) -> None:
    session = create(client, "/p/other")
    refused = client.get(f"/_mock/sessions/{session}{below}")
    assert refused.status_code == 404
    assert refused.headers["x-mock-hint"] == "It is in project 'other'; add ?project=other."


# All projects.


@pytest.mark.parametrize("path", ["sessions", "threads", "requests/summaries", "expiries"])
def test_all_projects_are_a_choice_where_there_is_one(client: TestClient, path: str) -> None:
    assert client.get(f"/_mock/{path}?project=*").status_code == 200
    assert client.get(f"/_mock/{path}?project=a*").json()["error"]["code"] == "invalid_project"


@pytest.mark.parametrize("path", ["requests", "clock", "faults", "snapshot", "findings", "sessions/cksess_1"])
def test_all_projects_are_no_project_elsewhere(client: TestClient, path: str) -> None:
    answer = client.get(f"/_mock/{path}?project=*")
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith("Invalid project name '*'")


def test_projects_are_shown_with_what_they_hold_and_their_time(busy: tuple[TestClient, list[str]]) -> None:
    client, _ = busy
    listed = client.get("/_mock/projects").json()
    assert listed["default"] == "default"
    here, there = listed["projects"]
    counts = {"sessions": 4, "threads": 0, "files": 0, "faults": 0}
    assert here == {
        "project": "default",
        **counts,
        "requests": 4,
        "clock": client.get("/_mock/clock").json(),
    }
    assert there["sessions"] == 2
    assert there["clock"]["frozen"]


# Expiries.


def lasting(seconds: int) -> Json:
    return {"expires_after": {"anchor": "created_at", "seconds": seconds}}


def test_expiries_are_counted_in_equal_parts_of_the_longest(client: TestClient) -> None:
    freeze(client)
    made = [create(client, **lasting(seconds)) for seconds in (100, 10, 99, 25, 26, 50, 1)]
    client.post(f"{SESSIONS}/{made.pop()}/cancel")
    shown = get(client, "expiries", buckets=4)
    assert (shown["project"], shown["active"], shown["longest"]) == ("default", 6, 100)
    assert shown["buckets"] == [1, 2, 1, 2]
    assert ids({"next": shown["next"]}) == [made[1], made[3], made[4], made[5], made[2], made[0]]
    assert len(get(client, "expiries")["buckets"]) == 60


def test_expiries_of_all_projects_are_by_the_time_that_is_left(client: TestClient) -> None:
    freeze(client)
    freeze(client, NOW + 1000, project="other")
    late = create(client, **lasting(20))
    soon = create(client, "/p/other", **lasting(10))
    shown = get(client, "expiries", project="*", buckets=2)
    assert (shown["project"], shown["active"], shown["longest"], shown["buckets"]) == ("*", 2, 20, [0, 2])
    assert [(each["id"], each["seconds_left"]) for each in shown["next"]] == [(soon, 10), (late, 20)]


def test_no_session_expires_where_there_is_none(client: TestClient) -> None:
    empty: Json = {"project": "default", "active": 0, "longest": 0, "buckets": [0, 0], "next": []}
    assert get(client, "expiries", buckets=2) == empty


def test_only_the_twenty_next_are_shown(client: TestClient) -> None:
    for _ in range(21):
        create(client)
    shown = get(client, "expiries")
    assert (shown["active"], sum(shown["buckets"]), len(shown["next"])) == (21, 21, 20)


# Requests in short.


def test_a_request_in_short_is_what_it_is_in_full_without_what_was_said(client: TestClient) -> None:
    Talk.begin(client).say("hello")
    streamed, created = get(client, "requests/summaries")["data"]
    for short in (streamed, created):
        full = get(client, f"requests/{short['id']}")
        events = full.pop("events")
        said = {"request", "response", "event_times", "failure", "store"}
        full = {name: value for name, value in full.items() if name not in said}
        assert short == {**full, "events": None if events is None else len(events)}
    assert streamed["events"] > 3
    assert created["events"] is None


@pytest.fixture
def asked(client: TestClient) -> TestClient:
    """Six requests, the fourth in another project, whose clock is far behind."""
    freeze(client, 5.0, project="other")
    create(client, user="Grace")
    client.get("/v1/nothing")
    Talk.begin(client, user="kim").say("hi")
    create(client, "/p/other", user="grace")
    client.post("/_mock/faults", json={"name": "Boom", "do": {"error": 503}})
    client.get("/v1/chatkit/threads")
    return client


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({}, [0, 1, 2, 3, 4, 5]),
        ({"project": "other"}, [3 + 1]),
        ({"status_class": "2xx"}, [0, 2, 3, 4]),
        ({"status_class": "4xx"}, [1]),
        ({"status_class": "5xx"}, [5]),
        ({"search": "GRACE"}, [0, 4]),
        ({"search": "nothing"}, [1]),
        ({"search": "conversation.threads"}, [3]),
        ({"search": "boom"}, [5]),
        ({"search": "wf_1"}, [0, 2, 3, 4]),
        ({"search": "cthr_"}, [3]),
        ({"search": "req_"}, [0, 1, 2, 3, 4, 5]),
        ({"search": "/v1/chatkit/t"}, [5]),
        ({"operation": "sessions", "search": "kim"}, [2]),
        ({"method": "get", "status_class": "4xx"}, [1]),
        ({"path": "*/threads"}, [5]),
        ({"status": 404, "outcome": "completed"}, [1]),
        ({"fault": "*"}, [5]),
        ({"user": "nobody"}, []),
    ],
)
@pytest.mark.parametrize("order", ["asc", "desc"])
def test_summaries_are_found_by_all_that_is_said(
    asked: TestClient, query: Json, numbers: list[int], order: str
) -> None:
    every = ids({"data": get(asked, "requests/summaries", project="*", order="asc")["data"]})
    listed = get(asked, "requests/summaries", **{"project": "*", "order": order, **query})
    found = [every.index(each["id"]) for each in listed["data"]]
    assert found == (numbers if order == "asc" else numbers[::-1])
    assert (listed["total"], listed["has_more"]) == (len(numbers), False)


@pytest.mark.parametrize("query", [{}, {"status_class": "2xx"}], ids=str)
@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("limit", [1, 4])
def test_pages_of_summaries_lead_to_the_end(asked: TestClient, query: Json, order: str, limit: int) -> None:
    common = {"project": "*", "order": order, **query}
    every = [each["id"] for each in get(asked, "requests/summaries", **common)["data"]]
    found: list[str] = []
    for _ in every:
        cursor = {"after": found[-1]} if found else {}
        listed = get(asked, "requests/summaries", **common, limit=limit, **cursor)
        found += [each["id"] for each in listed["data"]]
        if not listed["has_more"]:
            break
    assert found == every


def test_summaries_count_what_there_is_and_what_is_forgotten(start: Start) -> None:
    client = start(journal_entries=2)
    client.post("/p/other/_mock/reset")
    for _ in range(3):
        client.get("/v1/x")
        client.get("/p/other/v1/x")
    for project, total, forgotten in (("default", 2, 1), ("*", 4, 2)):
        listed = get(client, "requests/summaries", project=project, limit=0)
        told = (listed["data"], listed["total"], listed["has_more"], listed["forgotten"])
        assert told == ([], total, True, forgotten)


# The handle.


def test_the_handle_shows_a_session_in_detail_and_edits_threads() -> None:
    with ChatKitMock(load=["demo"], socket=False) as mock:
        session = mock.sessions.list()[0]
        assert mock.sessions.get(session.id).defaults.expires_after_seconds == 600
        assert mock.threads.rename("cthr_demo", "Another").title == "Another"
        assert mock.threads.lock("cthr_demo", reason="Later").status.reason == "Later"  # type: ignore[union-attr]
        assert mock.threads.close("cthr_demo").status.__struct_config__.tag == "closed"
        assert mock.threads.reopen("cthr_demo").status.__struct_config__.tag == "active"
        mock.threads.delete("cthr_demo")
        assert "cthr_demo" not in {each.id for each in mock.threads.list()}


def test_a_cursor_may_name_its_project_for_seeds_give_the_same_ids_to_all(start: Start) -> None:
    seed = {"sessions": [{"id": f"cksess_{at}", "user": "kim", "workflow": {"id": "wf_1"}} for at in range(3)]}
    client = start(seed=seed)
    client.post("/p/other/_mock/reset")
    seen: list[tuple[str, str]] = []
    for _ in range(6):
        after = {"after": "/".join(seen[-1])} if seen else {}
        page = client.get("/_mock/sessions", params={"project": "*", "limit": 1, **after}).json()
        seen += [(each["project"], each["id"]) for each in page["sessions"]]
    assert not page["has_more"]
    assert sorted(seen) == [(project, f"cksess_{at}") for project in ("default", "other") for at in range(3)]

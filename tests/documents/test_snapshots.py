"""Snapshots: whatever happened to a project, a restored one is the same, to the byte and in all it does."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from starlette.testclient import TestClient
from support.emulator import MINIMAL, Client, Start, make_app, projects_of
from support.patience import eventually
from support.talk import Talk

from mock_server.config import Settings
from mock_server.documents.snapshot_format import Snapshot, SnapshotInvalid
from mock_server.documents.snapshot_pieces import pieces_of
from mock_server.documents.snapshots import load_state, take, written
from mock_server.moments import END_OF_TIME
from mock_server.state.projects import Projects

NOW = 1_760_170_033.123456
SNAPSHOT, THREADS, SESSIONS = "/_mock/snapshot", "/v1/chatkit/threads", "/v1/chatkit/sessions"
UPLOADS: dict[str, Any] = {"chatkit_configuration": {"file_upload": {"enabled": True, "max_files": 3}}}
PNG = {"file": ("a.png", b"\x89PNG\x00\xff", "image/png")}
PUT_JSON = {"content-type": "application/json"}


def freeze(client: TestClient, at: float = NOW) -> TestClient:
    assert client.put("/_mock/clock", json={"freeze": at}).status_code == 200
    return client


def snapshot(client: TestClient, project: str = "") -> bytes:
    answer = client.get(project + SNAPSHOT)
    assert answer.status_code == 200
    return answer.content


def restore(client: TestClient, body: bytes, project: str = "") -> Any:
    return client.put(project + SNAPSHOT, content=body, headers=PUT_JSON)


def upload(client: TestClient, secret: str | None) -> Any:
    headers = {} if secret is None else {"authorization": f"Bearer {secret}"}
    return client.post("/v1/chatkit/files", files=PNG, headers=headers)


class Lives(RuleBasedStateMachine):
    """Random lives of a project, photographed and brought back."""

    def __init__(self) -> None:
        super().__init__()
        self.talks: list[Talk] = []
        self.files: list[str] = []
        self.taken: list[tuple[bytes, list[Any]]] = []

    @initialize(seeded=st.booleans())
    def begin(self, seeded: bool) -> None:
        self.seeded = seeded
        app = make_app(random="7" if seeded else None)
        self.client = freeze(Client(app))

    def looks(self) -> list[Any]:
        """What can be seen from outside."""
        threads = [self.client.get(f"{THREADS}?order={order}&limit=100").json() for order in ("asc", "desc")]
        items = [self.client.get(f"{THREADS}/{thread['id']}/items").json() for thread in threads[0]["data"]]
        sessions, faults = (self.client.get(f"/_mock/{part}").json() for part in ("sessions", "faults"))
        files = [(found.status_code, found.content) for found in map(self.client.get, self.files)]
        lists = [talk.post("threads.list").status_code for talk in self.talks]
        return [threads, items, sessions, faults, files, lists]

    def known(self, number: int) -> Talk:
        return self.talks[number % len(self.talks)]

    @rule(
        workflow=st.sampled_from(["wf_support", "wf_reasoning", "wf_1", "wf_mock_expired"]),
        user=st.sampled_from(["ada", "bö🦊", "a\u0000"]),
        state=st.dictionaries(
            st.text("ab", min_size=1), st.one_of(st.floats(allow_nan=False), st.integers()), max_size=2
        ),
        lasts=st.sampled_from([1, 60, 600]),
        requests=st.sampled_from([2, 10]),
    )
    def create(self, workflow: str, user: str, state: dict[str, Any], lasts: int, requests: int) -> None:
        body = {"workflow": {"id": workflow, "state_variables": state}, "user": user, **UPLOADS}
        body |= {"expires_after": {"anchor": "created_at", "seconds": lasts}}
        made = self.client.post(SESSIONS, content=msgspec.json.encode(body | _limit(requests)), headers=PUT_JSON)
        assert made.status_code in {200, 400, 418}
        if made.status_code == 200:
            self.talks.append(Talk(self.client, made.json()["client_secret"]))

    @precondition(lambda self: self.talks)
    @rule(
        number=st.integers(0, 9), text=st.sampled_from(["order", "call me", "bye", "hi \u2028 🦊"]), new=st.booleans()
    )
    def say(self, number: int, text: str, new: bool) -> None:
        talk = self.known(number)
        message = {"content": [{"type": "input_text", "text": text}], "attachments": [], "inference_options": {}}
        operation, given = (
            ("threads.create", {}) if new or not talk.thread_id else ("threads.add_user_message", {"t": 1})
        )
        answer = talk.post(operation, input=message, **({"thread_id": talk.thread_id} if given else {}))
        assert answer.status_code in {200, 400, 401, 404, 429}
        if answer.status_code == 200 and not given:
            talk.thread_id = json.loads(answer.text.split("\n\n")[0].removeprefix("data: "))["thread"]["id"]

    @precondition(lambda self: any(talk.thread_id for talk in self.talks))
    @rule(number=st.integers(0, 9), what=st.sampled_from(["rename", "delete", "like", "retry", "tool", "answer"]))
    def change(self, number: int, what: str) -> None:
        threads = [talk for talk in self.talks if talk.thread_id]
        talk = threads[number % len(threads)]
        listed = self.client.get(f"{THREADS}/{talk.thread_id}/items?order=asc").json().get("data", [])
        first = listed[0]["id"] if listed else "cti_none"
        calls: dict[str, Callable[[], Any]] = {
            "rename": lambda: talk.post("threads.update", title="New", thread_id=talk.thread_id),
            "delete": lambda: talk.post("threads.delete", thread_id=talk.thread_id),
            "like": lambda: talk.post("items.feedback", thread_id=talk.thread_id, item_ids=[first], kind="positive"),
            "retry": lambda: talk.post("threads.retry_after_item", thread_id=talk.thread_id, item_id=first),
            "tool": lambda: talk.post(
                "threads.add_client_tool_output", thread_id=talk.thread_id, result={"status": "lost", "n": [1.0, None]}
            ),
            "answer": lambda: talk.raw(_answers(talk.thread_id, listed[-1]["id"] if listed else "")),
        }
        assert calls[what]().status_code in {200, 400, 401, 404, 429}

    @rule(number=st.integers(0, 9), with_key=st.booleans())
    def send_a_file(self, number: int, with_key: bool) -> None:
        sent = upload(self.client, None if with_key or not self.talks else self.known(number).secret)
        assert sent.status_code in {200, 400, 401, 429}
        if sent.status_code == 200:
            self.files.append(sent.json()["upload_url"])

    @precondition(lambda self: self.talks)
    @rule(number=st.integers(0, 9))
    def announce_a_file(self, number: int) -> None:
        told = self.known(number).post("attachments.create", name="b.png", size=1, mime_type="image/png")
        assert told.status_code in {200, 400, 401, 429}

    @rule(number=st.integers(0, 9), ending=st.sampled_from(["cancel", "expire"]))
    def end(self, number: int, ending: str) -> None:
        sessions = self.client.get("/_mock/sessions").json()["sessions"]
        if sessions:
            self.client.post(f"/_mock/sessions/{sessions[number % len(sessions)]['id']}/{ending}")

    @rule(match=st.sampled_from([{"nth": 2}, {"probability": 0.5}]), times=st.integers(1, 3))
    def break_things(self, match: dict[str, Any], times: int) -> None:
        if "probability" in match and not self.seeded:
            return  # what happens next would differ from run to run
        fault = {
            "match": {"operation": "sessions.create", **match},
            "do": {"error": 418},
            "times": times,
            "lasts": "2m",
        }
        assert self.client.post("/_mock/faults", json=fault).status_code == 200

    @rule(by=st.sampled_from([0.000001, 1, 59.5, "-30s", "-10m", "20m"]))
    def move_the_clock(self, by: Any) -> None:
        assert self.client.put("/_mock/clock", json={"shift": by}).status_code == 200

    @rule()
    def photograph(self) -> None:
        body = snapshot(self.client)
        seen = self.looks()
        assert restore(self.client, body).status_code == 200
        self.taken.append((body, seen[:4]))

    @precondition(lambda self: self.taken)
    @rule(number=st.integers(0, 9))
    def bring_back(self, number: int) -> None:
        body, seen = self.taken[number % len(self.taken)]
        assert restore(self.client, body).status_code == 200
        assert snapshot(self.client) == body
        assert self.looks()[:4] == seen
        drawn = []
        for _ in range(2):
            assert restore(self.client, body).status_code == 200
            made = [self.client.post(SESSIONS, json=MINIMAL) for _ in range(3)]
            drawn.append([(each.status_code, each.json().get("client_secret")) for each in made])
        if json.loads(body)["projects"][0]["ids"] is not None:
            assert drawn[0] == drawn[1]
        assert restore(self.client, body).status_code == 200

    @invariant()
    def the_snapshot_can_always_be_restored_onto_itself(self) -> None:
        if hasattr(self, "client"):
            body = snapshot(self.client)
            assert restore(self.client, body).status_code == 200
            assert snapshot(self.client) == body


def _limit(requests: int) -> dict[str, Any]:
    return {"rate_limits": {"max_requests_per_1_minute": requests}}


def _answers(thread_id: str, item_id: str) -> str:
    given = {"status": "submitted", "answers": {"when": {"values": ["Morning"], "skipped": False}}}
    params = {"thread_id": thread_id, "item_id": item_id, "input": given}
    return json.dumps({"type": "threads.add_structured_input", "params": params})


Lives.TestCase.settings = settings(stateful_step_count=25)
TestLives = Lives.TestCase


@pytest.fixture
def frozen(client: TestClient) -> TestClient:
    return freeze(client)


def test_cursors_of_deleted_threads_and_items_still_page_after_a_restore(frozen: TestClient) -> None:
    talks = [Talk.begin(frozen) for _ in range(4)]
    for talk in talks:
        talk.say("hi")
    gone = talks[1].thread_id
    frozen.delete(f"{THREADS}/{gone}")
    items = frozen.get(f"{THREADS}/{talks[0].thread_id}/items?order=asc").json()["data"]
    talks[0].stream("threads.retry_after_item", thread_id=talks[0].thread_id, item_id=items[0]["id"])
    queries = [f"{THREADS}?{way}={gone}&order={order}" for way in ("after", "before") for order in ("asc", "desc")]
    queries.append(f"{THREADS}/{talks[0].thread_id}/items?after={items[1]['id']}&order=asc")
    before = [frozen.get(query).json()["data"] for query in queries]
    assert [len(page) for page in before] == [2, 1, 1, 2, 1]
    body = snapshot(frozen)
    frozen.post("/_mock/reset")
    assert restore(frozen, body).status_code == 200
    assert [frozen.get(query).json()["data"] for query in queries] == before


def test_secrets_of_before_work_again_and_those_made_since_do_not(frozen: TestClient) -> None:
    old = Talk.begin(frozen)
    body = snapshot(frozen)
    frozen.post("/_mock/reset?only=state")
    new = Talk.begin(frozen)
    assert [talk.post("threads.list").status_code for talk in (old, new)] == [401, 200]
    assert restore(frozen, body).json()["sessions"] == 1
    assert [talk.post("threads.list").status_code for talk in (old, new)] == [200, 401]


def test_used_limits_stay_used(frozen: TestClient) -> None:
    talk = Talk.begin(frozen, **_limit(3), **UPLOADS)
    talk.post("threads.list")
    frozen.put("/_mock/clock", json={"tick": "20s"})
    assert [upload(frozen, talk.secret).status_code for _ in range(2)] == [200, 200]
    body = snapshot(frozen)
    frozen.put("/_mock/clock", json={"tick": "200s"})
    assert upload(frozen, talk.secret).status_code == 200
    assert restore(frozen, body).status_code == 200
    refused = talk.post("threads.list")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "40")
    frozen.put("/_mock/clock", json={"tick": "60s"})
    assert [upload(frozen, talk.secret).status_code for _ in range(2)] == [200, 400]


def test_a_snapshot_that_is_being_read_keeps_its_files(client: TestClient) -> None:
    assert upload(client, None).status_code == 200
    project = projects_of(client).default
    pieces = written([project])
    project.reset()
    (state,) = msgspec.json.decode(b"".join(pieces), type=Snapshot).projects
    assert [file.content for file in state.files] == [PNG["file"][1]]


def test_a_large_file_comes_back(client: TestClient) -> None:
    content = bytes(range(256)) * 8192
    made = client.post("/v1/chatkit/files", files={"file": ("a.png", content, "image/png")}).json()
    assert restore(client, snapshot(client)).status_code == 200
    assert client.get(f"/v1/chatkit/files/{made['id']}").content == content


def test_a_clock_that_has_run_to_the_end_of_time_comes_back(client: TestClient) -> None:
    for moved in ({"travel_to": "9999-12-31T23:59:59Z"}, {"scale": 100_000}):
        assert client.put("/_mock/clock", json=moved).status_code == 200
    eventually(lambda: client.get("/_mock/clock").json()["now"] == END_OF_TIME - 0.001)
    assert restore(client, snapshot(client)).status_code == 200
    assert client.get("/_mock/clock").json()["now"] == END_OF_TIME - 0.001


def test_files_come_back_and_can_be_downloaded(frozen: TestClient) -> None:
    talk = Talk.begin(frozen, **UPLOADS)
    urls = [upload(frozen, secret).json()["upload_url"] for secret in (talk.secret, None)]
    announced = talk.json("attachments.create", name="b.png", size=1, mime_type="image/png")["upload_descriptor"]["url"]
    body = snapshot(frozen)
    frozen.put(announced, content=b"b")
    frozen.post("/_mock/reset")
    assert [frozen.get(url).status_code for url in urls] == [404, 404]
    assert restore(frozen, body).json()["files"] == 3
    assert [frozen.get(url).content for url in urls] == [b"\x89PNG\x00\xff"] * 2
    assert frozen.get(announced).status_code == 404
    assert frozen.put(announced, content=b"c").status_code == 200
    assert frozen.get(announced).content == b"c"


def test_faults_go_on_counting_where_they_were(frozen: TestClient) -> None:
    fault = {"match": {"operation": "sessions.create", "nth": [2, 4]}, "do": {"error": 418}}
    assert frozen.post("/_mock/faults", json=fault).json()["id"] == "fault_1"

    def create(count: int) -> list[int]:
        return [frozen.post(SESSIONS, json=MINIMAL).status_code for _ in range(count)]

    assert create(3) == [200, 418, 200]
    body = snapshot(frozen)
    assert create(1) == [418]
    frozen.post("/_mock/reset")
    assert restore(frozen, body).json()["faults"] == 1
    assert create(2) == [418, 200]
    assert frozen.post("/_mock/faults", json=fault).json()["id"] == "fault_2"


@pytest.mark.parametrize("only", ["", "?only=state", "?only=faults"])
def test_a_faults_chance_repeats_after_a_restore(start: Start, only: str) -> None:
    client = freeze(start(random="7"))
    client.post(f"/_mock/reset{only}")
    fault = {"match": {"operation": "sessions.create", "probability": 0.5}, "do": {"error": 418}}
    client.post("/_mock/faults", json=fault)
    body = snapshot(client)
    runs = []
    for _ in range(3):
        runs.append([client.post(SESSIONS, json=MINIMAL).status_code for _ in range(20)])
        assert restore(client, body).status_code == 200
    assert runs[1:] == runs[:-1]


def test_another_project_takes_it_over_once_the_first_has_let_go(frozen: TestClient) -> None:
    talk = Talk.begin(frozen)
    body = snapshot(frozen)
    freeze(frozen)
    frozen.put("/p/other/_mock/clock", json={"freeze": NOW})
    untouched = snapshot(frozen, "/p/other")
    refused = restore(frozen, body, "/p/other")
    assert refused.status_code == 400
    assert "project 'default' already has this session; reset that project first" in refused.json()["error"]["message"]
    assert snapshot(frozen, "/p/other") == untouched
    assert snapshot(frozen) == body
    frozen.post("/_mock/reset")
    assert restore(frozen, body, "/p/other").json()["project"] == "other"
    talk.say("hi")
    assert frozen.get(f"/p/other{THREADS}/{talk.thread_id}").status_code == 200
    assert json.loads(snapshot(frozen, "/p/other"))["projects"][0]["sessions"][0]["project"] == "other"


def test_a_seeded_secret_names_one_project_after_it_was_taken_over_too(start: Start) -> None:
    client = freeze(start(random="7"))
    taken_over = Talk.begin(client).secret
    body = snapshot(client)
    client.post("/_mock/reset")
    assert restore(client, body, "/p/other").status_code == 200
    freeze(client)
    here = [Talk.begin(client).secret for _ in range(2)]
    there = client.post(f"/p/other{SESSIONS}", json=MINIMAL).json()["client_secret"]
    assert [client.post(f"{base}/_mock/reset").status_code for base in ("", "/p/other")] == [200, 200]
    assert not {taken_over, there} & set(here)


def _edited(path: str, value: Any) -> Callable[[bytes], bytes]:
    def edit(body: bytes) -> bytes:
        document = json.loads(body)
        *way, last = path.split(".")
        node = document
        for key in way:
            node = node[int(key) if isinstance(node, list) else key]
        node[int(last) if isinstance(node, list) else last] = value(node[last]) if callable(value) else value
        return json.dumps(document).encode()

    return edit


def _in_one_place(places: list[Any]) -> list[Any]:
    return [*places, ["cthr_2", *places[0][1:]]]


DAMAGES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "truncated": (lambda body: body[: len(body) // 2], "damaged"),
    "not utf-8": (lambda body: body.replace(b'"sessions"', b'"sess\xff"'), ""),
    "no object": (lambda body: b"[]", "is a list without a key; "),
    "empty": (lambda body: b"{}", "not a snapshot"),
    "a seed": (lambda body: b'{"threads": []}', "not a snapshot"),
    "foreign": (_edited("format", "pickle"), "not a snapshot"),
    "newer": (_edited("version", 2), "another version"),
    "version as text": (_edited("version", "1"), "another version"),
    "odd moment": (_edited("taken_at", "now"), "taken_at"),
    "unknown field": (_edited("more", 1), "more"),
    "no project": (_edited("projects", []), ""),
    "odd expiry": (_edited("projects.0.sessions.0.expires_at", "soon"), "projects[0].sessions[0].expires_at"),
    "a session twice": (_edited("projects.0.sessions", lambda old: old * 2), "occurs twice"),
    "a thread without a place": (_edited("projects.0.threads.places", []), "is missing from 'places'"),
    "a thread twice": (_edited("projects.0.threads.entries", lambda old: old * 2), "twice"),
    "an odd item": (_edited("projects.0.threads.entries.0.items.entries.0.type", "poem"), "poem"),
    "an item without a place": (_edited("projects.0.threads.entries.0.items.places", []), "is missing from 'places'"),
    "odd content": (_edited("projects.0.files.0.content", "%"), "projects[0].files[0].content"),
    "far time": (_edited("projects.0.clock.frozen_at", 1e12), "between the years 1970 and 9999"),
    "short random state": (_edited("projects.0.ids.streams", ["AAAA"] * 3), "projects[0].ids.streams"),
    "odd random state": (_edited("projects.0.ids.streams.2", "/" * 3333 + "w=="), "ids"),
    "an odd fault": (_edited("projects.0.faults.rules.0.do", {"error": 9}), "projects[0].faults.rules[0].do"),
    "a fault that could not be added": (_edited("projects.0.faults.rules.0.do", {"delay": "soon"}), "rules[0]"),
    "a session without requests": (_edited("projects.0.sessions.0.max_requests_per_1_minute", 0), "sessions[0]"),
    "an addition not counted": (_edited("projects.0.threads.added", 0), "threads"),
    "two threads in one place": (_edited("projects.0.threads.places", _in_one_place), "threads"),
    "odd usage": (_edited("projects.0.usage.requests", [1]), "projects[0].usage.requests"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_bad_document_is_refused_with_the_reason_and_changes_nothing(start: Start, damage: str) -> None:
    do, reason = DAMAGES[damage]
    client = freeze(start(random="7"))
    Talk.begin(client).say("hi")
    upload(client, None)
    client.post("/_mock/faults", json={"do": {"error": 418}, "match": {"path": "/nowhere"}})
    body = do(snapshot(client))
    Talk.begin(client, user="grace").say("hi")
    now = snapshot(client)
    refused = restore(client, body)
    assert refused.status_code == 400, refused.text
    assert reason in refused.json()["error"]["message"]
    assert snapshot(client) == now


def populated() -> Projects:
    projects = Projects(Settings())
    for name in ("default", "a", "b"):
        client = Client(make_app())
        Talk.begin(client, user=name).say(f"hi from {name}")
        body = client.get(SNAPSHOT).content
        taken = msgspec.json.decode(body)["projects"][0] | {"project": name}
        document = msgspec.json.encode(msgspec.json.decode(body) | {"projects": [taken]})
        target = Client(_app_of(projects))
        assert restore(target, document, f"/p/{name}").status_code == 200
    return projects


def _app_of(projects: Projects) -> Any:
    app = make_app()
    app.projects = projects
    return app


def save(file: Path, projects: Projects) -> None:
    file.write_bytes(b"".join(pieces_of(projects)))


def document_of(projects: Projects) -> bytes:
    return msgspec.json.encode(take(projects).projects)


def test_of_several_projects_each_takes_its_own(client: TestClient) -> None:
    body = msgspec.json.encode(take(populated()))
    assert restore(client, body, "/p/a").status_code == 200
    assert client.get(f"/p/a{THREADS}").json()["data"][0]["user"] == "a"
    assert client.get(THREADS).json()["data"] == []
    refused = restore(client, body, "/p/c")
    assert (refused.status_code, refused.json()["error"]["message"]) == (
        400,
        "body: holds several projects, but none is named 'c'.",
    )


def test_a_state_file_keeps_every_project(tmp_path: Path) -> None:
    file, projects = tmp_path / "state.json", populated()
    save(file, projects)
    again = Projects(Settings())
    load_state(file, again)
    assert document_of(again) == document_of(projects)


def test_no_state_file_yet_is_an_empty_state(tmp_path: Path) -> None:
    projects = Projects(Settings())
    load_state(tmp_path / "state.json", projects)
    assert [len(project.sessions) for project in projects] == [0]


@pytest.mark.parametrize(
    "damage",
    [lambda body: body[:-10], lambda body: b"", lambda body: b"\xff\x00", lambda body: b"{}"],
    ids=["cut", "empty", "binary", "foreign"],
)
def test_a_damaged_state_file_is_refused_by_name_and_stays_as_it_was(
    tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    file, projects = tmp_path / "state.json", populated()
    save(file, projects)
    damaged = damage(file.read_bytes())
    file.write_bytes(damaged)
    before = document_of(projects)
    with pytest.raises(SnapshotInvalid, match=r"state\.json: is (damaged|not a snapshot): ?.+"):
        load_state(file, projects)
    assert document_of(projects) == before
    assert file.read_bytes() == damaged


@pytest.mark.parametrize(
    "damage",
    [
        lambda states: [*states[:2], {**states[2], "sessions": states[1]["sessions"]}],
        lambda states: [*states[:2], {**states[2], "project": "no name!"}],
        lambda states: [*states, states[0]],
    ],
    ids=["one secret in two projects", "an impossible name", "one project twice"],
)
def test_a_state_file_is_loaded_whole_or_not_at_all(tmp_path: Path, damage: Callable[[Any], Any]) -> None:
    file = tmp_path / "state.json"
    save(file, populated())
    document = json.loads(file.read_bytes())
    file.write_text(json.dumps({**document, "projects": damage(document["projects"])}))
    projects = Projects(Settings())
    with pytest.raises(SnapshotInvalid, match=r"state\.json"):
        load_state(file, projects)
    assert [(project.name, len(project.sessions)) for project in projects] == [("default", 0)]


@pytest.mark.parametrize("key", ["version", "projects", "sessions", "frozen_at", "id"])
def test_a_snapshot_with_a_key_twice_is_refused_by_its_name(client: TestClient, key: str) -> None:
    freeze(client).post(SESSIONS, json=MINIMAL)
    body = snapshot(client)
    value = re.search(rb'"%b": ([\[{]|[^,\n]+)' % key.encode(), body)
    assert value is not None
    empty = {b"[": b"[]", b"{": b"{}"}.get(value[1], value[1])
    name = b'"%b": ' % key.encode()
    refused = restore(client, body.replace(name, name + empty + b", " + name, 1))
    assert refused.status_code == 400
    assert f"has the key '{key}' twice" in refused.json()["error"]["message"]
    assert snapshot(client) == body


@pytest.mark.parametrize("deep", [True, False])
def test_a_key_that_stands_twice_in_a_long_list_is_found_as_well(tmp_path: Path, deep: bool) -> None:
    projects, file = populated(), tmp_path / "state.json"
    save(file, projects)
    document = json.loads(file.read_bytes())
    usage = document["projects"][0]["usage"]["requests"]
    usage |= {f"cksess_{number}": [1.5] for number in range(20_000)}
    usage["last"] = [2.5]
    after, key, value = ('"last": [2.5]', "cksess_1", "[1.5]") if deep else ('"uploads": {}', "requests", "{}")
    file.write_text(json.dumps(document).replace(after, f'{after}, "{key}": {value}', 1))
    with pytest.raises(SnapshotInvalid, match=rf"state\.json: has the key '{key}' twice"):
        load_state(file, Projects(Settings()))

"""A session's limits bind: time, requests, uploads, history; nothing forbidden passes, nothing allowed is refused."""

from collections import deque
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule
from starlette.testclient import TestClient
from support.emulator import Client, Start, make_app, projects_of
from support.talk import Talk

from mock_server.clock import Clock

NOW = 1_760_170_033.0
PNG = ("a.png", b"png", "image/png")
UPLOADS: dict[str, Any] = {
    "chatkit_configuration": {"file_upload": {"enabled": True, "max_files": 2, "max_file_size": 1}}
}


def clock_of(client: TestClient) -> Clock:
    clock = projects_of(client).default.clock
    clock.freeze(NOW)
    return clock


def upload(client: TestClient, secret: str, file: tuple[str, bytes, str] = PNG) -> Any:
    return client.post("/v1/chatkit/files", files={"file": file}, headers={"authorization": f"Bearer {secret}"})


def test_the_eleventh_request_of_a_minute_is_refused_until_the_first_is_a_minute_old(client: TestClient) -> None:
    clock = clock_of(client)
    talk = Talk.begin(client)
    for _ in range(10):
        assert talk.post("threads.list").status_code == 200
        clock.shift(1)
    refused = talk.post("threads.list")
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "50"
    error = refused.json()["error"]
    assert (error["type"], error["code"]) == ("requests", "rate_limit_exceeded")
    assert error["message"].endswith("Limit 10, Used 10, Requested 1. Please try again in 50s.")
    clock.shift(49.999)
    assert talk.post("threads.list").status_code == 429
    clock.shift(0.001)
    assert talk.post("threads.list").status_code == 200
    assert talk.post("threads.list").status_code == 429


def test_uploads_and_conversation_share_the_limit(client: TestClient) -> None:
    clock_of(client)
    talk = Talk.begin(client, rate_limits={"max_requests_per_1_minute": 2}, **UPLOADS)
    assert talk.secret
    assert upload(client, talk.secret).status_code == 200
    assert talk.post("threads.list").status_code == 200
    assert upload(client, talk.secret).status_code == 429


def test_a_secret_runs_out_at_exactly_its_second(client: TestClient) -> None:
    clock = clock_of(client)
    talk = Talk.begin(client)
    clock.shift(599.999)
    assert talk.post("threads.list").status_code == 200
    clock.shift(0.001)
    over = talk.post("threads.list")
    assert (over.status_code, over.json()["error"]["code"]) == (401, "client_secret_expired")
    assert over.headers["www-authenticate"] == 'Bearer realm="OpenAI API"'


def test_a_cancelled_secret_opens_nothing(client: TestClient) -> None:
    session = client.post("/v1/chatkit/sessions", json={"workflow": {"id": "w"}, "user": "ada", **UPLOADS}).json()
    client.post(f"/v1/chatkit/sessions/{session['id']}/cancel")
    talk = Talk(client, session["client_secret"])
    assert talk.post("threads.list").json()["error"]["code"] == "client_secret_cancelled"
    assert upload(client, session["client_secret"]).status_code == 401


@pytest.mark.parametrize("secret", ["ek_unknown", "sk-test", ""])
def test_only_a_secret_of_this_server_opens_the_conversation(client: TestClient, secret: str) -> None:
    assert Talk(client, secret).raw("{}").status_code == 401


def test_a_secret_finds_its_project_wherever_it_is_sent(client: TestClient) -> None:
    body = {"workflow": {"id": "w"}, "user": "ada"}
    secret = client.post("/p/other/v1/chatkit/sessions", json=body).json()["client_secret"]
    talk = Talk(client, secret)
    talk.say("hi")
    assert client.get(f"/p/other/v1/chatkit/threads/{talk.thread_id}").status_code == 200
    assert client.get(f"/v1/chatkit/threads/{talk.thread_id}").status_code == 404


def test_threads_of_another_user_are_not_found(client: TestClient) -> None:
    ada, grace = Talk.begin(client), Talk.begin(client, user="grace")
    ada.say("secret")
    assert grace.json("threads.list")["data"] == []
    for op in ("threads.get_by_id", "threads.delete", "items.list"):
        assert grace.post(op, thread_id=ada.thread_id).status_code == 404
    grace.thread_id = ada.thread_id
    message: dict[str, Any] = {"content": [], "attachments": [], "inference_options": {}}
    assert grace.post("threads.add_user_message", thread_id=ada.thread_id, input=message).status_code == 404


def test_history_off_shows_only_what_the_session_began(client: TestClient) -> None:
    Talk.begin(client).say("before")
    off = Talk.begin(client, chatkit_configuration={"history": {"enabled": False}})
    assert off.json("threads.list")["data"] == []
    off.say("now")
    assert [thread["id"] for thread in off.json("threads.list")["data"]] == [off.thread_id]


def test_recent_threads_are_the_newest(client: TestClient) -> None:
    clock = clock_of(client)
    talks = []
    for number in range(3):
        clock.shift(1)
        talk = Talk.begin(client)
        talk.say(f"thread {number}")
        talks.append(talk)
    few = Talk.begin(client, chatkit_configuration={"history": {"recent_threads": 2}})
    assert [thread["title"] for thread in few.json("threads.list")["data"]] == ["Thread 2", "Thread 1"]
    assert few.post("threads.get_by_id", thread_id=talks[0].thread_id).status_code == 404


def test_uploads_are_off_by_default(client: TestClient) -> None:
    talk = Talk.begin(client)
    assert talk.secret
    refused = upload(client, talk.secret)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "chatkit.file_upload_disabled")


@pytest.mark.parametrize("mime", ["text/plain", "text/csv", "application/json", "application/msword", "image/svg+xml"])
def test_types_are_refused_as_observed(client: TestClient, start: Start, mime: str) -> None:
    talk = Talk.begin(client, **UPLOADS)
    assert talk.secret
    refused = upload(client, talk.secret, ("a", b"x", mime))
    assert refused.status_code == 400
    assert refused.json()["error"]["message"] == "Uploaded file type is not allowed for this session."
    assert refused.json()["error"]["code"] == "chatkit.file_upload_type_rejected"
    relaxed = start(file_types=("*/*",))
    talk = Talk.begin(relaxed, **UPLOADS)
    assert talk.secret
    assert upload(relaxed, talk.secret, ("a", b"x", mime)).status_code == 200


class Limits(RuleBasedStateMachine):
    """One session, its requests, its uploads and the time, against a model of its limits."""

    def __init__(self) -> None:
        super().__init__()
        self.client = Client(make_app())
        self.clock = projects_of(self.client).default.clock
        self.clock.freeze(NOW)
        self.talk = Talk.begin(self.client, rate_limits={"max_requests_per_1_minute": 3}, **UPLOADS)
        self.over = False
        self.passed: deque[float] = deque()
        self.uploaded = 0

    def expected(self) -> int:
        now = self.clock.now()
        if self.over or now >= NOW + 600:
            return 401
        self.passed = deque(moment for moment in self.passed if moment > now - 60)
        return 429 if len(self.passed) >= 3 else 200

    def count(self, status: int) -> None:
        if status == 200:
            self.passed.append(self.clock.now())

    @rule()
    def talk_to_it(self) -> None:
        status = self.expected()
        assert self.talk.post("threads.list").status_code == status
        self.count(status)

    @rule(size=st.sampled_from([0, 1, 1024 * 1024, 1024 * 1024 + 1]), kind=st.sampled_from(["image/png", "text/plain"]))
    def send_a_file(self, size: int, kind: str) -> None:
        status = self.expected()
        self.count(status)
        if status == 200 and (self.uploaded >= 2 or size > 1024 * 1024 or kind == "text/plain"):
            status = 400
        assert self.talk.secret
        assert upload(self.client, self.talk.secret, ("a", b"x" * size, kind)).status_code == status
        self.uploaded += status == 200

    @rule(seconds=st.sampled_from([0.001, 1, 20, 59.999, 60, 200]))
    def wait(self, seconds: float) -> None:
        self.clock.shift(seconds)

    @rule(really=st.sampled_from([False, False, False, True]))
    def cancel(self, *, really: bool) -> None:
        if really:
            session = projects_of(self.client).session_of(self.talk.secret or "")
            assert session
            self.client.post(f"/v1/chatkit/sessions/{session.id}/cancel")
            self.over = True


Limits.TestCase.settings = settings(stateful_step_count=25)
TestLimits = Limits.TestCase

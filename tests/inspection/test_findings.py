"""What the journal is found to say about a client: each check where it fires, and just before it would."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

import httpx2
import pytest
from openai import InternalServerError, OpenAI
from starlette.testclient import TestClient
from support.emulator import MINIMAL, Start, socket_client
from support.talk import Talk

from mock_server.client.handle import Handle
from mock_server.client.transport import HttpTransport
from mock_server.inspection.findings import CHECKS
from mock_server.server.thread import ServerThread
from mock_server.wire.control.findings import Finding
from mock_server.wire.control.operations import OperationName

ORIGIN = {"origin": "https://shop.example"}
Web = tuple[httpx2.Client, Talk]
NOON = "2026-01-01T12:00:00Z"
LIFETIME = 600  # seconds, of a session
SESSIONS, THREADS = "/v1/chatkit/sessions", "/v1/chatkit/threads"

FIRES: set[str] = set()
SILENT: set[str] = set()
Test = TypeVar("Test", bound=Callable[..., None])


def seen(code: str, *where: set[str]) -> Callable[[Test], Test]:
    """Mark a test in which this check fires, or one of a client that has it say nothing, or both."""
    for each in where:
        each.add(code)
    return lambda test: test


class Direct:
    """Carries a handle's calls without a socket."""

    def __init__(self, client: TestClient) -> None:
        self._client = client

    def call(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> bytes:
        answer = self._client.request(method, path, content=body, headers={"content-type": "application/json"})
        assert answer.status_code == 200, answer.text
        return answer.content

    def lines(self, path: str) -> Iterator[bytes]:
        raise NotImplementedError


@pytest.fixture
def mock(client: TestClient) -> Handle:
    """What is behind `client`."""
    return Handle(Direct(client))


@pytest.fixture
def behind(served: ServerThread) -> Handle:
    """What is behind `served`."""
    return Handle(HttpTransport(served.origin))


def codes(mock: Handle) -> list[str]:
    return [finding.code for finding in mock.findings()]


def the(mock: Handle, code: str) -> Finding:
    """The one finding there is, complete."""
    assert codes(mock) == [code]
    (finding,) = mock.findings()
    assert all(len(text) > 20 and text.endswith(".") for text in (finding.message, finding.why, finding.way_out))
    return finding


def ids(mock: Handle, operation: OperationName | None = None, **filters: Any) -> list[str]:
    return [record.id for record in mock.journal.requests(operation, **filters)]


def id_of(answer: httpx2.Response) -> str:
    return str(answer.headers["x-request-id"])


@seen("api-key-in-browser", FIRES)
def test_an_api_key_from_a_page_is_found(client: TestClient, mock: Handle) -> None:
    client.get(THREADS)
    seen = [id_of(client.get(THREADS, headers=ORIGIN)), id_of(client.post(SESSIONS, json=MINIMAL, headers=ORIGIN))]
    assert the(mock, "api-key-in-browser").requests == seen


@seen("api-key-in-browser", SILENT)
@pytest.mark.parametrize("host", ["127.0.0.1:4114", "localhost"])
def test_a_key_from_a_page_of_the_emulators_own_is_not(client: TestClient, mock: Handle, host: str) -> None:
    client.post(SESSIONS, json=MINIMAL, headers={"host": host, "origin": f"http://{host}"})
    assert codes(mock) == []
    client.post(SESSIONS, json=MINIMAL, headers={"host": host, "origin": f"http://{host}:1"})
    assert codes(mock) == ["api-key-in-browser"]


def in_one_thread(client: TestClient, *, sessions: int) -> Iterator[Talk]:
    """A session for each message of a thread."""
    thread_id = ""
    for _ in range(sessions):
        talk = Talk.begin(client, user="ada")
        talk.thread_id = thread_id
        talk.say("Hello")
        thread_id = talk.thread_id
        yield talk


@seen("session-per-message", FIRES, SILENT)
@pytest.mark.parametrize(("pause", "expected"), [(LIFETIME - 1, ["session-per-message"]), (LIFETIME, [])])
def test_a_session_for_each_message_is_found_unless_the_former_was_over(
    client: TestClient, mock: Handle, pause: int, expected: list[str]
) -> None:
    mock.clock.freeze(NOON)
    Talk.begin(client, user="bob").say("Hello")
    for _ in in_one_thread(client, sessions=3):
        mock.clock.tick(pause)
    assert codes(mock) == expected
    if expected:
        assert the(mock, "session-per-message").requests == ids(mock, "sessions.create", user="ada")


@seen("session-per-message", FIRES)
def test_cancelling_the_sessions_at_last_hides_nothing(client: TestClient, mock: Handle) -> None:
    assert len(list(in_one_thread(client, sessions=3))) == 3
    for session in mock.sessions.list():
        mock.sessions.cancel(session.id)
    assert the(mock, "session-per-message").requests == ids(mock, "sessions.create")


@seen("session-per-message", SILENT)
def test_many_messages_in_one_session_and_two_short_ones_are_fine(client: TestClient, mock: Handle) -> None:
    talk = Talk.begin(client)
    for text in ("One", "Two", "Three", "Four"):
        talk.say(text)
    for place in ("On the phone", "In another tab", "After a reload"):
        Talk.begin(client).say(place)
    Talk.begin(client)
    assert codes(mock) == []


def chat(client: TestClient, user: str) -> None:
    """A session with a thread of its own, of two messages."""
    talk = Talk.begin(client, user=user)
    talk.say("Hello")
    talk.say("And more")


@seen("one-user-for-all", FIRES)
def test_five_sessions_at_once_of_one_user_are_found(client: TestClient, mock: Handle) -> None:
    Talk.begin(client)
    people = [Talk.begin(client) for _ in range(5)]
    for text in ("Hello", "And more"):
        for talk in people:
            talk.say(text)
    assert the(mock, "one-user-for-all").requests == ids(mock, "sessions.create")[1:]


@seen("one-user-for-all", SILENT)
@pytest.mark.parametrize(("users", "pause"), [("abcde", 0), ("aa", 0), ("aaaa", 0), ("aaaaaa", 0), ("aaaaa", LIFETIME)])
def test_five_users_or_few_devices_are_fine(client: TestClient, mock: Handle, users: str, pause: int) -> None:
    for user in users:
        chat(client, user)
        mock.clock.shift(seconds=pause)
    assert codes(mock) == []


@seen("dead-secret", FIRES)
def test_a_secret_used_on_after_its_end_is_found(client: TestClient, mock: Handle) -> None:
    talk = Talk.begin(client)
    talk.say("Hello")
    Talk.begin(client, user="bob").say("I am somebody else")
    mock.clock.shift(seconds=LIFETIME)
    refused = [id_of(talk.post("threads.list")) for _ in range(2)]
    assert the(mock, "dead-secret").requests == refused


@seen("dead-secret", SILENT)
@pytest.mark.parametrize("asked", ["after the 401", "before the 401", "in vain"])
def test_a_client_that_asks_for_a_new_session_is_fine(client: TestClient, mock: Handle, asked: str) -> None:
    talk = Talk.begin(client)
    mock.sessions.expire(mock.sessions.list()[0].id)
    fresh = Talk.begin(client) if asked == "before the 401" else None
    assert talk.post("threads.list").status_code == 401
    if asked == "in vain":
        mock.faults.add("sessions.create", error=500)
        assert client.post(SESSIONS, json=MINIMAL).status_code == 500
    else:
        (fresh or Talk.begin(client)).say("Hello")
    assert codes(mock) == []


@seen("renewal-loop", FIRES)
def test_new_sessions_without_end_are_found(client: TestClient, mock: Handle) -> None:
    for _ in range(3):
        assert Talk.begin(client, workflow="wf_mock_expired").post("threads.list").status_code == 401
    assert the(mock, "renewal-loop").requests == ids(mock, "sessions.create")


@seen("renewal-loop", SILENT)
@seen("dead-secret", SILENT)
def test_giving_up_after_one_new_session_is_fine(client: TestClient, mock: Handle) -> None:
    for _ in range(2):
        assert Talk.begin(client, workflow="wf_mock_expired").post("threads.list").status_code == 401
    assert codes(mock) == []


@seen("dead-secret", SILENT)
def test_a_living_secret_in_the_wrong_place_is_not_dead(client: TestClient, mock: Handle) -> None:
    talk = Talk.begin(client)
    assert client.get(THREADS, headers={"authorization": f"Bearer {talk.secret}"}).status_code == 401
    talk.say("Hello")
    assert codes(mock) == []


@seen("retry-after-ignored", FIRES, SILENT)
@pytest.mark.parametrize(("wait", "expected"), [(0, 1), (59, 1), (60, 0)])
def test_a_request_within_the_wait_is_found(client: TestClient, mock: Handle, wait: int, expected: int) -> None:
    mock.clock.freeze(NOON)
    talk = Talk.begin(client, rate_limits={"max_requests_per_1_minute": 1})
    talk.say("Hello")
    refused = talk.post("threads.list")
    assert refused.headers["retry-after"] == "60"
    mock.clock.tick(wait or 1e-6)
    again = talk.post("threads.list")
    assert codes(mock) == ["retry-after-ignored"] * expected
    if expected:
        assert the(mock, "retry-after-ignored").requests == [id_of(refused), id_of(again)]


@seen("retry-after-ignored", FIRES)
def test_a_retry_that_comes_too_early_is_found_although_it_succeeds(client: TestClient, mock: Handle) -> None:
    mock.faults.add("sessions.create", retry_after=5, times=1)
    tries = [client.post(SESSIONS, json=MINIMAL) for _ in range(2)]
    assert [each.status_code for each in tries] == [429, 200]
    assert the(mock, "retry-after-ignored").requests == [id_of(each) for each in tries]


@seen("retry-after-ignored", SILENT)
def test_the_official_client_waits_as_it_is_told(behind: Handle, openai: OpenAI) -> None:
    behind.faults.add("threads.list", retry_after=1, times=1)
    openai.with_options(max_retries=2).beta.chatkit.threads.list()
    assert [record.status for record in behind.journal.requests("threads.list")] == [429, 200]
    assert codes(behind) == []


@seen("retry-after-ignored", SILENT)
def test_another_users_first_request_is_no_early_retry(client: TestClient, mock: Handle) -> None:
    mock.faults.add("sessions.create", retry_after=5)
    for user in ("ada", "bob"):
        assert client.post(SESSIONS, json={**MINIMAL, "user": user}).status_code == 429
    assert codes(mock) == []


@seen("retry-storm", FIRES)
@pytest.mark.parametrize("do", [{"error": 500}, {"error": 503}, {"error": 429}, {"drop": True}])
def test_five_failures_of_the_same_request_are_found(client: TestClient, mock: Handle, do: dict[str, Any]) -> None:
    client.post(SESSIONS, json=MINIMAL)
    mock.faults.add("sessions.create", **do)
    for _ in range(5):
        with suppress(ConnectionResetError):
            client.post(SESSIONS, json=MINIMAL)
    assert the(mock, "retry-storm").requests == ids(mock, "sessions.create")[1:]


@seen("retry-storm", SILENT)
@pytest.mark.parametrize("path", [f"{SESSIONS}/%s/cancel", f"{THREADS}/%s", f"{THREADS}?user=%s"])
def test_four_same_and_three_other_failures_are_fine(client: TestClient, mock: Handle, path: str) -> None:
    mock.faults.add(error=500)
    for name in ("a", "a", "a", "a", "b", "c", "d"):
        client.request("POST" if "cancel" in path else "GET", path % name)
    assert codes(mock) == []


@seen("retry-storm", SILENT)
def test_failures_between_which_the_client_waited_are_fine(client: TestClient, mock: Handle) -> None:
    mock.faults.add("threads.list", retry_after=5)
    for _ in range(5):
        client.get(THREADS)
        mock.clock.shift(seconds=5)
    assert codes(mock) == []


@seen("retry-storm", SILENT)
def test_the_official_client_gives_up_in_time(served: ServerThread, behind: Handle) -> None:
    behind.faults.add(error=500)
    with OpenAI(base_url=f"{served.origin}/v1", api_key="sk-test") as openai, pytest.raises(InternalServerError):
        openai.beta.chatkit.threads.list()
    assert len(ids(behind)) == 3
    assert codes(behind) == []


@seen("beta-header", FIRES)
@pytest.mark.parametrize("beta_header", ["required", "optional"])
@pytest.mark.parametrize("given", ["", "chatkit_beta=v2"])
def test_a_missing_or_wrong_beta_header_is_found(start: Start, beta_header: str, given: str) -> None:
    client = start(beta_header=beta_header)
    mock = Handle(Direct(client))
    client.get(THREADS)
    answer = client.post(SESSIONS, json=MINIMAL, headers={"openai-beta": given})
    assert answer.status_code == (400 if beta_header == "required" else 200)
    assert the(mock, "beta-header").requests == [id_of(answer)]


@seen("beta-header", SILENT)
@pytest.mark.parametrize("given", [["assistants=v2, chatkit_beta=v1"], ["assistants=v2", "chatkit_beta=v1"]])
def test_a_beta_header_among_others_is_fine(client: TestClient, mock: Handle, given: list[str]) -> None:
    assert client.get(THREADS, headers=[("openai-beta", each) for each in given]).status_code == 200
    assert codes(mock) == []


@contextmanager
def opened(client: httpx2.Client, talk: Talk, *, thread_id: str | None = None) -> Iterator[str]:
    """A long answer of which one event is read, in a thread or a new one; gives the id of the request."""
    message = {"content": [{"type": "input_text", "text": "Tell me"}], "attachments": [], "inference_options": {}}
    op, params = "threads.create", dict[str, Any](input=message)
    if thread_id is not None:
        op, params = "threads.add_user_message", {**params, "thread_id": thread_id}
    body = json.dumps({"type": op, "params": params})
    headers = {"authorization": f"Bearer {talk.secret}", "content-type": "application/json"}
    with client.stream("POST", "/v1/chatkit/conversation", content=body, headers=headers) as answer:
        lines = answer.iter_lines()  # which closes the connection when it is collected
        assert next(lines).startswith("data: ")
        yield id_of(answer)


@pytest.fixture
def web(openai: OpenAI, served: ServerThread) -> Iterator[Web]:
    """A client on a socket, and the conversation of its session."""
    secret = openai.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_long"}).client_secret
    with socket_client(served.origin) as client:
        yield client, Talk(client, secret)


@seen("stream-left-open", FIRES)
def test_a_stream_that_is_open_at_the_next_message_is_found(web: Web, behind: Handle) -> None:
    with opened(*web) as left:
        assert codes(behind) == []
        with opened(*web, thread_id=behind.journal.get(left).thread):
            assert the(behind, "stream-left-open").requests == [left]


@seen("stream-left-open", SILENT)
def test_a_stream_that_was_closed_or_read_to_its_end_is_fine(web: Web, behind: Handle) -> None:
    with opened(*web):
        pass
    web[1].say("Again, please")
    with opened(*web), opened(*web):  # two threads at once
        assert codes(behind) == []
    assert behind.journal.requests("conversation.threads.create")[0].outcome == "abandoned"


@seen("workflow-version", FIRES, SILENT)
@pytest.mark.parametrize(("given", "found"), [("latest", 1), ("v3", 1), ("3", 0), (None, 0)])
def test_a_version_that_is_no_number_is_found(client: TestClient, mock: Handle, given: str | None, found: int) -> None:
    workflow = {"id": "wf_1"} if given is None else {"id": "wf_1", "version": given}
    answer = client.post(SESSIONS, json={**MINIMAL, "workflow": workflow})
    assert codes(mock) == ["workflow-version"] * found
    if found:
        assert the(mock, "workflow-version").requests == [id_of(answer)]


@seen("api-key-in-browser", SILENT)
@seen("beta-header", SILENT)
def test_a_whole_good_conversation_has_no_findings(served: ServerThread, behind: Handle, openai: OpenAI) -> None:
    chatkit = openai.beta.chatkit
    session = chatkit.sessions.create(user="ada", workflow={"id": "wf_echo", "version": "1"})
    with socket_client(served.origin, headers=ORIGIN) as page:
        talk = Talk(page, session.client_secret)  # a page sends neither an API key nor the beta header
        talk.json("threads.list")
        talk.say("Hello")
        talk.say("And more")
        talk.json("threads.get_by_id", thread_id=talk.thread_id)
    assert chatkit.sessions.cancel(session.id).status == "cancelled"
    assert talk.thread_id in [thread.id for thread in chatkit.threads.list(user="ada")]
    assert len(chatkit.threads.list_items(talk.thread_id).data) == 4
    assert behind.findings() == []
    assert len(ids(behind)) == 8


@pytest.mark.parametrize("code", CHECKS)
def test_every_check_is_seen_to_fire_and_to_be_silent(code: str) -> None:
    assert code in FIRES
    assert code in SILENT

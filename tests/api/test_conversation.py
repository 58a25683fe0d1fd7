"""What a client secret is for: all sixteen operations, and what each leaves behind."""

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.types import Message
from support.emulator import Start, make_app, projects_of
from support.talk import Talk, events_of, kinds, text_of

from mock_server.api.conversation import TurnStream
from mock_server.backends.backend import StreamedTurn
from mock_server.http.context import RequestContext
from mock_server.ids import tail_of
from mock_server.state.threads import StoredThread
from mock_server.state.timeline import Timeline
from mock_server.wire.chat.events import ProgressUpdate
from mock_server.workflows.engine import TurnOutput

MANY: dict[str, Any] = {"rate_limits": {"max_requests_per_1_minute": 1000}}


@pytest.fixture
def talk(client: TestClient) -> Talk:
    return Talk.begin(client)


def support(client: TestClient, **fields: Any) -> Talk:
    return Talk.begin(client, workflow="wf_support", **MANY, **fields)


def item_of(events: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    item: dict[str, Any] = next(e["item"] for e in events if e.get("item", {}).get("type") == kind)
    return item


def test_a_plain_turn_streams_in_the_observed_order(talk: Talk) -> None:
    events = talk.say("hello wide world")
    delta = "thread.item.updated assistant_message.content_part.text_delta"
    assert kinds(events) == [
        "thread.created",
        "thread.item.done user_message",
        "thread.item.added assistant_message",
        "thread.item.updated assistant_message.content_part.added",
        delta,
        "thread.updated",
        delta,
        delta,
        "thread.item.updated assistant_message.content_part.done",
        "thread.item.done assistant_message",
    ]
    assert text_of(events) == "hello wide world"
    assert events[5]["thread"]["title"] == "Hello wide world"
    assert events[5]["thread"]["items"] == {"data": [], "has_more": False}


def test_a_reasoning_turn_streams_in_the_observed_order(client: TestClient) -> None:
    events = Talk.begin(client, workflow="wf_reasoning").say("why?")
    assert kinds(events)[:6] == [
        "thread.created",
        "thread.item.done user_message",
        "thread.item.added workflow",
        "thread.item.updated workflow.task.added",
        "thread.item.updated workflow.task.added",
        "thread.item.done workflow",
    ]
    begun, done = events[2]["item"], events[5]["item"]
    assert (begun["workflow"], begun["response_items"]) == ({"type": "reasoning", "tasks": [], "expanded": False}, [])
    assert done["workflow"]["summary"] == {"duration": 4}


def test_times_and_ids_have_the_observed_forms(talk: Talk) -> None:
    events = talk.say("hi")
    user, assistant = item_of(events, "user_message"), item_of(events, "assistant_message")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?", events[0]["thread"]["created_at"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?", user["created_at"])
    assert assistant["created_at"].endswith("Z")
    assert user["id"].startswith("cti_")
    assert tail_of(user["id"]) == tail_of(assistant["id"]) == tail_of(talk.thread_id)
    assert (user["quoted_text"], user["inference_options"]) == ("", {})


def test_a_second_message_does_not_create_a_thread_and_keeps_the_title(talk: Talk) -> None:
    talk.say("first")
    assert kinds(talk.say("second"))[0] == "thread.item.done user_message"
    assert talk.json("threads.get_by_id", thread_id=talk.thread_id)["title"] == "First"


def test_what_was_streamed_is_what_rest_lists(client: TestClient, talk: Talk) -> None:
    talk.say("hello", quoted_text="as you said")
    items = client.get(f"/v1/chatkit/threads/{talk.thread_id}/items?order=asc").json()["data"]
    assert [item["type"] for item in items] == ["chatkit.user_message", "chatkit.assistant_message"]
    assert items[0]["content"] == [
        {"type": "quoted_text", "text": "as you said"},
        {"type": "input_text", "text": "hello"},
    ]
    assert items[1]["content"] == [{"type": "output_text", "text": "hello", "annotations": []}]
    assert client.get(f"/v1/chatkit/threads/{talk.thread_id}").json()["user"] == "ada"


def test_every_rest_type_comes_from_a_real_turn(client: TestClient) -> None:
    listed: set[str] = set()
    for workflow in ("wf_reasoning", "wf_support"):
        talk = Talk.begin(client, workflow=workflow, **MANY)
        talk.say("my order")
        if workflow == "wf_support":
            talk.stream("threads.add_client_tool_output", thread_id=talk.thread_id, result={"status": "lost"})
        items = client.get(f"/v1/chatkit/threads/{talk.thread_id}/items").json()["data"]
        listed |= {item["type"].removeprefix("chatkit.") for item in items}
    assert listed == {"user_message", "assistant_message", "client_tool_call", "widget", "task", "task_group"}


def test_a_client_tool_branches_on_its_output(client: TestClient) -> None:
    talk = support(client)
    call = item_of(talk.say("where is my order?"), "client_tool_call")
    assert (call["status"], call["name"], call["arguments"]) == ("pending", "get_order", {"customer": "ada"})
    events = talk.stream("threads.add_client_tool_output", thread_id=talk.thread_id, result={"status": "on its way"})
    assert "widget.streaming_text.value_delta" in " ".join(kinds(events))
    widget = [e["item"] for e in events if e["type"] == "thread.item.done"][-1]["widget"]
    assert widget["children"][1]["value"] == "It is on its way."
    listed = client.get(f"/v1/chatkit/threads/{talk.thread_id}/items?order=asc").json()["data"]
    assert (listed[1]["status"], listed[1]["output"]) == ("completed", '{"status":"on its way"}')
    again = talk.post("threads.add_client_tool_output", thread_id=talk.thread_id, result={})
    assert again.status_code == 400
    assert "no pending client tool call" in again.json()["error"]["message"]


def test_a_widgets_form_is_answered_by_a_stream_and_locks_the_thread(client: TestClient) -> None:
    talk = support(client)
    talk.say("order")
    shown = talk.stream("threads.add_client_tool_output", thread_id=talk.thread_id, result={"status": "lost"})
    widget = item_of(shown, "widget")
    action = {"type": "claim.send", "payload": {"wish": "refund"}}
    events = talk.stream("threads.custom_action", thread_id=talk.thread_id, item_id=widget["id"], action=action)
    assert kinds(events)[0] == "thread.item.replaced widget"
    assert text_of(events) == "We will refund it within a day, ada."
    assert events[-1]["thread"]["status"] == {"type": "locked", "reason": "A colleague looks into it."}
    refused = talk.post(
        "threads.add_user_message",
        thread_id=talk.thread_id,
        input={"content": [], "attachments": [], "inference_options": {}},
    )
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "thread_locked")


def test_a_sync_action_answers_with_the_changed_widget(client: TestClient) -> None:
    talk = support(client)
    talk.say("order")
    shown = talk.stream("threads.add_client_tool_output", thread_id=talk.thread_id, result={"status": "lost"})
    widget = item_of(shown, "widget")
    action = {"type": "claim.send", "payload": {"wish": "resend"}}
    answer = talk.json("threads.sync_custom_action", thread_id=talk.thread_id, item_id=widget["id"], action=action)
    assert answer["updated_item"]["id"] == widget["id"]
    assert answer["updated_item"]["widget"]["children"] == [{"type": "Text", "value": "Claim sent: resend"}]


def test_an_action_of_no_widget_is_an_error_event(talk: Talk) -> None:
    user = item_of(talk.say("hi"), "user_message")
    events = talk.stream(
        "threads.custom_action", thread_id=talk.thread_id, item_id=user["id"], action={"type": "x", "payload": {}}
    )
    assert [(e["type"], e["code"]) for e in events] == [("error", "stream.error")]


def test_questions_are_answered_once(client: TestClient) -> None:
    talk = support(client)
    asked = item_of(talk.say("call me"), "structured_input")
    given = {"status": "answered", "answers": {"when": {"values": ["Morning", "x"]}, "number": {"values": ["123"]}}}
    events = talk.stream("threads.add_structured_input", thread_id=talk.thread_id, item_id=asked["id"], input=given)
    replaced = events[0]["item"]
    assert [question["answer"]["values"] for question in replaced["inputs"]] == [["Morning"], ["123"]]
    assert text_of(events) == "We call 123 tomorrow morning."
    again = talk.post("threads.add_structured_input", thread_id=talk.thread_id, item_id=asked["id"], input=given)
    assert again.status_code == 400


def test_a_retry_forgets_what_came_after(client: TestClient) -> None:
    talk = Talk.begin(client, workflow="wf_error", **MANY)
    events = talk.say("hello")
    assert events[-1] == {"type": "error", "code": "custom", "message": "The backend gave up.", "allow_retry": True}
    user = item_of(events, "user_message")
    retried = talk.stream("threads.retry_after_item", thread_id=talk.thread_id, item_id=user["id"])
    assert kinds(retried)[0] == "thread.item.added assistant_message"
    items = talk.json("items.list", thread_id=talk.thread_id, order="asc")["data"]
    assert [item["type"] for item in items] == ["user_message", "assistant_message"]
    wrong = talk.post("threads.retry_after_item", thread_id=talk.thread_id, item_id=items[1]["id"])
    assert wrong.status_code == 400


def test_threads_are_listed_renamed_and_deleted(client: TestClient) -> None:
    first, second = Talk.begin(client, **MANY), Talk.begin(client, workflow="wf_other", **MANY)
    first.say("one")
    second.say("two")
    listed = second.json("threads.list", limit=9999, order="desc")
    assert [thread["title"] for thread in listed["data"]] == ["Two", "One"]
    page = second.json("threads.list", limit=1, order="desc")
    assert (page["has_more"], page["after"]) == (True, second.thread_id)
    assert second.json("threads.list", after=page["after"])["data"][0]["id"] == first.thread_id
    assert second.json("threads.update", thread_id=first.thread_id, title="Uno")["title"] == "Uno"
    assert second.json("threads.delete", thread_id=first.thread_id) == {}
    assert client.get(f"/v1/chatkit/threads/{first.thread_id}").status_code == 404


def test_items_are_listed_and_judged(talk: Talk) -> None:
    events = talk.say("hi")
    items = talk.json("items.list", thread_id=talk.thread_id, limit=1, order="asc")
    assert items["has_more"]
    assert items["data"][0]["type"] == "user_message"
    rest = talk.json("items.list", thread_id=talk.thread_id, order="asc", after=items["after"])
    answer = item_of(events, "assistant_message")["id"]
    assert [item["id"] for item in rest["data"]] == [answer]
    assert talk.json("items.feedback", thread_id=talk.thread_id, item_ids=[answer], kind="positive") == {}
    thread = projects_of(talk.client).default.threads.get(talk.thread_id)  # type: ignore[arg-type]
    assert thread.feedback == {answer: "positive"}


def test_speech_becomes_text(talk: Talk) -> None:
    assert talk.json("input.transcribe", audio_base64="AAAA", mime_type="audio/webm") == {"text": "Transcribed audio"}


def test_a_bad_version_fails_at_the_first_message_only(client: TestClient) -> None:
    session = client.post("/v1/chatkit/sessions", json={"workflow": {"id": "w", "version": "latest"}, "user": "ada"})
    assert session.status_code == 200
    events = Talk(client, session.json()["client_secret"]).say("hi")
    assert kinds(events) == ["thread.created", "thread.item.done user_message", "error"]
    scripted = client.post(
        "/v1/chatkit/sessions", json={"workflow": {"id": "wf_support", "version": "3"}, "user": "ada"}
    )
    assert kinds(Talk(client, scripted.json()["client_secret"]).say("hi"))[-1] == "error"


def test_titling_can_be_off(client: TestClient) -> None:
    talk = Talk.begin(client, chatkit_configuration={"automatic_thread_titling": {"enabled": False}})
    assert "thread.updated" not in kinds(talk.say("hello"))
    assert client.get(f"/v1/chatkit/threads/{talk.thread_id}").json()["title"] is None


def test_custom_mode_needs_no_secret_and_says_it_can_be_stopped(start: Start) -> None:
    client = start(custom_mode=True, custom_workflow="wf_files")
    talk = Talk(client)
    events = talk.say("hello")
    assert kinds(events)[2] == "stream_options"
    assert text_of(events) == "Send me a file."
    client.headers["x-mock-user"] = "grace"
    assert Talk(client).json("threads.list")["data"] == []
    assert Talk(client).post("threads.get_by_id", thread_id=talk.thread_id).status_code == 404


BROKEN = {
    "not JSON": ("{", None, None),
    "an array": ("[]", None, None),
    "no type": ('{"params": {}}', "type", "missing_required_parameter"),
    "a type that is none": ('{"type": 1, "params": {}}', "type", "invalid_type"),
    "an unknown type": ('{"type": "threads.stop", "params": {}}', "type", "invalid_value"),
    "no params": ('{"type": "threads.list"}', "params", "missing_required_parameter"),
    "params that are none": ('{"type": "threads.list", "params": 1}', "params", "invalid_type"),
    "no input": ('{"type": "threads.create", "params": {}}', "params.input", "missing_required_parameter"),
    "content that is none": (
        '{"type": "threads.create", "params": {"input": {"content": "hi"}}}',
        "params.input.content",
        "invalid_type",
    ),
    "content of an unknown type": (
        '{"type": "threads.create", "params": {"input": {"content": [{"type": "song"}]}}}',
        "params.input.content[0].type",
        "invalid_value",
    ),
    "content without a type": (
        '{"type": "threads.create", "params": {"input": {"content": [{"text": "hi"}]}}}',
        "params.input.content[0].type",
        "missing_required_parameter",
    ),
    "a wrong order": ('{"type": "threads.list", "params": {"order": "up"}}', "params.order", "invalid_value"),
    "a limit below zero": (
        '{"type": "threads.list", "params": {"limit": -1}}',
        "params.limit",
        "integer_below_min_value",
    ),
    "ten megabytes": ("[" + "1," * 5_000_000 + "1]", None, None),
}


@pytest.mark.parametrize(("body", "param", "code"), BROKEN.values(), ids=BROKEN)
def test_a_broken_frame_gets_the_envelope(talk: Talk, body: str, param: str | None, code: str | None) -> None:
    answer = talk.raw(body)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert (error["type"], error["param"], error["code"]) == ("invalid_request_error", param, code)


@pytest.mark.parametrize(
    ("op", "params", "message"),
    [
        ("threads.get_by_id", {"thread_id": "cthr_x"}, "Chatkit Thread with id 'cthr_x' not found."),
        (
            "threads.create",
            {"input": {"content": [], "attachments": ["cfile_x"], "inference_options": {}}},
            "Chatkit File with id 'cfile_x' not found.",
        ),
    ],
)
def test_what_is_not_there_is_a_404_before_the_stream(talk: Talk, op: str, params: Any, message: str) -> None:
    answer = talk.post(op, **params)
    assert (answer.status_code, answer.json()["error"]["message"]) == (404, message)
    talk.say("hi")
    missing = talk.post("items.feedback", thread_id=talk.thread_id, item_ids=["cti_x"], kind="negative")
    assert (missing.status_code, missing.json()["error"]["message"]) == (
        404,
        "Chatkit Thread Item with id 'cti_x' not found.",
    )


def test_a_bug_midway_is_an_error_event(caplog: pytest.LogCaptureFixture) -> None:
    def failing() -> Iterator[TurnOutput]:
        yield ProgressUpdate(text="so far")
        raise ZeroDivisionError

    sent: list[bytes] = []

    async def send(message: Message) -> None:
        sent.append(message.get("body", b""))

    async def receive() -> Message:
        await asyncio.sleep(60)
        raise AssertionError

    app = make_app()
    scope: dict[str, Any] = {
        "type": "http",
        "method": "POST",
        "path": "/v1/chatkit/conversation",
        "headers": [],
        "scheme": "http",
    }
    scope["query_string"] = b""
    call = RequestContext(scope, receive, send, app.projects)
    call.enter(app.projects.default)
    thread = StoredThread(id="cthr_1", user="ada", created_at=0, items=Timeline())
    asyncio.run(TurnStream(call, StreamedTurn(thread, failing()))())
    events = events_of(b"".join(sent).decode())
    assert events == [
        {"type": "progress_update", "text": "so far"},
        {"type": "error", "code": "stream.error", "allow_retry": True},
    ]
    assert "ZeroDivisionError" in caplog.text


def test_a_page_of_any_origin_may_talk(client: TestClient) -> None:
    origin = {"origin": "https://cdn.platform.openai.com"}
    asked = "authorization,chatkit-frame-instance-id,chatkit-device-id,openai-sentinel-token,content-type"
    headers = {**origin, "access-control-request-method": "POST", "access-control-request-headers": asked}
    preflight = client.options("/v1/chatkit/conversation", headers=headers)
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-headers"] == asked
    assert "POST" in preflight.headers["access-control-allow-methods"]
    answer = client.post("/v1/chatkit/conversation", content="{}", headers=origin)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "x-request-id" in answer.headers["access-control-expose-headers"]


@pytest.mark.parametrize("frozen", [False, True], ids=["running", "frozen"])
def test_items_sorted_by_their_time_are_in_order(client: TestClient, *, frozen: bool) -> None:
    if frozen:
        projects_of(client).default.clock.freeze(1_767_225_600)
    client.post("/_mock/workflows", json={"id": "wf_many", "default": [{"message": "one"}, {"message": "two"}]})
    talk = Talk.begin(client, workflow="wf_many")
    talk.say("hello")
    talk.say("again")
    page = talk.json("items.list", thread_id=talk.thread_id, limit=50, order="asc")
    times = [item["created_at"].removesuffix("Z") for item in page["data"]]
    assert len(times) > 5
    assert times == sorted(set(times)), "each item is later than the one before"

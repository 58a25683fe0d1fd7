"""The manual's tables of faults and magic values: each row is tried with the official SDK, at a real socket."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml
from openai import OpenAI
from support.emulator import make_app
from support.manual import page, table

from mock_server.server.thread import ServerThread
from mock_server.testing import connect

PAGE = page("faults-and-journal")
MESSAGE = {
    "content": [{"type": "input_text", "text": "Hello there"}],
    "attachments": [],
    "inference_options": {},
}


def outcome(do: Callable[[], str]) -> str:
    """What a request gives, or the name of what it raises."""
    try:
        return do()
    except Exception as error:  # noqa: BLE001 - which one is the question
        return f"`{type(error).__name__}`"


def created(client: OpenAI, workflow: str) -> str:
    status = client.beta.chatkit.sessions.create(user="ada", workflow={"id": workflow}).status
    return "no error" if status == "active" else f"no error; the session is already {status}"


def first_message(client: OpenAI, workflow: str, *, prepare: Callable[[], Any] = lambda: None) -> str:
    session = client.with_options(timeout=10).beta.chatkit.sessions.create(user="ada", workflow={"id": workflow})
    prepare()
    url = f"{client.base_url}chatkit/conversation"
    headers = {"authorization": f"Bearer {session.client_secret}"}
    body = {"type": "threads.create", "params": {"input": MESSAGE}}
    with httpx2.stream("POST", url, json=body, headers=headers, timeout=1) as answer:
        if answer.status_code != 200:
            return str(answer.status_code)
        events = [json.loads(line.removeprefix("data: ")) for line in answer.iter_lines() if line]
    if any(event["type"] == "error" for event in events):
        return "an `error` event"
    said = [event for event in events if event.get("item", {}).get("type") == "assistant_message"]
    return "complete" if said else "no reply"


@pytest.fixture
def server() -> Any:
    with ServerThread(make_app()) as running:
        yield running


def client_of(server: ServerThread, key: str = "sk-test") -> OpenAI:
    return OpenAI(base_url=f"{server.origin}/v1", api_key=key, max_retries=0, timeout=1)


@pytest.mark.parametrize(("rule", "of_the_sdk", "of_a_stream"), table(PAGE, "faults"))
def test_a_fault_does_what_the_manual_says(server: ServerThread, rule: str, of_the_sdk: str, of_a_stream: str) -> None:
    written = re.match("`(.+?)`", rule)
    assert written
    do = yaml.safe_load(written[1])
    mock, client = connect(server.origin), client_of(server)
    mock.faults.add("sessions.create", **do)
    assert outcome(lambda: created(client, "wf_1")) == of_the_sdk
    mock.faults.clear()
    told = outcome(lambda: first_message(client, "wf_1", prepare=lambda: mock.faults.add("conversation", **do)))
    assert told == of_a_stream
    (struck,) = mock.journal.requests("conversation")
    assert struck.fault
    assert struck.response is None or struck.response.headers["x-mock-fault"] == struck.fault


@pytest.mark.slow
@pytest.mark.parametrize(("value", "what", "of_the_sdk", "of_a_message"), table(PAGE, "magic"))
def test_a_magic_value_does_what_the_manual_says(
    server: ServerThread, value: str, what: str, of_the_sdk: str, of_a_message: str
) -> None:
    value = value.strip("`")
    client = client_of(server, value) if value.startswith("sk-") else client_of(server)
    workflow = value if value.startswith("wf_") else "wf_1"
    assert outcome(lambda: created(client, workflow)).partition(";")[0] == of_the_sdk
    if of_a_message != "not reached":
        assert outcome(lambda: first_message(client, workflow)) == of_a_message


def test_every_magic_value_is_in_the_table() -> None:
    values = yaml.safe_load((Path(__file__).parents[2] / "fixtures" / "magic.yaml").read_text())["values"]
    scripted = {path.stem for path in (Path(__file__).parents[2] / "fixtures" / "workflows").glob("wf_mock_*.yaml")}
    listed = {row[0].strip("`") for row in table(PAGE, "magic")}
    assert listed == {each["value"] for each in values} | scripted | {"sk-invalid"}

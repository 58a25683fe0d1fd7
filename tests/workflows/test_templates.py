"""Templates are mustache's, and end with a sentence instead of holding everything up."""

from typing import Any

import pytest
from starlette.testclient import TestClient
from support.talk import Talk, text_of

from mock_server.workflows.template import TemplateTooLong, check_template, render

NAMES: dict[str, Any] = {
    "text": "hi",
    "user": "ada",
    "state": {"plan": "pro", "many": list(range(100)), "nobody": []},
    "attachments": [{"name": "a.png"}, {"name": "b.png"}],
}


def add(client: TestClient, message: str) -> Any:
    return client.post("/_mock/workflows", json={"id": "wf_1", "default": [{"message": message}]})


@pytest.mark.parametrize(
    ("template", "rendered"),
    [
        ("Hello, {{ user }}.", "Hello, ada."),
        ("{{{text}}} & {{&text}}{{! said twice }}", "hi & hi"),
        ("{{#attachments}}\n- {{name}}\n{{/attachments}}\n", "- a.png\n- b.png\n"),
        ("{{^state.nobody}}nobody{{/state.nobody}}{{state.unknown}}", "nobody"),
        ("{{#state}}{{plan}}, {{user}}{{/state}}", "pro, ada"),
    ],
)
def test_names_and_sections_are_rendered(template: str, rendered: str) -> None:
    check_template(template)
    assert render(template, NAMES) == rendered


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        (
            "{{" + " " * 190 + "a" * 3000 + "}}",
            "a tag is not closed, or has more than 200 characters, or 8 blanks in a row",
        ),
        ("{{" + " " * 150 + "text}}", "8 blanks in a row"),
        ("{{text" * 5000, "a tag is not closed"),
        (" " * 20_000 + "x{{text}}", "at most 32,768 characters, and 200 blanks in a row"),
        ("{{text}}" * 5000, "at most 32,768 characters"),
        ("{{#text}}" * 1000 + "{{/text}}" * 1000, "more than 20 sections within each other"),
        ("{{=<% %>=}}<%text%>", "has a tag '='; only names and sections can be used"),
        ("{{> part}}", "has a tag '>'"),
        ("{{#text}}", "a section is opened but not closed"),
        ("{{name}}", "unknown name 'name'"),
    ],
    ids=lambda text: text[:12],
)
def test_what_would_take_long_is_refused_at_once(client: TestClient, template: str, reason: str) -> None:
    refused = add(client, template)
    assert refused.status_code == 400
    assert refused.json()["error"]["message"].startswith("body: default[0].message: ")
    assert reason in refused.json()["error"]["message"]


def sections(name: str, depth: int, within: str) -> str:
    return f"{{{{#{name}}}}}" * depth + within + f"{{{{/{name}}}}}" * depth


@pytest.mark.parametrize("within", ["x", "{{text}}"])
def test_sections_that_multiply_are_ended_with_a_sentence(client: TestClient, within: str) -> None:
    template = sections("action.payload.many", 10, within)
    turn = {"when": {"action": ""}, "reply": [{"message": template}]}
    assert client.post("/_mock/workflows", json={"id": "wf_1", "turns": [turn]}).status_code == 200
    action = {"type": "go", "payload": {"many": list(range(100))}}
    tried = client.post("/_mock/workflows/wf_1/try", json={"action": action})
    assert tried.status_code == 400
    talk = Talk.begin(client, workflow="wf_1")
    talk.say("hello")
    *_, event = talk.stream("threads.custom_action", thread_id=talk.thread_id, action=action)
    assert event["type"] == "error"
    for message in (tried.json()["error"]["message"], event["message"]):
        assert "The templates in a step of the workflow need more than 5,000 tags and entries of lists" in message


def test_a_text_that_is_repeated_too_often_is_ended() -> None:
    with pytest.raises(TemplateTooLong):
        render("{{text}}" * 100, {"text": "x" * 1_000_000})


def test_a_long_message_is_echoed_whole(client: TestClient) -> None:
    text = "e" * 10_000_000
    assert text_of(Talk.begin(client).say(text)) == text

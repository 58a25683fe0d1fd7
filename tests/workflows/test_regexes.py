"""The regular expressions of workflows are Python's, and end with a sentence instead of holding everything up."""

from typing import Any

import pytest
from starlette.testclient import TestClient
from support.talk import Talk, text_of

from mock_server.workflows.regexes import TEXT, RegexTooSlow, Searches, check_regex


def add(client: TestClient, regex: str) -> Any:
    turn = {"when": {"text": {"regex": regex}}, "reply": [{"message": "Found"}]}
    return client.post("/_mock/workflows", json={"id": "wf_1", "turns": [turn], "default": [{"message": "No"}]})


@pytest.mark.parametrize(
    ("regex", "text", "found"),
    [
        (r"(?i)^(bye|thanks)", "Thanks a lot", True),
        (r"\bgrüße\b", "Viele Grüße", False),
        (r"(?i)\bgrüße\b", "Viele GRÜSSE, grüße", True),
        (r"order (?=\d{4})", "order 1234", True),
        (r"(\w)\1", "hello", True),
        (r"\w+$", "é", True),
        (r"x", "a" * (TEXT - 1) + "x", True),
    ],
)
def test_an_expression_is_read_as_python_reads_it(regex: str, text: str, found: bool) -> None:
    check_regex(regex)
    assert Searches().finds(regex, text) is found


@pytest.mark.parametrize("regex", ["(a+)+$", "(a|aa)+$", "(x+x+)+y|(a*)*b", r"^(\w+\s?)*$"])
def test_an_expression_that_would_take_for_ever_is_ended(regex: str) -> None:
    check_regex(regex)
    with pytest.raises(RegexTooSlow, match="takes more than 20 ms on this message; avoid a repeat within a repeat"):
        Searches().finds(regex, "a" * 20_000 + "!")


def test_the_expressions_of_a_workflow_share_the_limit() -> None:
    searches = Searches()
    with pytest.raises(RegexTooSlow):
        any(searches.finds("(?:a|b)+[cd]", "ab" * 500) for _ in range(1000))


def test_a_client_is_told_and_the_next_message_is_served(client: TestClient) -> None:
    assert add(client, "(a+)+$").status_code == 200
    talk = Talk.begin(client)
    content = [{"type": "input_text", "text": "a" * 20_000 + "!"}]
    message = {"content": content, "attachments": [], "inference_options": {}}
    answer = talk.post("threads.create", input=message)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith("The regex '(a+)+$' of the workflow takes more than 20 ms")
    assert text_of(talk.say("b")) == "No"
    tried = client.post("/_mock/workflows/wf_1/try", json={"text": "a" * 20_000 + "!"})
    assert tried.status_code == 400
    assert client.get("/_mock/workflows").status_code == 200


@pytest.mark.parametrize(
    "regex", ["((a{1000}){1000}){1000}", "((((a?){300}){300}){300})b", "a" * 1001, "(a{9999999999}){2}"]
)
def test_an_expression_that_is_too_large_is_refused_at_once(client: TestClient, regex: str) -> None:
    answer = add(client, regex)
    assert answer.status_code == 400
    message = answer.json()["error"]["message"]
    assert message.startswith("body: turns[0].when.text.regex: is too large: at most 1000 characters, and 10,000")


@pytest.mark.parametrize("regex", ["(", "a**", "(?P<n", "[z-a]", r"\1"])
def test_an_expression_that_is_none_is_refused_at_once(client: TestClient, regex: str) -> None:
    assert "turns[0].when.text.regex: is not a regular expression" in add(client, regex).json()["error"]["message"]

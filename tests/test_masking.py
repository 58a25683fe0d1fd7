"""What may be seen holds no key and no secret, however it was written."""

import json
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from mock_server.masking import hidden, hidden_header, hidden_query

END = "ABCDEFGHIJKLMNOP"
KEY = f"sk-proj-{END}"
Way = Callable[[str], str]
VIEWS = ["", "/export?format=jsonl", "/export?format=har", "/export?format=wire"]
BODIES = {
    "a line break before it": f'{{"user":"x\\n{KEY}","workflow":{{"id":"w"}}}}',
    "a line break before it, in malformed JSON": f'{{"user":"x\\n{KEY}"',
    "a tab before it, in plain text": f"key\\t{KEY}",
    "a letter of it escaped": f'{{"user":"\\u0073k-proj-{END}"',
    "a letter of it escaped, in a form": f"key=%73k-proj-{END}",
    "within an address": f'{{"user":"http://x/?k=sk%2Dproj-{END}","workflow":{{"id":"w"}}}}',
}


def seen(client: TestClient) -> str:
    """Return everything that the emulator shows of its requests."""
    shown = [client.get(f"/_mock/requests{view}").text for view in VIEWS]
    last = client.get("/_mock/requests?limit=1").json()["data"][0]["id"]
    return "\n".join(shown + [client.get(f"/_mock/requests/{last}{view}").text for view in ("", "/curl", "/test")])


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_key_in_a_body_is_shown_nowhere(client: TestClient, body: str) -> None:
    client.post("/v1/chatkit/sessions", content=body)
    assert END not in seen(client)


@pytest.mark.parametrize("path", [f"/v1/%2573k-{END}", f"/v1/x?a=%0a{KEY}", f"/v1/x?a=%2573k-{END}"])
def test_a_key_in_an_address_is_shown_nowhere(client: TestClient, path: str) -> None:
    client.get(path, headers={"referer": f"http://x/?k=sk%2Dproj-{END}", KEY: "1"})
    assert END not in seen(client)


@pytest.mark.parametrize(
    "name", ["x-auth-token", "ocp-apim-subscription-key", "x-client-secret", "x-db-password", "cookie", "x-api-key"]
)
def test_a_header_named_after_a_secret_is_masked_whole(name: str) -> None:
    assert END not in hidden_header(name, f"a={END}; b")
    assert hidden_header("authorization", f"Basic {END}") == "Basic ABCDEFGH****MNOP"
    assert hidden_header("idempotency-key", "again") == "again"


def test_what_is_masked_stays_json() -> None:
    body = json.dumps({"a": f"\u00e9\t{KEY}\n", "b": "100%"}).replace("E", "\\u0045")
    assert json.loads(hidden(body)) == {"a": f"\u00e9\tsk-proj-{'*' * 12}MNOP\n", "b": "100%"}


def test_an_escaped_key_is_masked_as_it_is_meant() -> None:
    assert hidden(f"x%20sk%2Dproj%2D{END}&b") == f"x%20sk-proj-{'*' * 12}MNOP&b"
    assert hidden_query(f"a=1&b=%73k-proj-{END}".encode()) == f"a=1&b=sk-proj-{'*' * 12}MNOP"


@pytest.mark.parametrize("text", ["task-management", "desk_lamp-and-more", "a disk-sized-thing", "sk-short", "100%sk"])
def test_a_word_that_only_looks_like_a_key_stays(text: str) -> None:
    assert hidden(text) == text


def by_percent(text: str) -> str:
    return "".join(f"%{ord(each):02x}" for each in text)


def by_unicode(text: str) -> str:
    return "".join(f"\\u{ord(each):04x}" for each in text)


def by_json(text: str) -> str:
    return json.dumps(text)[1:-1]


@given(
    st.sampled_from([by_percent, by_unicode, quote, by_json]),
    st.lists(st.sampled_from([quote, by_json]), max_size=3),
    st.sampled_from(["", "\n", "\t", " ", '"', "é", "/"]),
)
def test_no_way_of_writing_it_shows_a_key(way: Way, others: list[Way], before: str) -> None:
    text = way(before + KEY)
    for other in others:
        text = other(text)
    assert END not in hidden(text).replace("\\", "")
    assert "****" in hidden(text)


@pytest.mark.parametrize(
    "piece", ["\\", "%25", "%", "25", "sk-", "\\u005c", "u005c", "%5c", "sk-%25", "s%6b-%2d", "ek_\\"]
)
def test_no_text_takes_longer_than_its_length(piece: str) -> None:
    """Were a mask to begin again at each character of these, this would take hours."""
    for start in ("", "%", "\\", "sk-"):
        hidden(start + piece * 50_000)

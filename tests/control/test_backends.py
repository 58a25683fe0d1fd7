"""`/_mock/backends`: servers at URLs, added while the emulator runs."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from support.conversing import CREATE
from support.local_server import Handler, serving

from mock_server.testing import ChatKitMock

Json = dict[str, Any]


class Shop(Handler):
    """Answers with what it was told about the caller."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.whole(f"{self.path} {self.headers['x-mock-user']} {self.headers['x-key']}".encode(), content_type="text/a")


@pytest.fixture
def shop() -> Iterator[str]:
    with serving(Shop) as port:
        yield f"http://127.0.0.1:{port}/shop"


@pytest.fixture
def http() -> Iterator[httpx2.Client]:
    with ChatKitMock() as mock, httpx2.Client(base_url=mock.url, trust_env=False) as client:
        yield client


def ask(http: httpx2.Client, workflow: str = "wf_1") -> httpx2.Response:
    headers = {"authorization": "Bearer sk-test", "openai-beta": "chatkit_beta=v1"}
    session = {"user": "ada", "workflow": {"id": workflow}}
    secret = http.post("/v1/chatkit/sessions", json=session, headers=headers).json()["client_secret"]
    return http.post("/v1/chatkit/conversation", json=CREATE, headers={"authorization": f"Bearer {secret}"})


def test_a_url_answers_from_now_on_until_it_is_removed(http: httpx2.Client, shop: str) -> None:
    assert http.get("/_mock/backends").json() == {"backends": []}
    added = http.post("/_mock/backends", json={"url": shop, "headers": ["X-Key: {{workflow}}"]})
    told = {"backends": [{"workflow": None, "kind": "url", "target": shop}]}
    assert (added.status_code, added.json(), http.get("/_mock/backends").json()) == (200, told, told)
    assert ask(http).text == "/shop ada wf_1"
    assert http.delete("/_mock/backends").json() == {"backends": []}
    assert ask(http).headers["content-type"].startswith("text/event-stream")


def test_it_may_answer_for_one_workflow(http: httpx2.Client, shop: str) -> None:
    http.post("/_mock/backends", json={"url": shop, "workflow": "wf_a"})
    http.post("/_mock/backends", json={"url": f"{shop}/b", "workflow": "wf_b"})
    http.post("/_mock/backends", json={"url": f"{shop}/a", "workflow": "wf_a"})
    assert [ask(http, each).text.partition(" ")[0] for each in ("wf_a", "wf_b")] == ["/shop/a", "/shop/b"]
    assert ask(http, "wf_c").headers["content-type"].startswith("text/event-stream")
    left = http.delete("/_mock/backends", params={"workflow": "wf_a"}).json()["backends"]
    assert [each["workflow"] for each in left] == ["wf_b"]
    missing = http.delete("/_mock/backends", params={"workflow": "wf_a"})
    assert (missing.status_code, missing.json()["error"]["message"]) == (404, "Backend with id 'wf_a' not found.")


@pytest.mark.parametrize(
    ("body", "param", "told"),
    [
        ({}, "url", "Missing required parameter: 'url'."),
        ({"url": "shop:server"}, "url", "write a URL with a scheme and a host"),
        ({"url": "http://"}, "url", "write a URL with a scheme and a host"),
        ({"url": "http://[::1"}, "url", "this is no URL"),
        ({"url": "http://a:b@localhost/"}, "url", "leave the user and the password out"),
        ({"url": "http://localhost/#a"}, "url", "leave out what follows the #"),
        ({"url": "http://localhost:99999/"}, "url", "this is no URL"),
        ({"url": "http://localhost/a b"}, "url", "percent-encode"),
        ({"url": "http://localhost/\n"}, "url", "percent-encode"),
        ({"url": "http://localhost/", "headers": ["a"]}, "headers", "write a name, a colon and a value"),
        ({"url": "http://localhost/", "header": []}, "header", "Unknown parameter: 'header'"),
    ],
)
def test_what_can_not_be_used_is_told_in_a_sentence(http: httpx2.Client, body: Json, param: str, told: str) -> None:
    refused = http.post("/_mock/backends", json=body)
    error = refused.json()["error"]
    assert (refused.status_code, error["param"]) == (400, param)
    assert told in error["message"]
    assert "a:b" not in error["message"]
    assert http.get("/_mock/backends").json() == {"backends": []}


def test_servers_from_the_start_are_listed() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None: ...

    with ChatKitMock(backend=[app, "wf_x=http://127.0.0.1:9/"]) as mock:
        listed = httpx2.get(f"{mock.url}/_mock/backends", trust_env=False).json()["backends"]
        assert [(each["workflow"], each["kind"]) for each in listed] == [(None, "app"), ("wf_x", "url")]
        assert httpx2.delete(f"{mock.url}/_mock/backends", trust_env=False).json() == {"backends": []}


def test_pages_from_elsewhere_can_not_add_one(http: httpx2.Client, shop: str) -> None:
    refused = http.post("/_mock/backends", json={"url": shop}, headers={"origin": "http://evil.example"})
    assert refused.status_code == 403

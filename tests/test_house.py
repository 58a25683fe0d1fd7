"""The manual's way through the house is the one that requests take."""

import asyncio
import json
import re
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from starlette.types import Message
from support.emulator import make_app

import mock_server
from mock_server.app import MockServer

HOUSE = Path(mock_server.__file__).parent
CREATE = {"workflow": {"id": "wf_1"}, "user": "ada"}
MESSAGE = {"content": [{"type": "input_text", "text": "Hi"}], "attachments": [], "inference_options": {}}
TURN = {"type": "threads.create", "params": {"input": MESSAGE}}


def told(title: str) -> list[str]:
    """Read the files that the manual names in a paragraph, in order."""
    manual = (HOUSE / "docs" / "contributing.md").read_text(encoding="utf-8")
    (paragraph,) = re.findall(rf"^\*\*{title}:\*\*(.*?)\n\n", manual, re.DOTALL | re.MULTILINE)
    return re.findall(r"`([\w/]+\.py)`", paragraph)


def post(app: MockServer, path: str, body: dict[str, Any], key: str) -> bytes:
    """Send one request to the application, in this thread."""
    unread = [json.dumps(body).encode()]
    received: list[bytes] = []

    async def receive() -> Message:
        if not unread:
            await asyncio.sleep(60)
        return {"type": "http.request", "body": unread.pop(), "more_body": False}

    async def send(message: Message) -> None:
        received.append(message.get("body", b""))

    headers = {"authorization": f"Bearer {key}", "content-type": "application/json", "openai-beta": "chatkit_beta=v1"}
    scope: dict[str, Any] = {"type": "http", "method": "POST", "path": path, "query_string": b"", "scheme": "http"}
    scope["headers"] = [(name.encode(), value.encode()) for name, value in headers.items()]
    asyncio.run(app({**scope, "root_path": ""}, receive, send))
    return b"".join(received)


def entered(app: MockServer, path: str, body: dict[str, Any], key: str) -> list[str]:
    """Return the files of the house in the order in which a request enters them for the first time."""
    files: dict[str, None] = {}

    def note(frame: FrameType, event: str, _: object) -> None:
        file = Path(frame.f_code.co_filename)
        if event == "call" and file.is_relative_to(HOUSE):
            files.setdefault(file.relative_to(HOUSE).as_posix())

    sys.setprofile(note)
    try:
        post(app, path, body, key)
    finally:
        sys.setprofile(None)
    return list(files)


@pytest.fixture
def app() -> MockServer:
    """An emulator that has served one request of each kind: what is imported on first use is there."""
    app = make_app()
    post(app, "/v1/chatkit/conversation", TURN, secret_of(app))
    return app


def secret_of(app: MockServer) -> str:
    created = post(app, "/v1/chatkit/sessions", CREATE, "sk-test")
    secret: str = json.loads(created)["client_secret"]
    return secret


def test_a_session_is_created_on_the_way_that_the_manual_tells(app: MockServer) -> None:
    assert entered(app, "/v1/chatkit/sessions", CREATE, "sk-test") == told("Creating a session")


def test_a_turn_takes_the_way_that_the_manual_tells(app: MockServer) -> None:
    assert entered(app, "/v1/chatkit/conversation", TURN, secret_of(app)) == told("A turn")


def lines_of(folder: str) -> int:
    return sum(len(file.read_text(encoding="utf-8").splitlines()) for file in (HOUSE / folder).rglob("*.py"))


@pytest.mark.parametrize(("folder", "limit"), [("state", 2000), ("testing", 1000), ("control", 2200)])
def test_a_room_stays_small(folder: str, limit: int) -> None:
    assert lines_of(folder) <= limit


def test_a_module_is_one_noun() -> None:
    long = [file.name for file in HOUSE.rglob("*.py") if len(file.read_text(encoding="utf-8").splitlines()) > 350]
    assert long == [], "split it by its nouns"

"""What most tests begin with: an emulator without a socket, one with a socket, and the official clients."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from openai import OpenAI
from starlette.testclient import TestClient

from mock_server.app import MockServer
from mock_server.config import Settings
from mock_server.state.project import Projects
from mock_server.state.seeds import LoadedSeed, load_seeds, parse_seed
from mock_server.testing.server import ServerThread

HEADERS = {"authorization": "Bearer sk-test", "openai-beta": "chatkit_beta=v1"}
MINIMAL = {"workflow": {"id": "wf_1"}, "user": "ada"}

Start = Callable[..., TestClient]


def make_app(*, seed: dict[str, Any] | None = None, random: str | None = None, **settings: Any) -> MockServer:
    """An emulator, begun with a seed document; `random` seeds its ids."""
    base = [LoadedSeed(seed=parse_seed(seed, source="test"), source="test")] if seed else []
    return MockServer(Projects(Settings(seed=random, **settings), base=base))


@pytest.fixture
def start() -> Start:
    """Make a client of an emulator without a socket; its arguments are `make_app`'s."""

    def make(**options: Any) -> TestClient:
        return TestClient(make_app(**options), base_url="http://127.0.0.1", headers=HEADERS)

    return make


@pytest.fixture
def client(start: Start) -> TestClient:
    """A client of a fresh emulator."""
    return start()


def projects_of(client: TestClient) -> Projects:
    """The state behind a client."""
    app = client.app
    assert isinstance(app, MockServer)
    return app.projects


@pytest.fixture
def served() -> Iterator[ServerThread]:
    """A fresh emulator on a socket, begun with the shipped demo."""
    app = MockServer(Projects(Settings(), base=load_seeds(["demo"])))
    with ServerThread(app) as server:
        yield server


@pytest.fixture
def openai(served: ServerThread) -> Iterator[OpenAI]:
    """The official client, as a user sets it up."""
    with OpenAI(base_url=f"{served.origin}/v1", api_key="sk-test", max_retries=0) as client:
        yield client

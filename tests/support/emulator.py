"""Emulators without a socket, clients of theirs, and what most requests to them carry."""

import asyncio
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

import httpx2
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from mock_server.app import MockServer
from mock_server.config import Settings
from mock_server.documents.seeds import LoadedSeed, parse_seed
from mock_server.state.projects import Projects

if TYPE_CHECKING:
    import httpx2 as httpx
else:
    from starlette.testclient import httpx  # an older Starlette's client is one of httpx

HEADERS = {"authorization": "Bearer sk-test", "openai-beta": "chatkit_beta=v1"}
MINIMAL = {"workflow": {"id": "wf_1"}, "user": "ada"}

Start = Callable[..., TestClient]


class Client(TestClient):
    """Starlette's client, which it takes a fraction of the time of: no thread and no loop for each request."""

    def __init__(self, app: ASGIApp, **options: Any) -> None:
        """With the address and headers that most requests have, unless others are given."""
        super().__init__(app, **{"base_url": "http://127.0.0.1", "headers": HEADERS, **options})
        strict: bool = options.get("raise_server_exceptions", True)
        self._transport = _SameThread(app, strict=strict, elsewhere=self._transport)


class _SameThread(httpx.BaseTransport):
    """Runs the application in a loop of this thread; where one is running already, as Starlette's client does."""

    def __init__(self, app: ASGIApp, *, strict: bool, elsewhere: httpx.BaseTransport) -> None:
        self._asgi = httpx.ASGITransport(app, raise_app_exceptions=strict)
        self._elsewhere = elsewhere

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if asyncio._get_running_loop() is not None:
            return self._elsewhere.handle_request(request)
        return _loop().run_until_complete(self._respond(request))

    async def _respond(self, request: httpx.Request) -> httpx.Response:
        response = await self._asgi.handle_async_request(request)
        stream = httpx.ByteStream(await response.aread())
        return httpx.Response(response.status_code, headers=response.headers, stream=stream, request=request)


def socket_client(origin: str, **options: Any) -> httpx2.Client:
    """A client of an emulator on a socket, over plain http; it reads no authorities, which takes 20 ms."""
    return httpx2.Client(**{"base_url": origin, "trust_env": False, "verify": False, **options})


@cache
def _loop() -> asyncio.AbstractEventLoop:
    return asyncio.new_event_loop()


def make_app(*, seed: dict[str, Any] | None = None, random: str | None = None, **settings: Any) -> MockServer:
    """Make an emulator that starts with a seed document; `random` seeds its ids."""
    base = [LoadedSeed(seed=parse_seed(seed, source="test"), source="test")] if seed else []
    return MockServer(Projects(Settings(seed=random, **settings), base=base))


def projects_of(client: TestClient) -> Projects:
    """Return the state behind a client."""
    app = client.app
    assert isinstance(app, MockServer)
    return app.projects

"""An ASGI application of the user's own behind the emulator, in process."""

import asyncio
import contextlib
import json
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from support.conversing import CREATE, Own, begin, frames_after, items_of, post
from support.patience import eventually

from mock_server.clock import stopwatch
from mock_server.errors import BackendUnusable
from mock_server.testing import ChatKitMock
from mock_server.testing.mock import BackendRaised

Json = dict[str, Any]
FRAMES = [b'event: x\r\ndata: {"type": "a"}\r\n\r\n', b": ping\n\n", 'data: {"b": "\xe9"}\n\n'.encode(), b"data: rest"]


def app_of(endpoint: Callable[[Request], Any], **options: Any) -> Starlette:
    return Starlette(routes=[Route("/chatkit", endpoint, methods=["POST"])], **options)


def streaming(*pieces: bytes) -> Starlette:
    async def made() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece

    async def endpoint(_: Request) -> Response:
        return StreamingResponse(made(), media_type="text/event-stream")

    return app_of(endpoint)


def answering(status: int, body: bytes, media_type: str) -> Starlette:
    async def endpoint(_: Request) -> Response:
        return Response(body, status, headers={"content-type": media_type})

    return app_of(endpoint)


# What goes in, and what comes out.


def test_a_request_arrives_as_it_was_sent() -> None:
    seen: list[Json] = []

    async def endpoint(request: Request) -> Response:
        seen.append({"body": await request.body(), "url": str(request.url), **request.headers})
        seen[-1]["client"] = request.client
        return JSONResponse({})

    with ChatKitMock(backend=app_of(endpoint), backend_path="/chatkit?x=1") as mock:
        session = mock.create_session(user="ada")
        given = {
            "authorization": f"Bearer {session.client_secret}",
            "x-shop": "7",
            "cookie": "a=1",
            "x-mock-user": "eve",
        }
        post(mock, **given)
        host = mock.url.removeprefix("http://")
    (request,) = seen
    assert json.loads(request["body"]) == CREATE
    assert request["url"] == f"http://{host}/chatkit?x=1"
    assert (request["x-mock-user"], request["x-shop"], request["cookie"]) == ("ada", "7", "a=1")
    assert request["content-length"] == str(len(request["body"]))
    assert request["client"].host == "127.0.0.1"
    assert not {"authorization", "accept-encoding"} & request.keys()


def test_frames_leave_untouched() -> None:
    with ChatKitMock(backend=streaming(b"".join(FRAMES)[:50], b"".join(FRAMES)[50:])) as mock:
        answer = post(mock)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.content == b"".join(FRAMES)


@pytest.mark.parametrize(
    ("status", "body", "media_type"),
    [
        (200, b'{"data": [],  "has_more": false}', "application/json"),
        (400, b"no", "text/plain"),
        (401, b'{"detail": "Not authenticated"}', "application/json; charset=utf-8"),
        (416, b"", "text/html"),
        (422, b"{}", "application/problem+json"),
        (503, b"data: x\n\n", "text/event-stream"),
        (200, b"x" * 5_000_000, "application/octet-stream"),
    ],
)
def test_an_answer_leaves_untouched(status: int, body: bytes, media_type: str) -> None:
    with ChatKitMock(backend=answering(status, body, media_type)) as mock:
        answer = post(mock)
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (status, body, media_type)


def test_a_path_that_is_not_there_says_which_one_was_asked() -> None:
    with ChatKitMock(backend=answering(200, b"{}", "application/json"), backend_path="/api/chat") as mock:
        answer = post(mock)
    assert (answer.status_code, answer.text) == (404, "Not Found")
    assert answer.headers["x-mock-hint"] == (
        "Your application was asked for POST /api/chat; --backend-path names another path."
    )


def guarded() -> Starlette:
    async def endpoint(request: Request) -> Response:
        if request.headers.get("authorization") != "Bearer ada:wf_shop:blue":
            return JSONResponse({"detail": "Who are you?"}, 401)
        return JSONResponse({"data": []})

    return app_of(endpoint)


def test_an_application_asks_for_its_own_credentials() -> None:
    with ChatKitMock(backend=guarded()) as mock:
        answer = post(mock)
    assert (answer.status_code, answer.json()) == (401, {"detail": "Who are you?"})


def test_templates_give_it_its_own_credentials() -> None:
    header = "Authorization: Bearer {{user}}:{{workflow}}:{{state.color}}"
    with ChatKitMock(backend=guarded(), backend_headers=header) as mock:
        workflow = {"id": "wf_shop", "state_variables": {"color": "blue"}}
        session = mock.create_session(user="ada", workflow=workflow)
        assert post(mock, authorization=f"Bearer {session.client_secret}").status_code == 200


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("Authorization", "write a name, a colon and a value"),
        ("a b: c", "'a b' can't be a header's name"),
        (": c", "an empty name can't be a header's name"),
        ("a: b\r\nc: d", "contains a line break"),
        ("a: {{usr}}", "unknown name 'usr'; templates can use user, session, workflow, state"),
        ("a: {{user", "does not parse"),
        ("Content-Length: 3", "the emulator itself sends 'content-length'"),
    ],
)
def test_a_header_that_can_not_be_sent_is_told_at_the_start(line: str, told: str) -> None:
    with pytest.raises(BackendUnusable, match=told.replace("(", "[(]")):
        ChatKitMock(backend=guarded(), backend_headers=line)


def test_a_user_can_not_break_a_header() -> None:
    with ChatKitMock(backend=guarded()) as mock:
        session = mock.create_session(user="ada\r\nx-admin: 1")
        answer = post(mock, authorization=f"Bearer {session.client_secret}")
    assert answer.status_code == 400
    assert "line break" in answer.json()["error"]["message"]


# Frameworks.


def test_fastapi_refuses_in_its_own_words() -> None:
    import fastapi  # noqa: PLC0415 - only here

    app = fastapi.FastAPI()

    @app.post("/chatkit")
    async def converse(x_shop: int = fastapi.Header()) -> StreamingResponse:
        async def made() -> AsyncIterator[bytes]:
            yield b'data: {"shop": %d}\n\n' % x_shop

        return StreamingResponse(made(), media_type="text/event-stream")

    with ChatKitMock(backend=app, backend_headers=["X-Shop: {{user}}"]) as mock:
        wrong = post(mock, **{"x-mock-user": "ada"})
        right = post(mock, **{"x-mock-user": "7"})
    assert (wrong.status_code, wrong.json()["detail"][0]["loc"]) == (422, ["header", "x-shop"])
    assert right.content == b'data: {"shop": 7}\n\n'


def test_django_answers_and_streams() -> None:
    from support.django_app import application  # noqa: PLC0415 - only here

    with ChatKitMock(backend=application, backend_path="/chatkit") as mock:
        answer = post(mock)
        assert answer.content == b'data: {"user": "user"}\n\ndata: 2\n\n', answer.text
        assert post(mock, **{"x-plain": "1"}).json() == {"plain": True}


def test_a_function_may_make_the_application() -> None:
    def make() -> Starlette:
        return answering(200, b'{"made": true}', "application/json")

    with ChatKitMock(backend=make) as mock:
        assert [post(mock).json() for _ in range(2)] == [{"made": True}] * 2


def test_a_function_that_makes_something_else_is_told() -> None:
    with ChatKitMock(backend=lambda: 7) as mock:
        answer = post(mock)
    assert answer.status_code == 500
    assert "it returned int, no ChatKitServer and no ASGI application" in answer.json()["error"]["message"]


def test_a_name_with_an_application_is_found(tmp_path: Any) -> None:
    (tmp_path / "shop_of_ones_own.py").write_text(
        "async def app(scope, receive, send):\n"
        "    assert scope['type'] == 'http'\n"
        "    await send({'type': 'http.response.start', 'status': 200, 'headers': [(b'content-type', b'a/b')]})\n"
        "    await send({'type': 'http.response.body', 'body': b'raw'})\n"
    )
    with ChatKitMock(backend="shop_of_ones_own:app", app_dir=tmp_path) as mock:
        assert post(mock).content == b"raw"


# Lifespan.


def test_an_application_starts_once_and_shuts_down() -> None:
    told: list[str] = []

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[Json]:
        told.append("up")
        yield {"database": "there"}
        await asyncio.sleep(0.01)
        told.append("down")

    async def endpoint(request: Request) -> Response:
        return JSONResponse({"database": request.state.database})

    mock = ChatKitMock(backend=app_of(endpoint, lifespan=lifespan))
    for _ in range(2):
        with mock:
            assert [post(mock).json() for _ in range(3)] == [{"database": "there"}] * 3
    assert told == ["up", "down"] * 2


def test_an_application_that_can_not_start_is_told_in_a_sentence() -> None:
    database: Json = {}

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        assert database["there"]
        yield

    async def endpoint(_: Request) -> Response:
        return Response()

    with ChatKitMock(backend=app_of(endpoint, lifespan=lifespan)) as mock:
        answer = post(mock)
        assert answer.status_code == 502
        assert answer.json()["error"]["message"] == "Your application did not start: KeyError: 'there'."
        with pytest.raises(BackendRaised, match="KeyError"):
            mock.raise_failures()


# Failures.


def test_an_exception_before_the_response_is_told_and_kept() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise KeyError("thread")

    with ChatKitMock(backend=app) as mock:
        answer = post(mock)
        with pytest.raises(BackendRaised) as raised:
            mock.raise_failures()
    assert answer.status_code == 500
    assert answer.json()["error"]["message"] == "Your application raised KeyError: 'thread'."
    assert isinstance(raised.value.__cause__, KeyError)


def test_a_page_of_an_exception_passes_and_the_exception_is_kept() -> None:
    async def endpoint(_: Request) -> Response:
        raise LookupError("broken")

    with ChatKitMock(backend=app_of(endpoint)) as mock:
        answer = post(mock)
        assert (answer.status_code, answer.text) == (500, "Internal Server Error")
        assert answer.headers["x-mock-hint"] == "Your application raised LookupError: broken."
        with pytest.raises(BackendRaised, match="LookupError"):
            mock.raise_failures()


def test_an_exception_in_the_middle_breaks_the_stream_off() -> None:
    async def made() -> AsyncIterator[bytes]:
        yield b"data: 1\n\n"
        raise LookupError("broken")

    async def endpoint(_: Request) -> Response:
        return StreamingResponse(made(), media_type="text/event-stream")

    with ChatKitMock(backend=app_of(endpoint)) as mock:
        with pytest.raises(httpx2.RemoteProtocolError):
            post(mock)
        eventually(lambda: mock.journal.last("conversation").outcome == "dropped")
        with pytest.raises(BackendRaised, match="LookupError"):
            mock.raise_failures()


@pytest.mark.parametrize("messages", [[], [{"type": "http.response.start", "status": 200, "headers": []}]])
def test_a_response_that_never_comes_is_told(messages: list[Any]) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for message in messages:
            await send(message)

    with ChatKitMock(backend=app) as mock:
        if messages:
            with pytest.raises(httpx2.RemoteProtocolError):
                post(mock)
        else:
            answer = post(mock)
            assert answer.status_code == 500
            assert "returned without a response" in answer.json()["error"]["message"]
        with pytest.raises(BackendRaised):
            mock.raise_failures()


def test_an_application_that_never_answers_does_not_keep_the_emulator() -> None:
    asked = threading.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        asked.set()
        await asyncio.sleep(3600)

    with ChatKitMock(backend=app) as mock:
        client = begin(mock)
        assert asked.wait(5)
        began = stopwatch()
    client.close()
    assert stopwatch() - began < 4


def test_an_application_that_blocks_stops_nobody_else() -> None:
    blocking, release = threading.Event(), threading.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            blocking.set()
            release.wait(5)
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body"})

    with ChatKitMock(backend=app) as mock, begin(mock) as first, begin(mock) as second:
        assert blocking.wait(5)
        assert mock.sessions.list() == []
        first.close()
        assert mock.sessions.list() == []
        release.set()
        assert second.recv(1000).startswith(b"HTTP/1.1 200")


# Clients that leave, and faults.


async def _passed(request: Request, go_on: Callable[[Request], Any]) -> Any:
    return await go_on(request)


@pytest.fixture(params=["plain", "with a middleware", "raw"])
def own(request: pytest.FixtureRequest) -> Own:
    from support.official_server import served  # noqa: PLC0415 - its import takes two seconds

    found = Own()
    app = served(found.server)
    if request.param == "with a middleware":
        app = Starlette(routes=app.routes, middleware=[Middleware(BaseHTTPMiddleware, dispatch=_passed)])
    found.app = found.raw if request.param == "raw" else app
    return found


@pytest.fixture
def mock(own: Own) -> Iterator[ChatKitMock]:
    with ChatKitMock(backend=own.app) as started:
        yield started


@pytest.mark.parametrize("count", range(2, 9))
def test_a_client_that_leaves_cancels_the_turn_once(mock: ChatKitMock, own: Own, count: int) -> None:
    frames_after(mock, count)
    eventually(lambda: mock.journal.last("conversation").outcome == "abandoned")
    assert len(own.cancelled) == 1
    kept = [item for item in items_of(mock) if item["type"] == "assistant_message"]
    assert [item["content"][0]["text"] for item in kept] == [text for text in own.cancelled if text.strip()]


@pytest.mark.parametrize("count", range(2, 9))
def test_a_cut_ends_the_turn_after_exactly_so_many_events(mock: ChatKitMock, own: Own, count: int) -> None:
    mock.faults.add("conversation", cut=count, times=1)
    with begin(mock) as client:
        got = b"".join(iter(lambda: client.recv(65536), b""))
    assert got.count(b"data: ") == count
    eventually(lambda: mock.journal.last("conversation").outcome == "dropped")
    assert len(own.cancelled) == 1
    assert got.count(b"text_delta") <= len(own.cancelled[0].split()) <= got.count(b"text_delta") + 1


def test_a_client_that_leaves_before_the_response_is_heard_of() -> None:
    asked, left = threading.Event(), threading.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        await receive()
        asked.set()
        if (await receive())["type"] == "http.disconnect":
            left.set()

    with ChatKitMock(backend=app) as mock:
        with begin(mock):
            assert asked.wait(5)
        assert left.wait(5)


def test_an_application_that_does_not_listen_is_cancelled() -> None:
    ended = threading.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        try:
            while True:
                await send({"type": "http.response.body", "body": b"data: 1\n\n", "more_body": True})
                await asyncio.sleep(0.01)
        finally:
            ended.set()

    with ChatKitMock(backend=app) as mock:
        frames_after(mock, 2)
        assert ended.wait(5)


def test_faults_strike_a_stream_of_ones_own() -> None:
    frames = [b'data: {"n": 1}\r\n\r\n', b'data: {"n": 2}\r\n\r\n', b'data: {"n": 3}\r\n\r\n']
    with ChatKitMock(backend=streaming(*frames)) as mock:
        mock.faults.add("conversation", malformed=1, times=1)
        assert post(mock).content == frames[0] + b'data: {"n": 2\n\n' + frames[2]
        mock.faults.add("conversation", error=503, times=1)
        assert post(mock).status_code == 503
        mock.faults.add("conversation", delay="200ms", times=1)
        began = time.perf_counter()  # noqa: TID251 - what a user would see
        assert post(mock).content == b"".join(frames)
        assert time.perf_counter() - began >= 0.2  # noqa: TID251
        assert post(mock).content == b"".join(frames)


def test_under_a_fault_nothing_is_made_before_the_last_frame_was_sent() -> None:
    made: list[int] = []

    async def numbers() -> AsyncIterator[bytes]:
        for number in range(10):
            made.append(number)
            yield b"data: %d\n\n" % number

    async def endpoint(_: Request) -> Response:
        return StreamingResponse(numbers(), media_type="text/event-stream")

    with ChatKitMock(backend=app_of(endpoint)) as mock:
        mock.faults.add("conversation", truncated=3, times=1)
        with begin(mock) as client:
            while client.recv(65536):
                pass
        eventually(lambda: mock.journal.last("conversation").outcome == "dropped")
    assert made[:4] == [0, 1, 2, 3]


@pytest.mark.slow  # it waits until the emulator gives up
@pytest.mark.parametrize("scope_type", ["lifespan", "http"])
def test_an_application_that_ignores_its_cancelling_is_left_behind(scope_type: str) -> None:
    stubborn = threading.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != scope_type:
            raise TypeError(scope["type"])
        for _ in range(100):
            stubborn.set()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(3600)

    mock = ChatKitMock(backend=app)
    with mock, begin(mock):
        assert stubborn.wait(5)
        began = stopwatch()
    assert stopwatch() - began < 9


def test_it_answers_without_a_socket_too() -> None:
    with ChatKitMock(backend=streaming(*FRAMES), socket=False) as mock, mock.http_client(timeout=30) as http:
        for _ in range(2):
            assert http.post("/v1/chatkit/conversation", json=CREATE).content == b"".join(FRAMES)


@pytest.mark.parametrize(
    ("where", "status", "told"),
    [
        ("http", 500, "Your application raised RuntimeError: it called sys.exit('no more')."),
        ("lifespan", 502, "Your application did not start: StartupFailed: it called sys.exit('no more')."),
    ],
)
def test_an_application_that_exits_ends_only_its_request(where: str, status: int, told: str) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == where
        sys.exit("no more")

    with ChatKitMock(backend=app) as mock:
        for _ in range(2):
            answer = post(mock)
            assert (answer.status_code, answer.json()["error"]["message"]) == (status, told)

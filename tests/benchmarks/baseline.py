"""What the emulator is measured against, on the same uvicorn.

`raw` is an ASGI callable that reads the body and sends a fixed response of the same size with the same headers: what
uvicorn alone costs. `starlette` is a bare Starlette route that decodes, creates and encodes with the project's own
state: no auth, no projects, no headers, no errors.
"""

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.config import Settings
from mock_server.state.projects import Projects
from mock_server.wire.codec import decode, encode
from mock_server.wire.rest.sessions import SessionCreateParams

_PROJECT = Projects(Settings()).default
_BODY = b"x" * 778
_HEADERS = [
    (b"date", b"Tue, 24 Nov 2026 08:45:49 GMT"),
    (b"content-type", b"application/json"),
    (b"content-length", b"778"),
    (b"x-request-id", b"req_ebd23cda5806a1fcd07499a06915fead"),
    (b"x-mock-project", b"default"),
    (b"openai-processing-ms", b"0"),
    (b"x-envoy-upstream-service-time", b"1"),
    (b"cf-ray", b"ebd23cda5806a1fc-MCK"),
    (b"openai-version", b"2020-10-01"),
    (b"x-openai-proxy-wasm", b"v0.1"),
    (b"cf-cache-status", b"DYNAMIC"),
    (b"x-content-type-options", b"nosniff"),
    (b"server", b"cloudflare"),
    (b"strict-transport-security", b"max-age=31536000; includeSubDomains; preload"),
    (b"alt-svc", b'h3=":443"; ma=86400'),
]
_STREAM_HEADERS = [(b"content-type", b"text/event-stream; charset=utf-8"), *_HEADERS[3:]]
FRAMES = 57
FRAME = (
    b'data: {"type":"thread.item.updated","item_id":"cti_6b054ebc79608190a894247d0fab80b70facade5b04a5ddc",'
    b'"update":{"type":"assistant_message.content_part.text_delta","content_index":0,'
    b'"delta":"fifteen different words go "}}\n\n'
)


async def raw(_: Scope, receive: Receive, send: Send) -> None:
    """A fixed response."""
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": _BODY})


async def stream(_: Scope, receive: Receive, send: Send) -> None:
    """Frames, sent one by one."""
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": _STREAM_HEADERS})
    for _each in range(FRAMES):
        await send({"type": "http.response.body", "body": FRAME, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def create(request: Request) -> Response:
    """A session, and nothing around it."""
    params = decode(await request.body(), SessionCreateParams)
    now = _PROJECT.clock.now()
    session = _PROJECT.sessions.create(params, now=now)
    return Response(encode(session.resource(now)), media_type="application/json")


APPS: dict[str, ASGIApp] = {
    "raw": raw,
    "stream": stream,
    "starlette": Starlette(routes=[Route("/v1/chatkit/sessions", create, methods=["POST"])]),
}

if __name__ == "__main__":
    uvicorn.run(
        APPS[sys.argv[1]],
        port=int(sys.argv[2]),
        http="httptools",
        log_level="critical",
        access_log=False,
        date_header=False,
        server_header=False,
        proxy_headers=False,
        lifespan="off",
    )

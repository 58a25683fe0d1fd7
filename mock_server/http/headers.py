"""The headers of every answer."""

from email.utils import formatdate
from functools import lru_cache

from starlette.types import Message

from mock_server.clock import stopwatch
from mock_server.http.call import Call, Headers

# Observed on every answer of POST /v1/chatkit/sessions.
_API_HEADERS: Headers = [
    (b"openai-version", b"2020-10-01"),
    (b"x-openai-proxy-wasm", b"v0.1"),
    (b"cf-cache-status", b"DYNAMIC"),
    (b"x-content-type-options", b"nosniff"),
    (b"server", b"cloudflare"),
]
# Observed too, but over TLS browsers would obey them, for every other server of this host name.
_PLAIN_HTTP_HEADERS: Headers = [
    *_API_HEADERS,
    (b"strict-transport-security", b"max-age=31536000; includeSubDomains; preload"),
    (b"alt-svc", b'h3=":443"; ma=86400'),
]


def dress(call: Call, headers: Headers) -> Headers:
    """An answer's own headers among those that every answer has; the date is the project's."""
    request_id = call.request_id.encode()
    dressed = [
        (b"date", _http_date(int(call.now))),
        *headers,
        (b"x-request-id", request_id),
        (b"x-mock-project", call.project.name.encode()),
    ]
    if call.entry.fault is not None:
        dressed.append((b"x-mock-fault", call.entry.fault.encode()))
    if call.path.startswith("/v1/"):
        elapsed = int((stopwatch() - call.entry.began) * 1000)
        dressed += [
            (b"openai-processing-ms", b"%d" % elapsed),
            (b"x-envoy-upstream-service-time", b"%d" % (elapsed + 1)),  # always one more (observed)
            (b"cf-ray", request_id[4:20] + b"-MCK"),
            *(_PLAIN_HTTP_HEADERS if call.scope["scheme"] == "http" else _API_HEADERS),
        ]
    call.entry.answer_headers = dressed
    return dressed


class Dressing:
    """Sends the answer of a route that knows nothing of calls, such as a page, with every answer's headers."""

    __slots__ = ("_call",)

    def __init__(self, call: Call) -> None:
        self._call = call

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._call.entry.status = message["status"]
            message["headers"] = dress(self._call, list(message.get("headers", [])))
        elif self._call.spoiler is not None:
            more = message.get("more_body", False)
            await self._call.spoiler.piece(self._call, message.get("body", b""), more=more)
            return
        await self._call.send(message)


@lru_cache(maxsize=64)
def _http_date(second: int) -> bytes:
    return formatdate(second, usegmt=True).encode()

"""The headers of every answer."""

from email.utils import formatdate
from functools import lru_cache

from starlette.types import Message

from mock_server.clock import stopwatch
from mock_server.http.call import Call, Headers
from mock_server.state.journal import parsed_head

# Observed on every answer of POST /v1/chatkit/sessions.
_API_HEADERS = b"""\
openai-version: 2020-10-01\r
x-openai-proxy-wasm: v0.1\r
cf-cache-status: DYNAMIC\r
x-content-type-options: nosniff\r
server: cloudflare\r
"""
# Observed too, but over TLS browsers would obey them, for every other server of this host name.
_PLAIN_HTTP_HEADERS = (
    _API_HEADERS
    + b"""\
strict-transport-security: max-age=31536000; includeSubDomains; preload\r
alt-svc: h3=":443"; ma=86400\r
"""
)


def lines_of(headers: Headers) -> bytes:
    """Headers as lines."""
    return b"".join([b"%b: %b\r\n" % (name, value) for name, value in headers])


def head_of(call: Call, own: bytes) -> bytes:
    """The lines of an answer's own headers among those that every answer has; the date is the project's.

    One piece of bytes, for that is what is sent in the end, and what takes the least time and memory until then.
    """
    entry, request_id = call.entry, call.request_id.encode()
    fault = b"x-mock-fault: %b\r\n" % entry.fault.encode() if entry.fault is not None else b""
    head = b"date: %b\r\n%bx-request-id: %b\r\nx-mock-project: %b\r\n%b" % (
        _http_date(int(call.now)),
        own,
        request_id,
        call.project.name.encode(),
        fault,
    )
    if call.path.startswith("/v1/"):
        elapsed = int((stopwatch() - entry.began) * 1000)
        head += (
            b"openai-processing-ms: %d\r\nx-envoy-upstream-service-time: %d\r\ncf-ray: %b-MCK\r\n%b"
            % (
                elapsed,
                elapsed + 1,  # always one more (observed)
                request_id[4:20],
                _PLAIN_HTTP_HEADERS if call.scope["scheme"] == "http" else _API_HEADERS,
            )
        )
    entry.answer_head = head
    return head


def dress(call: Call, headers: Headers) -> Headers:
    """The same, one by one."""
    return parsed_head(head_of(call, lines_of(headers)))


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

"""The headers that every response has."""

from email.utils import formatdate
from functools import lru_cache

from mock_server.clock import stopwatch
from mock_server.http.context import RequestContext

# Observed on every response of POST /v1/chatkit/sessions.
_API_HEADERS = b"""\
openai-version: 2020-10-01\r
x-openai-proxy-wasm: v0.1\r
cf-cache-status: DYNAMIC\r
x-content-type-options: nosniff\r
server: cloudflare\r
"""
# Also observed, but not sent over TLS: a browser would apply them to every other server on this host name.
_PLAIN_HTTP_HEADERS = (
    _API_HEADERS
    + b"""\
strict-transport-security: max-age=31536000; includeSubDomains; preload\r
alt-svc: h3=":443"; ma=86400\r
"""
)


def response_head(context: RequestContext, own: bytes) -> bytes:
    """Return the header lines of a response: the common ones and its `own`. The date is in the project's time."""
    entry, request_id = context.entry, context.request_id.encode()
    fault = b"x-mock-fault: %b\r\n" % entry.fault.encode() if entry.fault is not None else b""
    head = b"date: %b\r\n%bx-request-id: %b\r\nx-mock-project: %b\r\n%b" % (
        _http_date(int(context.now)),
        own,
        request_id,
        context.project.name.encode(),
        fault,
    )
    if context.path.startswith("/v1/"):
        elapsed = int((stopwatch() - entry.began) * 1000)
        head += (
            b"openai-processing-ms: %d\r\nx-envoy-upstream-service-time: %d\r\ncf-ray: %b-MCK\r\n%b"
            % (
                elapsed,
                elapsed + 1,  # always one more (observed)
                request_id[4:20],
                _PLAIN_HTTP_HEADERS if context.scope["scheme"] == "http" else _API_HEADERS,
            )
        )
    return head


@lru_cache(maxsize=64)
def _http_date(second: int) -> bytes:
    return formatdate(second, usegmt=True).encode()

"""Operations of the conversation, as backends get them."""

from msgspec import Struct
from starlette.requests import Request
from starlette.types import Message

from mock_server.backends.caller import Caller
from mock_server.http.context import RequestContext
from mock_server.http.cookies import CONTROL_KEY
from mock_server.state.journal import Entry
from mock_server.wire.headers import Headers

_CREDENTIALS = (b"ek_", b"sk-")  # of the emulator and of OpenAI's API: no server of the user's own gets them
_CONTROL_KEY = CONTROL_KEY.encode() + b"="
_KEPT_BACK = {
    *(b"host", b"content-length", b"transfer-encoding", b"connection", b"accept-encoding", b"openai-beta"),
    *(b"expect", b"te", b"trailer", b"upgrade", b"keep-alive", b"proxy-connection", b"proxy-authorization"),
}


class RequestCall:
    """The operation in a request; a `backends.backend.Call`."""

    __slots__ = ("_context", "caller", "params")

    def __init__(self, context: RequestContext, caller: Caller, params: Struct) -> None:
        self._context, self.caller, self.params = context, caller, params

    @property
    def body(self) -> bytes:
        """The operation's bytes, as they came."""
        return self._context.body

    @property
    def entry(self) -> Entry:
        """The request in the journal."""
        return self._context.entry

    @property
    def one_by_one(self) -> bool:
        """Whether a fault may strike between two events."""
        return self._context.injector is not None

    def headers(self) -> Headers:
        """Return the request's headers, without its credentials for the emulator and what is between the two."""
        given = [(name, value) for name, value in self._context.scope["headers"] if not _is_kept_back(name, value)]
        return [(name, value if name != b"cookie" else _without_key(value)) for name, value in given]

    def request(self) -> Request:
        """Return the request as Starlette's Request, with its body; `state.bytes_of` returns the content of uploads."""
        body = bytes(self.body)

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        host = (b"host", self._context.headers.get(b"host", b"127.0.0.1"))
        scope = {**self._context.scope, "headers": [host, *self.headers()], "state": {"bytes_of": self.caller.bytes_of}}
        del scope["mock_server.context"]
        return Request(scope, receive)


def _is_kept_back(name: bytes, value: bytes) -> bool:
    if name == b"authorization":
        return value.partition(b" ")[2].strip().startswith(_CREDENTIALS)
    return name in _KEPT_BACK


def _without_key(cookies: bytes) -> bytes:
    """Return cookies without the emulator's control key."""
    each = (cookie.strip() for cookie in cookies.split(b";"))
    return b"; ".join(cookie for cookie in each if not cookie.startswith(_CONTROL_KEY))

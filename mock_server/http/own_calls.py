"""Operations that the emulator asks of servers of the user's own, for requests to its other endpoints."""

from functools import partial

from msgspec import Struct
from starlette.requests import Request
from starlette.types import Message

from mock_server.backends.asking import body_of
from mock_server.backends.caller import Caller
from mock_server.backends.own_threads import OwnThreads
from mock_server.http.context import RequestContext
from mock_server.state.journal import Entry
from mock_server.state.project import Project
from mock_server.wire.headers import Headers

_PATH = "/v1/chatkit/conversation"
_HEADERS: Headers = [(b"content-type", b"application/json"), (b"accept", b"application/json")]


class OwnCall:
    """An operation on behalf of a user who has sent nothing; a `backends.backend.Call`."""

    one_by_one = False

    def __init__(self, context: RequestContext, caller: Caller, params: Struct) -> None:
        self._context, self.caller, self.params, self.body = context, caller, params, body_of(params)

    @property
    def entry(self) -> Entry:
        """The request because of which this is asked."""
        return self._context.entry

    def headers(self) -> Headers:
        """Return the headers of JSON; the request's are somebody else's."""
        return list(_HEADERS)

    def request(self) -> Request:
        """Return the operation as Starlette's Request."""

        async def receive() -> Message:
            return {"type": "http.request", "body": self.body, "more_body": False}

        host = (b"host", self._context.headers.get(b"host", b"127.0.0.1"))
        scope = {**self._context.scope, "method": "POST", "path": _PATH, "raw_path": _PATH.encode()}
        scope |= {"query_string": b"", "headers": [host, *_HEADERS], "state": {"bytes_of": self.caller.bytes_of}}
        del scope["mock_server.context"]
        return Request(scope, receive)


def own_threads(context: RequestContext, project: Project) -> OwnThreads | None:
    """Return the threads of a project that servers of the user's own keep; None without such servers."""
    if not context.backends:
        return None
    make_call = partial(_call, context, project)
    return OwnThreads(project, context.backends, scripted=context.workflows, make_call=make_call)


def _call(context: RequestContext, project: Project, user: str, session_id: str | None, params: Struct) -> OwnCall:
    has_session = session_id is not None and session_id in project.sessions
    caller = Caller(
        project,
        user=user,
        session=project.sessions.get(session_id) if session_id is not None and has_session else None,
        has_key=False,
        now=project.clock.now(),
        address=context.address(project),
    )
    return OwnCall(context, caller, params)

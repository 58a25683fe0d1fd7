"""What stands before every route: finds the project, renders every failure, gives every answer its headers."""

import logging
from collections.abc import Awaitable, Iterable

from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.clock import stopwatch
from mock_server.errors import Dropped, MethodNotAllowed, ProjectInvalid, UrlUnknown
from mock_server.http.call import Call
from mock_server.http.errors import is_known, render
from mock_server.http.headers import Dressing, lines_of
from mock_server.http.operation import JSON, Resource, respond
from mock_server.state.project import Project, Projects

_log = logging.getLogger("mock_server")

# What the element in a browser sends and reads (observed); any header a page adds is let through.
_METHODS = ["GET", "POST", "PUT", "DELETE"]
_EXPOSED = ["date", "x-request-id", "retry-after", "x-mock-hint", "x-mock-project", "x-mock-fault"]

# What is not ChatKit's: never journaled, faulted or limited.
_OURS = {"", "_mock", "_static", "health", "ready", "metrics", "openapi.json", "favicon.ico", "deployments"}
_OURS |= {"dashboard", "demo", "docs"}


class Gate:
    """A pure ASGI callable around the router."""

    def __init__(self, app: ASGIApp, *, resources: Iterable[Resource], projects: Projects, log_requests: bool) -> None:
        """A path without arguments is looked up in `resources`; only the others take the time of the router."""
        self._app, self._projects, self._log_requests = app, projects, log_requests
        self._by_path = {resource.path: resource for resource in resources}

        self._for_browsers = CORSMiddleware(
            self._serve, allow_origins=["*"], allow_methods=_METHODS, allow_headers=["*"], expose_headers=_EXPOSED
        )

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Serve one request; other kinds of scope pass through."""
        if scope["type"] != "http":
            return self._app(scope, receive, send)
        for name, _ in scope["headers"]:
            if name == b"origin":
                return self._for_browsers(scope, receive, send)
        return self._serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        call = scope["mock_server.call"] = Call(scope, receive, send, self._projects)
        wrong: ProjectInvalid | None = None
        try:
            call.enter(_find_project(call))
        except ProjectInvalid as error:
            call.enter(self._projects.default)
            wrong = error
        journal = None if _is_ours(call.path) else call.project.journal
        if journal is not None:
            journal.begin(call.entry)
        try:
            await (self._reach(call) if wrong is None else self._fail_or_drop(call, wrong))
        except ClientDisconnect:
            call.entry.outcome = "abandoned"
        except Dropped:
            _drop(call)
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the client gets OpenAI's envelope
            await self._fail_or_drop(call, error)
        finally:
            if journal is not None:
                journal.end(call.entry, now=stopwatch())
        if self._log_requests:
            _log_request(call)

    def _reach(self, call: Call) -> Awaitable[None]:
        resource = self._by_path.get(call.path)
        return resource.answer(call) if resource is not None else self._app(call.scope, call.receive, Dressing(call))

    async def _fail_or_drop(self, call: Call, error: Exception) -> None:
        try:
            await self._fail(call, error)
        except Dropped:
            _drop(call)

    async def _fail(self, call: Call, error: Exception) -> None:
        match error:
            case HTTPException(status_code=404):
                error = UrlUnknown(call.method, call.path)
            case HTTPException(status_code=405):
                allowed = (error.headers or {}).get("Allow", "")
                error = MethodNotAllowed(call.method, call.path, allowed=allowed)
        if not is_known(error):
            _log.error("%s %s failed (%s)", call.method, call.path, call.request_id, exc_info=error)
            call.project.journal.failures.append((call.entry, error))
        if call.entry.status:
            raise error  # the answer has begun: all that is left is to drop the connection
        failure = render(error)
        await respond(call, failure.status, failure.body, JSON + lines_of(failure.headers))


def _is_ours(path: str) -> bool:
    return not path.startswith("/v1/") and path.removeprefix("/").partition("/")[0] in _OURS


def _drop(call: Call) -> None:
    """Break the connection; one whose answer has begun breaks by being left open."""
    call.entry.outcome = "dropped"
    if not call.entry.status:
        from mock_server.http.faults import drop  # noqa: PLC0415 - starting fast

        drop(call)


def _log_request(call: Call) -> None:
    milliseconds = (stopwatch() - call.entry.began) * 1000
    _log.info(
        "%s %s %d %.1f ms",
        call.method,
        call.path,
        call.entry.status,
        milliseconds,
        extra={
            "request": {
                "method": call.method,
                "path": call.path,
                "status": call.entry.status,
                "milliseconds": round(milliseconds, 3),
                "project": call.project.name,
                "request_id": call.request_id,
            }
        },
    )


def _find_project(call: Call) -> Project:
    """The project a request names by its secret, its path, its header or its key. Raises ProjectInvalid."""
    projects, named, key = call.projects, _named_project(call), call.bearer
    if key.startswith("ek_"):
        call.session = session = projects.session_of(key)
        if session is not None:
            return projects.get(session.project)
    elif named is None and key.startswith("sk-mock-"):
        named = key.removeprefix("sk-mock-")
    return projects.default if named is None else projects.get(named)


def _named_project(call: Call) -> str | None:
    """The project in the path, whose prefix this moves out of the routes' sight, or in the header."""
    if call.path.startswith("/p/"):
        name, slash, rest = call.path.removeprefix("/p/").partition("/")
        call.path = slash + rest
        call.scope["root_path"] = f"{call.scope.get('root_path', '')}/p/{name}"
        return name
    header = call.headers.get(b"openai-project")
    return header.decode("latin-1") if header else None

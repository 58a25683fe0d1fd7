"""The middleware in front of every route: it finds the project, keeps the journal and renders every error."""

import asyncio
import logging
from collections.abc import Awaitable, Iterable

from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.clock import stopwatch
from mock_server.errors import Dropped, MethodNotAllowed, ProjectInvalid, ProjectsFull, UrlUnknown
from mock_server.http.context import RequestContext
from mock_server.http.errors import is_known, render
from mock_server.http.operation import Resource
from mock_server.http.response import JSON, ResponseSender, respond
from mock_server.masking import hidden
from mock_server.state.project import Project
from mock_server.state.projects import Projects
from mock_server.wire.headers import encode_headers
from mock_server.wording import printable

_log = logging.getLogger("mock_server")
_ONE_ROUTE = (
    "Only the conversation's operations are passed to your server. For its other routes, such as its uploads, start it "
    "yourself and name its URL as --backend."
)

# What the element in a browser sends and reads (observed); any header that a page adds is allowed.
_METHODS = ["GET", "POST", "PUT", "DELETE"]
_CHANGING = {"POST", "PUT", "PATCH", "DELETE"}
_EXPOSED = ["date", "x-request-id", "retry-after", "x-mock-hint", "x-mock-project", "x-mock-fault"]

# The first segments of paths that are not ChatKit's: no journal, no faults, no limits.
_PAGES = {"", "_static", "favicon.ico", "deployments", "dashboard", "demo", "docs"}  # logged for debugging only
_OURS = _PAGES | {"_mock", "health", "ready", "metrics", "openapi.json"}


class RequestMiddleware:
    """A pure ASGI middleware around the router."""

    def __init__(self, app: ASGIApp, *, resources: Iterable[Resource], projects: Projects, log_requests: bool) -> None:
        """Wrap `app`. A path without parameters is looked up in `resources`; only others go through the router."""
        self._app, self._projects, self._log_requests = app, projects, log_requests
        self._by_path = {resource.path: resource for resource in resources}

        self._for_browsers = CORSMiddleware(
            self._serve, allow_origins=["*"], allow_methods=_METHODS, allow_headers=["*"], expose_headers=_EXPOSED
        )

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Serve one HTTP request; other kinds of scope are passed through."""
        if scope["type"] != "http":
            return self._app(scope, receive, send)
        for name, _ in scope["headers"]:
            if name == b"origin":
                return self._for_browsers(scope, receive, send)
        return self._serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        context = scope["mock_server.context"] = RequestContext(scope, receive, send, self._projects)
        wrong = _enter_project(context)
        journal = None if _is_ours(context.path) else context.project.journal
        if journal is not None:
            journal.begin(context.entry)
        try:
            await (self._reach_or_fail(context) if wrong is None else self._fail(context, wrong))
        except ClientDisconnect:
            context.entry.outcome = "abandoned"
        except Dropped:
            _drop(context)
        except asyncio.CancelledError:
            context.entry.outcome = "abandoned"
            raise
        finally:
            if journal is not None:
                journal.end(context.entry, now=stopwatch())
            del scope["mock_server.context"]  # ends a circle of references
        if not context.project.is_kept and context.method in _CHANGING and context.entry.status < 400:
            self._projects.keep(context.project)
        if self._log_requests:
            _log_request(context)

    def _reach(self, context: RequestContext) -> Awaitable[None]:
        resource = self._by_path.get(context.path)
        return (
            resource.serve(context)
            if resource is not None
            else self._app(context.scope, context.receive, ResponseSender(context))
        )

    async def _reach_or_fail(self, context: RequestContext) -> None:
        try:
            await self._reach(context)
        except (ClientDisconnect, Dropped):
            raise
        except Exception as error:  # noqa: BLE001 - the client gets OpenAI's envelope for any error
            await self._fail(context, error)

    async def _fail(self, context: RequestContext, error: Exception) -> None:
        match error:
            case HTTPException(status_code=404):
                error = UrlUnknown(context.method, context.path, hint=_ONE_ROUTE if context.backends else None)
            case HTTPException(status_code=405):
                allowed = (error.headers or {}).get("Allow", "")
                error = MethodNotAllowed(context.method, context.path, allowed=allowed)
        if not is_known(error):
            told = (context.method, printable(hidden(context.path)), context.request_id)
            _log.error("%s %s failed (%s)", *told, exc_info=error)
            context.project.journal.failures.append((context.entry, error))
            self._projects.keep(context.project)
        if context.entry.status:
            raise error  # the response has begun: all that is left is to drop the connection
        if not _is_ours(context.path):
            await context.keep_body()
        failure = render(error)
        await respond(context, failure.status, failure.body, JSON + encode_headers(failure.headers))


def _is_ours(path: str) -> bool:
    return not path.startswith("/v1/") and _first_segment(path) in _OURS


def _first_segment(path: str) -> str:
    return path.removeprefix("/").partition("/")[0]


def _drop(context: RequestContext) -> None:
    """Drop the connection; once a response has begun, leaving it unfinished does that."""
    context.entry.outcome = "dropped"
    if not context.entry.status:
        from mock_server.http.faults import drop  # noqa: PLC0415 - keeps the start fast

        drop(context)


def _log_request(context: RequestContext) -> None:
    level = logging.DEBUG if _first_segment(context.path) in _PAGES else logging.INFO
    if not _log.isEnabledFor(level):
        return
    entry, milliseconds = context.entry, (stopwatch() - context.entry.began) * 1000
    outcome = "completed" if entry.outcome == "open" else entry.outcome  # only the journal ends a request
    ending = [*([str(entry.status)] if entry.status else []), *([] if outcome == "completed" else [outcome])]
    path = hidden(context.path)
    _log.log(
        level,
        "%s %s %s %.1f ms",
        context.method,
        printable(path),
        ", ".join(ending),
        milliseconds,
        extra={
            "request": {
                "method": context.method,
                "path": path,
                "status": entry.status or None,
                "outcome": outcome,
                "milliseconds": round(milliseconds, 3),
                "project": hidden(context.project.name),
                "request_id": context.request_id,
            }
        },
    )


def _enter_project(context: RequestContext) -> ProjectInvalid | ProjectsFull | None:
    """Enter the request's project or, if it has none, the default one; then return what is wrong."""
    try:
        context.enter(_find_project(context))
    except (ProjectInvalid, ProjectsFull) as error:
        context.enter(context.projects.default)
        return error
    return None


def _find_project(context: RequestContext) -> Project:
    """Return the project that a request names by its secret, path, header or key. Raises ProjectInvalid."""
    projects, named, key = context.projects, _named_project(context), context.bearer
    if key.startswith("ek_"):
        context.session = session = projects.session_of(key)
        if session is not None:
            return projects.get(session.project)
    elif named is None and key.startswith("sk-mock-"):
        named = key.removeprefix("sk-mock-")
    return projects.default if named is None else projects.get(named)


def _named_project(context: RequestContext) -> str | None:
    """Return the project in the path, after moving the prefix to `root_path`, or else the one in the header."""
    if context.path.startswith("/p/"):
        name, slash, rest = context.path.removeprefix("/p/").partition("/")
        context.path = slash + rest
        context.scope["root_path"] = f"{context.scope.get('root_path', '')}/p/{name}"
        return name
    header = context.headers.get(b"openai-project")
    return header.decode("latin-1") if header else None

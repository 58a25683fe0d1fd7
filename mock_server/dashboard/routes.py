"""The routes of the pages."""

import html
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from mock_server.http.context import RequestContext
from mock_server.http.cookies import CONTROL_KEY
from mock_server.http.operation import Operation, Resource
from mock_server.web.scripts import Scripts

_STATIC = Path(__file__).with_name("static")
_SCRIPT = "/_static/dashboard/main.js"
_FOLDERS = {"/_static": _STATIC, "/deployments/chatkit": _STATIC.parents[1] / "element" / "static"}
_SCRIPTS = Scripts(_SCRIPT, _FOLDERS)  # bundled once for all emulators of a process
_SECURE = {
    "cache-control": "no-cache",
    "content-security-policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
}


def resources(document: Callable[[], dict[str, Any]]) -> list[Resource]:
    """Return the resource of the OpenAPI document, which is built on the first request."""
    made = cache(document)

    def show(_: RequestContext) -> dict[str, Any]:
        return made()

    describe = Operation(
        name="openapi",
        summary="Retrieve this document.",
        handler=show,
        response=dict[str, Any],
        guard=lambda _: None,
    )
    return [Resource("/openapi.json", {"GET": describe})]


def routes() -> list[BaseRoute]:
    """Return the pages' routes. The dashboard renders its views itself, so all of its paths serve the same document."""
    return [
        Route("/", _home),
        Route("/dashboard", _dashboard),
        Route("/dashboard/{place:path}", _dashboard),
        Route("/demo", _dashboard),
        Route("/docs", _docs),
        Route(_SCRIPT, _SCRIPTS.response),
        Mount("/_static", _Files(directory=_STATIC)),
    ]


def _home(request: Request) -> RedirectResponse:
    """Lead to the dashboard. A control key in the query becomes a cookie, which scripts and other sites never see."""
    response = RedirectResponse(f"{request.scope.get('root_path', '')}/dashboard")
    key = request.query_params.get("control_key")
    if key is not None and key == request.scope["mock_server.context"].projects.settings.control_key:
        response.set_cookie(CONTROL_KEY, key, httponly=True, samesite="strict", secure=request.url.scheme == "https")
    return response


def _dashboard(request: Request) -> Response:
    """Return the document with the emulator's base path; a project in the path is redirected to one in the query."""
    context = request.scope["mock_server.context"]
    outer, prefix, _ = request.scope.get("root_path", "").rpartition(f"/p/{context.project.name}")
    if prefix:
        query = f"{request.url.query}&" if request.url.query else ""
        return RedirectResponse(f"{outer}{quote(context.path)}?{query}project={context.project.name}")
    document = (_STATIC / "dashboard.html").read_text(encoding="utf-8")
    base = html.escape(f"{request.scope.get('root_path', '')}/")
    return Response(document.replace("BASE", base), media_type="text/html", headers=_SECURE)


def _docs(_: Request) -> FileResponse:
    return FileResponse(_STATIC / "docs.html", headers=_SECURE)


class _Files(StaticFiles):
    """Static files, revalidated each time: a new version must not be mixed with the old one's modules."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["cache-control"] = "no-cache"
        return response

"""Where the pages are served."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from mock_server.http.operation import Operation, Resource

_STATIC = Path(__file__).with_name("static")
_SECURE = {
    "content-security-policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
}


def resources(document: Callable[[], dict[str, Any]]) -> list[Resource]:
    """The resource that serves the OpenAPI document, made when first asked for."""
    made = cache(document)
    describe = Operation(
        name="openapi",
        summary="This document.",
        handler=lambda _: made(),
        answer=dict[str, Any],
        guard=lambda _: None,
    )
    return [Resource("/openapi.json", {"GET": describe})]


def routes() -> list[BaseRoute]:
    """The pages."""
    return [
        Route("/", _home),
        Route("/docs", _docs),
        Mount("/_static", StaticFiles(directory=_STATIC)),
    ]


def _home(request: Request) -> RedirectResponse:
    return RedirectResponse(f"{request.scope.get('root_path', '')}/docs")


def _docs(_: Request) -> FileResponse:
    return FileResponse(_STATIC / "docs.html", headers=_SECURE)

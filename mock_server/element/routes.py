"""The routes of the element, at the paths of the real one."""

import html
import json
import re
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Message, Receive, Scope, Send

from mock_server.web.scripts import Scripts

_STATIC = Path(__file__).with_name("static")
_PAGE = ["arrival", "line", "network", "functions", "element"]  # in the order of their imports
_BASE = "/deployments/chatkit"
_SHARED = {"cross-origin-resource-policy": "cross-origin", "x-content-type-options": "nosniff"}
_FRESH = {**_SHARED, "cache-control": "no-store"}
# A cross-origin isolated page shows only frames with this policy. `require-corp` would keep most images out of widgets.
_DOCUMENT = {**_FRESH, "cross-origin-embedder-policy": "credentialless"}
_POLICY = (
    "default-src 'none'; script-src {origin}; style-src {origin}; connect-src *; "
    "img-src * data: blob:; font-src * data:; media-src blob:; base-uri 'none'; form-action 'none'"
)
_HOST = re.compile(
    r"([a-z0-9._-]+|\[[0-9a-f:.]+\])(:\d{1,5})?", re.IGNORECASE
)  # older Starlettes take anything for one
_SCRIPTS = Scripts(f"{_BASE}/frame/main.js", {_BASE: _STATIC}, headers=_SHARED)  # bundled once for all emulators


def routes() -> list[BaseRoute]:
    """Return the routes of the script, the frame's document, and what that loads."""
    return [
        Route(f"{_BASE}/chatkit.js", _script),
        Route(f"{_BASE}/frame.html", _frame),
        Route(f"{_BASE}/frame/main.js", _SCRIPTS.response),
        Mount(_BASE, _Modules(directory=_STATIC)),
    ]


def _script(request: Request) -> Response:
    """Return the page's modules as one classic script, since the page's policy may allow only the one it names."""
    parts = [re.sub(r"^(import .*\n|export )", "", _read(f"page/{name}.js"), flags=re.MULTILINE) for name in _PAGE]
    served_at = json.dumps(f"{_base(request)}{_BASE}/chatkit.js").replace("<", "\\u003c")
    joined = "\n".join(parts).replace('"SERVED_AT"', served_at)
    return Response(f'(() => {{\n"use strict";\n\n{joined}}})();\n', media_type="text/javascript", headers=_FRESH)


def _frame(request: Request) -> Response:
    """Return the document with the emulator's address: its own address may be the CDN's, redirected to here."""
    document = _read("frame.html").replace("API_BASE", html.escape(_base(request)))
    policy = _POLICY.format(origin=_base(request).removesuffix(request.scope.get("root_path", "")))
    return Response(document, media_type="text/html", headers={**_DOCUMENT, "content-security-policy": policy})


def _base(request: Request) -> str:
    """Return the emulator's address as it is in the request, with the project's path.

    A redirect may have kept the CDN's host name. Over plain http that name can't be right, and nothing is sent there.
    """
    url = request.base_url
    is_host = _HOST.fullmatch(url.netloc) is not None
    if not is_host or (url.scheme == "http" and (url.hostname or "").endswith("openai.com")):
        host, port = request.scope.get("server") or ("127.0.0.1", None)
        url = url.replace(hostname=f"[{host}]" if ":" in host else host, port=port)
    return str(url).rstrip("/")


def _read(name: str) -> str:
    return (_STATIC / name).read_text(encoding="utf-8")


class _Modules(StaticFiles):
    """Static files for any origin, revalidated each time."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                extra = {**_SHARED, "cache-control": "no-cache"}
                message["headers"] += [(name.encode(), value.encode()) for name, value in extra.items()]
            await send(message)

        await super().__call__(scope, receive, with_headers)

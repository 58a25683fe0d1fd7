"""The app's own backend: it serves the built page, and creates a session whenever the page asks for one."""

from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from mock_server.testing.clients import Mock

Json = dict[str, Any]


class Shop:
    """A backend as the docs have it, with the official client.

    session: what its sessions are created with. keeps_its_session: whether it gives the first secret for ever.
    secret: one that it gives instead.
    """

    def __init__(self, dist: Path, mock: Mock) -> None:
        self._mock = mock
        self.session: Json = {
            "user": "ada",
            "workflow": {"id": "wf_1"},
            "chatkit_configuration": {"file_upload": {"enabled": True}},
            "rate_limits": {"max_requests_per_1_minute": 100},
        }
        self.keeps_its_session = False
        self.secret = ""
        page = StaticFiles(directory=dist, html=True)
        self.app = Starlette(
            routes=[Route("/api/session", self._create_session, methods=["POST"]), Mount("/", page)],
        )

    async def _create_session(self, _: Request) -> Response:
        if self.secret:
            return JSONResponse({"client_secret": self.secret})
        async with self._mock.async_openai() as client:
            session = await client.beta.chatkit.sessions.create(**self.session)
        if self.keeps_its_session:
            self.secret = session.client_secret
        return JSONResponse({"client_secret": session.client_secret})

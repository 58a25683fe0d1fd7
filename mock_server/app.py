"""Joins the parts into one Starlette application."""

from typing import Any

from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

import mock_server
from mock_server import api, control, dashboard
from mock_server.http.gate import Gate
from mock_server.state.project import Projects
from mock_server.workflows.catalog import Catalog

# What the element in a browser sends and reads (observed); any header a page adds is let through.
_METHODS = ["GET", "POST", "PUT", "DELETE"]
_EXPOSED = ["x-request-id", "retry-after", "x-mock-hint", "x-mock-project"]


class MockServer(Starlette):
    """The emulator. `projects` holds all of its state; nothing else does."""

    def __init__(self, projects: Projects, *, workflows: Catalog | None = None, log_requests: bool = False) -> None:
        """`workflows` are the scripted ones; by default those that are shipped."""
        self.projects, self.workflows, self._log_requests = projects, workflows or Catalog(), log_requests
        self._resources = [*api.resources(), *control.resources()]
        self._resources += dashboard.resources(self._document)
        super().__init__(routes=[*(resource.route() for resource in self._resources), *dashboard.routes()])
        self.router.redirect_slashes = False  # the real API knows its paths exactly

    def build_middleware_stack(self) -> ASGIApp:
        """The gate in place of Starlette's own error layers: it renders every failure, faster."""
        gate = Gate(
            self.router,
            resources=self._resources,
            projects=self.projects,
            workflows=self.workflows,
            log_requests=self._log_requests,
        )
        return CORSMiddleware(
            gate, allow_origins=["*"], allow_methods=_METHODS, allow_headers=["*"], expose_headers=_EXPOSED
        )

    def _document(self) -> dict[str, Any]:
        from mock_server.http.openapi import document  # noqa: PLC0415 - starting fast

        return document(self._resources, version=mock_server.__version__)

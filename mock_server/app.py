"""The Starlette application that combines all parts of the emulator."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp

import mock_server
from mock_server import api, control, dashboard, element
from mock_server.control import health
from mock_server.http.middleware import RequestMiddleware
from mock_server.state.projects import Projects

if TYPE_CHECKING:
    from mock_server.backends.registry import Backends
    from mock_server.backends.scripts import ScriptBackend
    from mock_server.documents.saving import Saver
    from mock_server.workflows.catalog import Catalog


class MockServer(Starlette):
    """The emulator as an ASGI application. `projects` holds all of its state; a `saver` keeps it in a file.

    backends: the servers of the user's own.
    """

    saver: "Saver | None" = None
    backends: "Backends | None" = None

    def __init__(self, projects: Projects, *, workflows: "Catalog | None" = None, log_requests: bool = False) -> None:
        """Create the emulator. `workflows` defaults to the shipped workflows."""
        self.projects, self._log_requests = projects, log_requests
        if workflows is not None:
            self.workflows = workflows
        self._resources = [*api.resources(), *health.resources(), *dashboard.resources(self._document)]
        plane = control.ControlPlane()
        ours = [Route(path, plane) for path in control.PATHS]
        pages = [*dashboard.routes(), *element.routes()]
        super().__init__(routes=[*(resource.route() for resource in self._resources), *ours, *pages])
        self.router.redirect_slashes = False  # the real API matches paths exactly

    @cached_property
    def workflows(self) -> "Catalog":
        """The workflows; the shipped ones unless others were given."""
        from mock_server.workflows.catalog import Catalog  # noqa: PLC0415 - keeps the start fast

        return Catalog()

    @cached_property
    def scripts(self) -> "ScriptBackend":
        """The backend that replies with the workflows' scripts."""
        from mock_server.backends.scripts import ScriptBackend  # noqa: PLC0415 - keeps the start fast

        return ScriptBackend(self.workflows, self.projects.settings)

    def stop_backends(self) -> None:
        """End the servers of the user's own; the next request starts them again."""
        if self.backends is not None:
            self.backends.stop()

    def build_middleware_stack(self) -> ASGIApp:
        """Return the request middleware. It replaces Starlette's error layers: it renders every error, faster."""
        return RequestMiddleware(
            self.router, resources=self._resources, projects=self.projects, log_requests=self._log_requests
        )

    def _document(self) -> dict[str, Any]:
        from mock_server.http.openapi import document  # noqa: PLC0415 - keeps the start fast

        return document([*self._resources, *control.resources()], version=mock_server.__version__)

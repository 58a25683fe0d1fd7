"""`/_mock`: the control plane. It is imported on its first request, so that the server starts fast."""

from functools import cached_property
from typing import TYPE_CHECKING

from starlette.routing import Router
from starlette.types import Receive, Scope, Send

if TYPE_CHECKING:
    from mock_server.http.operation import Resource

PATHS = ("/_mock/{rest:path}", "/metrics")


def resources() -> "list[Resource]":
    """Return every resource below `PATHS`, in the order in which the router tries them."""
    from mock_server.control import nouns  # noqa: PLC0415 - starting fast

    return nouns.resources()


class ControlPlane:
    """The control plane as one ASGI application, built on its first request."""

    @cached_property
    def _router(self) -> Router:
        return Router([resource.route() for resource in resources()])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request below `PATHS`."""
        await self._router(scope, receive, send)

"""`/_mock`: what steers the emulator. It is imported when first called, for the start has to be fast."""

from functools import cached_property
from typing import TYPE_CHECKING

from starlette.routing import Router
from starlette.types import Receive, Scope, Send

if TYPE_CHECKING:
    from mock_server.http.operation import Resource

PATHS = ("/_mock/{rest:path}", "/metrics")


def resources() -> "list[Resource]":
    """The resources of the control plane below `PATHS`."""
    from mock_server.control import routes  # noqa: PLC0415 - starting fast

    return routes.resources()


class Plane:
    """The control plane as one ASGI application, made when it is first called."""

    @cached_property
    def _router(self) -> Router:
        return Router([resource.route() for resource in resources()])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a call below `PATHS`."""
        await self._router(scope, receive, send)

"""The health checks. They are the first requests, so this module imports nothing else of the control plane."""

from functools import partial

import mock_server
from mock_server.http.context import RequestContext
from mock_server.http.operation import Operation, Resource
from mock_server.wire.control.health import Health


def resources() -> list[Resource]:
    """Return the resources of health checks, which are open to everybody."""
    health = partial(
        Operation, summary="Report that the server is running.", handler=show, response=Health, guard=lambda _: None
    )
    return [
        Resource("/_mock/health", {"GET": health(name="health")}),
        Resource("/health", {"GET": health(name="health.bare")}),
        Resource("/ready", {"GET": health(name="ready")}),
    ]


def show(context: RequestContext) -> Health:
    """Report that the server is running."""
    names = context.projects.names()
    if context.projects.settings.control_key is not None:
        from mock_server.control.guard import has_control_key  # noqa: PLC0415 - see above

        names = names if has_control_key(context) else []
    return Health(version=mock_server.__version__, projects=names)

"""The health checks: what is asked first, and so imports nothing else of the control plane."""

from functools import partial

import mock_server
from mock_server.http.context import RequestContext
from mock_server.http.operation import Operation, Resource
from mock_server.wire.control.health import Health


def resources() -> list[Resource]:
    """The resources, open to everybody."""
    health = partial(
        Operation, summary="Say that the server lives.", handler=show, response=Health, guard=lambda _: None
    )
    return [
        Resource("/_mock/health", {"GET": health(name="health")}),
        Resource("/health", {"GET": health(name="health.bare")}),
        Resource("/ready", {"GET": health(name="ready")}),
    ]


def show(context: RequestContext) -> Health:
    """Say that the server lives."""
    return Health(version=mock_server.__version__, projects=context.projects.names())

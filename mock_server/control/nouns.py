"""The nouns of the control plane, without `health`, which is imported when the server starts."""

from mock_server.control import (
    backends,
    clock,
    events,
    expiries,
    faults,
    fidelity,
    findings,
    metrics,
    projects,
    requests,
    sessions,
    snapshots,
    threads,
    workflows,
)
from mock_server.http.operation import Resource

_NOUNS = (
    projects,
    sessions,
    expiries,
    threads,
    faults,
    requests,
    clock,
    events,
    findings,
    snapshots,
    workflows,
    backends,
    fidelity,
    metrics,
)


def resources() -> list[Resource]:
    """Return the resources, in the order in which the router tries them."""
    return [resource for noun in _NOUNS for resource in noun.resources()]

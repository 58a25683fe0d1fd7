"""Every operation of `/_mock`, its handlers, and the bare health checks."""

from msgspec import UNSET, UnsetType

import mock_server
from mock_server.control.guard import same_machine
from mock_server.http.call import Call
from mock_server.http.operation import Operation, Resource
from mock_server.state.project import Project
from mock_server.state.seeds import parse_seed
from mock_server.wire.codec import decode_json
from mock_server.wire.control import ClockParams, ClockState, Health, ProjectContents, ProjectQuery
from mock_server.wire.seeds import Seed


def resources() -> list[Resource]:
    """The resources of the control plane."""
    return [
        Resource("/_mock/health", {"GET": _health("health")}),
        Resource("/health", {"GET": _health("health.bare")}),
        Resource("/ready", {"GET": _health("ready")}),
        Resource(
            "/_mock/load",
            {
                "POST": Operation(
                    name="load",
                    summary="Load a seed document into a project: all of it or nothing.",
                    handler=load,
                    query=ProjectQuery,
                    body=Seed,
                    read_body=_seed,
                    answer=ProjectContents,
                    guard=same_machine,
                    failures=(400, 403, 413),
                )
            },
        ),
        Resource(
            "/_mock/reset",
            {
                "POST": Operation(
                    name="reset",
                    summary="Return a project to what the command line loaded.",
                    handler=reset,
                    query=ProjectQuery,
                    answer=ProjectContents,
                    guard=same_machine,
                    failures=(400, 403),
                )
            },
        ),
        Resource(
            "/_mock/clock",
            {
                "GET": Operation(
                    name="clock.show",
                    summary="A project's time.",
                    handler=show_clock,
                    query=ProjectQuery,
                    answer=ClockState,
                    guard=same_machine,
                    failures=(400, 403),
                ),
                "PUT": Operation(
                    name="clock.set",
                    summary="Freeze, shift or resume a project's time.",
                    handler=set_clock,
                    query=ProjectQuery,
                    body=ClockParams,
                    answer=ClockState,
                    guard=same_machine,
                    failures=(400, 403, 413),
                ),
            },
        ),
    ]


def health(call: Call) -> Health:
    """Say that the server lives."""
    return Health(version=mock_server.__version__, projects=call.projects.names())


def load(call: Call, query: ProjectQuery, seed: Seed) -> ProjectContents:
    """Load a seed into a project."""
    project = _project(call, query)
    project.load(seed, source="body")
    return _contents(project)


def reset(call: Call, query: ProjectQuery) -> ProjectContents:
    """Return a project to its base."""
    project = _project(call, query)
    project.reset()
    return _contents(project)


def show_clock(call: Call, query: ProjectQuery) -> ClockState:
    """Tell a project's time."""
    project = _project(call, query)
    return ClockState(project=project.name, now=project.clock.now(), frozen=project.clock.frozen)


def set_clock(call: Call, query: ProjectQuery, params: ClockParams) -> ClockState:
    """Freeze, then shift, or resume."""
    clock = _project(call, query).clock
    if params.resume:
        clock.resume()
    if not isinstance(params.freeze, UnsetType):
        clock.freeze(params.freeze)
    if not isinstance(params.shift, UnsetType):
        clock.shift(params.shift)
    return show_clock(call, query)


def _seed(body: bytes) -> Seed:
    return parse_seed(decode_json(body), source="body")


def _project(call: Call, query: ProjectQuery) -> Project:
    return call.project if query.project is UNSET else call.projects.get(query.project)


def _contents(project: Project) -> ProjectContents:
    return ProjectContents(project=project.name, sessions=len(project.sessions), threads=len(project.threads))


def _health(name: str) -> Operation:
    return Operation(
        name=name, summary="Say that the server lives.", handler=health, answer=Health, guard=lambda _: None
    )

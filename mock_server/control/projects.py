"""Handlers for projects as a whole: health, load, reset."""

from msgspec import UNSET, structs

from mock_server.http.call import Call
from mock_server.moments import iso
from mock_server.state.project import Project
from mock_server.state.seeds import parse_seed
from mock_server.wire.codec import decode_json
from mock_server.wire.control import (
    ClockState,
    EventsQuery,
    ProjectContents,
    ProjectList,
    ProjectOverview,
    ProjectQuery,
    ResetQuery,
)
from mock_server.wire.journal import ExportQuery, RequestsQuery
from mock_server.wire.seeds import Seed


def list_projects(call: Call) -> ProjectList:
    """List every project."""
    found = [_overview(project) for project in call.projects]
    return ProjectList(default=call.projects.default.name, projects=found)


def load(call: Call, query: ProjectQuery, seed: Seed) -> ProjectContents:
    """Load a seed into a project."""
    project = project_of(call, query)
    project.load(seed, source="body")
    return contents(project)


def read_seed(body: bytes) -> Seed:
    """A seed from a request's body. Raises BodyMalformed, SeedInvalid."""
    return parse_seed(decode_json(body), source="body")


def reset(call: Call, query: ResetQuery) -> ProjectContents:
    """Return a project, or a part of it, to its base."""
    project = project_of(call, query)
    project.reset(query.only or None)
    return contents(project)


def project_of(call: Call, query: ProjectQuery | EventsQuery | RequestsQuery | ExportQuery) -> Project:
    """The project that the query names, else the caller's. Raises ProjectInvalid."""
    return call.project if query.project is UNSET else call.projects.get(query.project)


def contents(project: Project) -> ProjectContents:
    """How much a project holds."""
    return ProjectContents(
        project=project.name,
        sessions=len(project.sessions),
        threads=len(project.threads),
        files=len(project.files),
        faults=len(project.faults.rules),
        requests=len(project.journal),
    )


def clock_of(project: Project) -> ClockState:
    """A project's time."""
    now, frozen = project.clock.now(), project.clock.frozen
    factor = 0.0 if frozen else project.clock.reading.factor
    return ClockState(project=project.name, now=now, at=iso(now), frozen=frozen, factor=factor)


def _overview(project: Project) -> ProjectOverview:
    return ProjectOverview(**structs.asdict(contents(project)), clock=clock_of(project))

"""`/_mock/projects`, `/_mock/load` and `/_mock/reset`: projects as a whole."""

from functools import partial

from msgspec import UNSET, structs

from mock_server.control.guard import same_machine
from mock_server.control.kinds import CONTROL, WITH_BODY
from mock_server.documents.seeds import LoadedSeed, parsing
from mock_server.http.context import RequestContext
from mock_server.http.operation import Operation, Resource
from mock_server.moments import iso
from mock_server.slices import in_slices
from mock_server.state.project import Project
from mock_server.wire.control.clock import ClockState
from mock_server.wire.control.events import EventsQuery
from mock_server.wire.control.projects import ProjectContents, ProjectList, ProjectOverview, ProjectQuery, ResetQuery
from mock_server.wire.control.requests import ExportQuery, RequestsQuery
from mock_server.wire.control.seeds import Seed


def resources() -> list[Resource]:
    """Return the resources of projects."""
    return [
        Resource(
            "/_mock/projects",
            {
                "GET": Operation(
                    name="projects.list",
                    summary="List every project, and how much it holds.",
                    handler=list_projects,
                    response=ProjectList,
                    guard=same_machine,
                    failures=(400, 403),
                )
            },
        ),
        Resource(
            "/_mock/projects/{name}",
            {
                "DELETE": Operation(
                    name="projects.delete",
                    summary="Delete a project with everything in it.",
                    handler=delete_project,
                    response=ProjectList,
                    guard=same_machine,
                    failures=(400, 403, 404),
                )
            },
        ),
        Resource(
            "/_mock/load",
            {
                "POST": WITH_BODY(
                    name="load",
                    summary="Load a seed document into a project: all of it or nothing.",
                    handler=load,
                    body=Seed,
                    read_document=partial(parsing, source="body"),
                    response=ProjectContents,
                )
            },
        ),
        Resource(
            "/_mock/reset",
            {
                "POST": CONTROL(
                    name="reset",
                    summary="Reset a project, or a part of it, to the state in which it started.",
                    handler=reset,
                    query=ResetQuery,
                    response=ProjectContents,
                )
            },
        ),
    ]


def list_projects(context: RequestContext) -> ProjectList:
    """List every project."""
    found = [_overview(project) for project in context.projects]
    return ProjectList(default=context.projects.default.name, projects=found)


def delete_project(context: RequestContext) -> ProjectList:
    """Delete a project."""
    context.projects.delete(context.argument("name"))
    return list_projects(context)


async def load(context: RequestContext, query: ProjectQuery, seed: Seed) -> ProjectContents:
    """Load a seed into a project."""
    project = project_of(context, query)
    await in_slices(project.loading(LoadedSeed(seed=seed, source="body")))
    return contents(project)


def reset(context: RequestContext, query: ResetQuery) -> ProjectContents:
    """Reset a project, or a part of it."""
    project = project_of(context, query)
    project.reset(query.only or None)
    return contents(project)


def project_of(context: RequestContext, query: ProjectQuery | EventsQuery | RequestsQuery | ExportQuery) -> Project:
    """Return the project that the query names, which the request is about then, else the caller's.

    Raises ProjectInvalid, ProjectsFull.
    """
    if query.project is not UNSET:
        context.project = context.projects.get(query.project)
    return context.project


def contents(project: Project) -> ProjectContents:
    """Return how much a project holds."""
    return ProjectContents(
        project=project.name,
        sessions=len(project.sessions),
        threads=len(project.threads),
        files=len(project.files),
        faults=len(project.faults.rules),
        requests=len(project.journal),
    )


def clock_of(project: Project) -> ClockState:
    """Return a project's time."""
    now, frozen = project.clock.now(), project.clock.frozen
    factor = 0.0 if frozen else project.clock.reading.factor
    return ClockState(project=project.name, now=now, at=iso(now), frozen=frozen, factor=factor)


def _overview(project: Project) -> ProjectOverview:
    return ProjectOverview(**structs.asdict(contents(project)), clock=clock_of(project))

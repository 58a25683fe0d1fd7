"""`/_mock/sessions`: sessions with their history, limits and settings."""

from collections.abc import Callable
from functools import partial

from msgspec import UNSET, structs

from mock_server.control.kinds import CONTROL, WITH_ID
from mock_server.control.paging import Collection, chosen, name_of, page
from mock_server.control.projects import project_of
from mock_server.errors import ControlRefused
from mock_server.http.context import RequestContext
from mock_server.http.lookup import find_session
from mock_server.http.operation import Resource
from mock_server.ids import masked
from mock_server.state.project import Ending, Project
from mock_server.state.sessions import Session, default_settings
from mock_server.wire.control.projects import ProjectQuery
from mock_server.wire.control.sessions import SessionDetail, SessionList, SessionSecret, SessionsQuery, SessionState


def resources() -> list[Resource]:
    """Return the resources of sessions."""
    ending = partial(WITH_ID, response=SessionState)
    return [
        Resource(
            "/_mock/sessions",
            {
                "GET": CONTROL(
                    name="mock.sessions.list",
                    summary="List the sessions of a project, or of all projects, newest first.",
                    handler=list_sessions,
                    query=SessionsQuery,
                    response=SessionList,
                )
            },
        ),
        Resource(
            "/_mock/sessions/{session_id}",
            {
                "GET": WITH_ID(
                    name="mock.sessions.show",
                    summary="Show a session with its history, what is left of its limits, and its settings.",
                    handler=show,
                    response=SessionDetail,
                )
            },
        ),
        Resource(
            "/_mock/sessions/{session_id}/secret",
            {
                "GET": WITH_ID(
                    name="mock.sessions.secret",
                    summary="Return a session's client secret, for the emulator's own pages.",
                    handler=tell_secret,
                    response=SessionSecret,
                )
            },
        ),
        Resource(
            "/_mock/sessions/{session_id}/expire",
            {
                "POST": ending(
                    name="mock.sessions.expire",
                    summary="Expire a session now.",
                    handler=partial(end, ending="expired"),
                )
            },
        ),
        Resource(
            "/_mock/sessions/{session_id}/cancel",
            {
                "POST": ending(
                    name="mock.sessions.cancel",
                    summary="Cancel a session, without an API key.",
                    handler=partial(end, ending="cancelled"),
                )
            },
        ),
    ]


MOST_IDS = 200


def list_sessions(context: RequestContext, query: SessionsQuery) -> SessionList:
    """List sessions of a project, or of all."""
    projects = chosen(context, query.project)
    found = page(
        [(project, _among(project, query)) for project in projects],
        rank=lambda session: -session.created_at,
        limit=query.limit,
        after=query.after,
        fits=_fits(query),
    )
    now = {project: project.clock.now() for project in projects}
    return SessionList(
        project=name_of(context, query.project),
        total=found.total,
        has_more=found.has_more,
        sessions=[state_of(session, project, now[project]) for project, session in found.entries],
    )


def show(context: RequestContext, query: ProjectQuery) -> SessionDetail:
    """Show a session with its settings."""
    project = project_of(context, query)
    session = find_session(context, project)
    return SessionDetail(
        **structs.asdict(state_of(session, project, project.clock.now())),
        masked_secret=masked(session.client_secret),
        settings=session.settings(),
        defaults=default_settings(),
    )


def tell_secret(context: RequestContext, query: ProjectQuery) -> SessionSecret:
    """Return a session's client secret."""
    return SessionSecret(client_secret=find_session(context, project_of(context, query)).client_secret)


def end(context: RequestContext, query: ProjectQuery, *, ending: Ending) -> SessionState:
    """End a session now; one that has ended already stays as it is."""
    project = project_of(context, query)
    now = project.clock.now()
    return state_of(project.end_session(find_session(context, project).id, ending, now=now), project, now)


def state_of(session: Session, project: Project, now: float) -> SessionState:
    """Return a session with its history and what is left of its limits."""
    status = session.status(now)
    is_active = status == "active"
    return SessionState(
        id=session.id,
        project=project.name,
        status=status,
        user=session.user,
        workflow=session.workflow_id,
        version=session.workflow_version,
        created_at=session.created_at,
        expires_at=session.expires_at,
        seconds_left=session.expires_at - now if is_active else 0.0,
        requests_left=project.usage.requests_left(session, now=now) if is_active else 0,
        max_requests_per_1_minute=session.max_requests_per_1_minute,
        uploads_left=project.usage.uploads_left(session) if is_active else 0,
        max_files=session.max_files,
        transitions=session.transitions(now),
    )


def _among(project: Project, query: SessionsQuery) -> Collection[Session]:
    """Return the sessions to list from, oldest first. Raises ControlRefused for too many ids."""
    if query.ids is UNSET:
        return project.sessions
    ids = query.ids.split(",")
    if len(ids) > MOST_IDS:
        reason = f"Invalid 'ids': {len(ids)} are too many; send at most {MOST_IDS} per request."
        raise ControlRefused(reason, code="invalid_value", param="ids")
    known = [project.sessions.get(session_id) for session_id in dict.fromkeys(ids) if session_id in project.sessions]
    return sorted(known, key=lambda session: session.created_at)


def _fits(query: SessionsQuery) -> Callable[[Project], Callable[[Session], bool]] | None:
    """Return the filter for a query, which makes a predicate per project; None if every session matches."""
    if not query.search and all(each is UNSET for each in (query.status, query.user, query.workflow)):
        return None
    wanted = query.search.casefold() if query.search else ""

    def of_project(project: Project) -> Callable[[Session], bool]:
        now = project.clock.now()
        return lambda session: (
            (query.user is UNSET or session.user == query.user)
            and (query.workflow is UNSET or session.workflow_id == query.workflow)
            and (query.status is UNSET or session.status(now) == query.status)
            and (not wanted or wanted in f"{session.id}\n{session.user}\n{session.workflow_id}".casefold())
        )

    return of_project

"""Handlers of `/_mock/sessions`."""

from msgspec import UNSET

from mock_server.control.projects import project_of
from mock_server.errors import SessionNotFound
from mock_server.http.call import Call
from mock_server.state.project import Ending, Project
from mock_server.state.sessions import Session
from mock_server.wire.control import ProjectQuery, SessionList, SessionsQuery, SessionState


def list_sessions(call: Call, query: SessionsQuery) -> SessionList:
    """List a project's sessions."""
    project = project_of(call, query)
    now = project.clock.now()
    found = [
        session
        for session in reversed(list(project.sessions))
        if query.status in {UNSET, session.status(now)} and query.user in {UNSET, session.user}
    ]
    listed = [state_of(session, project, now) for session in found[: query.limit]]
    return SessionList(project=project.name, total=len(found), sessions=listed)


def show(call: Call, query: ProjectQuery) -> SessionState:
    """Show a session from behind."""
    project = project_of(call, query)
    return state_of(_find(call, project), project, project.clock.now())


def end(call: Call, query: ProjectQuery, *, ending: Ending) -> SessionState:
    """End a session now; one that has ended already stays as it is."""
    project = project_of(call, query)
    now = project.clock.now()
    return state_of(project.end_session(_find(call, project).id, ending, now=now), project, now)


def state_of(session: Session, project: Project, now: float) -> SessionState:
    """A session with its history and what is left of it."""
    status = session.status(now)
    is_active = status == "active"
    return SessionState(
        id=session.id,
        status=status,
        user=session.user,
        workflow=session.workflow_id,
        version=session.workflow_version,
        created_at=session.created_at,
        expires_at=session.expires_at,
        seconds_left=session.expires_at - now if is_active else 0.0,
        requests_left=project.usage.requests_left(session, now=now) if is_active else 0,
        uploads_left=project.usage.uploads_left(session) if is_active else 0,
        transitions=session.transitions(now),
    )


def _find(call: Call, project: Project) -> Session:
    session_id = call.argument("session_id")
    try:
        return project.sessions.get(session_id)
    except SessionNotFound as error:
        homes = call.projects.homes_of_session(session_id)
        error.hint = f"It is in project '{homes[0]}'; add ?project={homes[0]}." if homes else "No project has it."
        raise

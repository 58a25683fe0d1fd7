"""Handlers of `/v1/chatkit/sessions`."""

from mock_server.errors import SessionNotFound
from mock_server.http.context import RequestContext
from mock_server.wire.rest.sessions import ChatSession, SessionCreateParams


def create(context: RequestContext, params: SessionCreateParams) -> ChatSession:
    """Create a session."""
    session = context.project.create_session(params, now=context.now, ending=context.ending)
    context.entry.session = session.id
    return session.resource(context.now)


def cancel(context: RequestContext) -> ChatSession:
    """Cancel a session and show it."""
    session_id = context.argument("session_id")
    try:
        return context.project.end_session(session_id, "cancelled", now=context.now).resource(context.now)
    except SessionNotFound as error:
        error.hint = context.whereabouts(context.projects.homes_of_session(session_id))
        raise

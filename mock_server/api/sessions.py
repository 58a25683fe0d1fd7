"""Handlers of `/v1/chatkit/sessions`."""

from mock_server.http.context import RequestContext
from mock_server.http.lookup import find_session
from mock_server.wire.rest.sessions import ChatSession, SessionCreateParams


def create(context: RequestContext, params: SessionCreateParams) -> ChatSession:
    """Create a session."""
    session = context.project.create_session(params, now=context.now, ending=context.ending)
    context.entry.session = session.id
    return session.resource(context.now)


def cancel(context: RequestContext) -> ChatSession:
    """Cancel a session and return it."""
    session = find_session(context)
    return context.project.end_session(session.id, "cancelled", now=context.now).resource(context.now)

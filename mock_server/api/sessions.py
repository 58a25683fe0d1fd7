"""Handlers of `/v1/chatkit/sessions`."""

from mock_server.errors import SessionNotFound
from mock_server.http.call import Call
from mock_server.wire.sessions import ChatSession, SessionCreateParams


def create(call: Call, params: SessionCreateParams) -> ChatSession:
    """Create a session."""
    session = call.project.create_session(params, now=call.now, ending=call.ending)
    call.entry.session = session.id
    return session.resource(call.now)


def cancel(call: Call) -> ChatSession:
    """Cancel a session and show it."""
    session_id = call.argument("session_id")
    try:
        return call.project.end_session(session_id, "cancelled", now=call.now).resource(call.now)
    except SessionNotFound as error:
        error.hint = call.whereabouts(call.projects.homes_of_session(session_id))
        raise

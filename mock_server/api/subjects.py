"""What a call is about: the operation, and the session, user and workflow as far as they are known."""

from collections.abc import Callable

from msgspec import UNSET, Struct

from mock_server.http.context import RequestContext
from mock_server.state.faults import Subject
from mock_server.wire.rest.sessions import SessionCreateParams
from mock_server.wire.rest.threads import ThreadListParams


def of_creation(_: RequestContext, params: SessionCreateParams) -> Subject:
    """Of creating a session, whose id is not known yet."""
    return Subject("sessions.create", None, params.user, params.workflow.id)


def of_cancel(context: RequestContext) -> Subject:
    """Of cancelling one."""
    session_id = context.argument("session_id")
    if session_id not in context.project.sessions:
        return Subject("sessions.cancel", session_id)
    session = context.project.sessions.get(session_id)
    return Subject("sessions.cancel", session_id, session.user, session.workflow_id)


def of_listing(_: RequestContext, query: ThreadListParams) -> Subject:
    """Of listing threads."""
    return Subject("threads.list", None, None if query.user is UNSET else query.user)


def of_thread(operation: str) -> Callable[..., Subject]:
    """Of what is done to a thread: its user."""

    def subject(context: RequestContext, *_: Struct) -> Subject:
        thread_id = context.entry.thread = context.argument("thread_id")
        user = context.project.threads.get(thread_id).user if thread_id in context.project.threads else None
        return Subject(operation, None, user)

    return subject


def of_secret(operation: str) -> Callable[..., Subject]:
    """Of what is done with a client secret, or without one."""

    def subject(context: RequestContext, *_: Struct) -> Subject:
        session = context.session
        if session is None:
            return Subject(operation)
        return Subject(operation, session.id, session.user, session.workflow_id)

    return subject


def of_conversation(context: RequestContext, params: Struct) -> Subject:
    """Of one of the conversation's operations: `conversation.threads.create` and so on."""
    return of_secret(f"conversation.{params.__struct_config__.tag}")(context)

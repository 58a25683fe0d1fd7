"""What a request is about: its operation, and its session, user and workflow as far as they are known."""

from collections.abc import Callable

import msgspec
from msgspec import UNSET, Struct

from mock_server.http.context import RequestContext
from mock_server.state.faults import Subject
from mock_server.wire.chat.operations import OPERATIONS
from mock_server.wire.rest.sessions import SessionCreateParams
from mock_server.wire.rest.threads import ThreadListParams


def of_creation(_: RequestContext, params: SessionCreateParams) -> Subject:
    """Return the subject of creating a session, whose id is not known yet."""
    return Subject("sessions.create", None, params.user, params.workflow.id)


def of_cancel(context: RequestContext) -> Subject:
    """Return the subject of cancelling a session."""
    session_id = context.argument("session_id")
    if session_id not in context.project.sessions:
        return Subject("sessions.cancel", session_id)
    session = context.project.sessions.get(session_id)
    return Subject("sessions.cancel", session_id, session.user, session.workflow_id)


def of_listing(_: RequestContext, query: ThreadListParams) -> Subject:
    """Return the subject of listing threads."""
    return Subject("threads.list", None, None if query.user is UNSET else query.user)


def of_thread(operation: str) -> Callable[..., Subject]:
    """Return a function that finds the subject of an operation on a thread: the thread's user."""

    def subject(context: RequestContext, *_: Struct) -> Subject:
        thread_id = context.entry.thread = context.argument("thread_id")
        if thread_id in context.project.threads:
            return Subject(operation, None, context.project.threads.get(thread_id).user)
        owner = context.backends.owners.of(context.project).get(thread_id) if context.backends else None
        return Subject(operation, None, None if owner is None else owner.user)

    return subject


def of_secret(operation: str) -> Callable[..., Subject]:
    """Return a function that finds the subject of an operation with a client secret, or without one."""

    def subject(context: RequestContext, *_: Struct) -> Subject:
        session = context.session
        if session is None:
            return Subject(operation)
        return Subject(operation, session.id, session.user, session.workflow_id)

    return subject


def of_conversation(context: RequestContext, params: Struct) -> Subject:
    """Return the subject of a conversation operation, which is named such as `conversation.threads.create`."""
    operation = f"conversation.{params.__struct_config__.tag}"
    if context.session is None:
        return Subject(operation, user=custom_user(context))
    return of_secret(operation)(context)


def custom_user(context: RequestContext) -> str:
    """Return the user of a request without a client secret."""
    return context.headers.get(b"x-mock-user", b"").decode("latin-1") or context.projects.settings.custom_user


def named_in(body: bytes) -> str | None:
    """Return the name of the conversation's operation in a body that may be anything, or None."""
    try:
        named = msgspec.json.decode(body, type=_Named).type
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return f"conversation.{named}" if named in OPERATIONS else None


class _Named(Struct):
    type: str

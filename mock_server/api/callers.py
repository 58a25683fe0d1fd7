"""The caller of a request to the ChatKit API, and the server of the user's own that it reaches."""

from mock_server.api.subjects import custom_user
from mock_server.backends.backend import Backend
from mock_server.backends.caller import Caller
from mock_server.http.context import RequestContext


def caller_of(context: RequestContext) -> Caller:
    """Return the caller of a request that has passed its guard."""
    session = context.session
    return Caller(
        context.project,
        user=custom_user(context) if session is None else session.user,
        session=session,
        has_key=session is None and bool(context.bearer),
        now=context.now,
        address=context.address(context.project),
    )


def own_server(context: RequestContext, caller: Caller) -> Backend | None:
    """Return the server of the user's own that answers in a session's workflow; None where scripts do."""
    if context.backends is None:
        return None
    workflow_id = None if caller.session is None else caller.session.workflow_id
    return context.backends.for_workflow(workflow_id, scripted=context.workflows)

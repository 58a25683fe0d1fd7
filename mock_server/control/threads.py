"""Handlers of `/_mock/threads`."""

from typing import Any

from msgspec import UNSET

from mock_server.control.projects import project_of
from mock_server.errors import ThreadNotFound
from mock_server.http.call import Call
from mock_server.state.threads import Thread
from mock_server.wire.control import ProjectQuery
from mock_server.wire.views import ThreadsQuery, ThreadSummaries, ThreadSummary, ThreadView


def list_threads(call: Call, query: ThreadsQuery) -> ThreadSummaries:
    """List a project's threads."""
    project = project_of(call, query)
    found = [thread for thread in reversed(list(project.threads.timeline)) if query.user in {UNSET, thread.user}]
    listed = [ThreadSummary(**_facts(thread), items=len(thread.items)) for thread in found[: query.limit]]
    return ThreadSummaries(project=project.name, total=len(found), threads=listed)


def show(call: Call, query: ProjectQuery) -> ThreadView:
    """Show a thread with its items."""
    thread_id = call.argument("thread_id")
    try:
        thread = project_of(call, query).threads.get(thread_id)
    except ThreadNotFound as error:
        homes = call.projects.homes_of_thread(thread_id)
        error.hint = f"It is in project '{homes[0]}'; add ?project={homes[0]}." if homes else "No project has it."
        raise
    return ThreadView(**_facts(thread), items=list(thread.items))


def _facts(thread: Thread) -> dict[str, Any]:
    return {
        "id": thread.id,
        "user": thread.user,
        "title": thread.title,
        "status": thread.status,
        "session": thread.session_id,
        "created_at": thread.created_at,
    }

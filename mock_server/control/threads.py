"""`/_mock/threads`: the threads of all users, also those that servers of the user's own keep."""

from collections.abc import Awaitable, Callable
from typing import Any

from msgspec import UNSET

from mock_server.backends.own_threads import OwnThreads
from mock_server.control.kinds import CONTROL, WITH_ID
from mock_server.control.paging import chosen, name_of, page
from mock_server.control.projects import project_of
from mock_server.documents.seeds import status_of
from mock_server.errors import ControlRefused
from mock_server.http.context import RequestContext
from mock_server.http.lookup import find_thread
from mock_server.http.operation import Resource
from mock_server.http.own_calls import own_threads
from mock_server.state.project import Project
from mock_server.state.threads import StoredThread
from mock_server.state.timeline import Timeline
from mock_server.wire.control.projects import ProjectQuery
from mock_server.wire.control.requests import Cleared
from mock_server.wire.control.threads import ThreadParams, ThreadsQuery, ThreadSummaries, ThreadSummary, ThreadView


def resources() -> list[Resource]:
    """Return the resources of threads."""
    return [
        Resource(
            "/_mock/threads",
            {
                "GET": CONTROL(
                    name="mock.threads.list",
                    summary="List the threads of a project, or of all projects, newest first.",
                    handler=list_threads,
                    query=ThreadsQuery,
                    response=ThreadSummaries,
                )
            },
        ),
        Resource(
            "/_mock/threads/{thread_id}",
            {
                "GET": WITH_ID(
                    name="mock.threads.show",
                    summary="Show a thread with all of its items.",
                    handler=show,
                    response=ThreadView,
                ),
                "PATCH": WITH_ID(
                    name="mock.threads.edit",
                    summary="Rename, lock, close or reopen a thread.",
                    handler=edit,
                    body=ThreadParams,
                    response=ThreadView,
                    failures=(400, 403, 404, 413),
                ),
                "DELETE": WITH_ID(
                    name="mock.threads.delete",
                    summary="Delete a thread with its items and attachments.",
                    handler=delete,
                    response=Cleared,
                ),
            },
        ),
    ]


def list_threads(context: RequestContext, query: ThreadsQuery) -> ThreadSummaries | Awaitable[ThreadSummaries]:
    """List threads of a project, or of all."""
    projects = chosen(context, query.project)
    if context.backends:
        return _list_with_own(context, query, projects)
    return _summaries(context, query, [(project, project.threads.timeline) for project in projects])


async def _list_with_own(context: RequestContext, query: ThreadsQuery, projects: list[Project]) -> ThreadSummaries:
    user = None if query.user is UNSET else query.user
    own = [(project, own_threads(context, project)) for project in projects]
    merged = [(project, (await threads.merged(user))[0]) for project, threads in own if threads is not None]
    return _summaries(context, query, merged)


def _summaries(
    context: RequestContext, query: ThreadsQuery, of: list[tuple[Project, Timeline[StoredThread]]]
) -> ThreadSummaries:
    found = page(
        of,
        rank=lambda thread: -thread.created_at,
        limit=query.limit,
        after=query.after,
        fits=_fits(query),
    )
    return ThreadSummaries(
        project=name_of(context, query.project),
        total=found.total,
        has_more=found.has_more,
        threads=[
            ThreadSummary(**_facts(thread, of), items=_count(thread) if thread.id in of.threads else None)
            for of, thread in found.entries
        ],
    )


def show(context: RequestContext, query: ProjectQuery) -> ThreadView | Awaitable[ThreadView]:
    """Show a thread with its items."""
    project = project_of(context, query)
    own = _own_threads(context, project)
    return _view(find_thread(context, project), project) if own is None else _show_own(context, own)


async def _show_own(context: RequestContext, own: OwnThreads) -> ThreadView:
    return _view(await own.with_items(context.argument("thread_id")), context.project)


def edit(context: RequestContext, query: ProjectQuery, params: ThreadParams) -> ThreadView | Awaitable[ThreadView]:
    """Change a thread's title or status, whatever its user and its status."""
    project = project_of(context, query)
    own = _own_threads(context, project)
    if own is not None:
        return _rename_own(context, own, params)
    thread = find_thread(context, project)
    if params.title is not UNSET:
        thread.title = params.title
    if params.status is not UNSET:
        thread.status = status_of(params.status)
    project.publish_thread(thread, "updated")
    return _view(thread, project)


async def _rename_own(context: RequestContext, own: OwnThreads, params: ThreadParams) -> ThreadView:
    if params.status is not UNSET:
        reason = "Your own server keeps this thread, and ChatKit has no operation that locks, closes or reopens one."
        raise ControlRefused(reason, code="own_thread", param="status")
    if params.title is None:
        reason = "Your own server keeps this thread, and ChatKit has no operation that removes a title."
        raise ControlRefused(reason, code="own_thread", param="title")
    if params.title is not UNSET:
        await own.rename(context.argument("thread_id"), params.title)
    return await _show_own(context, own)


def delete(context: RequestContext, query: ProjectQuery) -> Cleared | Awaitable[Cleared]:
    """Delete a thread with its items and attachments."""
    project = project_of(context, query)
    own = _own_threads(context, project)
    if own is not None:
        return _delete_own(context, own)
    thread = find_thread(context, project)
    project.delete_thread(thread.id)
    return Cleared(project=project.name, cleared=1)


async def _delete_own(context: RequestContext, own: OwnThreads) -> Cleared:
    await own.delete(context.argument("thread_id"))
    return Cleared(project=context.project.name, cleared=1)


def _own_threads(context: RequestContext, project: Project) -> OwnThreads | None:
    """Return the threads of servers of the user's own, unless the project itself keeps the one in the path."""
    return None if context.argument("thread_id") in project.threads else own_threads(context, project)


def _view(thread: StoredThread, project: Project) -> ThreadView:
    return ThreadView(**_facts(thread, project), items=thread.shown_items())


def _count(thread: StoredThread) -> int:
    return len(thread.shown_items() if thread.official else thread.items)  # only Stores keep hidden ones


def _facts(thread: StoredThread, project: Project) -> dict[str, Any]:
    return {
        "id": thread.id,
        "project": project.name,
        "user": thread.user,
        "title": thread.title,
        "status": thread.status,
        "session": thread.session_id,
        "created_at": thread.created_at,
    }


def _fits(query: ThreadsQuery) -> Callable[[Project], Callable[[StoredThread], bool]] | None:
    """Return the filter for a query, which makes a predicate per project; None if every thread matches."""
    if not query.search and all(each is UNSET for each in (query.user, query.status, query.session)):
        return None
    wanted = query.search.casefold() if query.search else ""

    def fits(thread: StoredThread) -> bool:
        return (
            (query.user is UNSET or thread.user == query.user)
            and (query.status is UNSET or thread.status.__struct_config__.tag == query.status)
            and (query.session is UNSET or thread.session_id == query.session)
            and (not wanted or wanted in f"{thread.id}\n{thread.user}\n{thread.title or ''}".casefold())
        )

    return lambda _: fits

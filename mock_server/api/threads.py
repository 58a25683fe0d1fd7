"""Handlers of `/v1/chatkit/threads`."""

from typing import TypeVar

from mock_server.errors import ThreadNotFound
from mock_server.http.context import RequestContext
from mock_server.state.rest import is_listed, rest_item
from mock_server.state.threads import Thread
from mock_server.wire.rest.threads import (
    ChatKitThread,
    ListPage,
    ThreadDeleteResponse,
    ThreadItem,
    ThreadListItemsParams,
    ThreadListParams,
)

R = TypeVar("R", ChatKitThread, ThreadItem)


def list_threads(context: RequestContext, query: ThreadListParams) -> ListPage[ChatKitThread]:
    """List threads."""
    page = context.project.threads.page(query)
    return _list([thread.resource() for thread in page.entries], has_more=page.has_more)


def retrieve(context: RequestContext) -> ChatKitThread:
    """Show a thread."""
    return _find(context).resource()


def delete(context: RequestContext) -> ThreadDeleteResponse:
    """Delete a thread."""
    thread = _find(context)
    context.project.delete_thread(thread.id)
    return ThreadDeleteResponse(id=thread.id)


def list_items(context: RequestContext, query: ThreadListItemsParams) -> ListPage[ThreadItem]:
    """List a thread's items."""
    page = _find(context).items.page(query, where=is_listed)
    return _list([rest_item(item) for item in page.entries], has_more=page.has_more)


def _find(context: RequestContext) -> Thread:
    thread_id = context.argument("thread_id")
    try:
        return context.project.threads.get(thread_id)
    except ThreadNotFound as error:
        error.hint = context.whereabouts(context.projects.homes_of_thread(thread_id))
        raise


def _list(data: list[R], *, has_more: bool) -> ListPage[R]:
    return ListPage(
        data=data,
        first_id=data[0].id if data else None,
        last_id=data[-1].id if data else None,
        has_more=has_more,
    )

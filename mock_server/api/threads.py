"""Handlers of `/v1/chatkit/threads`."""

from typing import TypeVar

from mock_server.documents.rest_items import is_listed, rest_item
from mock_server.http.context import RequestContext
from mock_server.http.lookup import find_thread
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
    """Return a thread."""
    return find_thread(context).resource()


def delete(context: RequestContext) -> ThreadDeleteResponse:
    """Delete a thread."""
    thread = find_thread(context)
    context.project.delete_thread(thread.id)
    return ThreadDeleteResponse(id=thread.id)


def list_items(context: RequestContext, query: ThreadListItemsParams) -> ListPage[ThreadItem]:
    """List a thread's items."""
    page = find_thread(context).items.page(query, where=is_listed)
    return _list([rest_item(item) for item in page.entries], has_more=page.has_more)


def _list(data: list[R], *, has_more: bool) -> ListPage[R]:
    return ListPage(
        data=data,
        first_id=data[0].id if data else None,
        last_id=data[-1].id if data else None,
        has_more=has_more,
    )

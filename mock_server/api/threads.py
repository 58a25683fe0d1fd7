"""Handlers of `/v1/chatkit/threads`. Where servers of the user's own keep threads, those are asked for as well."""

from collections.abc import Awaitable
from typing import TYPE_CHECKING, TypeVar

from mock_server.documents.rest_items import is_listed, rest_item
from mock_server.http.context import RequestContext
from mock_server.http.lookup import find_thread
from mock_server.http.response import WholeResponse
from mock_server.state.threads import StoredThread
from mock_server.state.timeline import TimelinePage
from mock_server.wire.codec import encode
from mock_server.wire.rest.threads import (
    ChatKitThread,
    ListPage,
    ThreadDeleteResponse,
    ThreadItem,
    ThreadListItemsParams,
    ThreadListParams,
)

if TYPE_CHECKING:
    from mock_server.backends.own_threads import OwnThreads

R = TypeVar("R", ChatKitThread, ThreadItem)


def list_threads(
    context: RequestContext, query: ThreadListParams
) -> "ListPage[ChatKitThread] | Awaitable[WholeResponse]":
    """List threads."""
    own = _own_threads(context)
    return _threads(context.project.threads.page(query)) if own is None else _list_own(own, query)


def retrieve(context: RequestContext) -> ChatKitThread | Awaitable[ChatKitThread]:
    """Return a thread."""
    own = _own_threads(context, of="thread_id")
    return find_thread(context).resource() if own is None else _retrieve_own(own, context.argument("thread_id"))


def delete(context: RequestContext) -> ThreadDeleteResponse | Awaitable[ThreadDeleteResponse]:
    """Delete a thread."""
    own = _own_threads(context, of="thread_id")
    if own is not None:
        return _delete_own(own, context.argument("thread_id"))
    thread = find_thread(context)
    context.project.delete_thread(thread.id)
    return ThreadDeleteResponse(id=thread.id)


def list_items(
    context: RequestContext, query: ThreadListItemsParams
) -> ListPage[ThreadItem] | Awaitable[ListPage[ThreadItem]]:
    """List a thread's items."""
    own = _own_threads(context, of="thread_id")
    return _items(find_thread(context), query) if own is None else _list_own_items(own, context, query)


def _own_threads(context: RequestContext, *, of: str | None = None) -> "OwnThreads | None":
    """Return the threads of servers of the user's own; None if there are none, or the one in the path is here."""
    if not context.backends or (of is not None and context.argument(of) in context.project.threads):
        return None
    from mock_server.http.own_calls import own_threads  # noqa: PLC0415 - only where there is one

    return own_threads(context, context.project)


async def _list_own(own: "OwnThreads", query: ThreadListParams) -> WholeResponse:
    merged, note = await own.merged(query.user or None)
    return WholeResponse(encode(_threads(merged.page(query))), hint=note)


async def _retrieve_own(own: "OwnThreads", thread_id: str) -> ChatKitThread:
    return (await own.get(thread_id)).resource()


async def _delete_own(own: "OwnThreads", thread_id: str) -> ThreadDeleteResponse:
    await own.delete(thread_id)
    return ThreadDeleteResponse(id=thread_id)


async def _list_own_items(
    own: "OwnThreads", context: RequestContext, query: ThreadListItemsParams
) -> ListPage[ThreadItem]:
    return _items(await own.with_items(context.argument("thread_id")), query)


def _threads(page: TimelinePage[StoredThread]) -> ListPage[ChatKitThread]:
    return _list([thread.resource() for thread in page.entries], has_more=page.has_more)


def _items(thread: StoredThread, query: ThreadListItemsParams) -> ListPage[ThreadItem]:
    page = thread.items.page(query, where=is_listed)
    return _list([rest_item(item) for item in page.entries], has_more=page.has_more)


def _list(data: list[R], *, has_more: bool) -> ListPage[R]:
    return ListPage(
        data=data,
        first_id=data[0].id if data else None,
        last_id=data[-1].id if data else None,
        has_more=has_more,
    )

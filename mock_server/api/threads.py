"""Handlers of `/v1/chatkit/threads`."""

from typing import TypeVar

from mock_server.errors import ThreadNotFound
from mock_server.http.call import Call
from mock_server.state.rest import is_listed, rest_item
from mock_server.state.threads import Thread
from mock_server.wire.threads import (
    ChatKitThread,
    ListPage,
    ThreadDeleteResponse,
    ThreadItem,
    ThreadListItemsParams,
    ThreadListParams,
)

R = TypeVar("R", ChatKitThread, ThreadItem)


def list_threads(call: Call, query: ThreadListParams) -> ListPage[ChatKitThread]:
    """List threads."""
    page = call.project.threads.page(query)
    return _list([thread.resource() for thread in page.entries], has_more=page.has_more)


def retrieve(call: Call) -> ChatKitThread:
    """Show a thread."""
    return _find(call).resource()


def delete(call: Call) -> ThreadDeleteResponse:
    """Delete a thread."""
    thread = _find(call)
    call.project.delete_thread(thread.id)
    return ThreadDeleteResponse(id=thread.id)


def list_items(call: Call, query: ThreadListItemsParams) -> ListPage[ThreadItem]:
    """List a thread's items."""
    page = _find(call).items.page(query, where=is_listed)
    return _list([rest_item(item) for item in page.entries], has_more=page.has_more)


def _find(call: Call) -> Thread:
    thread_id = call.argument("thread_id")
    try:
        return call.project.threads.get(thread_id)
    except ThreadNotFound as error:
        error.hint = call.whereabouts(call.projects.homes_of_thread(thread_id))
        raise


def _list(data: list[R], *, has_more: bool) -> ListPage[R]:
    return ListPage(
        data=data,
        first_id=data[0].id if data else None,
        last_id=data[-1].id if data else None,
        has_more=has_more,
    )

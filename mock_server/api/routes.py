"""Every operation of the ChatKit API that is served, and its path."""

from mock_server.api import auth, sessions, threads
from mock_server.http.operation import Operation, Resource
from mock_server.wire.sessions import ChatSession, SessionCreateParams
from mock_server.wire.threads import (
    ChatKitThread,
    ListPage,
    ThreadDeleteResponse,
    ThreadItem,
    ThreadListItemsParams,
    ThreadListParams,
)


def resources() -> list[Resource]:
    """The resources, the busiest first: the router tries them in this order."""
    return [
        Resource(
            "/v1/chatkit/sessions",
            {
                "POST": Operation(
                    name="sessions.create",
                    summary="Create a ChatKit session.",
                    handler=sessions.create,
                    body=SessionCreateParams,
                    answer=ChatSession,
                    guard=auth.api_key,
                    failures=(400, 401, 404, 413),
                )
            },
        ),
        Resource(
            "/v1/chatkit/sessions/{session_id}/cancel",
            {
                "POST": Operation(
                    name="sessions.cancel",
                    summary="Cancel a ChatKit session; its client secret opens nothing from then on.",
                    handler=sessions.cancel,
                    answer=ChatSession,
                    guard=auth.api_key,
                    failures=(400, 401, 404),
                )
            },
        ),
        Resource(
            "/v1/chatkit/threads",
            {
                "GET": Operation(
                    name="threads.list",
                    summary="List ChatKit threads, of one user or of all.",
                    handler=threads.list_threads,
                    query=ThreadListParams,
                    answer=ListPage[ChatKitThread],
                    guard=auth.api_key,
                    failures=(400, 401),
                )
            },
        ),
        Resource(
            "/v1/chatkit/threads/{thread_id}",
            {
                "GET": Operation(
                    name="threads.retrieve",
                    summary="Retrieve a ChatKit thread.",
                    handler=threads.retrieve,
                    answer=ChatKitThread,
                    guard=auth.api_key,
                    failures=(400, 401, 404),
                ),
                "DELETE": Operation(
                    name="threads.delete",
                    summary="Delete a ChatKit thread with its items and attachments.",
                    handler=threads.delete,
                    answer=ThreadDeleteResponse,
                    guard=auth.api_key,
                    failures=(400, 401, 404),
                ),
            },
        ),
        Resource(
            "/v1/chatkit/threads/{thread_id}/items",
            {
                "GET": Operation(
                    name="threads.list_items",
                    summary="List the items of a ChatKit thread.",
                    handler=threads.list_items,
                    query=ThreadListItemsParams,
                    answer=ListPage[ThreadItem],
                    guard=auth.api_key,
                    failures=(400, 401, 404),
                )
            },
        ),
    ]

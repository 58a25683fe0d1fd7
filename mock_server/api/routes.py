"""All operations of the ChatKit API that the emulator serves, by path."""

from collections.abc import Awaitable
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from starlette.responses import Response

from mock_server.api import auth, domains, sessions, subjects
from mock_server.config import CONVERSATION_BYTES
from mock_server.http.context import RequestContext
from mock_server.http.operation import Operation, Resource, always
from mock_server.wire.chat.operations import OPERATIONS, ConversationRequest
from mock_server.wire.codec import decode_operation
from mock_server.wire.rest.domains import DomainVerifyParams, HostedVerifyParams, Verification
from mock_server.wire.rest.files import Attachment
from mock_server.wire.rest.sessions import ChatSession, SessionCreateParams
from mock_server.wire.rest.threads import (
    ChatKitThread,
    ListPage,
    ThreadDeleteResponse,
    ThreadItem,
    ThreadListItemsParams,
    ThreadListParams,
)

if TYPE_CHECKING:
    from mock_server.http.operation import Result

REST = partial(Operation, guard=auth.api_key, beta=True)


def resources() -> list[Resource]:
    """Return the resources, the busiest first: the router tries them in this order."""
    return [
        Resource(
            "/v1/chatkit/conversation",
            {
                "POST": Operation(
                    name="conversation",
                    summary="Perform one of sixteen operations, six of which stream server-sent events.",
                    handler=_converse,
                    body=ConversationRequest,
                    read_body=partial(decode_operation, operations=OPERATIONS),
                    name_in_body=subjects.named_in,
                    most_body_bytes=CONVERSATION_BYTES,
                    response=dict[str, Any],
                    guard=auth.client_secret,
                    needs_workflows=always,
                    subject=subjects.of_conversation,
                    failures=(400, 401, 404, 413, 429),
                    streams=True,
                )
            },
        ),
        Resource(
            "/v1/chatkit/sessions",
            {
                "POST": REST(
                    name="sessions.create",
                    summary="Create a ChatKit session.",
                    handler=sessions.create,
                    needs_workflows=attrgetter("require_workflow"),
                    subject=subjects.of_creation,
                    body=SessionCreateParams,
                    response=ChatSession,
                    failures=(400, 401, 404, 413),
                )
            },
        ),
        Resource(
            "/v1/chatkit/sessions/{session_id}/cancel",
            {
                "POST": REST(
                    name="sessions.cancel",
                    summary="Cancel a ChatKit session; its client secret stops working at once.",
                    handler=sessions.cancel,
                    subject=subjects.of_cancel,
                    response=ChatSession,
                    failures=(400, 401, 404),
                )
            },
        ),
        Resource(
            "/v1/chatkit/threads",
            {
                "GET": REST(
                    name="threads.list",
                    summary="List ChatKit threads of one user or of all users.",
                    handler=_list_threads,
                    subject=subjects.of_listing,
                    query=ThreadListParams,
                    response=ListPage[ChatKitThread],
                    failures=(400, 401),
                )
            },
        ),
        Resource(
            "/v1/chatkit/threads/{thread_id}",
            {
                "GET": REST(
                    name="threads.retrieve",
                    summary="Retrieve a ChatKit thread.",
                    handler=_retrieve_thread,
                    subject=subjects.of_thread("threads.retrieve"),
                    response=ChatKitThread,
                    failures=(400, 401, 404),
                ),
                "DELETE": REST(
                    name="threads.delete",
                    summary="Delete a ChatKit thread with its items and attachments.",
                    handler=_delete_thread,
                    subject=subjects.of_thread("threads.delete"),
                    response=ThreadDeleteResponse,
                    failures=(400, 401, 404),
                ),
            },
        ),
        Resource(
            "/v1/chatkit/threads/{thread_id}/items",
            {
                "GET": REST(
                    name="threads.list_items",
                    summary="List the items of a ChatKit thread.",
                    handler=_list_items,
                    subject=subjects.of_thread("threads.list_items"),
                    query=ThreadListItemsParams,
                    response=ListPage[ThreadItem],
                    failures=(400, 401, 404),
                )
            },
        ),
        Resource(
            "/v1/chatkit/files",
            {
                "POST": Operation(
                    name="files.upload",
                    summary="Upload a file in one step.",
                    takes_file=True,
                    handler=_upload,
                    response=Attachment,
                    guard=auth.client_secret_or_api_key,
                    subject=subjects.of_secret("files.upload"),
                    failures=(400, 401, 429, 507),
                )
            },
        ),
        Resource(
            "/v1/chatkit/files/{file_id}",
            {
                "GET": Operation(
                    name="files.content",
                    summary="Retrieve the content of a file.",
                    handler=_content,
                    subject=subjects.of_secret("files.content"),
                    response=dict[str, Any],
                    guard=auth.anybody,
                    failures=(400, 404),
                ),
                "PUT": Operation(
                    name="files.put",
                    summary="Upload a file's bytes, as the second phase of a two-phase upload.",
                    handler=_put,
                    subject=subjects.of_secret("files.put"),
                    response=Attachment,
                    guard=auth.anybody,
                    failures=(400, 404, 507),
                ),
            },
        ),
        Resource(
            "/v1/chatkit/domain_keys/verify_hosted",
            {
                "POST": Operation(
                    name="domain_keys.verify_hosted",
                    summary="Check whether a page may show the hosted element; every page may.",
                    handler=domains.verify_hosted,
                    subject=subjects.of_secret("domain_keys.verify_hosted"),
                    body=HostedVerifyParams,
                    response=Verification,
                    guard=auth.client_secret,
                    failures=(400, 401, 413),
                )
            },
        ),
        Resource(
            "/v1/chatkit/domain_keys/verify",
            {
                "POST": Operation(
                    name="domain_keys.verify",
                    summary="Check whether a page may show an element with a self-hosted server; every page may.",
                    handler=domains.verify,
                    subject=subjects.of_secret("domain_keys.verify"),
                    body=DomainVerifyParams,
                    response=Verification,
                    guard=auth.anybody,
                    failures=(400, 413),
                )
            },
        ),
    ]


# Handlers whose modules are imported on the first request, which keeps the start fast.


def _converse(context: RequestContext, params: Struct) -> "Result | Awaitable[Result]":
    from mock_server.api.conversation import converse  # noqa: PLC0415 - see above

    return converse(context, params)


def _list_threads(context: RequestContext, query: ThreadListParams) -> "Result | Awaitable[Result]":
    from mock_server.api.threads import list_threads  # noqa: PLC0415 - see above

    return list_threads(context, query)


def _retrieve_thread(context: RequestContext) -> "Result | Awaitable[Result]":
    from mock_server.api.threads import retrieve  # noqa: PLC0415 - see above

    return retrieve(context)


def _delete_thread(context: RequestContext) -> "Result | Awaitable[Result]":
    from mock_server.api.threads import delete  # noqa: PLC0415 - see above

    return delete(context)


def _list_items(context: RequestContext, query: ThreadListItemsParams) -> "Result | Awaitable[Result]":
    from mock_server.api.threads import list_items  # noqa: PLC0415 - see above

    return list_items(context, query)


def _upload(context: RequestContext) -> Awaitable[Attachment]:
    from mock_server.api.files import upload  # noqa: PLC0415 - see above

    return upload(context)


def _content(context: RequestContext) -> Response:
    from mock_server.api.files import content  # noqa: PLC0415 - see above

    return content(context)


def _put(context: RequestContext) -> Awaitable[Attachment]:
    from mock_server.api.files import put  # noqa: PLC0415 - see above

    return put(context)

"""Every operation of the ChatKit API that is served, and its path."""

from functools import partial
from typing import Any

from mock_server.api import auth, domains, sessions, subjects
from mock_server.http.operation import Operation, Resource, deferred
from mock_server.wire.codec import decode_operation
from mock_server.wire.conversation import OPERATIONS, ConversationRequest
from mock_server.wire.domains import Verification, VerifyHostedParams, VerifyParams
from mock_server.wire.files import Attachment
from mock_server.wire.sessions import ChatSession, SessionCreateParams
from mock_server.wire.threads import (
    ChatKitThread,
    ListPage,
    ThreadDeleteResponse,
    ThreadItem,
    ThreadListItemsParams,
    ThreadListParams,
)

REST = partial(Operation, guard=auth.api_key, beta=True)


def resources() -> list[Resource]:
    """The resources, the busiest first: the router tries them in this order."""
    return [
        Resource(
            "/v1/chatkit/conversation",
            {
                "POST": Operation(
                    name="conversation",
                    summary="Talk: sixteen operations, six of which stream server-sent events.",
                    handler=deferred("mock_server.api.conversation:converse"),
                    body=ConversationRequest,
                    read_body=partial(decode_operation, operations=OPERATIONS),
                    answer=dict[str, Any],
                    guard=auth.client_secret,
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
                    subject=subjects.of_creation,
                    body=SessionCreateParams,
                    answer=ChatSession,
                    failures=(400, 401, 404, 413),
                )
            },
        ),
        Resource(
            "/v1/chatkit/sessions/{session_id}/cancel",
            {
                "POST": REST(
                    name="sessions.cancel",
                    summary="Cancel a ChatKit session; its client secret opens nothing from then on.",
                    handler=sessions.cancel,
                    subject=subjects.of_cancel,
                    answer=ChatSession,
                    failures=(400, 401, 404),
                )
            },
        ),
        Resource(
            "/v1/chatkit/threads",
            {
                "GET": REST(
                    name="threads.list",
                    summary="List ChatKit threads, of one user or of all.",
                    handler=deferred("mock_server.api.threads:list_threads"),
                    subject=subjects.of_listing,
                    query=ThreadListParams,
                    answer=ListPage[ChatKitThread],
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
                    handler=deferred("mock_server.api.threads:retrieve"),
                    subject=subjects.of_thread("threads.retrieve"),
                    answer=ChatKitThread,
                    failures=(400, 401, 404),
                ),
                "DELETE": REST(
                    name="threads.delete",
                    summary="Delete a ChatKit thread with its items and attachments.",
                    handler=deferred("mock_server.api.threads:delete"),
                    subject=subjects.of_thread("threads.delete"),
                    answer=ThreadDeleteResponse,
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
                    handler=deferred("mock_server.api.threads:list_items"),
                    subject=subjects.of_thread("threads.list_items"),
                    query=ThreadListItemsParams,
                    answer=ListPage[ThreadItem],
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
                    handler=deferred("mock_server.api.files:upload"),
                    answer=Attachment,
                    guard=auth.client_secret_or_api_key,
                    subject=subjects.of_secret("files.upload"),
                    failures=(400, 401, 429),
                )
            },
        ),
        Resource(
            "/v1/chatkit/files/{file_id}",
            {
                "GET": Operation(
                    name="files.content",
                    summary="The content of a file.",
                    handler=deferred("mock_server.api.files:content"),
                    subject=subjects.of_secret("files.content"),
                    answer=dict[str, Any],
                    guard=auth.anybody,
                    failures=(400, 404),
                ),
                "PUT": Operation(
                    name="files.put",
                    summary="The second phase of a two-phase upload: the bytes.",
                    handler=deferred("mock_server.api.files:put"),
                    subject=subjects.of_secret("files.put"),
                    answer=Attachment,
                    guard=auth.anybody,
                    failures=(400, 404),
                ),
            },
        ),
        Resource(
            "/v1/chatkit/domain_keys/verify_hosted",
            {
                "POST": Operation(
                    name="domain_keys.verify_hosted",
                    summary="Whether a page may show the hosted element: any may.",
                    handler=domains.verify_hosted,
                    subject=subjects.of_secret("domain_keys.verify_hosted"),
                    body=VerifyHostedParams,
                    answer=Verification,
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
                    summary="Whether a page may show an element with a server of its own: any may.",
                    handler=domains.verify,
                    subject=subjects.of_secret("domain_keys.verify"),
                    body=VerifyParams,
                    answer=Verification,
                    guard=auth.anybody,
                    failures=(400, 413),
                )
            },
        ),
    ]

"""Threads and their items in the REST API: unix seconds, `chatkit.` types, nulls present."""

from typing import Annotated, Generic, Literal, TypeVar

from msgspec import UNSET, Meta, Struct, UnsetType

from mock_server.config import PAGE_LIMIT_MAX

Order = Literal["asc", "desc"]
Limit = Annotated[int, Meta(ge=0, le=PAGE_LIMIT_MAX)]
T = TypeVar("T")


class ThreadListItemsParams(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """The query of `GET /v1/chatkit/threads/{thread_id}/items`."""

    limit: Limit | UnsetType = UNSET
    order: Order | UnsetType = UNSET
    after: str | UnsetType = UNSET
    before: str | UnsetType = UNSET


class ThreadListParams(ThreadListItemsParams, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """The query of `GET /v1/chatkit/threads`."""

    user: Annotated[str, Meta(min_length=1, max_length=512)] | UnsetType = UNSET


class _Resource(Struct, frozen=True, kw_only=True):
    """A part of a response; nulls are present."""


class ActiveStatus(_Resource, tag="active", frozen=True, kw_only=True):
    """The thread accepts messages."""


class LockedStatus(_Resource, tag="locked", frozen=True, kw_only=True):
    """The thread accepts no messages for now."""

    reason: str | None


class ClosedStatus(_Resource, tag="closed", frozen=True, kw_only=True):
    """The thread accepts no more messages."""

    reason: str | None


ThreadStatus = ActiveStatus | LockedStatus | ClosedStatus


class ChatKitThread(_Resource, frozen=True, kw_only=True):
    """A thread; `created_at` is in unix seconds."""

    id: str
    object: Literal["chatkit.thread"] = "chatkit.thread"
    created_at: int
    title: str | None
    status: ThreadStatus
    user: str


class ThreadDeleteResponse(_Resource, frozen=True, kw_only=True):
    """The response to the deletion of a thread."""

    id: str
    object: Literal["chatkit.thread.deleted"] = "chatkit.thread.deleted"
    deleted: bool = True


class UserMessageInputText(_Resource, tag="input_text", frozen=True, kw_only=True):
    """Text that the user wrote."""

    text: str


class UserMessageQuotedText(_Resource, tag="quoted_text", frozen=True, kw_only=True):
    """Text that the user quoted."""

    text: str


class ChatKitAttachment(_Resource, frozen=True, kw_only=True):
    """A file sent with a message; only images have a preview."""

    type: Literal["image", "file"]
    id: str
    name: str
    mime_type: str
    preview_url: str | None


class ToolChoice(_Resource, frozen=True, kw_only=True):
    """The tool that the user picked."""

    id: str


class InferenceOptions(_Resource, frozen=True, kw_only=True):
    """What the user picked for the reply."""

    tool_choice: ToolChoice | None
    model: str | None


class UrlAnnotationSource(_Resource, tag="url", frozen=True, kw_only=True):
    """A cited page."""

    url: str


class FileAnnotationSource(_Resource, tag="file", frozen=True, kw_only=True):
    """A cited file."""

    filename: str


class UrlAnnotation(_Resource, tag="url", frozen=True, kw_only=True):
    """A citation of a page."""

    source: UrlAnnotationSource


class FileAnnotation(_Resource, tag="file", frozen=True, kw_only=True):
    """A citation of a file."""

    source: FileAnnotationSource


class ChatKitResponseOutputText(_Resource, frozen=True, kw_only=True):
    """A part of an assistant message."""

    type: Literal["output_text"] = "output_text"
    text: str
    annotations: list[FileAnnotation | UrlAnnotation]


class _Item(_Resource, frozen=True, kw_only=True):
    """The fields that every item has; `created_at` is in unix seconds."""

    id: str
    object: Literal["chatkit.thread_item"] = "chatkit.thread_item"
    created_at: int
    thread_id: str


class ChatKitThreadUserMessageItem(_Item, tag="chatkit.user_message", frozen=True, kw_only=True):
    """A message from the user."""

    content: list[UserMessageInputText | UserMessageQuotedText]
    attachments: list[ChatKitAttachment]
    inference_options: InferenceOptions | None


class ChatKitThreadAssistantMessageItem(_Item, tag="chatkit.assistant_message", frozen=True, kw_only=True):
    """A message from the assistant."""

    content: list[ChatKitResponseOutputText]


class ChatKitWidgetItem(_Item, tag="chatkit.widget", frozen=True, kw_only=True):
    """A widget, serialized to JSON text."""

    widget: str


class ChatKitClientToolCall(_Item, tag="chatkit.client_tool_call", frozen=True, kw_only=True):
    """A call of a tool in the browser; arguments and output are JSON text."""

    status: Literal["in_progress", "completed"]
    call_id: str
    name: str
    arguments: str
    output: str | None


TaskType = Literal["custom", "thought"]


class ChatKitTask(_Item, tag="chatkit.task", frozen=True, kw_only=True):
    """A task on its own."""

    task_type: TaskType
    heading: str | None
    summary: str | None


class ChatKitTaskGroupTask(_Resource, frozen=True, kw_only=True):
    """A task within a group."""

    type: TaskType
    heading: str | None
    summary: str | None


class ChatKitTaskGroup(_Item, tag="chatkit.task_group", frozen=True, kw_only=True):
    """Tasks of one piece of work, such as reasoning."""

    tasks: list[ChatKitTaskGroupTask]


ThreadItem = (
    ChatKitThreadUserMessageItem
    | ChatKitThreadAssistantMessageItem
    | ChatKitWidgetItem
    | ChatKitClientToolCall
    | ChatKitTask
    | ChatKitTaskGroup
)


class ListPage(Struct, Generic[T], frozen=True, kw_only=True):
    """A page of a list; `first_id` and `last_id` are null if it is empty."""

    object: Literal["list"] = "list"
    data: list[T]
    first_id: str | None
    last_id: str | None
    has_more: bool

"""The sixteen operations of `POST /v1/chatkit/conversation`; unknown keys are ignored (specified)."""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from mock_server.wire.chat.items import InferenceOptions, ThreadItem, UserMessageContent
from mock_server.wire.rest.threads import Order

PageSize = Annotated[int, Meta(ge=0, le=2**63 - 1)]  # no bound of the API's here: the element asks for 9999 (observed)


class UserMessageInput(Struct, frozen=True, kw_only=True):
    """A message: its content, the ids of its attachments, a quotation.

    Content may be empty if there are attachments (observed).
    """

    content: list[UserMessageContent]
    attachments: list[str] = []
    quoted_text: str | None = None
    inference_options: InferenceOptions = InferenceOptions()


class Action(Struct, frozen=True, kw_only=True):
    """An action that a widget sends."""

    type: str
    payload: Any = None


class AnswerSubmission(Struct, frozen=True, kw_only=True):
    """The answer to one question."""

    values: list[str] = []
    skipped: bool = False


class StructuredInputSubmission(Struct, frozen=True, kw_only=True):
    """The answers by the ids of their questions."""

    status: Literal["answered", "skipped"] = "answered"
    answers: dict[str, AnswerSubmission] = {}


class ThreadCreateParams(Struct, frozen=True, kw_only=True, tag_field="op", tag="threads.create"):
    """Create a thread with a message."""

    input: UserMessageInput


class _InThread(Struct, frozen=True, kw_only=True, tag_field="op"):
    thread_id: str


class AddUserMessageParams(_InThread, frozen=True, kw_only=True, tag="threads.add_user_message"):
    """Send a message."""

    input: UserMessageInput


class AddClientToolOutputParams(_InThread, frozen=True, kw_only=True, tag="threads.add_client_tool_output"):
    """Send the output of the pending tool call."""

    result: Any


class AddStructuredInputParams(_InThread, frozen=True, kw_only=True, tag="threads.add_structured_input"):
    """Send the answers to questions."""

    item_id: str
    input: StructuredInputSubmission


class RetryAfterItemParams(_InThread, frozen=True, kw_only=True, tag="threads.retry_after_item"):
    """Ask for another reply to a message; the items after it are deleted."""

    item_id: str


class CustomActionParams(_InThread, frozen=True, kw_only=True, tag="threads.custom_action"):
    """Send a widget's action, and get a stream as the response."""

    action: Action
    item_id: str | None = None


class SyncCustomActionParams(_InThread, frozen=True, kw_only=True, tag="threads.sync_custom_action"):
    """Send a widget's action, and get a single response without a stream."""

    action: Action
    item_id: str | None = None


class ThreadGetByIdParams(_InThread, frozen=True, kw_only=True, tag="threads.get_by_id"):
    """Show a thread with its first items."""


class ThreadUpdateParams(_InThread, frozen=True, kw_only=True, tag="threads.update"):
    """Rename a thread."""

    title: str


class ThreadDeleteParams(_InThread, frozen=True, kw_only=True, tag="threads.delete"):
    """Delete a thread."""


class ThreadListParams(Struct, frozen=True, kw_only=True, tag_field="op", tag="threads.list"):
    """List the user's threads."""

    limit: PageSize | None = None
    order: Order = "desc"
    after: str | None = None


class ItemsListParams(_InThread, frozen=True, kw_only=True, tag="items.list"):
    """List a thread's items."""

    limit: PageSize | None = None
    order: Order = "desc"
    after: str | None = None


class ItemFeedbackParams(_InThread, frozen=True, kw_only=True, tag="items.feedback"):
    """Rate items as good or bad."""

    item_ids: list[str]
    kind: Literal["positive", "negative"]


class AttachmentCreateParams(Struct, frozen=True, kw_only=True, tag_field="op", tag="attachments.create"):
    """Announce a two-phase upload; `size` is in bytes."""

    name: str
    size: PageSize
    mime_type: str


class AttachmentDeleteParams(Struct, frozen=True, kw_only=True, tag_field="op", tag="attachments.delete"):
    """Delete an attachment."""

    attachment_id: str


class TranscribeParams(Struct, frozen=True, kw_only=True, tag_field="op", tag="input.transcribe"):
    """Turn speech into text."""

    audio_base64: str
    mime_type: str


StreamingParams = (
    ThreadCreateParams
    | AddUserMessageParams
    | AddClientToolOutputParams
    | AddStructuredInputParams
    | RetryAfterItemParams
    | CustomActionParams
)
PlainParams = (
    SyncCustomActionParams
    | ThreadGetByIdParams
    | ThreadUpdateParams
    | ThreadDeleteParams
    | ThreadListParams
    | ItemsListParams
    | ItemFeedbackParams
    | AttachmentCreateParams
    | AttachmentDeleteParams
    | TranscribeParams
)
OPERATIONS: dict[str, type[Struct]] = {
    params.__struct_config__.tag: params for params in (*StreamingParams.__args__, *PlainParams.__args__)
}


class ConversationRequest(Struct, frozen=True, kw_only=True):
    """The body of every operation: its name, its params, and the metadata of `addMetadataToRequest`."""

    type: Literal[
        "threads.create",
        "threads.add_user_message",
        "threads.add_client_tool_output",
        "threads.add_structured_input",
        "threads.retry_after_item",
        "threads.custom_action",
        "threads.sync_custom_action",
        "threads.get_by_id",
        "threads.update",
        "threads.delete",
        "threads.list",
        "items.list",
        "items.feedback",
        "attachments.create",
        "attachments.delete",
        "input.transcribe",
    ]
    params: dict[str, Any]
    metadata: dict[str, Any] | UnsetType = UNSET


class SyncCustomActionResponse(Struct, kw_only=True):
    """The widget after an action, if it changed."""

    updated_item: ThreadItem | UnsetType = UNSET


class TranscriptionResult(Struct, kw_only=True):
    """The text of an audio recording."""

    text: str


class Nothing(Struct):
    """An empty object."""

"""Seed documents: the sessions and threads that a project starts with. What is left out takes its default.

Items are written in a short form, or pasted as the real API lists them: `type` with or without `chatkit.`; `widget`,
`arguments` and `output` as JSON or as JSON text.
"""

from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from mock_server.clock import Real
from mock_server.wire.rest.sessions import ChatSessionStatus, SessionCreateParams
from mock_server.wire.rest.threads import TaskType, UserMessageInputText, UserMessageQuotedText

if TYPE_CHECKING:
    from datetime import datetime
else:
    datetime = Real.datetime

SeedTime = int | float | datetime  # unix seconds, or ISO 8601
Identifier = Annotated[str, Meta(min_length=1)]


class SeedSession(SessionCreateParams, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """The params to create a session with, and optionally its id, its time of creation and its status."""

    id: Identifier | UnsetType = UNSET
    created_at: SeedTime | UnsetType = UNSET
    status: ChatSessionStatus = "active"


class _SeedPart(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a seed."""


class SeedStatus(_SeedPart, frozen=True, kw_only=True):
    """A thread's status; `reason` is for locked and closed threads."""

    type: Literal["active", "locked", "closed"] = "active"
    reason: str | None = None


class SeedAttachment(_SeedPart, frozen=True, kw_only=True):
    """A file sent with a message."""

    type: Literal["image", "file"]
    id: Identifier
    name: str
    mime_type: str
    preview_url: str | None = None


class SeedTaskGroupTask(_SeedPart, frozen=True, kw_only=True):
    """A task within a group."""

    type: TaskType = "custom"
    heading: str | None = None
    summary: str | None = None


class SeedUrlSource(_SeedPart, tag="url", frozen=True, kw_only=True):
    """A cited page."""

    url: str


class SeedFileSource(_SeedPart, tag="file", frozen=True, kw_only=True):
    """A cited file."""

    filename: str


class SeedAnnotation(_SeedPart, frozen=True, kw_only=True):
    """A citation; `type` is accepted as the API lists it."""

    source: SeedUrlSource | SeedFileSource
    type: Literal["url", "file", "annotation"] = "annotation"


class SeedOutputText(_SeedPart, frozen=True, kw_only=True):
    """A part of an assistant message."""

    type: Literal["output_text"] = "output_text"
    text: str
    annotations: list[SeedAnnotation] = []


class SeedToolChoice(_SeedPart, frozen=True, kw_only=True):
    """The tool that the user picked."""

    id: str


class SeedInferenceOptions(_SeedPart, frozen=True, kw_only=True):
    """What the user picked for the reply."""

    tool_choice: SeedToolChoice | None = None
    model: str | None = None


class _SeedItem(_SeedPart, tag_field="type", frozen=True, kw_only=True):
    """The optional fields of every item; `object` and `thread_id` are accepted for the sake of pasted items."""

    id: Identifier | UnsetType = UNSET
    created_at: SeedTime | UnsetType = UNSET
    object: Literal["chatkit.thread_item"] = "chatkit.thread_item"
    thread_id: str | None = None


class SeedUserMessage(_SeedItem, tag="user_message", frozen=True, kw_only=True):
    """A message from the user."""

    content: list[UserMessageInputText | UserMessageQuotedText]
    attachments: list[SeedAttachment] = []
    inference_options: SeedInferenceOptions | None = None


class SeedAssistantMessage(_SeedItem, tag="assistant_message", frozen=True, kw_only=True):
    """A message from the assistant."""

    content: list[SeedOutputText]


class SeedWidget(_SeedItem, tag="widget", frozen=True, kw_only=True):
    """A widget, as JSON or JSON text."""

    widget: dict[str, Any] | str


class SeedClientToolCall(_SeedItem, tag="client_tool_call", frozen=True, kw_only=True):
    """A call of a tool in the browser; by default it is completed if it has an output."""

    name: str
    call_id: str | UnsetType = UNSET
    arguments: dict[str, Any] | str = {}
    output: Any = None
    status: Literal["in_progress", "completed"] | UnsetType = UNSET


class SeedTask(_SeedItem, tag="task", frozen=True, kw_only=True):
    """A task on its own."""

    task_type: TaskType = "custom"
    heading: str | None = None
    summary: str | None = None


class SeedTaskGroup(_SeedItem, tag="task_group", frozen=True, kw_only=True):
    """Tasks of one piece of work."""

    tasks: list[SeedTaskGroupTask]


SeedItem = SeedUserMessage | SeedAssistantMessage | SeedWidget | SeedClientToolCall | SeedTask | SeedTaskGroup


class SeedThread(_SeedPart, frozen=True, kw_only=True):
    """A user's thread, with its items in the order in which they came."""

    user: Annotated[str, Meta(min_length=1)]
    id: Identifier | UnsetType = UNSET
    title: str | None = None
    status: SeedStatus = SeedStatus()
    created_at: SeedTime | UnsetType = UNSET
    object: Literal["chatkit.thread"] = "chatkit.thread"
    items: list[SeedItem] = []


class Seed(_SeedPart, frozen=True, kw_only=True):
    """A seed document."""

    sessions: list[SeedSession] = []
    threads: list[SeedThread] = []

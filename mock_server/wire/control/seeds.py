"""Seed documents: the sessions and threads a project begins with. What they leave out takes the defaults.

Items are written in short, or pasted as the real API lists them: `type` with or without `chatkit.`, `widget`,
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
    """What creating it would take, and optionally its id, its moment of creation and its status."""

    id: Identifier | UnsetType = UNSET
    created_at: SeedTime | UnsetType = UNSET
    status: ChatSessionStatus = "active"


class _SeedPart(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a seed."""


class SeedStatus(_SeedPart, frozen=True, kw_only=True):
    """A thread's status; the reason is for locked and closed ones."""

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
    """A citation; `type` may be given as the API lists it."""

    source: SeedUrlSource | SeedFileSource
    type: Literal["url", "file", "annotation"] = "annotation"


class SeedOutputText(_SeedPart, frozen=True, kw_only=True):
    """A piece of an assistant's message."""

    type: Literal["output_text"] = "output_text"
    text: str
    annotations: list[SeedAnnotation] = []


class SeedToolChoice(_SeedPart, frozen=True, kw_only=True):
    """The tool the user picked."""

    id: str


class SeedInferenceOptions(_SeedPart, frozen=True, kw_only=True):
    """What the user picked for the answer."""

    tool_choice: SeedToolChoice | None = None
    model: str | None = None


class _SeedItem(_SeedPart, tag_field="type", frozen=True, kw_only=True):
    """What every item may say of itself; `object` and `thread_id` are there for pasted items."""

    id: Identifier | UnsetType = UNSET
    created_at: SeedTime | UnsetType = UNSET
    object: Literal["chatkit.thread_item"] = "chatkit.thread_item"
    thread_id: str | None = None


class SeedUserMessage(_SeedItem, tag="user_message", frozen=True, kw_only=True):
    """A message of the user."""

    content: list[UserMessageInputText | UserMessageQuotedText]
    attachments: list[SeedAttachment] = []
    inference_options: SeedInferenceOptions | None = None


class SeedAssistantMessage(_SeedItem, tag="assistant_message", frozen=True, kw_only=True):
    """A message of the assistant."""

    content: list[SeedOutputText]


class SeedWidget(_SeedItem, tag="widget", frozen=True, kw_only=True):
    """A widget: its JSON, or JSON text."""

    widget: dict[str, Any] | str


class SeedClientToolCall(_SeedItem, tag="client_tool_call", frozen=True, kw_only=True):
    """A call of a tool in the browser; completed when it has an output, unless it says otherwise."""

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
    """Tasks of one step of work."""

    tasks: list[SeedTaskGroupTask]


SeedItem = SeedUserMessage | SeedAssistantMessage | SeedWidget | SeedClientToolCall | SeedTask | SeedTaskGroup


class SeedThread(_SeedPart, frozen=True, kw_only=True):
    """A thread of a user's, with its items in the order they came."""

    user: Annotated[str, Meta(min_length=1)]
    id: Identifier | UnsetType = UNSET
    title: str | None = None
    status: SeedStatus = SeedStatus()
    created_at: SeedTime | UnsetType = UNSET
    object: Literal["chatkit.thread"] = "chatkit.thread"
    items: list[SeedItem] = []


class Seed(_SeedPart, frozen=True, kw_only=True):
    """A whole document."""

    sessions: list[SeedSession] = []
    threads: list[SeedThread] = []

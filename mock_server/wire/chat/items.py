"""Threads and items as the conversation shows them: ISO times, objects where REST has JSON text, no nulls.

Times of threads and user messages have no zone, those of all other items end in `Z` (observed); the `datetime`s here
are naive or aware accordingly.
"""

from typing import TYPE_CHECKING, Any, Literal

from msgspec import UNSET, Struct, UnsetType

from mock_server.clock import Real
from mock_server.wire.rest.files import Attachment
from mock_server.wire.rest.threads import ActiveStatus, ThreadStatus

if TYPE_CHECKING:
    from datetime import datetime
else:
    datetime = Real.datetime


class _ItemPart(Struct, kw_only=True, gc=False):
    """A part of an item; fields that are UNSET are left out. None of them is part of a circle of references."""


class UserMessageTextContent(_ItemPart, tag="input_text", kw_only=True):
    """Text that the user wrote."""

    text: str


class UserMessageTagContent(_ItemPart, tag="input_tag", kw_only=True):
    """An entity that the user mentioned."""

    text: str
    id: str
    data: dict[str, Any]
    group: str | UnsetType | None = UNSET
    interactive: bool = False


UserMessageContent = UserMessageTextContent | UserMessageTagContent


class ToolChoice(Struct, frozen=True, kw_only=True):
    """The tool that the user picked."""

    id: str


class InferenceOptions(Struct, frozen=True, kw_only=True):
    """What the user picked for the reply; `{}` if nothing (observed)."""

    tool_choice: ToolChoice | UnsetType | None = UNSET
    model: str | UnsetType | None = UNSET


class UrlSource(_ItemPart, tag="url", kw_only=True):
    """A web page as a source."""

    title: str
    url: str
    description: str | UnsetType = UNSET
    timestamp: str | UnsetType = UNSET
    group: str | UnsetType = UNSET
    attribution: str | UnsetType = UNSET


class FileSource(_ItemPart, tag="file", kw_only=True):
    """A file as a source."""

    title: str
    filename: str
    description: str | UnsetType = UNSET
    timestamp: str | UnsetType = UNSET
    group: str | UnsetType = UNSET


class EntitySource(_ItemPart, tag="entity", kw_only=True):
    """An entity of the app as a source."""

    title: str
    id: str
    description: str | UnsetType = UNSET
    icon: str | UnsetType = UNSET
    label: str | UnsetType = UNSET
    inline_label: str | UnsetType = UNSET
    interactive: bool = False
    data: dict[str, Any] | UnsetType = UNSET


class Annotation(_ItemPart, kw_only=True):
    """A citation; `index` is its position in the text, in characters."""

    type: Literal["annotation"] = "annotation"
    source: UrlSource | FileSource | EntitySource
    index: int | UnsetType = UNSET


class AssistantMessageContent(_ItemPart, kw_only=True):
    """A part of an assistant message."""

    type: Literal["output_text"] = "output_text"
    text: str
    annotations: list[Annotation]


StatusIndicator = Literal["none", "loading", "complete"]


class CustomTask(_ItemPart, tag="custom", kw_only=True):
    """A task of any other kind."""

    title: str | UnsetType = UNSET
    icon: str | UnsetType = UNSET
    content: str | UnsetType = UNSET
    status_indicator: StatusIndicator = "none"


class SearchTask(_ItemPart, tag="web_search", kw_only=True):
    """A web search."""

    title: str | UnsetType = UNSET
    title_query: str | UnsetType = UNSET
    queries: list[str] = []
    sources: list[UrlSource] = []
    status_indicator: StatusIndicator = "none"


class ThoughtTask(_ItemPart, tag="thought", kw_only=True):
    """A thought."""

    content: str
    title: str | UnsetType = UNSET
    status_indicator: StatusIndicator = "none"


class FileTask(_ItemPart, tag="file", kw_only=True):
    """Files that were looked at."""

    title: str | UnsetType = UNSET
    sources: list[FileSource] = []
    status_indicator: StatusIndicator = "none"


class ImageTask(_ItemPart, tag="image", kw_only=True):
    """An image that was looked at."""

    title: str | UnsetType = UNSET
    status_indicator: StatusIndicator = "none"


Task = CustomTask | SearchTask | ThoughtTask | FileTask | ImageTask


class WorkflowSummary(_ItemPart, kw_only=True):
    """The end of a workflow: its duration in seconds, or a title."""

    duration: int | UnsetType = UNSET
    title: str | UnsetType = UNSET
    icon: str | UnsetType = UNSET


class Workflow(_ItemPart, kw_only=True):
    """A sequence of tasks, such as reasoning."""

    type: Literal["custom", "reasoning"]
    tasks: list[Task]
    summary: WorkflowSummary | UnsetType = UNSET
    expanded: bool = False


class GeneratedImage(_ItemPart, kw_only=True):
    """An image that the assistant generated."""

    id: str
    url: str


class StructuredInputAnswer(_ItemPart, kw_only=True):
    """The user's answer to one question."""

    values: list[str] = []
    skipped: bool = False


class StructuredInputOption(_ItemPart, kw_only=True):
    """An option of a question."""

    value: str


class MultipleChoice(_ItemPart, tag="multiple_choice", kw_only=True):
    """A question with options to choose from."""

    id: str
    question: str
    options: list[StructuredInputOption]
    multiple: bool = False
    answer: StructuredInputAnswer | UnsetType = UNSET


class Freeform(_ItemPart, tag="freeform", kw_only=True):
    """A question to be answered in free text."""

    id: str
    question: str
    description: str | UnsetType = UNSET
    answer: StructuredInputAnswer | UnsetType = UNSET


StructuredInput = MultipleChoice | Freeform


class _Item(_ItemPart, kw_only=True):
    """The fields that every item has."""

    id: str
    thread_id: str
    created_at: datetime


class UserMessageItem(_Item, tag="user_message", kw_only=True):
    """A message from the user; `openai-chatkit` leaves an empty `quoted_text` out, the hosted API does not."""

    content: list[UserMessageContent]
    attachments: list[Attachment]
    quoted_text: str = ""  # openai-chatkit leaves it out where nothing is quoted
    inference_options: InferenceOptions


class AssistantMessageItem(_Item, tag="assistant_message", kw_only=True):
    """A message from the assistant."""

    content: list[AssistantMessageContent]


class ClientToolCallItem(_Item, tag="client_tool_call", kw_only=True):
    """A call of a tool in the browser."""

    status: Literal["pending", "completed"]
    call_id: str
    name: str
    arguments: dict[str, Any]
    output: Any = UNSET


class WidgetItem(_Item, tag="widget", kw_only=True):
    """A widget."""

    widget: dict[str, Any]
    copy_text: str | UnsetType = UNSET


class GeneratedImageItem(_Item, tag="generated_image", kw_only=True):
    """An image, or the place of one that is being generated."""

    image: GeneratedImage | UnsetType = UNSET


class StructuredInputItem(_Item, tag="structured_input", kw_only=True):
    """Questions to the user."""

    status: Literal["pending", "answered", "skipped"]
    inputs: list[StructuredInput]


class TaskItem(_Item, tag="task", kw_only=True):
    """A task on its own."""

    task: Task


class WorkflowItem(_Item, tag="workflow", kw_only=True):
    """A sequence of tasks; only the hosted API sends `response_items`, and always empty (observed)."""

    workflow: Workflow
    response_items: list[Any] = []


class EndOfTurnItem(_Item, tag="end_of_turn", kw_only=True):
    """The end of the assistant's turn."""


ThreadItem = (
    UserMessageItem
    | AssistantMessageItem
    | ClientToolCallItem
    | WidgetItem
    | GeneratedImageItem
    | StructuredInputItem
    | TaskItem
    | WorkflowItem
    | EndOfTurnItem
)


class HiddenItem(_Item, tag="hidden_context_item", kw_only=True):
    """A place in a thread that only a Store of `openai-chatkit` knows more about; it is kept, and never listed."""


StoredItem = ThreadItem | HiddenItem


class ItemPage(_ItemPart, kw_only=True):
    """A page of items; `after` is the cursor of the next one."""

    data: list[ThreadItem] = []
    has_more: bool = False
    after: str | UnsetType = UNSET


class Thread(_ItemPart, kw_only=True):
    """A thread."""

    id: str
    title: str | UnsetType = UNSET
    created_at: datetime
    status: ThreadStatus = ActiveStatus()
    metadata: dict[str, Any] = {}
    items: ItemPage


class ThreadPage(_ItemPart, kw_only=True):
    """A page of threads; `after` is the cursor of the next one."""

    data: list[Thread] = []
    has_more: bool = False
    after: str | UnsetType = UNSET

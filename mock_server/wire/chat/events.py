"""What a conversation streams, one event a frame."""

from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType

from mock_server.wire.chat.items import Annotation, AssistantMessageContent, GeneratedImage, Task, Thread, ThreadItem


class ContentPartAdded(Struct, tag="assistant_message.content_part.added", kw_only=True):
    """A piece of a message begins."""

    content_index: int
    content: AssistantMessageContent


class TextDelta(Struct, tag="assistant_message.content_part.text_delta", kw_only=True):
    """More text."""

    content_index: int
    delta: str


class AnnotationAdded(Struct, tag="assistant_message.content_part.annotation_added", kw_only=True):
    """A citation."""

    content_index: int
    annotation_index: int
    annotation: Annotation


class ContentPartDone(Struct, tag="assistant_message.content_part.done", kw_only=True):
    """A piece of a message is whole."""

    content_index: int
    content: AssistantMessageContent


class StreamingTextDelta(Struct, tag="widget.streaming_text.value_delta", kw_only=True):
    """More text within a widget."""

    component_id: str
    delta: str
    done: bool


class WidgetRootUpdated(Struct, tag="widget.root.updated", kw_only=True):
    """Another widget in its place."""

    widget: dict[str, Any]


class WidgetComponentUpdated(Struct, tag="widget.component.updated", kw_only=True):
    """Another component within a widget."""

    component_id: str
    component: dict[str, Any]


class TaskAdded(Struct, tag="workflow.task.added", kw_only=True):
    """A further step of work."""

    task_index: int
    task: Task


class TaskUpdated(Struct, tag="workflow.task.updated", kw_only=True):
    """A step of work goes on."""

    task_index: int
    task: Task


class GeneratedImageUpdated(Struct, tag="generated_image.updated", kw_only=True):
    """An image is there, or nearer; `progress` from 0 to 1."""

    image: GeneratedImage
    progress: float | UnsetType = UNSET


ItemUpdate = (
    ContentPartAdded
    | TextDelta
    | AnnotationAdded
    | ContentPartDone
    | StreamingTextDelta
    | WidgetRootUpdated
    | WidgetComponentUpdated
    | TaskAdded
    | TaskUpdated
    | GeneratedImageUpdated
)


class ThreadCreated(Struct, tag="thread.created", kw_only=True):
    """The first event of a new thread; the element drops what comes before it (observed)."""

    thread: Thread


class ThreadUpdated(Struct, tag="thread.updated", kw_only=True):
    """Another title or status; the thread's page of items is empty here (observed)."""

    thread: Thread


class ItemAdded(Struct, tag="thread.item.added", kw_only=True):
    """An item begins."""

    item: ThreadItem


class ItemUpdated(Struct, tag="thread.item.updated", kw_only=True):
    """An item grows."""

    item_id: str
    update: ItemUpdate


class ItemDone(Struct, tag="thread.item.done", kw_only=True):
    """An item is whole."""

    item: ThreadItem


class ItemRemoved(Struct, tag="thread.item.removed", kw_only=True):
    """An item is gone."""

    item_id: str


class ItemReplaced(Struct, tag="thread.item.replaced", kw_only=True):
    """Another item in its place."""

    item: ThreadItem


class StreamOptions(Struct, kw_only=True):
    """What the user may do meanwhile."""

    allow_cancel: bool


class StreamOptionsEvent(Struct, tag="stream_options", kw_only=True):
    """Sent by servers of one's own, not by the hosted API (observed)."""

    stream_options: StreamOptions


class ProgressUpdate(Struct, tag="progress_update", kw_only=True):
    """A line that passes."""

    text: str
    icon: str | UnsetType = UNSET


class ClientEffect(Struct, tag="client_effect", kw_only=True):
    """Something for the page to do."""

    name: str
    data: dict[str, Any] = {}


class ErrorEvent(Struct, tag="error", kw_only=True):
    """The turn failed; a `message` is shown to the user as it is."""

    code: str = "custom"
    message: str | UnsetType = UNSET
    allow_retry: bool = False


class Notice(Struct, tag="notice", kw_only=True):
    """Something to tell the user."""

    level: Literal["info", "warning", "danger"]
    message: str
    title: str | UnsetType = UNSET


ThreadStreamEvent = (
    ThreadCreated
    | ThreadUpdated
    | ItemAdded
    | ItemUpdated
    | ItemDone
    | ItemRemoved
    | ItemReplaced
    | StreamOptionsEvent
    | ProgressUpdate
    | ClientEffect
    | ErrorEvent
    | Notice
)

"""The events that a conversation streams, one per frame."""

from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType

from mock_server.wire.chat.items import Annotation, AssistantMessageContent, GeneratedImage, Task, Thread, ThreadItem


class ContentPartAdded(Struct, tag="assistant_message.content_part.added", kw_only=True):
    """A part of a message was added."""

    content_index: int
    content: AssistantMessageContent


class TextDelta(Struct, tag="assistant_message.content_part.text_delta", kw_only=True):
    """More text was added to a part of a message."""

    content_index: int
    delta: str


class AnnotationAdded(Struct, tag="assistant_message.content_part.annotation_added", kw_only=True):
    """A citation was added to a part of a message."""

    content_index: int
    annotation_index: int
    annotation: Annotation


class ContentPartDone(Struct, tag="assistant_message.content_part.done", kw_only=True):
    """A part of a message is complete."""

    content_index: int
    content: AssistantMessageContent


class StreamingTextDelta(Struct, tag="widget.streaming_text.value_delta", kw_only=True):
    """More text was added to a component of a widget; `done` with the last of it."""

    component_id: str
    delta: str
    done: bool


class WidgetRootUpdated(Struct, tag="widget.root.updated", kw_only=True):
    """The whole widget was replaced."""

    widget: dict[str, Any]


class WidgetComponentUpdated(Struct, tag="widget.component.updated", kw_only=True):
    """A component of a widget was replaced."""

    component_id: str
    component: dict[str, Any]


class TaskAdded(Struct, tag="workflow.task.added", kw_only=True):
    """A task was added to a workflow item."""

    task_index: int
    task: Task


class TaskUpdated(Struct, tag="workflow.task.updated", kw_only=True):
    """A task of a workflow item was updated."""

    task_index: int
    task: Task


class GeneratedImageUpdated(Struct, tag="generated_image.updated", kw_only=True):
    """An image was generated, completely or in part; `progress` is from 0 to 1."""

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
    """A thread was created. The element drops every event before this one (observed)."""

    thread: Thread


class ThreadUpdated(Struct, tag="thread.updated", kw_only=True):
    """A thread's title or status was changed; its page of items is empty here (observed)."""

    thread: Thread


class ItemAdded(Struct, tag="thread.item.added", kw_only=True):
    """An item was added, and may not be complete yet."""

    item: ThreadItem


class ItemUpdated(Struct, tag="thread.item.updated", kw_only=True):
    """An item was updated."""

    item_id: str
    update: ItemUpdate


class TextDeltas(Struct, kw_only=True):
    """Several updates of an item in a row, each with a `TextDelta`: most of what is streamed."""

    item_id: str
    content_index: int
    deltas: list[str]


class ItemDone(Struct, tag="thread.item.done", kw_only=True):
    """An item is complete."""

    item: ThreadItem


class ItemRemoved(Struct, tag="thread.item.removed", kw_only=True):
    """An item was removed."""

    item_id: str


class ItemReplaced(Struct, tag="thread.item.replaced", kw_only=True):
    """An item was replaced."""

    item: ThreadItem


class StreamOptions(Struct, kw_only=True):
    """What the user may do during the stream."""

    allow_cancel: bool


class StreamOptionsEvent(Struct, tag="stream_options", kw_only=True):
    """The options of a stream. Self-hosted servers send them, the hosted API does not (observed)."""

    stream_options: StreamOptions


class ProgressUpdate(Struct, tag="progress_update", kw_only=True):
    """A line about the assistant's progress, shown until something else is."""

    text: str
    icon: str | UnsetType = UNSET


class ClientEffect(Struct, tag="client_effect", kw_only=True):
    """An effect that the page carries out."""

    name: str
    data: dict[str, Any] = {}


class ErrorEvent(Struct, tag="error", kw_only=True):
    """The turn failed. The user sees the `message`, if there is one, as it is."""

    code: str = "custom"
    message: str | UnsetType = UNSET
    allow_retry: bool = False


class Notice(Struct, tag="notice", kw_only=True):
    """A notice to the user."""

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

"""Applies the updates of a stream to the items of a thread."""

from collections.abc import Callable
from typing import Any

from msgspec import structs

from mock_server.wire.chat import events
from mock_server.wire.chat import items as wire


def unaliased(item: wire.StoredItem) -> wire.StoredItem:
    """Return a copy with lists of its own, so that the stored item and the one being sent do not share them."""
    match item:
        case wire.AssistantMessageItem():
            return structs.replace(item, content=[_part(part) for part in item.content])
        case wire.WorkflowItem():
            return structs.replace(item, workflow=structs.replace(item.workflow, tasks=list(item.workflow.tasks)))
    return item


def _part(part: wire.AssistantMessageContent) -> wire.AssistantMessageContent:
    return structs.replace(part, annotations=list(part.annotations))


def update_item(item: wire.StoredItem | None, update: events.ItemUpdate) -> None:
    """Apply an update; one that does not fit changes nothing."""
    match item, update:
        case wire.AssistantMessageItem(), (
            events.ContentPartAdded() | events.ContentPartDone() | events.TextDelta() | events.AnnotationAdded()
        ):
            _update_message(item, update)
        case wire.WorkflowItem(), events.TaskAdded(task_index=index, task=task):
            item.workflow.tasks.insert(index, task)
        case wire.WorkflowItem(), events.TaskUpdated(task_index=index, task=task) if index < len(item.workflow.tasks):
            item.workflow.tasks[index] = task
        case wire.WidgetItem(), events.WidgetRootUpdated(widget=widget):
            item.widget = widget
        case wire.WidgetItem(), events.WidgetComponentUpdated(component_id=component_id, component=component):
            item.widget = _replace_component(item.widget, component_id, lambda _: component)
        case wire.WidgetItem(), events.StreamingTextDelta(component_id=component_id, delta=delta):
            item.widget = _replace_component(
                item.widget, component_id, lambda old: {**old, "value": old.get("value", "") + delta}
            )
        case wire.GeneratedImageItem(), events.GeneratedImageUpdated(image=image):
            item.image = image


def _update_message(
    item: wire.AssistantMessageItem,
    update: events.ContentPartAdded | events.ContentPartDone | events.TextDelta | events.AnnotationAdded,
) -> None:
    while len(item.content) <= update.content_index:
        item.content.append(wire.AssistantMessageContent(text="", annotations=[]))
    match update:
        case events.ContentPartAdded(content=content) | events.ContentPartDone(content=content):
            item.content[update.content_index] = _part(content)
        case events.TextDelta(delta=delta):
            item.content[update.content_index].text += delta
        case events.AnnotationAdded(annotation=annotation, annotation_index=index):
            item.content[update.content_index].annotations.insert(index, annotation)


def _replace_component(
    node: dict[str, Any], component_id: str, change: Callable[[dict[str, Any]], dict[str, Any]]
) -> dict[str, Any]:
    def walk(value: Any) -> Any:
        if isinstance(value, list):
            return [walk(entry) for entry in value]
        if isinstance(value, dict):
            return change(value) if value.get("id") == component_id else {key: walk(value[key]) for key in value}
        return value

    walked: dict[str, Any] = walk(node)
    return walked

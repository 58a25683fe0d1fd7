"""Converts a conversation's items to the form that the REST API lists: six types, unix seconds, JSON as text."""

from typing import Any

import msgspec
from msgspec import UNSET

from mock_server.state.threads import unix
from mock_server.wire.chat import items
from mock_server.wire.rest import files, threads

_UNLISTED = items.GeneratedImageItem | items.StructuredInputItem | items.EndOfTurnItem | items.HiddenItem


def is_listed(item: items.StoredItem) -> bool:
    """Return whether the REST API has a type for an item; it does not list the others (inferred)."""
    return not isinstance(item, _UNLISTED)


def rest_item(item: items.StoredItem) -> threads.ThreadItem:
    """Return an item that the REST API lists in its REST form."""
    base: dict[str, Any] = {"id": item.id, "created_at": int(unix(item.created_at)), "thread_id": item.thread_id}
    match item:
        case items.UserMessageItem():
            return _user_message(item, base)
        case items.AssistantMessageItem(content=content):
            return threads.ChatKitThreadAssistantMessageItem(**base, content=[_output_text(part) for part in content])
        case items.WidgetItem(widget=widget):
            return threads.ChatKitWidgetItem(**base, widget=_json_text(widget))
        case items.ClientToolCallItem():
            return _tool_call(item, base)
        case items.TaskItem(task=task):
            shown = _task(task)
            return threads.ChatKitTask(**base, task_type=shown.type, heading=shown.heading, summary=shown.summary)
        case items.WorkflowItem(workflow=workflow):
            return threads.ChatKitTaskGroup(**base, tasks=[_task(task) for task in workflow.tasks])
        case _:
            raise AssertionError(f"{type(item).__name__} is not listed")


def _user_message(item: items.UserMessageItem, base: dict[str, Any]) -> threads.ChatKitThreadUserMessageItem:
    content: list[threads.UserMessageInputText | threads.UserMessageQuotedText] = []
    if item.quoted_text:
        content.append(threads.UserMessageQuotedText(text=item.quoted_text))
    content += [threads.UserMessageInputText(text=part.text) for part in item.content]
    options = item.inference_options
    chosen = threads.InferenceOptions(
        tool_choice=threads.ToolChoice(id=options.tool_choice.id) if options.tool_choice else None,
        model=options.model or None,
    )
    return threads.ChatKitThreadUserMessageItem(
        **base,
        content=content,
        attachments=[_attachment(each) for each in item.attachments],
        inference_options=chosen if chosen.tool_choice or chosen.model else None,
    )


def _attachment(attachment: files.Attachment) -> threads.ChatKitAttachment:
    return threads.ChatKitAttachment(
        type=attachment.type,
        id=attachment.id,
        name=attachment.name,
        mime_type=attachment.mime_type,
        preview_url=attachment.preview_url or None,
    )


def _output_text(part: items.AssistantMessageContent) -> threads.ChatKitResponseOutputText:
    annotations: list[threads.FileAnnotation | threads.UrlAnnotation] = []
    for annotation in part.annotations:
        match annotation.source:
            case items.UrlSource(url=url):
                annotations.append(threads.UrlAnnotation(source=threads.UrlAnnotationSource(url=url)))
            case items.FileSource(filename=filename):
                annotations.append(threads.FileAnnotation(source=threads.FileAnnotationSource(filename=filename)))
    return threads.ChatKitResponseOutputText(text=part.text, annotations=annotations)


def _tool_call(item: items.ClientToolCallItem, base: dict[str, Any]) -> threads.ChatKitClientToolCall:
    return threads.ChatKitClientToolCall(
        **base,
        status="in_progress" if item.status == "pending" else "completed",
        call_id=item.call_id,
        name=item.name,
        arguments=_json_text(item.arguments),
        output=None if item.output is UNSET else _json_text(item.output),
    )


def _task(task: items.Task) -> threads.ChatKitTaskGroupTask:
    """Return a task in its REST form, where every task that is not a thought is a custom one (inferred)."""
    kind: threads.TaskType = "thought" if isinstance(task, items.ThoughtTask) else "custom"
    content = getattr(task, "content", UNSET)
    return threads.ChatKitTaskGroupTask(type=kind, heading=task.title or None, summary=content or None)


def _json_text(value: object) -> str:
    return msgspec.json.encode(value).decode()

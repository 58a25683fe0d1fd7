"""Handlers of `POST /v1/chatkit/conversation`: ten operations that answer at once, six that stream."""

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import UNSET, Struct, UnsetType, structs

from mock_server.api.access import Visitor
from mock_server.api.turns import Stream, answer_message, answered, begin_turn, moment_of, performance
from mock_server.config import PAGE_LIMIT
from mock_server.errors import ItemNotFound, OperationRefused, ThreadNotOpen
from mock_server.http.call import Call
from mock_server.state.threads import Thread
from mock_server.state.timeline import Timeline
from mock_server.wire import conversation as ops
from mock_server.wire import events, files, items
from mock_server.wire.threads import ActiveStatus, LockedStatus
from mock_server.workflows.engine import Cut, Pause


def converse(call: Call, params: Struct) -> Any:
    """Do one operation: a Struct is the answer, a Stream answers by itself."""
    visitor = Visitor.of(call)
    visitor.spend_request()
    return _HANDLERS[type(params)](visitor, params)


# The six that stream.


def _create(visitor: Visitor, params: ops.ThreadCreateParams) -> Stream:
    project, now = visitor.call.project, visitor.call.now
    attachments = [visitor.attachment(file_id) for file_id in params.input.attachments]
    session_id = visitor.session.id if visitor.session else None
    thread = Thread(
        id=project.ids.new("cthr", now=now),
        user=visitor.user,
        created_at=now,
        session_id=session_id,
        items=Timeline(),
        feedback={},
    )
    project.threads.add(thread)
    created = events.ThreadCreated(thread=thread.shown())
    return answer_message(visitor, thread, params.input, attachments, before=[created])


def _add_user_message(visitor: Visitor, params: ops.AddUserMessageParams) -> Stream:
    thread = _open_thread(visitor, params.thread_id)
    attachments = [visitor.attachment(file_id) for file_id in params.input.attachments]
    return answer_message(visitor, thread, params.input, attachments, before=[])


def _add_client_tool_output(visitor: Visitor, params: ops.AddClientToolOutputParams) -> Stream:
    thread = visitor.thread(params.thread_id)
    pending = thread.items.last()  # it has to be the last item, as in the official server
    if not isinstance(pending, items.ClientToolCallItem) or pending.status != "pending":
        raise OperationRefused(f"Thread '{thread.id}' has no pending client tool call to answer.")
    output = UNSET if params.result is None else params.result
    thread.items.replace(structs.replace(pending, status="completed", output=output))
    for older in list(thread.items):  # never answered, and now never will be: the official server drops them too
        if isinstance(older, items.ClientToolCallItem) and older.status == "pending":
            thread.items.remove(older.id)
    moment = moment_of(visitor, thread, kind="tool", tool=pending.name, output=params.result)
    return begin_turn(visitor, thread, moment)


def _add_structured_input(visitor: Visitor, params: ops.AddStructuredInputParams) -> Stream:
    thread = visitor.thread(params.thread_id)
    item = _item(thread, params.item_id)
    if not isinstance(item, items.StructuredInputItem) or item.status != "pending":
        raise OperationRefused(f"Item '{params.item_id}' has no pending questions.")
    replaced = answered(item, params.input)
    answers = {each.id: ", ".join(each.answer.values) for each in replaced.inputs if each.answer}
    moment = moment_of(visitor, thread, kind="answers", answers=answers)
    return begin_turn(visitor, thread, moment, first=[events.ItemReplaced(item=replaced)])


def _retry_after_item(visitor: Visitor, params: ops.RetryAfterItemParams) -> Stream:
    thread = _open_thread(visitor, params.thread_id)
    item = _item(thread, params.item_id)
    if not isinstance(item, items.UserMessageItem):
        raise OperationRefused(f"Item '{params.item_id}' is no user message; a retry begins after one.")
    for later in thread.items.after(item.id):
        thread.items.remove(later.id)
    return begin_turn(visitor, thread, moment_of(visitor, thread, kind="message", message=item))


def _custom_action(visitor: Visitor, params: ops.CustomActionParams) -> Stream:
    thread = visitor.thread(params.thread_id)
    sender = _item(thread, params.item_id) if params.item_id else None
    if sender is not None and not isinstance(sender, items.WidgetItem):
        failure = events.ErrorEvent(code="stream.error")  # as the official server answers an action of no widget
        return Stream(visitor.call, thread, [failure])
    moment = moment_of(visitor, thread, kind="action", action=params.action, sender=sender)
    return begin_turn(visitor, thread, moment)


# The ten that answer at once.


def _sync_custom_action(visitor: Visitor, params: ops.SyncCustomActionParams) -> ops.SyncCustomActionResponse:
    """Play the action's turn without pauses; the last widget it showed or replaced is the answer."""
    thread = visitor.thread(params.thread_id)
    sender = _item(thread, params.item_id) if params.item_id else None
    if sender is not None and not isinstance(sender, items.WidgetItem):
        raise OperationRefused(f"Item '{params.item_id}' is no widget; actions come from widgets.")
    moment = moment_of(visitor, thread, kind="action", action=params.action, sender=sender)
    updated: items.WidgetItem | None = None
    for beat in performance(visitor, thread, moment).play():
        if not isinstance(beat, Pause | Cut):
            thread.apply(beat)
            updated = _widget_of(thread, beat) or updated
    return ops.SyncCustomActionResponse(updated_item=updated or UNSET)


def _widget_of(thread: Thread, event: events.ThreadStreamEvent) -> items.WidgetItem | None:
    """The widget an event shows or changes, as it is by now."""
    match event:
        case events.ItemDone(item=item) | events.ItemReplaced(item=item):
            shown = thread.items.get(item.id)
        case events.ItemUpdated(item_id=item_id):
            shown = thread.items.get(item_id)
        case _:
            return None
    return shown if isinstance(shown, items.WidgetItem) else None


def _get_by_id(visitor: Visitor, params: ops.ThreadGetByIdParams) -> items.Thread:
    thread = visitor.thread(params.thread_id)
    return thread.shown(_items_page(thread, limit=None, order="asc", after=None))


def _list_threads(visitor: Visitor, params: ops.ThreadListParams) -> items.ThreadPage:
    query = _Query(limit=_limit(params.limit), order=params.order, after=params.after or UNSET)
    page = visitor.call.project.threads.page_where(query, visitor.may_see())
    data = [thread.shown() for thread in page.entries]
    return items.ThreadPage(data=data, has_more=page.has_more, after=_cursor(data, has_more=page.has_more))


def _update_thread(visitor: Visitor, params: ops.ThreadUpdateParams) -> items.Thread:
    thread = visitor.thread(params.thread_id)
    thread.title = params.title
    return thread.shown()


def _delete_thread(visitor: Visitor, params: ops.ThreadDeleteParams) -> ops.Nothing:
    visitor.call.project.delete_thread(visitor.thread(params.thread_id).id)
    return ops.Nothing()


def _list_items(visitor: Visitor, params: ops.ItemsListParams) -> items.ItemPage:
    thread = visitor.thread(params.thread_id)
    return _items_page(thread, limit=params.limit, order=params.order, after=params.after)


def _feedback(visitor: Visitor, params: ops.ItemFeedbackParams) -> ops.Nothing:
    thread = visitor.thread(params.thread_id)
    for item_id in params.item_ids:
        _item(thread, item_id)
    thread.feedback.update(dict.fromkeys(params.item_ids, params.kind))
    return ops.Nothing()


def _create_attachment(visitor: Visitor, params: ops.AttachmentCreateParams) -> files.Attachment:
    kept = visitor.call.project.files
    file = visitor.new_file(name=params.name, mime_type=params.mime_type)
    kept.refuse_type(file.mime_type)
    file.refuse_size(params.size)
    visitor.spend_upload()
    kept.add(file)
    shown = visitor.shown(file)
    descriptor = files.UploadDescriptor(url=visitor.file_url(file.id), method="PUT", headers={})
    return structs.replace(shown, upload_descriptor=descriptor)


def _delete_attachment(visitor: Visitor, params: ops.AttachmentDeleteParams) -> ops.Nothing:
    file = visitor.call.project.files.of_user(params.attachment_id, visitor.user)
    visitor.call.project.files.delete(file.id)
    return ops.Nothing()


def _transcribe(visitor: Visitor, _: ops.TranscribeParams) -> ops.TranscriptionResult:
    return ops.TranscriptionResult(text=visitor.script().transcript)


_HANDLERS: dict[type[Struct], Callable[[Visitor, Any], Any]] = {
    ops.ThreadCreateParams: _create,
    ops.AddUserMessageParams: _add_user_message,
    ops.AddClientToolOutputParams: _add_client_tool_output,
    ops.AddStructuredInputParams: _add_structured_input,
    ops.RetryAfterItemParams: _retry_after_item,
    ops.CustomActionParams: _custom_action,
    ops.SyncCustomActionParams: _sync_custom_action,
    ops.ThreadGetByIdParams: _get_by_id,
    ops.ThreadListParams: _list_threads,
    ops.ThreadUpdateParams: _update_thread,
    ops.ThreadDeleteParams: _delete_thread,
    ops.ItemsListParams: _list_items,
    ops.ItemFeedbackParams: _feedback,
    ops.AttachmentCreateParams: _create_attachment,
    ops.AttachmentDeleteParams: _delete_attachment,
    ops.TranscribeParams: _transcribe,
}


class _Query(Struct, frozen=True, kw_only=True):
    limit: int
    order: str
    after: str | UnsetType = UNSET
    before: str | UnsetType = UNSET


def _limit(given: int | None) -> int:
    return given or PAGE_LIMIT  # none at all is the usual number too, as in the official server


def _cursor(data: Sequence[items.Thread | items.ThreadItem], *, has_more: bool) -> str | UnsetType:
    return data[-1].id if has_more and data else UNSET


def _items_page(thread: Thread, *, limit: int | None, order: str, after: str | None) -> items.ItemPage:
    page = thread.items.page(_Query(limit=_limit(limit), order=order, after=after or UNSET))
    return items.ItemPage(
        data=page.entries, has_more=page.has_more, after=_cursor(page.entries, has_more=page.has_more)
    )


def _open_thread(visitor: Visitor, thread_id: str) -> Thread:
    thread = visitor.thread(thread_id)
    if not isinstance(thread.status, ActiveStatus):
        status = "locked" if isinstance(thread.status, LockedStatus) else "closed"
        raise ThreadNotOpen(thread_id, status=status)
    return thread


def _item(thread: Thread, item_id: str) -> items.ThreadItem:
    item = thread.items.get(item_id)
    if item is None:
        raise ItemNotFound(item_id)
    return item

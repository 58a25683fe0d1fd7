"""The built-in backend: replies follow the workflow scripts, and the project stores the threads."""

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Any

from msgspec import UNSET, Struct, UnsetType, structs

from mock_server.backends.backend import Call, Document, StreamedTurn
from mock_server.backends.caller import Caller
from mock_server.backends.turns import turn_input, user_message
from mock_server.config import PAGE_LIMIT, Settings
from mock_server.errors import OperationRefused
from mock_server.state.threads import StoredThread
from mock_server.wire.chat import events, items
from mock_server.wire.chat import operations as ops
from mock_server.wire.rest import files
from mock_server.workflows.catalog import ECHO, Catalog, has_version
from mock_server.workflows.engine import Disconnect, Pause, TurnEngine, TurnOutput
from mock_server.workflows.matching import TurnInput, reply_to
from mock_server.workflows.script import Script


class ScriptBackend:
    """A backend that replies from the scripts of a catalog and keeps threads in the project."""

    def __init__(self, catalog: Catalog, settings: Settings) -> None:
        self._catalog, self._settings = catalog, settings

    def respond(self, call: Call) -> Document | StreamedTurn:
        """Perform one operation. Raises NotFound, ThreadNotOpen, OperationRefused, UploadRefused."""
        return _OPERATIONS[type(call.params)](self, call.caller, call.params)

    # The six operations that stream.

    def create_thread(self, caller: Caller, params: ops.ThreadCreateParams) -> StreamedTurn:
        """Create a thread and reply to its first message."""
        attachments = [caller.attachment(file_id) for file_id in params.input.attachments]
        thread = caller.create_thread()
        created = events.ThreadCreated(thread=thread.shown())
        return self._answer_message(caller, thread, params.input, attachments, before=[created])

    def add_user_message(self, caller: Caller, params: ops.AddUserMessageParams) -> StreamedTurn:
        """Reply to a message in a thread."""
        thread = caller.thread(params.thread_id)
        thread.require_open()
        attachments = [caller.attachment(file_id) for file_id in params.input.attachments]
        return self._answer_message(caller, thread, params.input, attachments)

    def add_client_tool_output(self, caller: Caller, params: ops.AddClientToolOutputParams) -> StreamedTurn:
        """Continue with the result of a client tool."""
        thread = caller.thread(params.thread_id)
        call = thread.complete_tool_call(params.result)
        given = turn_input(caller, thread, kind="tool", tool=call.name, output=params.result)
        return self._start_turn(caller, thread, given)

    def add_structured_input(self, caller: Caller, params: ops.AddStructuredInputParams) -> StreamedTurn:
        """Continue with the answers to structured input questions."""
        thread = caller.thread(params.thread_id)
        item = thread.answered_questions(params.item_id, params.input)
        answers = {each.id: ", ".join(each.answer.values) for each in item.inputs if each.answer}
        given = turn_input(caller, thread, kind="answers", answers=answers)
        return self._start_turn(caller, thread, given, first=[events.ItemReplaced(item=item)])

    def retry_after_item(self, caller: Caller, params: ops.RetryAfterItemParams) -> StreamedTurn:
        """Reply to a message again; the items after it are dropped."""
        thread = caller.thread(params.thread_id)
        thread.require_open()
        message = thread.drop_after_message(params.item_id)
        return self._start_turn(caller, thread, turn_input(caller, thread, kind="message", message=message))

    def custom_action(self, caller: Caller, params: ops.CustomActionParams) -> StreamedTurn:
        """Reply to a widget's action."""
        thread = caller.thread(params.thread_id)
        sender = thread.item(params.item_id) if params.item_id else None
        if sender is not None and not isinstance(sender, items.WidgetItem):
            return StreamedTurn(thread, [events.ErrorEvent(code="stream.error")])  # as the official server does
        given = turn_input(caller, thread, kind="action", action=params.action, sender=sender)
        return self._start_turn(caller, thread, given)

    # The ten operations that return a document.

    def sync_custom_action(self, caller: Caller, params: ops.SyncCustomActionParams) -> ops.SyncCustomActionResponse:
        """Run an action's turn without pauses, and return the last widget that it showed or replaced."""
        thread = caller.thread(params.thread_id)
        sender = thread.item(params.item_id) if params.item_id else None
        if sender is not None and not isinstance(sender, items.WidgetItem):
            raise OperationRefused(f"Item '{params.item_id}' is not a widget; only widgets have actions.")
        given = turn_input(caller, thread, kind="action", action=params.action, sender=sender)
        updated: items.WidgetItem | None = None
        for output in self._engine(caller, thread, given, self._script(caller), streamed=False).run():
            if not isinstance(output, Pause | Disconnect):
                caller.project.apply(thread, output)
                updated = _widget_of(thread, output) or updated
        return ops.SyncCustomActionResponse(updated_item=updated or UNSET)

    def get_thread(self, caller: Caller, params: ops.ThreadGetByIdParams) -> items.Thread:
        """Return a thread with its first items."""
        thread = caller.thread(params.thread_id)
        return thread.shown(_items_page(thread, limit=None, order="asc", after=None))

    def list_threads(self, caller: Caller, params: ops.ThreadListParams) -> items.ThreadPage:
        """List the threads that the caller may see."""
        query = _Query(limit=_limit(params.limit), order=params.order, after=params.after or UNSET)
        page = caller.project.threads.page_where(query, caller.may_see())
        data = [thread.shown() for thread in page.entries]
        return items.ThreadPage(data=data, has_more=page.has_more, after=_cursor(data, has_more=page.has_more))

    def update_thread(self, caller: Caller, params: ops.ThreadUpdateParams) -> items.Thread:
        """Rename a thread."""
        thread = caller.thread(params.thread_id)
        thread.title = params.title
        caller.project.publish_thread(thread, "updated")
        return thread.shown()

    def delete_thread(self, caller: Caller, params: ops.ThreadDeleteParams) -> ops.Nothing:
        """Delete a thread."""
        caller.project.delete_thread(caller.thread(params.thread_id).id)
        return ops.Nothing()

    def list_items(self, caller: Caller, params: ops.ItemsListParams) -> items.ItemPage:
        """List a thread's items."""
        thread = caller.thread(params.thread_id)
        return _items_page(thread, limit=params.limit, order=params.order, after=params.after)

    def give_feedback(self, caller: Caller, params: ops.ItemFeedbackParams) -> ops.Nothing:
        """Store the user's feedback on items."""
        thread = caller.thread(params.thread_id)
        for item_id in params.item_ids:
            thread.item(item_id)
        thread.feedback.update(dict.fromkeys(params.item_ids, params.kind))
        return ops.Nothing()

    def create_attachment(self, caller: Caller, params: ops.AttachmentCreateParams) -> files.Attachment:
        """Register a file, as the first phase of a two-phase upload. Raises UploadRefused."""
        file = caller.announced_file(params)
        caller.project.add_file(file)
        descriptor = files.UploadDescriptor(url=caller.file_url(file.id), method="PUT", headers={})
        return structs.replace(caller.shown(file), upload_descriptor=descriptor)

    def delete_attachment(self, caller: Caller, params: ops.AttachmentDeleteParams) -> ops.Nothing:
        """Delete a file."""
        file = caller.project.files.of_user(params.attachment_id, caller.user)
        caller.project.delete_file(file.id)
        return ops.Nothing()

    def transcribe(self, caller: Caller, _: ops.TranscribeParams) -> ops.TranscriptionResult:
        """Return the transcript from the workflow's file, whatever was recorded."""
        return ops.TranscriptionResult(text=self._script(caller).transcript)

    # Helpers of the operations.

    def _answer_message(
        self,
        caller: Caller,
        thread: StoredThread,
        message: ops.UserMessageInput,
        attachments: list[files.Attachment],
        *,
        before: Sequence[TurnOutput] = (),
    ) -> StreamedTurn:
        """Store a user's message and reply to it; the stream starts with `before`."""
        item = user_message(caller, thread, message, attachments)
        thread.add(item)
        given = turn_input(caller, thread, kind="message", message=item)
        return self._start_turn(caller, thread, given, before=[*before, events.ItemDone(item=item)])

    def _start_turn(
        self,
        caller: Caller,
        thread: StoredThread,
        given: TurnInput,
        *,
        before: Iterable[TurnOutput] = (),
        first: Iterable[TurnOutput] = (),
    ) -> StreamedTurn:
        """Stream a turn: `before`, then the stream options of a self-hosted server, then `first`, then the reply."""
        options: list[TurnOutput] = []
        if caller.session is None:  # the hosted API sends none (observed), the official server does
            options.append(events.StreamOptionsEvent(stream_options=events.StreamOptions(allow_cancel=True)))
        script, version = self._script(caller), None if caller.session is None else caller.session.workflow_version
        reply: Iterable[TurnOutput] = [events.ErrorEvent(code="stream.error")]  # without the version (observed)
        if caller.session is None or has_version(script, version):
            reply = self._engine(caller, thread, given, script).run()
        return StreamedTurn(thread, chain(before, options, first, reply))

    @staticmethod
    def _engine(
        caller: Caller, thread: StoredThread, given: TurnInput, script: Script, *, streamed: bool = True
    ) -> TurnEngine:
        project = caller.project
        return TurnEngine(
            reply_to(given, script, ECHO),
            given=given,
            pace=script.stream,
            thread=thread,
            ids=project.ids,
            clock=project.clock.now,
            titling=caller.session is None or caller.session.titling,
            streamed=streamed,
        )

    def _script(self, caller: Caller) -> Script:
        session = caller.session
        return self._catalog.get(self._settings.custom_workflow if session is None else session.workflow_id)


_OPERATIONS: dict[type[Struct], Callable[[ScriptBackend, Caller, Any], Document | StreamedTurn]] = {
    ops.ThreadCreateParams: ScriptBackend.create_thread,
    ops.AddUserMessageParams: ScriptBackend.add_user_message,
    ops.AddClientToolOutputParams: ScriptBackend.add_client_tool_output,
    ops.AddStructuredInputParams: ScriptBackend.add_structured_input,
    ops.RetryAfterItemParams: ScriptBackend.retry_after_item,
    ops.CustomActionParams: ScriptBackend.custom_action,
    ops.SyncCustomActionParams: ScriptBackend.sync_custom_action,
    ops.ThreadGetByIdParams: ScriptBackend.get_thread,
    ops.ThreadListParams: ScriptBackend.list_threads,
    ops.ThreadUpdateParams: ScriptBackend.update_thread,
    ops.ThreadDeleteParams: ScriptBackend.delete_thread,
    ops.ItemsListParams: ScriptBackend.list_items,
    ops.ItemFeedbackParams: ScriptBackend.give_feedback,
    ops.AttachmentCreateParams: ScriptBackend.create_attachment,
    ops.AttachmentDeleteParams: ScriptBackend.delete_attachment,
    ops.TranscribeParams: ScriptBackend.transcribe,
}


class _Query(Struct, frozen=True, kw_only=True):
    limit: int
    order: str
    after: str | UnsetType = UNSET
    before: str | UnsetType = UNSET


def _widget_of(thread: StoredThread, event: events.ThreadStreamEvent | events.TextDeltas) -> items.WidgetItem | None:
    """Return the widget that an event shows or changes, in its current state."""
    match event:
        case events.ItemDone(item=item) | events.ItemReplaced(item=item):
            shown = thread.items.get(item.id)
        case events.ItemUpdated(item_id=item_id):
            shown = thread.items.get(item_id)
        case _:
            return None
    return shown if isinstance(shown, items.WidgetItem) else None


def _limit(given: int | None) -> int:
    return given or PAGE_LIMIT  # 0 means the default too, as in the official server


def _cursor(data: Sequence[items.Thread | items.ThreadItem], *, has_more: bool) -> str | UnsetType:
    return data[-1].id if has_more and data else UNSET


def _items_page(thread: StoredThread, *, limit: int | None, order: str, after: str | None) -> items.ItemPage:
    query = _Query(limit=_limit(limit), order=order, after=after or UNSET)
    page = thread.items.page(query, where=lambda item: not isinstance(item, items.HiddenItem))
    data = [item for item in page.entries if not isinstance(item, items.HiddenItem)]
    return items.ItemPage(data=data, has_more=page.has_more, after=_cursor(data, has_more=page.has_more))

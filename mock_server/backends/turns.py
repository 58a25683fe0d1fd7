"""A user's input, converted to what a turn of a script takes."""

from typing import Any

from msgspec import UNSET, structs

from mock_server.backends.caller import Caller
from mock_server.ids import tail_of
from mock_server.state.threads import StoredThread, zoneless
from mock_server.wire.chat import items
from mock_server.wire.chat import operations as ops
from mock_server.wire.rest import files
from mock_server.workflows.matching import TurnInput


def user_message(
    caller: Caller, thread: StoredThread, message: ops.UserMessageInput, attachments: list[files.Attachment]
) -> items.UserMessageItem:
    """Return a user's message as a thread item."""
    last, now = thread.items.last(), thread.next_moment(caller.now)
    tail = tail_of(thread.id) or (tail_of(last.id) if last else None)
    return items.UserMessageItem(
        id=caller.project.ids.new("cti", now=now, tail=tail),
        thread_id=thread.id,
        created_at=zoneless(now),
        content=[_without_null_group(part) for part in message.content],
        attachments=attachments,
        quoted_text=message.quoted_text or "",
        inference_options=items.InferenceOptions(
            tool_choice=message.inference_options.tool_choice or UNSET, model=message.inference_options.model or UNSET
        ),
    )


def turn_input(
    caller: Caller, thread: StoredThread, *, kind: Any, message: items.UserMessageItem | None = None, **what: Any
) -> TurnInput:
    """Return the input that the assistant replies to."""
    session = caller.session
    if message is not None:
        what |= {"text": "".join(part.text for part in message.content), "attachments": message.attachments}
    sent = sum(isinstance(item, items.UserMessageItem) for item in thread.items)
    return TurnInput(
        kind=kind,
        number=sent,
        user=caller.user,
        state=(session.state_variables if session else None) or {},
        session={"id": session.id, "workflow": session.workflow_id, "version": session.workflow_version or ""}
        if session
        else {},
        thread={"id": thread.id, "title": thread.title or ""},
        **what,
    )


def _without_null_group(part: items.UserMessageContent) -> items.UserMessageContent:
    if isinstance(part, items.UserMessageTagContent) and part.group is None:
        return structs.replace(part, group=UNSET)
    return part

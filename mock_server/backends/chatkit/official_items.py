"""Threads, items and attachments between the types of `openai-chatkit` and those of the emulator.

Times of `openai-chatkit` without a zone are in the process's own, those of the emulator in UTC.
"""

import json
from typing import Any

import msgspec
from chatkit import types as official
from pydantic import BaseModel, TypeAdapter, ValidationError

from mock_server.clock import local_time, unix_of_local
from mock_server.state.threads import StoredThread, unix, zoned, zoneless
from mock_server.wire.chat import items
from mock_server.wire.rest import files, threads

_ITEM: TypeAdapter[Any] = TypeAdapter(official.ThreadItem)
_ATTACHMENT: TypeAdapter[Any] = TypeAdapter(official.Attachment)
_STATUS: TypeAdapter[Any] = TypeAdapter(official.ThreadStatus)


def text_of(model: BaseModel) -> str:
    """Return everything that a model holds as JSON; of a thread, not its items. Raises what pydantic raises."""
    return model.model_dump_json(by_alias=True, warnings=False, exclude={"items"})


def stored_item(item: Any) -> items.StoredItem:
    """Return an item in the emulator's form; one that the emulator has no form for is a hidden one."""
    at = unix_of_local(item.created_at)
    base = {"id": item.id, "thread_id": item.thread_id, "created_at": zoned(at)}
    given = _without_nulls(item)
    if item.type == "user_message":
        given = {"quoted_text": "", **given}
        base["created_at"] = zoneless(at)
    try:
        converted: items.StoredItem = msgspec.convert({**given, **base}, items.ThreadItem)
    except msgspec.ValidationError:
        return items.HiddenItem(**base)
    return converted


def official_item(kept: str | None, shown: bytes) -> Any:
    """Return an item in the official form: as a Store was given it, unless the emulator has changed it since.

    `kept` is what the Store was given, `shown` the item in the emulator's form, both as JSON.
    """
    if kept is not None:
        try:
            item = _ITEM.validate_json(kept)
        except ValidationError:  # of a snapshot that somebody has edited
            pass
        else:
            if msgspec.json.encode(stored_item(item)) == shown:
                return item
    plain = json.loads(shown)
    moment = msgspec.json.decode(shown, type=items.StoredItem).created_at
    plain["created_at"] = local_time(unix(moment))
    return _ITEM.validate_python({"content": None, **plain} if plain["type"] == _HIDDEN else plain)


def official_thread(thread: StoredThread) -> official.ThreadMetadata:
    """Return a thread in the official form, without its items; its title and status are those of the emulator."""
    kept: dict[str, Any] = json.loads(thread.official.get("", "{}"))
    created_at = kept.get("created_at") or local_time(thread.created_at)
    status = _STATUS.validate_python(msgspec.to_builtins(thread.status))
    fixed = {"id": thread.id, "title": thread.title, "created_at": created_at, "status": status}
    return official.ThreadMetadata.model_validate({**kept, **fixed})


def stored_status(given: Any) -> threads.ThreadStatus:
    """Return a thread's status in the emulator's form."""
    plain = {"type": given.type, **({} if given.type == "active" else {"reason": given.reason})}
    status: threads.ThreadStatus = msgspec.convert(plain, threads.ThreadStatus)
    return status


def official_attachment(kept: str, shown: files.Attachment) -> Any:
    """Return an attachment in the official form: as a Store was given it, else as an upload shows it."""
    return _ATTACHMENT.validate_json(kept) if kept else _ATTACHMENT.validate_python(msgspec.to_builtins(shown))


_HIDDEN = "hidden_context_item"


def _without_nulls(item: BaseModel) -> dict[str, Any]:
    dumped: dict[str, Any] = item.model_dump(
        mode="json", by_alias=True, exclude_none=True, warnings=False, context={"exclude_metadata": True}
    )
    return dumped

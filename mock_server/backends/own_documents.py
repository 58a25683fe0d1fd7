"""Reads what a server of the user's own answers, leniently: what can't be read is left out."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct, structs

from mock_server.clock import Real, unix_of_local
from mock_server.errors import BackendFailed
from mock_server.state.threads import unix, zoned
from mock_server.wire.chat.items import ThreadItem
from mock_server.wire.rest.threads import ActiveStatus, ClosedStatus, LockedStatus, ThreadStatus

if TYPE_CHECKING:
    from datetime import datetime
else:
    datetime = Real.datetime

_CLOSED: "dict[str, type[LockedStatus | ClosedStatus]]" = {"locked": LockedStatus, "closed": ClosedStatus}
_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class Page(Struct, gc=False):
    """A page of threads or items, each as its bytes; `after` is the cursor of the next one."""

    data: list[msgspec.Raw] = []
    has_more: bool = False
    after: str | None = None


class OwnThread(Struct, gc=False):
    """A thread; `created_at` is in unix seconds."""

    id: str
    title: str | None
    created_at: float
    status: ThreadStatus


class _Status(Struct, gc=False):
    type: str = "active"
    reason: str | None = None


class _Thread(Struct, gc=False):
    id: str
    title: str | None = None
    created_at: datetime | float = 0.0
    status: _Status | None = None


_pages, _threads = msgspec.json.Decoder(Page), msgspec.json.Decoder(_Thread)
_items: "msgspec.json.Decoder[ThreadItem]" = msgspec.json.Decoder(ThreadItem)


def page_in(body: bytes, operation: str) -> Page:
    """Return the page in an answer. Raises BackendFailed."""
    try:
        return _pages.decode(body)
    except _UNREADABLE as error:
        raise BackendFailed(502, f"This server's answer to {operation} is no page of a list: {error}") from None


def thread_in(body: bytes | msgspec.Raw) -> OwnThread | None:
    """Return the thread in an answer, or None if it can't be read."""
    try:
        read = _threads.decode(body)
        at = read.created_at
        created_at = unix(_aware(at)) if isinstance(at, datetime) else float(at)
    except (*_UNREADABLE, OverflowError, OSError, ValueError):
        return None
    status = read.status or _Status()
    made = _CLOSED.get(status.type)
    return OwnThread(
        id=read.id,
        title=read.title,
        created_at=created_at,
        status=ActiveStatus() if made is None else made(reason=status.reason),
    )


def items_in(page: Page) -> Iterator[ThreadItem]:
    """Yield the items of a page that can be read, with times in UTC."""
    for raw in page.data:
        item = _item_in(raw)
        if item is not None:
            yield item


def _item_in(raw: msgspec.Raw) -> ThreadItem | None:
    try:
        try:
            item = _items.decode(raw)
        except msgspec.ValidationError:  # other servers than openai-chatkit write nulls
            item = msgspec.convert(_without_nulls(msgspec.json.decode(raw)), ThreadItem)
        return structs.replace(item, created_at=_aware(item.created_at))
    except (*_UNREADABLE, OverflowError, OSError, ValueError):
        return None


def _aware(moment: "datetime") -> "datetime":
    """Return a time with a zone: `openai-chatkit` writes the machine's own time without one."""
    return moment if moment.tzinfo else zoned(unix_of_local(moment))


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(member) for name, member in value.items() if member is not None}
    return [_without_nulls(each) for each in value] if isinstance(value, list) else value

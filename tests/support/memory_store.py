"""The simplest Store of `openai-chatkit`."""

from typing import Any

from chatkit import types as ck
from chatkit.store import NotFoundError, Store


class Memory(Store[None]):
    """Threads and items in dicts; what goes in or out is a copy."""

    def __init__(self) -> None:
        self.threads: dict[str, ck.ThreadMetadata] = {}
        self.items: dict[str, dict[str, ck.ThreadItem]] = {}

    async def load_thread(self, thread_id: str, context: None) -> ck.ThreadMetadata:
        if thread_id not in self.threads:
            raise NotFoundError(thread_id)
        return ck.ThreadMetadata(**self.threads[thread_id].model_dump(exclude={"items"}))

    async def save_thread(self, thread: ck.ThreadMetadata, context: None) -> None:
        self.threads[thread.id] = thread.model_copy(deep=True)

    async def load_threads(
        self, limit: int, after: str | None, order: str, context: None
    ) -> ck.Page[ck.ThreadMetadata]:
        return page([await self.load_thread(each, context) for each in self.threads], limit, after, order)

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: None
    ) -> ck.Page[ck.ThreadItem]:
        kept = [item.model_copy(deep=True) for item in self.items.get(thread_id, {}).values()]
        return page(kept, limit, after, order)

    async def add_thread_item(self, thread_id: str, item: ck.ThreadItem, context: None) -> None:
        self.items.setdefault(thread_id, {})[item.id] = item.model_copy(deep=True)

    async def save_item(self, thread_id: str, item: ck.ThreadItem, context: None) -> None:
        await self.add_thread_item(thread_id, item, context)

    async def load_item(self, thread_id: str, item_id: str, context: None) -> ck.ThreadItem:
        return self.items[thread_id][item_id].model_copy(deep=True)

    async def delete_thread(self, thread_id: str, context: None) -> None:
        del self.threads[thread_id]
        self.items.pop(thread_id, None)

    async def delete_thread_item(self, thread_id: str, item_id: str, context: None) -> None:
        del self.items[thread_id][item_id]

    async def save_attachment(self, attachment: ck.Attachment, context: None) -> None:
        raise NotImplementedError

    async def load_attachment(self, attachment_id: str, context: None) -> ck.Attachment:
        raise NotImplementedError

    async def delete_attachment(self, attachment_id: str, context: None) -> None:
        raise NotImplementedError


def page(entries: list[Any], limit: int, after: str | None, order: str) -> ck.Page[Any]:
    """The entries behind a cursor."""
    ordered = entries if order == "asc" else entries[::-1]
    start = next((at for at, entry in enumerate(ordered, 1) if entry.id == after), 0)
    data = ordered[start : start + limit]
    has_more = len(ordered) > start + limit
    return ck.Page(data=data, has_more=has_more, after=data[-1].id if has_more else None)

"""A server of one's own whose Store keeps users apart, by the emulator's context."""

from typing import Any

from chatkit import types as ck
from chatkit.store import NotFoundError
from support.memory_store import Memory, page
from support.official_server import OfficialServer


class UserStore(Memory):
    """Threads that only their users find, and attachments.

    asked: the lists that it was asked for, as user and limit.
    """

    def __init__(self) -> None:
        super().__init__()
        self.users: dict[str, str] = {}
        self.attachments: dict[str, ck.Attachment] = {}
        self.asked: list[tuple[str, int]] = []
        self.broken = False

    async def load_thread(self, thread_id: str, context: Any) -> ck.ThreadMetadata:
        if self.users.get(thread_id) != context["user"]:
            raise NotFoundError(thread_id)
        return await super().load_thread(thread_id, context)

    async def save_thread(self, thread: ck.ThreadMetadata, context: Any) -> None:
        self.users.setdefault(thread.id, context["user"])
        await super().save_thread(thread, context)

    async def load_threads(self, limit: int, after: str | None, order: str, context: Any) -> ck.Page[ck.ThreadMetadata]:
        if self.broken:
            raise OSError("the disk is gone")
        self.asked.append((context["user"], limit))
        mine = [await self.load_thread(each, context) for each, user in self.users.items() if user == context["user"]]
        return page(mine, limit, after, order)

    async def delete_thread(self, thread_id: str, context: Any) -> None:
        await self.load_thread(thread_id, context)
        del self.users[thread_id]
        await super().delete_thread(thread_id, context)

    async def save_attachment(self, attachment: ck.Attachment, context: Any) -> None:
        if self.broken:
            raise OSError("the disk is gone")
        self.attachments[attachment.id] = attachment

    async def load_attachment(self, attachment_id: str, context: Any) -> ck.Attachment:
        if attachment_id not in self.attachments:
            raise NotFoundError(attachment_id)
        return self.attachments[attachment_id]

    async def delete_attachment(self, attachment_id: str, context: Any) -> None:
        del self.attachments[attachment_id]


class UserServer(OfficialServer):
    """Answers as the other one does, without a pause; `contexts` are those of its turns."""

    store: UserStore

    def __init__(self) -> None:
        super().__init__()
        self.store = UserStore()
        self.pace = 0
        self.contexts: list[Any] = []

    async def respond(
        self, thread: ck.ThreadMetadata, input_user_message: ck.UserMessageItem | None, context: Any
    ) -> Any:
        self.contexts.append(context)
        async for event in super().respond(thread, input_user_message, context):
            yield event

"""A Store of `openai-chatkit` that keeps everything in the emulator's project."""

# ruff: noqa: ARG002 - a Store gets the server's context everywhere; this one asks the emulator for the user

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import msgspec
from chatkit.store import NotFoundError, Store, StoreItemType
from chatkit.types import Attachment, Page, ThreadItem, ThreadMetadata
from msgspec import UNSET, Struct, UnsetType

from mock_server.backends.caller import Caller
from mock_server.backends.chatkit.current import current_call, in_emulator
from mock_server.backends.chatkit.official_items import (
    official_attachment,
    official_item,
    official_thread,
    stored_item,
    stored_status,
    text_of,
)
from mock_server.backends.failures import StoreFault
from mock_server.clock import unix_of_local
from mock_server.config import MAX_FILE_SIZE_MB
from mock_server.errors import NotFound, ThreadNotFound
from mock_server.ids import tail_of
from mock_server.state.files import MEGABYTE, File
from mock_server.state.project import Project
from mock_server.state.threads import StoredThread, unix
from mock_server.state.timeline import Timeline
from mock_server.wire.chat.items import StoredItem

T = TypeVar("T")
_OUTSIDE = "the emulator's Store works only while a request is answered, because each user has threads of their own"
_RESET = "the project was reset while this request was under way; its threads are gone"


class EmulatorStore(Store[Any]):
    """The threads, items and attachments of a project, as far as they belong to the user whose request is answered.

    It runs in the server's thread, and does its work in the emulator's loop, to which the project belongs. What goes
    in and out is a copy.
    """

    def __init__(self, project: Project) -> None:
        self._project, self._resets = project, project.resets

    # To draw an id is a single step for other threads, so these two need not wait for the emulator's loop.

    def generate_thread_id(self, context: Any) -> str:
        """Return a new `cthr_…` id."""
        return self._project.ids.new("cthr", now=self._project.clock.now())

    def generate_item_id(self, item_type: StoreItemType, thread: ThreadMetadata, context: Any) -> str:
        """Return a new `cti_…` id in the scope of a thread; `cfile_…` for an attachment."""
        prefix = {"thread": "cthr", "attachment": "cfile"}.get(item_type, "cti")
        return self._project.ids.new(prefix, now=self._project.clock.now(), tail=tail_of(thread.id))

    # Threads.

    async def load_thread(self, thread_id: str, context: Any) -> ThreadMetadata:
        """Return a thread of the user's. Raises NotFoundError."""
        return await self._do(lambda caller: official_thread(self._thread(caller, thread_id)))

    async def save_thread(self, thread: ThreadMetadata, context: Any) -> None:
        """Create or change a thread. Raises NotFoundError if it is another user's."""
        await self._do(partial(self._save_thread, thread.model_copy(deep=True), text_of(thread)))

    async def load_threads(self, limit: int, after: str | None, order: str, context: Any) -> Page[ThreadMetadata]:
        """Return a page of the user's threads; a cursor that was never the id of a thread is ignored."""

        def work(caller: Caller) -> Page[ThreadMetadata]:
            page = self._project.threads.page_where(_query(limit, after, order), lambda each: each.user == caller.user)
            return _page([official_thread(each) for each in page.entries], has_more=page.has_more)

        return await self._do(work)

    async def delete_thread(self, thread_id: str, context: Any) -> None:
        """Delete a thread with its items and attachments. Raises NotFoundError."""
        await self._do(lambda caller: self._project.delete_thread(self._thread(caller, thread_id).id))

    # Items.

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: Any
    ) -> Page[ThreadItem]:
        """Return a page of a thread's items. Raises NotFoundError for the thread; unknown cursors are ignored."""

        def work(caller: Caller) -> tuple[list[tuple[str | None, bytes]], bool]:
            thread = self._thread(caller, thread_id)
            page = thread.items.page(_query(limit, after, order))
            return [_written(thread, each) for each in page.entries], page.has_more

        found, has_more = await self._do(work)
        return _page([official_item(*each) for each in found], has_more=has_more)

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: Any) -> None:
        """Add an item, or replace the one with its id. Raises NotFoundError for the thread."""
        await self._do(partial(self._put, thread_id, stored_item(item), text_of(item)))

    async def save_item(self, thread_id: str, item: ThreadItem, context: Any) -> None:
        """Do the same."""
        await self.add_thread_item(thread_id, item, context)

    async def load_item(self, thread_id: str, item_id: str, context: Any) -> ThreadItem:
        """Return an item. Raises NotFoundError."""

        def work(caller: Caller) -> tuple[str | None, bytes]:
            thread = self._thread(caller, thread_id)
            item = thread.items.get(item_id)
            if item is None:
                raise NotFoundError(f"Item '{item_id}' not found in thread '{thread_id}'")
            return _written(thread, item)

        item: ThreadItem = official_item(*await self._do(work))
        return item

    async def delete_thread_item(self, thread_id: str, item_id: str, context: Any) -> None:
        """Delete an item, if there is one: a server also removes items that it has only begun to stream."""

        def work(caller: Caller) -> None:
            thread = self._thread(caller, thread_id)
            if item_id in thread.items:
                thread.items.remove(item_id)
            thread.official.pop(item_id, None)

        await self._do(work)

    # Attachments, which are the project's files.

    async def save_attachment(self, attachment: Attachment, context: Any) -> None:
        """Create or change an attachment. Raises NotFoundError if it is another user's."""
        await self._do(partial(self._save_attachment, attachment.model_copy(), text_of(attachment)))

    async def load_attachment(self, attachment_id: str, context: Any) -> Attachment:
        """Return an attachment, also one that was uploaded to `/v1/chatkit/files`. Raises NotFoundError."""

        def work(caller: Caller) -> Any:
            file = self._project.files.of_user(attachment_id, caller.user)
            return official_attachment(file.official, caller.shown(file))

        return await self._do(work)

    async def delete_attachment(self, attachment_id: str, context: Any) -> None:
        """Delete an attachment of the user's with its content, if there is one: an AttachmentStore may have done so."""

        def work(caller: Caller) -> None:
            if attachment_id in self._project.files:
                self._project.delete_file(self._project.files.of_user(attachment_id, caller.user).id)

        await self._do(work)

    # In the emulator's loop.

    async def _do(self, work: Callable[[Caller], T]) -> T:
        """Do some work for the current user. Raises NotFoundError; StoreFault if the project was reset meanwhile."""
        call = current_call.get()
        if call is None:
            raise RuntimeError(_OUTSIDE)
        try:
            return await in_emulator(partial(self._unless_reset, work, call.caller))
        except NotFound as error:
            raise NotFoundError(str(error)) from None

    def _unless_reset(self, work: Callable[[Caller], T], caller: Caller) -> T:
        if self._project.resets != self._resets:
            raise StoreFault(_RESET)
        return work(caller)

    def _thread(self, caller: Caller, thread_id: str) -> StoredThread:
        thread = self._project.threads.get(thread_id)
        if thread.user != caller.user:
            raise ThreadNotFound(thread_id)
        return thread

    def _save_thread(self, given: ThreadMetadata, text: str, caller: Caller) -> None:
        is_new = given.id not in self._project.threads
        if is_new:
            session_id = None if caller.session is None else caller.session.id
            at = unix_of_local(given.created_at)
            thread = StoredThread(
                id=given.id, user=caller.user, created_at=at, session_id=session_id, items=Timeline(), official={}
            )
            self._project.threads.add(thread)
        thread = self._thread(caller, given.id)
        thread.title, thread.status, thread.official[""] = given.title, stored_status(given.status), text
        self._project.publish_thread(thread, "created" if is_new else "updated")

    def _put(self, thread_id: str, item: StoredItem, text: str, caller: Caller) -> None:
        thread = self._thread(caller, thread_id)
        older = thread.items.get(item.id)
        if older is not None and unix(older.created_at) == unix(item.created_at):
            thread.items.replace(item)
        else:
            if older is not None:  # its place goes by its time
                thread.items.remove(item.id)
            thread.add(item)
        thread.official[item.id] = text

    def _save_attachment(self, given: Any, text: str, caller: Caller) -> None:
        files = self._project.files
        if given.id in files:
            file = files.of_user(given.id, caller.user)
            file.name, file.mime_type, file.official = given.name, given.mime_type, text
            return
        most = (caller.session.max_file_size if caller.session else MAX_FILE_SIZE_MB) * MEGABYTE
        file = File(id=given.id, name=given.name, mime_type=given.mime_type, user=caller.user, max_size=most)
        file.official = text
        self._project.add_file(file)


class _Query(Struct, frozen=True, kw_only=True):
    limit: int
    order: str
    after: str | UnsetType
    before: UnsetType = UNSET


def _query(limit: int, after: str | None, order: str) -> _Query:
    return _Query(limit=max(0, limit), order=order, after=after or UNSET)


def _page(data: list[T], *, has_more: bool) -> Page[T]:
    after = getattr(data[-1], "id", None) if data and has_more else None
    return Page(data=data, has_more=has_more, after=after)


def _written(thread: StoredThread, item: StoredItem) -> tuple[str | None, bytes]:
    return thread.official.get(item.id), msgspec.json.encode(item)

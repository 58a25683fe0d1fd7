"""The threads that servers of the user's own keep, read and changed by operations of the conversation."""

from collections.abc import AsyncIterator, Callable, Container, Iterator
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from mock_server.backends.asking import PAGE, answer_to, pages
from mock_server.backends.backend import Backend, Call
from mock_server.backends.own_documents import OwnThread, items_in, thread_in
from mock_server.backends.owners import Owner
from mock_server.errors import BackendFailed, ThreadNotFound
from mock_server.state.project import Project
from mock_server.state.threads import StoredThread
from mock_server.state.timeline import Timeline
from mock_server.wire.chat.items import ThreadItem
from mock_server.wire.chat.operations import (
    ItemsListParams,
    ThreadDeleteParams,
    ThreadGetByIdParams,
    ThreadListParams,
    ThreadUpdateParams,
)

if TYPE_CHECKING:
    from mock_server.backends.registry import Backends

_USERS = 100  # whose threads are merged
_SESSIONS = 1000  # in which users are looked for
_UNKNOWN = "Its owner is not known: it was not created through this emulator, or the project was reset since."
MakeCall = Callable[[str, str | None, Struct], Call]  # takes the user, the id of a session, and the params


class OwnThreads:
    """The threads of one project that servers of the user's own keep; each is asked for as its owner."""

    def __init__(
        self, project: Project, backends: "Backends", *, scripted: Container[str], make_call: MakeCall
    ) -> None:
        """`scripted` holds the ids of workflows with a file."""
        self._project, self._backends, self._scripted, self._make_call = project, backends, scripted, make_call
        self._owners = backends.owners.of(project)
        backends.show_time(project.clock)

    async def merged(self, user: str | None = None) -> tuple[Timeline[StoredThread], str | None]:
        """Return the threads of a user, or of the users seen, with those that the project itself keeps.

        The second value is a sentence on what may be missing. Raises BackendFailed.
        """
        users = [user] if user is not None else list(islice(self.users(), _USERS))
        found: dict[str, StoredThread] = {}
        for each in users:
            async for thread in self._of_user(each):
                found.setdefault(thread.id, thread)
        theirs = [thread for thread in found.values() if user is None or thread.user == user]
        merged = Timeline[StoredThread]()
        # Those of equal times keep the order in which they are added, and lists come newest first.
        kept = (thread for thread in self._project.threads.timeline if user is None or thread.user == user)
        for thread in chain(kept, reversed(theirs)):
            merged.add(thread, at=thread.created_at)
        return merged, _note(users, user, others=len(found) - len(theirs))

    def users(self) -> Iterator[str]:
        """Iterate over the users that called or have a session, the latest first."""
        with_session = (session.user for session in islice(reversed(self._project.sessions), _SESSIONS))
        return iter(dict.fromkeys(chain(self._owners.users(), with_session)))

    async def get(self, thread_id: str) -> StoredThread:
        """Return a thread without its items. Raises ThreadNotFound, BackendFailed."""
        read = thread_in(await self._in_thread(thread_id, ThreadGetByIdParams(thread_id=thread_id)))
        if read is None:
            raise BackendFailed(502, "This server's answer to threads.get_by_id is no thread.")
        return _stored(read, self._owner(thread_id))

    async def with_items(self, thread_id: str) -> StoredThread:
        """Return a thread with its items, in the order in which its server lists them, oldest first.

        Items that can't be read are left out. Raises ThreadNotFound, BackendFailed.
        """
        thread, items = await self.get(thread_id), Timeline[ThreadItem]()

        def listing(after: str | None) -> Struct:
            return ItemsListParams(thread_id=thread_id, limit=PAGE, order="asc", after=after)

        async for page in pages(listing, partial(self._in_thread, thread_id)):
            for item in items_in(page):
                if item.id not in items:
                    items.add(item, at=len(items))
        return structs.replace(thread, items=items)

    async def rename(self, thread_id: str, title: str) -> None:
        """Change a thread's title. Raises ThreadNotFound, BackendFailed."""
        await self._in_thread(thread_id, ThreadUpdateParams(thread_id=thread_id, title=title))
        self._owners.updated(thread_id)

    async def delete(self, thread_id: str) -> None:
        """Delete a thread. Raises ThreadNotFound, BackendFailed."""
        await self._in_thread(thread_id, ThreadDeleteParams(thread_id=thread_id))
        self._owners.deleted(thread_id)

    async def _of_user(self, user: str) -> AsyncIterator[StoredThread]:
        """Yield the threads that each server lists for a user, newest first; the project's own are left out."""
        for backend in self._backends.all():
            workflow, session = self._session_for(user, backend)
            async for page in pages(newest_threads, partial(self._ask, backend, user, session)):
                for read in filter(None, map(thread_in, page.data)):
                    if read.id not in self._project.threads:
                        yield _stored(read, self._owners.listed(read.id, Owner(user, None, workflow)))

    def _session_for(self, user: str, backend: Backend) -> tuple[str | None, str | None]:
        """Return the workflow through which a user last came to a server, and the session."""
        for workflow, session in self._owners.sessions_of(user):
            if self._backend(workflow) is backend:
                return workflow, session
        return self._backends.workflow_of(backend), None

    def _backend(self, workflow: str | None) -> Backend | None:
        return self._backends.for_workflow(workflow, scripted=self._scripted)

    def _owner(self, thread_id: str) -> Owner:
        owner = self._owners.get(thread_id)
        if owner is None:
            raise ThreadNotFound(thread_id, hint=_UNKNOWN)
        return owner

    async def _in_thread(self, thread_id: str, params: Struct) -> bytes:
        owner = self._owner(thread_id)
        backend = self._backend(owner.workflow)
        if backend is None:
            raise ThreadNotFound(thread_id, hint=_UNKNOWN)
        session = owner.session or dict(self._owners.sessions_of(owner.user)).get(owner.workflow)
        try:
            return await self._ask(backend, owner.user, session, params)
        except BackendFailed as error:
            if error.status == 404:
                raise ThreadNotFound(thread_id, hint=f"This server says so: {error}") from None
            raise

    async def _ask(self, backend: Backend, user: str, session: str | None, params: Struct) -> bytes:
        return await answer_to(backend, self._make_call(user, session, params))


def newest_threads(after: str | None) -> Struct:
    """Return the params of a page of threads, newest first."""
    return ThreadListParams(limit=PAGE, order="desc", after=after)


def _stored(read: OwnThread, owner: Owner) -> StoredThread:
    return StoredThread(
        id=read.id,
        user=owner.user,
        created_at=read.created_at,
        title=read.title,
        status=read.status,
        session_id=owner.session,
        items=Timeline(),
    )


def _note(users: list[str], user: str | None, *, others: int) -> str | None:
    """Return a sentence on what a list may lack."""
    if user is None:
        seen = f"the {len(users)} users that were seen" if len(users) < _USERS else f"the {_USERS} users seen last"
        return f"Threads that your own server keeps are those of {seen} here: it lists one user's at a time."
    if others:
        return f"Your own server lists {others} threads of other users to this user too; they are left out."
    return None

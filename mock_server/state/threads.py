"""Threads and their items. They belong to a user (observed), whatever session or workflow they came from."""

from collections.abc import Iterable

from msgspec import Struct

from mock_server.errors import ThreadNotFound
from mock_server.state.timeline import Page, Timeline
from mock_server.wire.threads import (
    ActiveStatus,
    ChatKitThread,
    ThreadItem,
    ThreadListItemsParams,
    ThreadListParams,
    ThreadStatus,
)


class Thread(Struct, kw_only=True):
    """One thread; `created_at` in unix seconds with fractions."""

    id: str
    user: str
    created_at: float
    title: str | None = None
    status: ThreadStatus = ActiveStatus()
    items: Timeline[ThreadItem]

    def resource(self) -> ChatKitThread:
        """The thread as the REST surface shows it."""
        return ChatKitThread(
            id=self.id, created_at=int(self.created_at), title=self.title, status=self.status, user=self.user
        )


class Threads:
    """The threads of one project."""

    def __init__(self) -> None:
        self._timeline: Timeline[Thread] = Timeline()

    def __len__(self) -> int:
        return len(self._timeline)

    def __contains__(self, thread_id: str) -> bool:
        return thread_id in self._timeline

    def ids(self) -> Iterable[str]:
        """The ids there are."""
        return (thread.id for thread in self._timeline)

    def add(self, thread: Thread) -> None:
        """Keep a new thread."""
        self._timeline.add(thread)

    def get(self, thread_id: str) -> Thread:
        """Raises ThreadNotFound."""
        thread = self._timeline.get(thread_id)
        if thread is None:
            raise ThreadNotFound(thread_id)
        return thread

    def delete(self, thread_id: str) -> None:
        """Forget a thread with its items. Raises ThreadNotFound."""
        self.get(thread_id)
        self._timeline.remove(thread_id)

    def page(self, query: ThreadListParams) -> Page[Thread]:
        """Threads by creation, of one user if the query names one."""
        if not query.user:
            return self._timeline.page(query)
        return self._timeline.page(query, where=lambda thread: thread.user == query.user)

    def items(self, thread_id: str, query: ThreadListItemsParams) -> Page[ThreadItem]:
        """The items of a thread by creation. Raises ThreadNotFound."""
        return self.get(thread_id).items.page(query)

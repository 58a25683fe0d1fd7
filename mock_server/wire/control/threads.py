"""Threads on `/_mock/threads`."""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from mock_server.wire.chat.items import ThreadItem
from mock_server.wire.control.projects import ChoiceQuery, PageSize
from mock_server.wire.control.seeds import SeedStatus
from mock_server.wire.rest.threads import ThreadStatus


class ThreadSummary(Struct, frozen=True, kw_only=True):
    """A thread; `session` is the one that created it, `created_at` is in unix seconds.

    items: how many there are; null for a thread that a server of your own keeps, which tells it only item by item.
    """

    id: str
    project: str
    user: str
    title: str | None
    status: ThreadStatus
    session: str | None
    created_at: float
    items: int | None


class ThreadView(Struct, frozen=True, kw_only=True):
    """A thread with all of its items, oldest first, as the conversation shows them."""

    id: str
    project: str
    user: str
    title: str | None
    status: ThreadStatus
    session: str | None
    created_at: float
    items: list[ThreadItem]


class ThreadStatusParam(SeedStatus, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A thread's new status; `reason` is for locked and closed threads."""

    type: Literal["active", "locked", "closed"]


class ThreadParams(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The changes to a thread, all of which are made or none; null removes the title."""

    title: str | UnsetType | None = UNSET
    status: ThreadStatusParam | UnsetType = UNSET


class ThreadsQuery(ChoiceQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which threads to list, newest first; all given conditions must hold.

    search: part of the id, the user or the title, ignoring case.
    session: the session that created the threads.
    after: the id of the last thread on the previous page.
    """

    user: str | UnsetType = UNSET
    status: Literal["active", "locked", "closed"] | UnsetType = UNSET
    search: str | UnsetType = UNSET
    session: str | UnsetType = UNSET
    limit: PageSize = 100
    after: str | UnsetType = UNSET


class ThreadSummaries(Struct, frozen=True, kw_only=True):
    """A page of threads, newest first; `total` counts every match, `has_more` tells whether there is another page."""

    project: str
    total: int
    has_more: bool
    threads: list[ThreadSummary]

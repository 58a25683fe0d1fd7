"""Threads as `/_mock/threads` shows them."""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from mock_server.wire.chat.items import ThreadItem
from mock_server.wire.control.projects import ChoiceQuery, PageSize
from mock_server.wire.control.seeds import SeedStatus
from mock_server.wire.rest.threads import ThreadStatus


class ThreadSummary(Struct, frozen=True, kw_only=True):
    """A thread: `session` is the one that began it, `created_at` in unix seconds, `items` how many there are."""

    id: str
    project: str
    user: str
    title: str | None
    status: ThreadStatus
    session: str | None
    created_at: float
    items: int


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
    """What becomes of a thread; the reason is for locked and closed ones."""

    type: Literal["active", "locked", "closed"]


class ThreadParams(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to change of a thread: all of it or none; a title that is null takes it away."""

    title: str | UnsetType | None = UNSET
    status: ThreadStatusParam | UnsetType = UNSET


class ThreadsQuery(ChoiceQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which threads to list, newest first: all that is said has to hold.

    search: a part, in any case, of the id, the user or the title.
    session: the one that began them.
    after: the id of the last thread of the page before.
    """

    user: str | UnsetType = UNSET
    status: Literal["active", "locked", "closed"] | UnsetType = UNSET
    search: str | UnsetType = UNSET
    session: str | UnsetType = UNSET
    limit: PageSize = 100
    after: str | UnsetType = UNSET


class ThreadSummaries(Struct, frozen=True, kw_only=True):
    """Threads, newest first; `total` counts those that fit, listed or not; `has_more`: there are some behind these."""

    project: str
    total: int
    has_more: bool
    threads: list[ThreadSummary]

"""Threads as `/_mock/threads` shows them."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from mock_server.wire.control import ProjectQuery
from mock_server.wire.items import ThreadItem
from mock_server.wire.threads import ThreadStatus


class ThreadSummary(Struct, frozen=True, kw_only=True):
    """A thread: `session` is the one that began it, `created_at` in unix seconds, `items` how many there are."""

    id: str
    user: str
    title: str | None
    status: ThreadStatus
    session: str | None
    created_at: float
    items: int


class ThreadView(Struct, frozen=True, kw_only=True):
    """A thread with all of its items, oldest first, as the conversation shows them."""

    id: str
    user: str
    title: str | None
    status: ThreadStatus
    session: str | None
    created_at: float
    items: list[ThreadItem]


class ThreadsQuery(ProjectQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which threads to list, newest first."""

    user: str | UnsetType = UNSET
    limit: Annotated[int, Meta(ge=1, le=1000)] = 100


class ThreadSummaries(Struct, frozen=True, kw_only=True):
    """Threads, newest first; `total` counts those that fit, listed or not."""

    project: str
    total: int
    threads: list[ThreadSummary]

"""The feed on `/_mock/events`."""

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from mock_server.wire.control.clock import Duration
from mock_server.wire.control.projects import ChoiceQuery


class EventsQuery(ChoiceQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose events to follow: one project's, or with `*` those of all projects, including ones yet to come.

    every: send batches, at most one per such a span, from 50ms to 10s. Without it each event is sent at once.
    """

    every: Duration | UnsetType = UNSET


class FeedEvent(Struct, frozen=True, kw_only=True):
    """One thing that happened in a project.

    number: counts the events of a project, without gaps as long as somebody listens.
    kind: such as `session.expired`, `thread.deleted`, `request`, `fault`, `clock`, `reset`.
    at: unix seconds in the project's time: when it happened, which may be before it was published.
    data: what it is about.
    """

    project: str
    number: int
    kind: str
    at: float
    data: dict[str, Any]


class FeedBatch(Struct, frozen=True, kw_only=True):
    """What happened since the last batch: the newest events, oldest first, and how many were omitted, by kind."""

    events: list[FeedEvent]
    omitted: dict[str, int]

"""The feed on `/_mock/events`."""

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from mock_server.wire.control.clock import Duration
from mock_server.wire.control.projects import ChoiceQuery


class EventsQuery(ChoiceQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose events to follow: those of one project, or with `*` those of all projects, including future ones.

    every: send batches at this interval, from 50ms to 10s. Without it, each event is sent at once.
    """

    every: Duration | UnsetType = UNSET


class FeedEvent(Struct, frozen=True, kw_only=True):
    """One thing that happened in a project.

    number: the event's number in its project, without gaps as long as somebody listens.
    kind: the kind of event, such as `session.expired`, `thread.deleted`, `request`, `fault`, `clock` or `reset`.
    at: when it happened, in unix seconds of the project's time; it may have been published later.
    data: what the event is about; its keys depend on the kind.
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

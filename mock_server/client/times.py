"""Python's moments and durations, converted to what the control plane accepts."""

from datetime import datetime, timedelta

InstantLike = str | float | datetime
DurationLike = str | float | timedelta


def as_instant(moment: InstantLike) -> str | float:
    """Return a moment as ISO 8601 or unix seconds. Raises ValueError for a datetime without a time zone."""
    if isinstance(moment, datetime):
        if moment.tzinfo is None:
            raise ValueError(f"{moment} has no time zone; write datetime(..., tzinfo=UTC)")
        return moment.isoformat()
    return moment


def as_duration(span: DurationLike) -> str | float:
    """Return a duration as a string such as `10m`, or in seconds."""
    return span.total_seconds() if isinstance(span, timedelta) else span

"""Python's moments and durations, converted to what the control plane accepts."""

from datetime import datetime, timedelta

__tracebackhide__ = True  # pytest shows the line of the test
InstantLike = str | float | datetime
DurationLike = str | float | timedelta


def as_instant(moment: InstantLike) -> str | float:
    """Return a moment as ISO 8601 or unix seconds. Raises ValueError for a datetime without a time zone, TypeError."""
    if isinstance(moment, datetime):
        if moment.tzinfo is None:
            raise ValueError(f"{moment} has no time zone; write datetime(..., tzinfo=UTC)")
        return moment.isoformat()
    if not isinstance(moment, str | int | float) or isinstance(moment, bool):
        raise TypeError(f"{moment!r} is not a point in time; write datetime(..., tzinfo=UTC)")
    return moment


def as_duration(span: DurationLike) -> str | float:
    """Return a duration as a string such as `10m`, or in seconds. Raises TypeError."""
    if isinstance(span, timedelta):
        return span.total_seconds()
    if not isinstance(span, str | int | float) or isinstance(span, bool):
        raise TypeError(f"{span!r} is not a duration; write seconds, a timedelta, or a string such as 10m")
    return span

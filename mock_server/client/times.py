"""Points in time and lengths of time as Python has them, made what the control plane takes."""

from datetime import datetime, timedelta

InstantLike = str | float | datetime
DurationLike = str | float | timedelta


def as_instant(moment: InstantLike) -> str | float:
    """ISO 8601, or unix seconds. Raises ValueError for a datetime without a zone."""
    if isinstance(moment, datetime):
        if moment.tzinfo is None:
            raise ValueError(f"{moment} has no zone; write datetime(..., tzinfo=UTC)")
        return moment.isoformat()
    return moment


def as_duration(span: DurationLike) -> str | float:
    """A duration such as `10m`, or seconds."""
    return span.total_seconds() if isinstance(span, timedelta) else span

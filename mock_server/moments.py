"""Parses points in time and durations as people write them, once, at the edge."""

import math
import re
from datetime import UTC, datetime

from mock_server.wording import quoted

__tracebackhide__ = True  # pytest shows the line of the test
END_OF_TIME = 253_402_300_800  # the year 10000, in unix seconds
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_DURATION = re.compile(rf"([+-]?)((?:{_PART.pattern})+)")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}


def seconds(duration: str | float, *, least: float = 0, most: float = 86_400) -> float:
    """Return a duration such as `10m` or `9m59s` in seconds; a number is seconds already.

    Raises ValueError for anything else, and outside of `least` to `most` seconds.
    """
    if isinstance(duration, str):
        match = _DURATION.fullmatch(duration)
        if match is None:
            raise ValueError(f"{quoted(duration)} is not a duration; write seconds, or 200ms, 1.5s, 10m, 1h30m, 1d")
        length = sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(match[2]))
        length = -length if match[1] == "-" else length
    else:
        length = float(duration)
    if not least <= length <= most:
        raise ValueError(f"{duration} is not between {least:g} and {most:g} seconds")
    return length


def instant(moment: str | float) -> float:
    """Return ISO 8601 with a time zone in unix seconds; a number is unix seconds already.

    Raises ValueError for anything else, and outside of the years 1970 to 9999.
    """
    if isinstance(moment, str):
        try:
            parsed = datetime.fromisoformat(moment)
        except ValueError:
            raise ValueError(
                f"{quoted(moment)} is not a point in time; write 2026-01-01T00:00:00Z, or unix seconds"
            ) from None
        if parsed.tzinfo is None:
            raise ValueError(f"'{moment}' has no time zone; write {parsed.isoformat()}Z for UTC")
        unix = (parsed - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()
    else:
        unix = float(moment)
    if math.isnan(unix) or not 0 <= unix < END_OF_TIME:
        raise ValueError(f"{moment} is not between the years 1970 and 9999")
    return unix


def iso(unix: float) -> str:
    """Return unix seconds as ISO 8601 in UTC."""
    return datetime.fromtimestamp(unix, UTC).isoformat().replace("+00:00", "Z")

"""A project's time on `/_mock/clock`."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

Instant = Annotated[
    str | float,
    Meta(
        description="ISO 8601 with a time zone, or unix seconds.",
        extra_json_schema={"examples": ["2026-01-01T00:00:00Z"]},
    ),
]
Duration = Annotated[
    str | float, Meta(description="Seconds, or numbers with their units: 200ms, 1.5s, 10m, 1h30m, 1d.")
]


class ClockParams(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Changes to a project's clock, applied in this order: all of them or none.

    resume: follow real time again.
    freeze: stop at this time, or with `now` at the clock's current time.
    travel_to: jump to this time; a running clock keeps running from there, a frozen one stays frozen.
    shift: move by this duration, backwards if negative.
    tick: move a frozen clock forward by this duration.
    scale: run this many times as fast as real time.
    """

    resume: Literal["now"] | UnsetType = UNSET
    freeze: Instant | UnsetType = UNSET
    travel_to: Instant | UnsetType = UNSET
    shift: Duration | UnsetType = UNSET
    tick: Duration | UnsetType = UNSET
    scale: Annotated[float, Meta(ge=0.001, le=100_000)] | UnsetType = UNSET


class ClockState(Struct, frozen=True, kw_only=True):
    """A project's time: `now` in unix seconds, `at` in ISO 8601.

    factor: how many times as fast as real time the clock runs; 0 if it is frozen.
    """

    project: str
    now: float
    at: str
    frozen: bool
    factor: float

"""A project's time on `/_mock/clock`."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

Instant = Annotated[
    str | float,
    Meta(
        description="ISO 8601 with a zone, or unix seconds.", extra_json_schema={"examples": ["2026-01-01T00:00:00Z"]}
    ),
]
Duration = Annotated[str | float, Meta(description="Seconds, or a number with its unit: 200ms, 1.5s, 10m, 2h, 1d.")]


class ClockParams(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to do with a project's clock; several are done in this order, all or none.

    resume: go on with the world's time, unmoved.
    freeze: stand still at a moment, or where it is with `now`.
    travel_to: jump to a moment; a running clock runs on from there.
    shift: move by a span, backwards if negative.
    tick: move a frozen clock forward by a span.
    scale: run on, so many times as fast as the world.
    """

    resume: Literal["now"] | UnsetType = UNSET
    freeze: Instant | UnsetType = UNSET
    travel_to: Instant | UnsetType = UNSET
    shift: Duration | UnsetType = UNSET
    tick: Duration | UnsetType = UNSET
    scale: Annotated[float, Meta(ge=0.001, le=100_000)] | UnsetType = UNSET


class ClockState(Struct, frozen=True, kw_only=True):
    """A project's time: `now` in unix seconds, `at` in ISO 8601; `factor` is how fast it runs, 0 when frozen."""

    project: str
    now: float
    at: str
    frozen: bool
    factor: float

"""Faults: rules that break responses on purpose."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from mock_server.wire.control.clock import Duration
from mock_server.wire.control.operations import FaultOperationName

Name = Annotated[str, Meta(extra_json_schema={"pattern": "^[A-Za-z0-9._-]{1,64}$"})]
Count = Annotated[int, Meta(ge=1)]
Events = Annotated[int, Meta(ge=0, description="How many events of a stream are sent unchanged first.")]


class _RulePart(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a rule."""


class FaultMatch(_RulePart, frozen=True, kw_only=True):
    """Which requests a fault applies to; a condition that is left out matches any request.

    operation: a name or the first parts of one: `sessions.create`, `sessions`, `conversation.threads.create`. With
        `store` or `store.add_thread_item` the fault applies to calls that a server of the user's own makes to its
        Store, and only then.
    path: the path below the project, with `*` for any text.
    workflow, user, session: ids, with `*` for any text.
    nth: which of the matching requests, counted from 1.
    probability: that the fault applies to a matching request; with `--seed`, the same requests in every run.
    """

    operation: FaultOperationName | UnsetType = UNSET
    path: str | UnsetType = UNSET
    workflow: str | UnsetType = UNSET
    user: str | UnsetType = UNSET
    session: str | UnsetType = UNSET
    nth: Count | Annotated[list[Count], Meta(extra_json_schema={"minItems": 1})] | UnsetType = UNSET
    probability: Annotated[float, Meta(ge=0, le=1)] | UnsetType = UNSET


class FaultError(_RulePart, frozen=True, kw_only=True):
    """An error response; what is left out is what OpenAI sends with this status. `retry_after` is in seconds."""

    status: Annotated[int, Meta(ge=400, le=599)]
    message: str | UnsetType = UNSET
    type: str | UnsetType = UNSET
    code: str | UnsetType | None = UNSET
    param: str | UnsetType | None = UNSET
    retry_after: Annotated[int, Meta(ge=0)] | UnsetType = UNSET


class FaultAction(_RulePart, frozen=True, kw_only=True):
    """What happens to a request: at most one of error, drop, cut, malformed and truncated, with any of the others.

    delay: wait this long first.
    end_session: end the request's session first; a session that the request creates has ended from the start.
    error: respond with an error, given by its status or in full.
    drop: close the connection without a response.
    cut: close the connection after this many events of a stream.
    malformed: break the JSON of the response, or of the event after this many.
    truncated: close the connection in the middle of the response's body, or of the event after this many.
    bandwidth: send at most this many bytes per second.
    """

    delay: Duration | UnsetType = UNSET
    end_session: Literal["expired", "cancelled"] | UnsetType = UNSET
    error: Annotated[int, Meta(ge=400, le=599)] | FaultError | UnsetType = UNSET
    drop: bool = False
    cut: Events | UnsetType = UNSET
    malformed: Events | UnsetType = UNSET
    truncated: Events | UnsetType = UNSET
    bandwidth: Count | UnsetType = UNSET


class FaultParams(_RulePart, frozen=True, kw_only=True):
    """A fault: which requests it applies to, what happens to them, how often and for how long.

    name: its name in `X-Mock-Fault` and in the journal; by default its id.
    times: how many requests it is applied to at most.
    lasts: how long it is in effect, in the project's time.
    """

    name: Name | UnsetType = UNSET
    match: FaultMatch = FaultMatch()
    do: FaultAction
    times: Count | UnsetType = UNSET
    lasts: Duration | UnsetType = UNSET


class FaultSet(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A list of faults, in the order in which they are tried."""

    faults: list[FaultParams]
    description: str = ""


class MagicValue(_RulePart, frozen=True, kw_only=True):
    """A magic workflow id: what it does in one sentence, and the faults that do it, all of them for this id."""

    value: Name
    summary: str
    faults: list[FaultParams]


class MagicFile(_RulePart, frozen=True, kw_only=True):
    """The file of the magic workflow ids."""

    values: list[MagicValue]
    description: str = ""


class FaultRule(Struct, kw_only=True):
    """A fault of a project.

    until: when it ends, in unix seconds of the project's time; null if it does not.
    seen: how many requests it has matched; hits: how many of those it was applied to.
    """

    id: str
    name: str
    match: FaultMatch
    do: FaultAction
    times: int | None
    until: float | None
    seen: int = 0
    hits: int = 0


class FaultList(Struct, frozen=True, kw_only=True):
    """A project's faults, in the order in which they are tried: the first one that matches a request is applied."""

    project: str
    faults: list[FaultRule]


class ShippedSet(Struct, frozen=True, kw_only=True):
    """A shipped set of faults; it is active while the project has faults with all of their names."""

    name: str
    description: str
    active: bool
    faults: list[FaultParams]


class ShippedSets(Struct, frozen=True, kw_only=True):
    """Every shipped set of faults, and whether a project has it."""

    project: str
    sets: list[ShippedSet]


class MagicState(Struct, frozen=True, kw_only=True):
    """A magic workflow id: what it does, and how many requests it was applied to (`hits`).

    active: whether every workflow of the project behaves like this one, because the project has faults with its name.
    faults: the faults that make every workflow do so.
    """

    value: str
    summary: str
    hits: int
    active: bool
    faults: list[FaultParams]


class MagicValues(Struct, frozen=True, kw_only=True):
    """Every magic workflow id that works by faults, and how often each was applied in a project."""

    project: str
    values: list[MagicState]

"""Faults: the rules that break answers on purpose."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from mock_server.wire.control.clock import Duration

Name = Annotated[str, Meta(extra_json_schema={"pattern": "^[A-Za-z0-9._-]{1,64}$"})]
Count = Annotated[int, Meta(ge=1)]
Events = Annotated[int, Meta(ge=0, description="How many events of a stream pass unharmed before.")]


class _RulePart(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a rule."""


class FaultMatch(_RulePart, frozen=True, kw_only=True):
    """Which calls a rule is for; what is left out fits any.

    operation: a name or the beginning of one: `sessions.create`, `sessions`, `conversation.threads.create`.
    path: the path below the project, with `*` for any text.
    workflow, user, session: ids, with `*` for any text.
    nth: which of the fitting calls, counted from 1.
    probability: of striking a fitting call; drawn anew for each, the same from run to run under `--seed`.
    """

    operation: str | UnsetType = UNSET
    path: str | UnsetType = UNSET
    workflow: str | UnsetType = UNSET
    user: str | UnsetType = UNSET
    session: str | UnsetType = UNSET
    nth: Count | Annotated[list[Count], Meta(extra_json_schema={"minItems": 1})] | UnsetType = UNSET
    probability: Annotated[float, Meta(ge=0, le=1)] | UnsetType = UNSET


class FaultError(_RulePart, frozen=True, kw_only=True):
    """An error answer; what is left out is what OpenAI says with this status. `retry_after` in seconds."""

    status: Annotated[int, Meta(ge=400, le=599)]
    message: str | UnsetType = UNSET
    type: str | UnsetType = UNSET
    code: str | UnsetType | None = UNSET
    param: str | UnsetType | None = UNSET
    retry_after: Annotated[int, Meta(ge=0)] | UnsetType = UNSET


class FaultAction(_RulePart, frozen=True, kw_only=True):
    """What happens to a call: at most one of error, drop, cut, malformed, truncated, with any of the others.

    delay: wait this long first.
    end_session: end the call's session first; a session that is just created is born ended.
    error: answer with an error, by its status or in full.
    drop: close the connection without an answer.
    cut: close the connection after so many events of a stream.
    malformed: break the JSON of the answer, or of the event after so many.
    truncated: close the connection in the middle of the answer's body, or of the event after so many.
    bandwidth: send so many bytes a second at most.
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
    """A rule: which calls, what happens to them, how often and how long.

    name: what `X-Mock-Fault` and the journal call it; by default its id.
    times: how many calls it strikes at most.
    lasts: how long it holds, in the project's time.
    """

    name: Name | UnsetType = UNSET
    match: FaultMatch = FaultMatch()
    do: FaultAction
    times: Count | UnsetType = UNSET
    lasts: Duration | UnsetType = UNSET


class FaultSet(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file of rules, in order."""

    faults: list[FaultParams]
    description: str = ""


class MagicValue(_RulePart, frozen=True, kw_only=True):
    """A magic workflow id in its file: what it does in one sentence, and by which rules, all of them for this id."""

    value: Name
    summary: str
    faults: list[FaultParams]


class MagicFile(_RulePart, frozen=True, kw_only=True):
    """The file of the magic workflow ids."""

    values: list[MagicValue]
    description: str = ""


class FaultRule(Struct, kw_only=True):
    """A rule at work: `until` in unix seconds, `seen` counts the calls that fitted, `hits` those it struck."""

    id: str
    name: str
    match: FaultMatch
    do: FaultAction
    times: int | None
    until: float | None
    seen: int = 0
    hits: int = 0


class FaultList(Struct, frozen=True, kw_only=True):
    """A project's rules, in the order in which they are tried: the first that fits strikes."""

    project: str
    faults: list[FaultRule]


class ShippedSet(Struct, frozen=True, kw_only=True):
    """A shipped set of rules; it is active while the project has rules of all their names."""

    name: str
    description: str
    active: bool
    faults: list[FaultParams]


class ShippedSets(Struct, frozen=True, kw_only=True):
    """Every shipped set, and whether a project has it."""

    project: str
    sets: list[ShippedSet]


class MagicState(Struct, frozen=True, kw_only=True):
    """A magic workflow id: what it does, and how many calls it has struck.

    active: whether every workflow of the project does as this one does, for it has the rules named so.
    faults: the rules which that takes.
    """

    value: str
    summary: str
    hits: int
    active: bool
    faults: list[FaultParams]


class MagicValues(Struct, frozen=True, kw_only=True):
    """Every magic workflow id that is made of faults, and what it did in a project."""

    project: str
    values: list[MagicState]

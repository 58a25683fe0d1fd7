"""What is said about the client, and about the emulator itself."""

from typing import Literal

from msgspec import Struct

Mark = Literal["observed", "specified", "inferred", "ours"]


class Finding(Struct, frozen=True, kw_only=True):
    """Something the client does that would hurt against the real API.

    code: stable, for `--ignore`. requests: the journal's ids, oldest first.
    why: what would happen in production. way_out: what to do.
    """

    code: str
    message: str
    why: str
    way_out: str
    requests: list[str]


class FindingList(Struct, frozen=True, kw_only=True):
    """All findings of a project's journal; `forgotten` requests were pushed out of it before."""

    project: str
    forgotten: int
    findings: list[Finding]


class Behaviour(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One behaviour of the emulator, and how it is known that the real API has it.

    mark: the weakest of what it rests on; note: what of it is known otherwise.
    """

    behaviour: str
    mark: Mark
    note: str = ""


class FidelityList(Struct, frozen=True, kw_only=True):
    """Every behaviour."""

    behaviours: list[Behaviour]

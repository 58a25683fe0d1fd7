"""Findings about the client, and the emulator's own fidelity."""

from typing import Literal

from msgspec import Struct

FindingCode = Literal[
    "api-key-in-browser",
    "session-per-message",
    "one-user-for-all",
    "dead-secret",
    "renewal-loop",
    "retry-after-ignored",
    "retry-storm",
    "beta-header",
    "stream-left-open",
    "workflow-version",
    "5xx-on-stream",
    "backend-blocks-loop",
    "empty-stream",
    "error-after-headers",
    "item-id-reused",
    "message-to-locked-thread",
    "orphan-thread",
    "stream-broken-off",
    "undecodable-frame",
]
Mark = Literal["observed", "specified", "inferred", "ours"]


class Finding(Struct, frozen=True, kw_only=True):
    """A mistake of the client, which would cause trouble with the real API, or of a server of the user's own.

    code: a stable name, for `--ignore`. message: what the client, or the server, did.
    why: what would happen in production. way_out: what to do about it.
    requests: the ids of the requests in the journal, oldest first.
    """

    code: FindingCode
    message: str
    why: str
    way_out: str
    requests: list[str]


class FindingList(Struct, frozen=True, kw_only=True):
    """All findings in a project's journal; `forgotten` counts the requests that the journal no longer holds."""

    project: str
    forgotten: int
    findings: list[Finding]


class Behaviour(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One behaviour of the emulator, and how it is known that the real API behaves the same.

    mark: the weakest evidence for it; note: which part has other evidence, or none.
    """

    behaviour: str
    mark: Mark
    note: str = ""


class FidelityList(Struct, frozen=True, kw_only=True):
    """Every behaviour, and how it is known."""

    behaviours: list[Behaviour]

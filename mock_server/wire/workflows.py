"""Workflows as `/_mock/workflows` lists them."""

from typing import Literal

from msgspec import Struct


class WorkflowState(Struct, frozen=True, kw_only=True):
    """A workflow: the versions it says there are, null for any, how many turns it scripts, and where it came from."""

    id: str
    description: str
    versions: list[str] | None
    turns: int
    source: Literal["file", "added"]


class WorkflowList(Struct, frozen=True, kw_only=True):
    """Every workflow with a script, of the whole server; any other id is answered by the echo."""

    workflows: list[WorkflowState]

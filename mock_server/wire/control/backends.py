"""Servers of the user's own on `/_mock/backends`."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

Kind = Literal["server", "factory", "app", "url"]
_Line = Annotated[str, Meta(max_length=8192)]


class BackendParams(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A server at a URL.

    workflow: the workflow id that it answers for; without one, every workflow that has no script.
    headers: lines such as `Authorization: Bearer {{user}}`, besides those of `--backend-header`.
    """

    url: _Line
    workflow: str | UnsetType | None = UNSET
    headers: Annotated[list[_Line], Meta(max_length=100)] = []


class BackendQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which server is meant; without a workflow id, all of them."""

    workflow: str | UnsetType = UNSET


class BackendState(Struct, frozen=True, kw_only=True):
    """A server of the user's own.

    workflow: the workflow id that it answers for; null if for every workflow that has no script.
    kind: a `ChatKitServer`, a function that makes a server, an ASGI application, or a URL.
    target: its name as it was given, or its URL.
    """

    workflow: str | None
    kind: Kind
    target: str


class BackendList(Struct, frozen=True, kw_only=True):
    """Every server of the user's own."""

    backends: list[BackendState]

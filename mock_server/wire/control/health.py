"""What a health check is answered."""

from typing import Literal

from msgspec import Struct


class Health(Struct, frozen=True, kw_only=True):
    """The server lives: its version and the projects it holds."""

    status: Literal["ok"] = "ok"
    version: str
    projects: list[str]

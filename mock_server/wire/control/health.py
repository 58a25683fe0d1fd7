"""The response to a health check."""

from typing import Literal

from msgspec import Struct


class Health(Struct, frozen=True, kw_only=True):
    """The server is running: its version, and the names of its projects."""

    status: Literal["ok"] = "ok"
    version: str
    projects: list[str]

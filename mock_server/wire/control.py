"""What travels on `/_mock`."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from mock_server.config import PROJECT_NAME

ProjectName = Annotated[str, Meta(extra_json_schema={"pattern": f"^{PROJECT_NAME}$"})]


class ProjectQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The query of every call that acts on a project; by default that is the caller's."""

    project: ProjectName | UnsetType = UNSET


class ClockParams(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to do with a project's clock, one of: `freeze` at a unix second, `shift` by seconds, `resume`."""

    freeze: Annotated[float, Meta(ge=0, lt=253_402_300_800)] | UnsetType = UNSET
    shift: Annotated[float, Meta(gt=-1e9, lt=1e9)] | UnsetType = UNSET
    resume: Literal["now"] | UnsetType = UNSET


class ClockState(Struct, frozen=True, kw_only=True):
    """A project's time, in unix seconds."""

    project: str
    now: float
    frozen: bool


class Health(Struct, frozen=True, kw_only=True):
    """The server lives: its version and the projects it holds."""

    status: Literal["ok"] = "ok"
    version: str
    projects: list[str]


class ProjectContents(Struct, frozen=True, kw_only=True):
    """How much a project holds after it was loaded or reset."""

    project: str
    sessions: int
    threads: int

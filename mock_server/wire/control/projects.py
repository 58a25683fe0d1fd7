"""Projects on `/_mock`: how a request chooses one, and what one holds."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from mock_server.config import PROJECT_NAME
from mock_server.wire.control.clock import ClockState

ALL = "*"  # in place of a project's name: all of them
ProjectName = Annotated[str, Meta(extra_json_schema={"pattern": f"^{PROJECT_NAME}$"})]
ProjectChoice = Annotated[
    str,
    Meta(
        description="A project's name, or * for all projects.", extra_json_schema={"pattern": rf"^({PROJECT_NAME}|\*)$"}
    ),
]
PageSize = Annotated[int, Meta(ge=1, le=1000)]


class ProjectQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The query of every request about one project, by default the caller's."""

    project: ProjectName | UnsetType = UNSET


class NoQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The query of a request about every project."""


class ChoiceQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The query of a request about one project, by default the caller's, or about all projects."""

    project: ProjectChoice | UnsetType = UNSET


class ResetQuery(ProjectQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to reset, by default everything; `state` is the sessions, threads and files, `requests` the journal."""

    only: Literal["state", "requests", "faults", "clock"] | UnsetType = UNSET


class ProjectContents(Struct, frozen=True, kw_only=True):
    """How much a project holds; `requests` counts those in its journal."""

    project: str
    sessions: int
    threads: int
    files: int
    faults: int
    requests: int


class SavedState(Struct, frozen=True, kw_only=True):
    """The file that the emulator's state was saved to, and its size in bytes."""

    file: str
    size: int


class ProjectOverview(ProjectContents, frozen=True, kw_only=True):
    """How much a project holds, and its time."""

    clock: ClockState


class ProjectList(Struct, frozen=True, kw_only=True):
    """Every project of the server, and the name of the default project."""

    default: str
    projects: list[ProjectOverview]

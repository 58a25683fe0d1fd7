"""The form of snapshots: what they hold, and how a damaged one is refused."""

from typing import Any, Literal

from msgspec import Struct

from mock_server.clock import Reading
from mock_server.errors import DocumentInvalid
from mock_server.ids import IdState
from mock_server.state.files import File
from mock_server.state.sessions import Session
from mock_server.state.timeline import TimelineState
from mock_server.state.usage import UsageState
from mock_server.wire.chat.items import StoredItem
from mock_server.wire.control.faults import FaultRule
from mock_server.wire.rest.threads import ThreadStatus

FORMAT = "chatkit-mock-server snapshot"
VERSION = 1


class ThreadState(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A thread with its items."""

    id: str
    user: str
    created_at: float
    title: str | None
    status: ThreadStatus
    session_id: str | None
    feedback: dict[str, Literal["positive", "negative"]]
    items: TimelineState[StoredItem]
    official: dict[str, str] = {}


class FileState(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file with its content in base64; null until it has been uploaded."""

    file: File
    content: bytes | None


class FaultsState(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The rules with their counters; `drawn` is how many ids were given out."""

    drawn: int
    rules: list[FaultRule]


class ProjectState(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A project without its journal; `ids` is null unless the server runs with a seed."""

    project: str
    clock: Reading
    ids: IdState | None
    workflows: list[str]
    sessions: list[Session]
    threads: TimelineState[ThreadState]
    files: list[FileState]
    usage: UsageState
    faults: FaultsState


class Snapshot(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One project, or all of a server; `taken_at` is in unix seconds of the first project's time."""

    format: Literal["chatkit-mock-server snapshot"] = "chatkit-mock-server snapshot"
    version: Literal[1] = 1
    taken_at: float
    projects: list[ProjectState]


# What may be long in a snapshot, which is read piece by piece.
LONG: dict[tuple[str, ...], Any] = {
    ("projects", "[]", "sessions"): list[Session],
    ("projects", "[]", "threads", "places"): list[tuple[str, float, int]],
    ("projects", "[]", "threads", "entries"): list[ThreadState],
    ("projects", "[]", "files"): list[FileState],
    ("projects", "[]", "usage", "requests"): dict[str, list[float]],
    ("projects", "[]", "faults", "rules"): list[FaultRule],
}
OPENED = (Snapshot, ProjectState, TimelineState, ThreadState, FileState, UsageState, FaultsState)


class SnapshotInvalid(DocumentInvalid):
    """A document that is not a snapshot, or is damaged."""

    code = "invalid_snapshot"

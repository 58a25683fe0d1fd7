"""Snapshots: whole projects as one document, and back without loss."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct

from mock_server.clock import Clock, Reading
from mock_server.config import PROJECT_NAME
from mock_server.documents.places import place_and_reason
from mock_server.errors import ControlRefused, DocumentInvalid, ProjectInvalid
from mock_server.ids import IdFactory, IdState
from mock_server.moments import END_OF_TIME
from mock_server.state.faults import check
from mock_server.state.files import File, Files
from mock_server.state.project import Project
from mock_server.state.projects import Projects
from mock_server.state.sessions import Session
from mock_server.state.threads import StoredThread, Threads
from mock_server.state.timeline import Timeline, TimelineState
from mock_server.state.usage import UsageState
from mock_server.wire.chat.items import ThreadItem
from mock_server.wire.control.faults import FaultParams, FaultRule
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
    items: TimelineState[ThreadItem]


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


class SnapshotInvalid(DocumentInvalid):
    """A document that is not a snapshot, or is damaged."""

    code = "invalid_snapshot"


def take(projects: Iterable[Project]) -> Snapshot:
    """Return a snapshot of projects."""
    taken = list(projects)
    return Snapshot(taken_at=taken[0].clock.now(), projects=[_state(project) for project in taken])


def parse_snapshot(body: bytes, *, source: str) -> Snapshot:
    """Parse and check a snapshot. Raises SnapshotInvalid with place and reason."""
    try:
        head = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
        if head.get("format") != msgspec.Raw(msgspec.json.encode(FORMAT)):
            raise SnapshotInvalid(f"is not a snapshot: its 'format' is not '{FORMAT}'", source=source)
        if head.get("version") != msgspec.Raw(b"%d" % VERSION):
            raise SnapshotInvalid(
                f"is a snapshot of another version; this emulator reads version {VERSION}", source=source
            )
        snapshot = msgspec.json.decode(body, type=Snapshot)
    except msgspec.ValidationError as error:
        place, reason = place_and_reason(error, Snapshot)
        raise SnapshotInvalid(reason, source=source, place=place) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SnapshotInvalid(f"is damaged: {error}", source=source) from None
    if not snapshot.projects:
        raise SnapshotInvalid("holds no project", source=source, place="projects")
    _refuse_twice([state.project for state in snapshot.projects], "projects", source)
    sessions = [session for state in snapshot.projects for session in state.sessions]
    _refuse_twice([session.client_secret for session in sessions], "sessions", source)
    for at, state in enumerate(snapshot.projects):
        _check(state, f"projects[{at}]", source)
    return snapshot


def restore(project: Project, state: ProjectState, *, secrets: Projects, source: str) -> None:
    """Put a project into a saved state. Raises SnapshotInvalid, and then changes nothing."""
    for at, session in enumerate(state.sessions):
        owner = secrets.session_of(session.client_secret)
        if owner is not None and owner.project != project.name:
            reason = f"project '{owner.project}' already has this session; reset that project first"
            raise SnapshotInvalid(reason, source=source, place=f"sessions[{at}].client_secret")
    files = Files(project.files.types)
    for each in state.files:
        files.add(each.file)
        if each.content is not None:
            with files.contents.storing(each.file.id, writer="restore") as content:
                content.write(each.content)
                content.keep()
    threads = Threads(Timeline.of_state(state.threads.map(_thread)))
    project.files.clear()
    project.files, project.threads = files, threads
    project.sessions.clear()
    for session in state.sessions:
        session.project = project.name
        project.sessions.add(session)
    project.expiries.forget()
    project.workflows.clear()
    project.workflows.update(state.workflows)
    project.usage.state = state.usage
    project.faults.drawn, project.faults.rules = state.faults.drawn, state.faults.rules
    if state.ids is not None:  # another project's secrets stay its own: each has to name one project
        project.ids.go_on_from(state.ids, secrets=state.project == project.name)
    project.set_clock(state.clock)
    project.publish_restored()


def load_state(path: Path, projects: Projects) -> None:
    """Restore every project of a state file; do nothing if there is no file yet. Raises SnapshotInvalid."""
    if not path.exists():
        return
    try:
        body = path.read_bytes()
    except OSError as error:
        raise SnapshotInvalid(f"can't be read: {error.strerror or error}", source=str(path)) from None
    states = parse_snapshot(body, source=str(path)).projects
    for state in states:
        project = projects.get(state.project)
        restore(project, state, secrets=projects, source=str(path))
        projects.keep(project)


def _state(project: Project) -> ProjectState:
    return ProjectState(
        project=project.name,
        clock=project.clock.reading,
        ids=project.ids.state,
        workflows=sorted(project.workflows),
        sessions=list(project.sessions),
        threads=project.threads.timeline.state().map(_thread_state),
        files=[FileState(file=file, content=_content(project.files, file)) for file in project.files],
        usage=project.usage.state,
        faults=FaultsState(drawn=project.faults.drawn, rules=list(project.faults.rules)),
    )


def _content(files: Files, file: File) -> bytes | None:
    path = files.contents.find(file.id)
    return None if path is None else path.read_bytes()


def _thread_state(thread: StoredThread) -> ThreadState:
    return ThreadState(
        id=thread.id,
        user=thread.user,
        created_at=thread.created_at,
        title=thread.title,
        status=thread.status,
        session_id=thread.session_id,
        feedback=thread.feedback,
        items=thread.items.state(),
    )


def _thread(state: ThreadState) -> StoredThread:
    fields: dict[str, Any] = {name: getattr(state, name) for name in state.__struct_fields__}
    return StoredThread(**{**fields, "items": Timeline.of_state(state.items)})


def _check(state: ProjectState, place: str, source: str) -> None:
    """Raise SnapshotInvalid for values that can't be used, and for parts that contradict each other."""
    _refuse_twice([session.id for session in state.sessions], f"{place}.sessions", source)
    for at, session in enumerate(state.sessions):
        if min(session.max_requests_per_1_minute, session.max_files, session.max_file_size) < 1:
            raise SnapshotInvalid("a limit must be at least 1", source=source, place=f"{place}.sessions[{at}]")
    _refuse_twice([each.file.id for each in state.files], f"{place}.files", source)
    clock = Clock()
    clock.reading = state.clock
    _refuse_odd_time(clock.reach(), f"{place}.clock", source)
    _check_name_and_ids(state, place, source)
    _check_rules(state.faults.rules, f"{place}.faults.rules", source)
    for at, thread in enumerate(state.threads.entries):
        _refuse_odd_time(thread.created_at, f"{place}.threads.entries[{at}].created_at", source)
    timelines = [("threads", state.threads)]
    timelines += [(f"threads.entries[{at}].items", thread.items) for at, thread in enumerate(state.threads.entries)]  # type: ignore[misc]
    for name, timeline in timelines:
        _check_timeline(timeline, f"{place}.{name}", source)


def _check_name_and_ids(state: ProjectState, place: str, source: str) -> None:
    if not re.fullmatch(PROJECT_NAME, state.project):
        raise SnapshotInvalid(str(ProjectInvalid(state.project)), source=source, place=f"{place}.project")
    try:
        if state.ids is not None:
            IdFactory().go_on_from(state.ids)
    except ValueError:
        raise SnapshotInvalid(
            "the state of the random ids is damaged", source=source, place=f"{place}.ids.streams"
        ) from None


def _check_rules(rules: list[FaultRule], place: str, source: str) -> None:
    for at, rule in enumerate(rules):
        try:
            check(FaultParams(name=rule.name, match=rule.match, do=rule.do))
        except ControlRefused as error:
            raise SnapshotInvalid(str(error), source=source, place=f"{place}[{at}]") from None


def _check_timeline(timeline: TimelineState[Any], place: str, source: str) -> None:
    _refuse_twice([entry.id for entry in timeline.entries], f"{place}.entries", source)
    placed = {entry_id: (at, number) for entry_id, at, number in timeline.places}
    lost = next((entry.id for entry in timeline.entries if entry.id not in placed), None)
    if lost is not None:
        raise SnapshotInvalid(f"the entry '{lost}' is missing from 'places'", source=source, place=f"{place}.entries")
    numbers = [number for _, _, number in timeline.places]
    if len({*placed.values()}) < len(numbers) or not all(0 <= number < timeline.added for number in numbers):
        raise SnapshotInvalid("the places contradict each other", source=source, place=f"{place}.places")


def _refuse_odd_time(moment: float, place: str, source: str) -> None:
    if not 0 <= moment < END_OF_TIME:
        raise SnapshotInvalid("a time must be between the years 1970 and 9999", source=source, place=place)


def _refuse_twice(ids: list[str], place: str, source: str) -> None:
    seen: set[str] = set()
    for at, identifier in enumerate(ids):
        if identifier in seen:
            raise SnapshotInvalid(f"'{identifier}' occurs twice", source=source, place=f"{place}[{at}]")
        seen.add(identifier)

"""Snapshots: whole projects as one document, and back without loss."""

from collections.abc import Iterable, Iterator
from copy import copy
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from msgspec import structs

from mock_server.documents.places import further, place_and_reason
from mock_server.documents.snapshot_checks import checking, refuse_twice
from mock_server.documents.snapshot_format import (
    FORMAT,
    LONG,
    OPENED,
    VERSION,
    FaultsState,
    FileState,
    ProjectState,
    Snapshot,
    SnapshotInvalid,
    ThreadState,
)
from mock_server.errors import BodyMalformed, KeyRepeated
from mock_server.slices import Work, at_once
from mock_server.state.files import File, Files
from mock_server.state.item_updates import unaliased
from mock_server.state.project import Project
from mock_server.state.projects import Projects
from mock_server.state.sessions import Session
from mock_server.state.threads import StoredThread, Threads
from mock_server.state.timeline import Timeline
from mock_server.state.usage import Usage
from mock_server.wire.codec import decode_any
from mock_server.wire.pieces import Cut, cut, encoded

_LARGE = 1024 * 1024  # bytes of a file that is read when its turn comes, since reading it stops other requests


def take(projects: Iterable[Project]) -> Snapshot:
    """Return a snapshot of projects, which does not change when they do. Of a large file, it holds how to open it."""
    taken = list(projects)
    return Snapshot(taken_at=taken[0].clock.now(), projects=[_state(project) for project in taken])


def written(projects: Iterable[Project]) -> Iterator[bytes]:
    """Yield a snapshot of projects as JSON, in pieces."""
    return encoded(take(projects), OPENED)


def parse_snapshot(body: bytes, *, source: str) -> Snapshot:
    """Parse and check a snapshot, at once. Raises SnapshotInvalid with place and reason."""
    return at_once(parsing(body, source=source))


def parsing(body: bytes, *, source: str) -> Work[Snapshot]:
    """Parse and check a snapshot. Raises SnapshotInvalid with place and reason."""
    try:
        skeleton, cuts = yield from cut(body, frozenset(LONG))
        snapshot = _parsed_skeleton(skeleton, source)
        for each in cuts:
            yield from _filled(snapshot, each, source)
    except KeyRepeated as error:
        raise _twice(error.key, source) from None
    except BodyMalformed as error:
        raise SnapshotInvalid(f"is damaged: {error.hint}", source=source) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SnapshotInvalid(f"is damaged: {error}", source=source) from None
    if not snapshot.projects:
        raise SnapshotInvalid("holds no project", source=source, place="projects")
    refuse_twice([state.project for state in snapshot.projects], "projects", source)
    yield
    sessions = [session for state in snapshot.projects for session in state.sessions]
    yield
    refuse_twice([session.client_secret for session in sessions], "sessions", source)
    yield
    for at, state in enumerate(snapshot.projects):
        yield from checking(state, f"projects[{at}]", source)
    return snapshot


def _parsed_skeleton(body: bytes, source: str) -> Snapshot:
    """Parse a snapshot whose long lists may be empty."""
    try:
        head = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
        if head.get("format") != msgspec.Raw(msgspec.json.encode(FORMAT)):
            raise SnapshotInvalid(f"is not a snapshot: its 'format' is not '{FORMAT}'", source=source)
        if head.get("version") != msgspec.Raw(b"%d" % VERSION):
            raise SnapshotInvalid(
                f"is a snapshot of another version; this emulator reads version {VERSION}", source=source
            )
        decode_any(body)  # which refuses repeated keys
        return msgspec.json.decode(body, type=Snapshot)
    except msgspec.ValidationError as error:
        place, reason = place_and_reason(error, Snapshot)
        raise SnapshotInvalid(reason, source=source, place=place) from None


def _filled(snapshot: Snapshot, found: Cut, source: str) -> Work[None]:
    """Add what was cut out of a list or an object of a snapshot."""
    part: Any = snapshot
    for step in found.place:
        part = part[step] if isinstance(step, int) else getattr(part, step)
    type_ = LONG["projects", "[]", *map(str, found.place[2:])]
    for piece in found.pieces:
        try:
            read = msgspec.json.decode(piece, type=type_)
            decode_any(piece)
        except msgspec.ValidationError as error:
            place, reason = place_and_reason(error, type_)
            behind = f"projects[{found.place[1]}].{'.'.join(map(str, found.place[2:]))}"
            place = further(place, behind=behind, by=len(part))
            raise SnapshotInvalid(reason, source=source, place=place) from None
        if isinstance(part, list):
            part.extend(read)
        elif twice := part.keys() & read.keys():
            raise _twice(min(twice), source)
        else:
            part.update(read)
        yield


def _twice(key: str, source: str) -> SnapshotInvalid:
    return SnapshotInvalid(f"has the key {key!r} twice in one object; keep one of them", source=source)


def restore(project: Project, state: ProjectState, *, secrets: Projects, source: str) -> None:
    """Put a project into a saved state, at once. Raises SnapshotInvalid, and then changes nothing."""
    at_once(restoring(project, state, secrets=secrets, source=source))


def restoring(project: Project, state: ProjectState, *, secrets: Projects, source: str) -> Work[None]:
    """Put a project into a saved state. Raises SnapshotInvalid, and then changes nothing."""
    restores = secrets.restores
    yield from _refuse_sessions_of_others(project, state, secrets, source)
    files = Files(project.files.types)
    for each in state.files:
        files.add(each.file)
        if each.content is not None:
            with files.contents.storing(each.file.id, writer="restore") as content:
                content.write(each.content)
                content.keep()
        yield
    threads = Threads(Timeline.of_state(state.threads.map(_thread)))
    yield
    usage = Usage()
    usage.state = state.usage
    sessions: dict[str, Session] = {}
    by_secret: dict[str, Session] = {}
    for session in state.sessions:
        own = session if session.project == project.name else structs.replace(session, project=project.name)
        sessions[own.id] = by_secret[own.client_secret] = own
        yield
    if secrets.restores != restores:  # another project may have got the same sessions meanwhile
        at_once(_refuse_sessions_of_others(project, state, secrets, source))
    secrets.restores += 1
    project.files.clear()
    project.files, project.threads, project.usage = files, threads, usage
    old = project.sessions.replace(sessions, by_secret)
    project.expiries.forget()
    project.workflows.clear()
    project.workflows.update(state.workflows)
    project.faults.drawn, project.faults.rules = state.faults.drawn, state.faults.rules
    if state.ids is not None:  # another project's secrets stay its own: each has to name one project
        project.ids.go_on_from(state.ids, secrets=state.project == project.name)
    yield from project.setting_clock(state.clock)
    project.publish_restored()
    while old:  # a hundred thousand objects are not deleted at once either
        old.popitem()
        yield


def _refuse_sessions_of_others(project: Project, state: ProjectState, secrets: Projects, source: str) -> Work[None]:
    for at, session in enumerate(state.sessions):
        yield
        owner = secrets.session_of(session.client_secret)
        if owner is not None and owner.project != project.name:
            reason = f"project '{owner.project}' already has this session; reset that project first"
            raise SnapshotInvalid(reason, source=source, place=f"sessions[{at}].client_secret")


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
        files=[FileState(file=copy(file), content=_content(project.files, file)) for file in project.files],
        usage=project.usage.state,
        faults=FaultsState(drawn=project.faults.drawn, rules=[copy(rule) for rule in project.faults.rules]),
    )


def _content(files: Files, file: File) -> Any:
    stored = files.contents.open(file.id)
    if stored is None:
        return None
    with stored:
        content = stored.read(_LARGE)
    return content if len(content) < _LARGE else partial(files.contents.open, file.id)


def _thread_state(thread: StoredThread) -> ThreadState:
    return ThreadState(
        id=thread.id,
        user=thread.user,
        created_at=thread.created_at,
        title=thread.title,
        status=thread.status,
        session_id=thread.session_id,
        feedback=dict(thread.feedback),
        official=dict(thread.official),
        items=thread.items.state().map(lambda item: unaliased(copy(item))),
    )


def _thread(state: ThreadState) -> StoredThread:
    fields: dict[str, Any] = {name: getattr(state, name) for name in state.__struct_fields__}
    return StoredThread(**{**fields, "items": Timeline.of_state(state.items)})

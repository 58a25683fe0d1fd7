"""Snapshots in pieces, so that a large one can be written between other work."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import msgspec

from mock_server.documents.snapshot_format import FORMAT, VERSION, FaultsState
from mock_server.state.files import File, Files
from mock_server.state.project import Project
from mock_server.state.threads import StoredThread
from mock_server.state.timeline import TimelineState
from mock_server.wire.pieces import encoded

Pieces = Iterator[bytes]
_encode = msgspec.json.Encoder().encode


def pieces_of(projects: Iterable[Project]) -> Pieces:
    """Yield a snapshot of projects in pieces, none of which takes long to make. The projects may change in between.

    Which sessions and threads a project has is noted in one step. Each is written as it is when its turn comes, after
    them the files, which they may refer to, and at last the ids, so that none of those written is ever drawn again.
    """
    every = list(projects)
    yield from _object(
        format=partial(_whole, FORMAT),
        version=partial(_whole, VERSION),
        taken_at=partial(_whole, every[0].clock.now()),
        projects=partial(_array, _project, every),
    )


def _project(project: Project) -> Pieces:
    ids, files, faults = project.ids, project.files, project.faults
    sessions, threads, usage = list(project.sessions), project.threads.timeline.state(), project.usage.state
    yield from _object(
        project=partial(_whole, project.name),
        clock=partial(_whole, project.clock.reading),
        workflows=partial(_whole, sorted(project.workflows)),
        faults=partial(_whole, FaultsState(drawn=faults.drawn, rules=list(faults.rules))),
        usage=partial(
            _object,
            requests=partial(_mapping, usage.requests),
            uploads=partial(_mapping, usage.uploads),
        ),
        sessions=partial(_array, _whole, sessions),
        threads=partial(_timeline, _thread, threads),
        files=lambda: _array(partial(_file, files), list(files)),
        ids=lambda: _whole(ids.state),
    )


def _timeline(entry: Callable[[Any], Pieces], state: TimelineState[Any]) -> Pieces:
    return _object(
        added=partial(_whole, state.added),
        places=partial(_array, _whole, state.places),
        entries=partial(_array, entry, state.entries),
    )


def _thread(thread: StoredThread) -> Pieces:
    plain = ("id", "user", "created_at", "title", "status", "session_id", "feedback", "official")
    return _object(
        **{name: partial(_whole, getattr(thread, name)) for name in plain},
        items=partial(_timeline, _whole, thread.items.state()),
    )


def _file(files: Files, file: File) -> Pieces:
    return _object(file=partial(_whole, file), content=partial(encoded, partial(files.contents.open, file.id)))


def _whole(value: Any) -> Pieces:
    yield _encode(value)


def _array(pieces: Callable[[Any], Pieces], values: Iterable[Any]) -> Pieces:
    start = b"["
    for value in values:
        yield start
        yield from pieces(value)
        start = b","
    yield b"]" if start == b"," else b"[]"


def _mapping(values: dict[str, Any]) -> Pieces:
    start = b"{"
    for key, value in values.items():
        yield b"%b%b:%b" % (start, _encode(key), _encode(value))
        start = b","
    yield b"}" if start == b"," else b"{}"


def _object(**members: Callable[[], Pieces]) -> Pieces:
    start = "{"
    for name, pieces in members.items():
        yield f'{start}"{name}":'.encode()
        yield from pieces()
        start = ","
    yield b"}"

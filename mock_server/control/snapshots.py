"""`/_mock/snapshot`: a project's whole state as one document."""

from functools import partial

from mock_server.control.kinds import CONTROL, WITH_BODY
from mock_server.control.projects import contents, project_of
from mock_server.documents import snapshots as state
from mock_server.documents.saving import SAVE_PATH
from mock_server.documents.snapshot_format import Snapshot, SnapshotInvalid
from mock_server.errors import ControlRefused
from mock_server.http.context import RequestContext
from mock_server.http.operation import Resource
from mock_server.http.response import Pieces
from mock_server.slices import in_slices
from mock_server.wire.control.projects import NoQuery, ProjectContents, ProjectQuery, SavedState

PATH = "/_mock/snapshot"
_LACKS_THREADS = (
    "Threads that your own server keeps are not in this snapshot, nor are its attachments: "
    "it holds sessions, the clock, faults and files, and the threads of scripts."
)
SNAPSHOT_BYTES = 2 * 1024**3  # large, because a snapshot holds the content of files


def resources() -> list[Resource]:
    """Return the resources of snapshots."""
    return [
        Resource(
            PATH,
            {
                "GET": CONTROL(
                    name="snapshot.take",
                    summary="Take a snapshot: the whole state of a project as one document.",
                    handler=take,
                    response=Snapshot,
                ),
                "PUT": WITH_BODY(
                    name="snapshot.restore",
                    summary="Restore a project from a snapshot: all of it or nothing.",
                    handler=restore,
                    body=Snapshot,
                    read_document=partial(state.parsing, source="body"),
                    max_body_bytes=SNAPSHOT_BYTES,
                    failures=(400, 403, 413, 507),
                    response=ProjectContents,
                ),
            },
        ),
        Resource(
            SAVE_PATH,
            {
                "POST": CONTROL(
                    name="snapshot.save",
                    summary="Save every project to the file of --state; the response is sent when it is on the disk.",
                    handler=save,
                    query=NoQuery,
                    failures=(400, 403, 507),
                    response=SavedState,
                ),
            },
        ),
    ]


def take(context: RequestContext, query: ProjectQuery) -> Pieces:
    """Take a snapshot of a project. It lacks the threads that servers of the user's own keep, and says so."""
    note = _LACKS_THREADS if context.backends else None
    return Pieces(state.written([project_of(context, query)]), hint=note)


async def save(context: RequestContext, _: NoQuery) -> SavedState:
    """Save every project to the emulator's own file. Raises ControlRefused, StateNotSaved."""
    if context.saver is None:
        raise ControlRefused(
            f"The emulator has no file for its state: start it with --state FILE, or keep what GET {PATH} returns.",
            code="no_state_file",
        )
    return await context.saver.save()


async def restore(context: RequestContext, query: ProjectQuery, snapshot: Snapshot) -> ProjectContents:
    """Restore a project from the only one in a snapshot, or from the one with the same name."""
    project = project_of(context, query)
    named = [each for each in snapshot.projects if each.project == project.name]
    found = named if len(snapshot.projects) > 1 else snapshot.projects
    if not found:
        raise SnapshotInvalid(f"holds several projects, but none is named '{project.name}'", source="body")
    await in_slices(state.restoring(project, found[0], secrets=context.projects, source="body"))
    return contents(project)

"""Handlers of `/_mock/snapshot`."""

from mock_server.control.projects import contents, project_of
from mock_server.http.call import Call
from mock_server.state import snapshots as state
from mock_server.state.snapshots import Snapshot, SnapshotInvalid
from mock_server.wire.control import ProjectContents, ProjectQuery


def take(call: Call, query: ProjectQuery) -> Snapshot:
    """Take a snapshot of a project."""
    return state.take([project_of(call, query)])


def read_snapshot(body: bytes) -> Snapshot:
    """A snapshot from a request's body. Raises SnapshotInvalid."""
    return state.parse_snapshot(body, source="body")


def restore(call: Call, query: ProjectQuery, snapshot: Snapshot) -> ProjectContents:
    """Restore the only project of a snapshot, or the one of the same name."""
    project = project_of(call, query)
    named = [each for each in snapshot.projects if each.project == project.name]
    found = named if len(snapshot.projects) > 1 else snapshot.projects
    if not found:
        raise SnapshotInvalid(f"holds several projects, but none is named '{project.name}'", source="body")
    state.restore(project, found[0], secrets=call.projects, source="body")
    return contents(project)

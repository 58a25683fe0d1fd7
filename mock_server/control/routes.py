"""Every operation of `/_mock` and its handler, but for the health checks."""

from functools import partial
from typing import Any

from mock_server.control import clock, events, findings, metrics, project_routes, projects, snapshots, workflows
from mock_server.control.guard import same_machine
from mock_server.control.kinds import CONTROL, OPEN, WITH_BODY
from mock_server.http.operation import Operation, Resource
from mock_server.state.snapshots import Snapshot
from mock_server.wire import control as wire
from mock_server.wire.findings import FidelityList, FindingList
from mock_server.wire.seeds import Seed
from mock_server.wire.workflows import Trial, TrialParams, WorkflowDetail, WorkflowList, WorkflowState
from mock_server.workflows.script import Script

SNAPSHOT_BYTES = 2 * 1024**3  # of a snapshot, which holds the content of files


def resources() -> list[Resource]:
    """The resources of the control plane."""
    return [*_of_server(), *_of_workflows(), *_of_project(), *project_routes.resources()]


def _of_server() -> list[Resource]:
    return [
        Resource(
            "/metrics",
            {
                "GET": OPEN(
                    name="metrics",
                    summary="Counts and gauges of every project, in the form of Prometheus.",
                    handler=metrics.show,
                    answer=str,
                    media_types=("text/plain",),
                )
            },
        ),
        Resource(
            "/_mock/projects",
            {
                "GET": Operation(
                    name="projects.list",
                    summary="Every project, and how much it holds.",
                    handler=projects.list_projects,
                    answer=wire.ProjectList,
                    guard=same_machine,
                    failures=(400, 403),
                )
            },
        ),
        Resource(
            "/_mock/fidelity",
            {
                "GET": OPEN(
                    name="fidelity",
                    summary="Every behaviour, and how it is known.",
                    handler=findings.fidelity,
                    answer=FidelityList,
                )
            },
        ),
    ]


def _of_workflows() -> list[Resource]:
    of_server = partial(Operation, guard=same_machine, failures=(400, 403, 404, 413))
    return [
        Resource(
            "/_mock/workflows",
            {
                "GET": of_server(
                    name="workflows.list",
                    summary="Every workflow that has a script.",
                    handler=workflows.list_workflows,
                    answer=WorkflowList,
                ),
                "POST": of_server(
                    name="workflows.add",
                    summary="Let a script answer for its id, as a workflow file would.",
                    handler=workflows.add,
                    body=Script,
                    read_body=workflows.read_script,
                    answer=WorkflowState,
                ),
            },
        ),
        Resource(
            "/_mock/workflows/{workflow_id}",
            {
                "GET": of_server(
                    name="workflows.show",
                    summary="A workflow with its script and the text of its file.",
                    handler=workflows.show,
                    answer=WorkflowDetail,
                ),
                "DELETE": of_server(
                    name="workflows.remove",
                    summary="Take away a script that was added.",
                    handler=workflows.remove,
                    answer=WorkflowList,
                ),
            },
        ),
        Resource(
            "/_mock/workflows/{workflow_id}/try",
            {
                "POST": of_server(
                    name="workflows.try",
                    summary="What a workflow would answer, and why; nothing is kept.",
                    handler=workflows.try_turn,
                    body=TrialParams,
                    read_body=workflows.read_trial,
                    answer=Trial,
                )
            },
        ),
    ]


def _of_project() -> list[Resource]:
    return [
        Resource(
            "/_mock/load",
            {
                "POST": WITH_BODY(
                    name="load",
                    summary="Load a seed document into a project: all of it or nothing.",
                    handler=projects.load,
                    body=Seed,
                    read_body=projects.read_seed,
                    answer=wire.ProjectContents,
                )
            },
        ),
        Resource(
            "/_mock/reset",
            {
                "POST": CONTROL(
                    name="reset",
                    summary="Return a project, or a part of it, to what the command line loaded.",
                    handler=projects.reset,
                    query=wire.ResetQuery,
                    answer=wire.ProjectContents,
                )
            },
        ),
        Resource(
            "/_mock/snapshot",
            {
                "GET": CONTROL(
                    name="snapshot.take",
                    summary="The whole state of a project as one document.",
                    handler=snapshots.take,
                    answer=Snapshot,
                ),
                "PUT": WITH_BODY(
                    name="snapshot.restore",
                    summary="Put a project into the state of a snapshot: all of it or nothing.",
                    handler=snapshots.restore,
                    body=Snapshot,
                    read_body=snapshots.read_snapshot,
                    max_body_bytes=SNAPSHOT_BYTES,
                    answer=wire.ProjectContents,
                ),
            },
        ),
        Resource(
            "/_mock/clock",
            {
                "GET": CONTROL(
                    name="clock.show", summary="A project's time.", handler=clock.show, answer=wire.ClockState
                ),
                "PUT": WITH_BODY(
                    name="clock.set",
                    summary="Move, stop or let go a project's time.",
                    handler=clock.move,
                    body=wire.ClockParams,
                    answer=wire.ClockState,
                ),
            },
        ),
        Resource(
            "/_mock/events",
            {
                "GET": CONTROL(
                    name="events",
                    summary="What happens in a project or in all of them, while it happens.",
                    handler=events.follow,
                    query=wire.EventsQuery,
                    answer=dict[str, Any],
                    streams=True,
                )
            },
        ),
        Resource(
            "/_mock/findings",
            {
                "GET": CONTROL(
                    name="findings.list",
                    summary="What the journal says about the client.",
                    handler=findings.list_findings,
                    answer=FindingList,
                )
            },
        ),
    ]

"""Every operation of `/_mock` and its handler, but for the health checks."""

from functools import partial
from typing import Any

from mock_server.control import (
    clock,
    events,
    faults,
    findings,
    metrics,
    projects,
    requests,
    sessions,
    snapshots,
    workflows,
)
from mock_server.control.guard import same_machine
from mock_server.http.operation import Operation, Resource
from mock_server.state.snapshots import Snapshot
from mock_server.wire import control as wire
from mock_server.wire.faults import FaultList, FaultParams, FaultRule, FaultSet
from mock_server.wire.findings import FidelityList, FindingList
from mock_server.wire.journal import (
    Cleared,
    CurlCommand,
    ExportQuery,
    Record,
    RecordPage,
    RequestsQuery,
    Verdict,
    VerifyParams,
)
from mock_server.wire.seeds import Seed
from mock_server.wire.workflows import WorkflowList, WorkflowState
from mock_server.workflows.script import Script

SNAPSHOT_BYTES = 2 * 1024**3  # of a snapshot, which holds the content of files

_OPEN = partial(Operation, guard=lambda _: None)
_CONTROL = partial(Operation, guard=same_machine, query=wire.ProjectQuery, failures=(400, 403))
_WITH_BODY = partial(_CONTROL, failures=(400, 403, 413))
_WITH_ID = partial(_CONTROL, failures=(400, 403, 404))


def resources() -> list[Resource]:
    """The resources of the control plane."""
    return [*_of_server(), *_of_workflows(), *_of_project(), *_of_sessions(), *_of_faults(), *_of_journal()]


def _of_server() -> list[Resource]:
    return [
        Resource(
            "/metrics",
            {
                "GET": _OPEN(
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
                "GET": _OPEN(
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
                "DELETE": of_server(
                    name="workflows.remove",
                    summary="Take away a script that was added.",
                    handler=workflows.remove,
                    answer=WorkflowList,
                )
            },
        ),
    ]


def _of_project() -> list[Resource]:
    return [
        Resource(
            "/_mock/load",
            {
                "POST": _WITH_BODY(
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
                "POST": _CONTROL(
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
                "GET": _CONTROL(
                    name="snapshot.take",
                    summary="The whole state of a project as one document.",
                    handler=snapshots.take,
                    answer=Snapshot,
                ),
                "PUT": _WITH_BODY(
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
                "GET": _CONTROL(
                    name="clock.show", summary="A project's time.", handler=clock.show, answer=wire.ClockState
                ),
                "PUT": _WITH_BODY(
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
                "GET": _CONTROL(
                    name="events",
                    summary="What happens in a project, while it happens.",
                    handler=events.follow,
                    answer=dict[str, Any],
                    streams=True,
                )
            },
        ),
        Resource(
            "/_mock/findings",
            {
                "GET": _CONTROL(
                    name="findings.list",
                    summary="What the journal says about the client.",
                    handler=findings.list_findings,
                    answer=FindingList,
                )
            },
        ),
    ]


def _of_sessions() -> list[Resource]:
    end = partial(_WITH_ID, answer=wire.SessionState)
    return [
        Resource(
            "/_mock/sessions",
            {
                "GET": _CONTROL(
                    name="mock.sessions.list",
                    summary="A project's sessions, newest first.",
                    handler=sessions.list_sessions,
                    query=wire.SessionsQuery,
                    answer=wire.SessionList,
                )
            },
        ),
        Resource(
            "/_mock/sessions/{session_id}",
            {
                "GET": _WITH_ID(
                    name="mock.sessions.show",
                    summary="A session with its history and what is left of it.",
                    handler=sessions.show,
                    answer=wire.SessionState,
                )
            },
        ),
        Resource(
            "/_mock/sessions/{session_id}/expire",
            {
                "POST": end(
                    name="mock.sessions.expire",
                    summary="Let a session expire now.",
                    handler=partial(sessions.end, ending="expired"),
                )
            },
        ),
        Resource(
            "/_mock/sessions/{session_id}/cancel",
            {
                "POST": end(
                    name="mock.sessions.cancel",
                    summary="Cancel a session, without an API key.",
                    handler=partial(sessions.end, ending="cancelled"),
                )
            },
        ),
    ]


def _of_faults() -> list[Resource]:
    return [
        Resource(
            "/_mock/faults",
            {
                "GET": _CONTROL(
                    name="faults.list",
                    summary="A project's faults, in order.",
                    handler=faults.list_faults,
                    answer=FaultList,
                ),
                "POST": _WITH_BODY(
                    name="faults.add",
                    summary="Add a fault behind the others.",
                    handler=faults.add,
                    body=FaultParams,
                    answer=FaultRule,
                ),
                "PUT": _WITH_BODY(
                    name="faults.replace",
                    summary="Put these faults in place of all there are: all or none.",
                    handler=faults.replace,
                    body=FaultSet,
                    answer=FaultList,
                ),
                "DELETE": _CONTROL(
                    name="faults.clear", summary="Take away every fault.", handler=faults.clear, answer=Cleared
                ),
            },
        ),
        Resource(
            "/_mock/faults/{fault_id}",
            {
                "DELETE": _WITH_ID(
                    name="faults.remove",
                    summary="Take away a fault, by its id or name.",
                    handler=faults.remove,
                    answer=Cleared,
                )
            },
        ),
        Resource(
            "/_mock/faults/sets/{name}",
            {
                "POST": _WITH_ID(
                    name="faults.use",
                    summary="Add the faults of a shipped set.",
                    handler=faults.use,
                    answer=FaultList,
                )
            },
        ),
    ]


def _of_journal() -> list[Resource]:
    return [
        Resource(
            "/_mock/requests",
            {
                "GET": _CONTROL(
                    name="requests.list",
                    summary="A page of the journal.",
                    handler=requests.list_requests,
                    query=RequestsQuery,
                    answer=RecordPage,
                ),
                "DELETE": _CONTROL(
                    name="requests.clear", summary="Forget every request.", handler=requests.clear, answer=Cleared
                ),
            },
        ),
        Resource(
            "/_mock/requests/verify",
            {
                "POST": _WITH_BODY(
                    name="requests.verify",
                    summary="Whether a claim about the journal holds, and if not, why.",
                    handler=requests.check_claim,
                    body=VerifyParams,
                    answer=Verdict,
                )
            },
        ),
        Resource(
            "/_mock/requests/export",
            {
                "GET": _CONTROL(
                    name="requests.export",
                    summary="The journal as JSON Lines, HAR, or cases for fixtures/wire.",
                    handler=requests.export,
                    query=ExportQuery,
                    answer=Any,
                    media_types=("application/x-ndjson", "application/json", "application/yaml"),
                )
            },
        ),
        Resource(
            "/_mock/requests/{request_id}",
            {
                "GET": _WITH_ID(
                    name="requests.show",
                    summary="One request with its answer.",
                    handler=requests.show,
                    answer=Record,
                )
            },
        ),
        Resource(
            "/_mock/requests/{request_id}/curl",
            {
                "GET": _WITH_ID(
                    name="requests.curl",
                    summary="One request as a shell command.",
                    handler=requests.curl,
                    answer=CurlCommand,
                )
            },
        ),
    ]

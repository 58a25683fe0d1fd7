"""Handlers of `/_mock/workflows`: of the whole server, as workflow files are."""

from msgspec import UNSET

from mock_server.errors import ControlRefused
from mock_server.http.call import Call
from mock_server.wire.codec import decode_json
from mock_server.wire.workflows import WorkflowList, WorkflowState
from mock_server.workflows.catalog import parse_script
from mock_server.workflows.script import Script


def list_workflows(call: Call) -> WorkflowList:
    """List every workflow that has a script."""
    known = sorted(call.workflows.list().items())
    return WorkflowList(workflows=[_shown(workflow_id, *entry) for workflow_id, entry in known])


def read_script(body: bytes) -> Script:
    """A script from a request's body. Raises BodyMalformed, WorkflowInvalid."""
    return parse_script(decode_json(body), source="body")


def add(call: Call, script: Script) -> WorkflowState:
    """Let a script answer from now on for its id."""
    if script.id is UNSET or not script.id:
        raise ControlRefused("Missing required parameter: 'id'.", code="missing_required_parameter", param="id")
    call.workflows.add(script.id, script)
    return _shown(script.id, script, was_added=True)


def remove(call: Call) -> WorkflowList:
    """Take away a script that was added; a file of its id answers again."""
    call.workflows.remove(call.argument("workflow_id"))
    return list_workflows(call)


def _shown(workflow_id: str, script: Script, was_added: bool) -> WorkflowState:  # noqa: FBT001 - as the catalog lists
    return WorkflowState(
        id=workflow_id,
        description=script.description,
        versions=None if script.versions is UNSET else script.versions,
        turns=len(script.turns),
        source="added" if was_added else "file",
    )

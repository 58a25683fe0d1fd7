"""`/_mock/workflows`: the workflows of the whole server, from files and from requests."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from msgspec import UNSET

from mock_server.control.guard import same_machine
from mock_server.errors import BodyMalformed, ControlRefused, WorkflowNotFound
from mock_server.http.context import RequestContext
from mock_server.http.operation import Operation, Resource, always
from mock_server.slices import Work
from mock_server.wire.codec import convert, decode_json
from mock_server.wire.control.workflows import (
    Trial,
    TrialParams,
    WorkflowDetail,
    WorkflowError,
    WorkflowList,
    WorkflowState,
)
from mock_server.wire.shape import check_shape
from mock_server.workflows import catalog
from mock_server.workflows.catalog import WorkflowFile, has_version
from mock_server.workflows.matching import prompts_of
from mock_server.workflows.script import Script
from mock_server.workflows.trial import DryRun


def resources() -> list[Resource]:
    """Return the resources of workflows, which belong to the whole server."""
    of_server = partial(Operation, guard=same_machine, needs_workflows=always, failures=(400, 403, 404, 413))
    return [
        Resource(
            "/_mock/workflows",
            {
                "GET": of_server(
                    name="workflows.list",
                    summary="List every workflow that has a script.",
                    handler=list_workflows,
                    response=WorkflowList,
                ),
                "POST": of_server(
                    name="workflows.add",
                    summary="Add a script, which replies for its id as a workflow file would.",
                    handler=add,
                    body=Script,
                    read_document=parsing,
                    response=WorkflowState,
                ),
            },
        ),
        Resource(
            "/_mock/workflows/{workflow_id}",
            {
                "GET": of_server(
                    name="workflows.show",
                    summary="Show a workflow with its script and the text of its file.",
                    handler=show,
                    response=WorkflowDetail,
                ),
                "DELETE": of_server(
                    name="workflows.remove",
                    summary="Remove a script that was added.",
                    handler=remove,
                    response=WorkflowList,
                ),
            },
        ),
        Resource(
            "/_mock/workflows/{workflow_id}/try",
            {
                "POST": of_server(
                    name="workflows.try",
                    summary="Dry-run a turn: what a workflow would reply, and why. Nothing is stored.",
                    handler=try_turn,
                    body=TrialParams,
                    read_body=read_trial,
                    response=Trial,
                )
            },
        ),
    ]


DEPTH = 100  # levels of objects and arrays in the input of a dry run


def list_workflows(context: RequestContext) -> WorkflowList:
    """List every workflow that has a script, and the files that can't be used."""
    known = sorted(context.workflows.list().items())
    return WorkflowList(
        workflows=[WorkflowState(**_facts(workflow_id, *entry)) for workflow_id, entry in known],
        errors=_errors(context.workflows.files()),
    )


def parsing(body: bytes) -> Work[Script]:
    """Parse a request's body. Raises BodyMalformed, WorkflowInvalid."""
    yield from check_shape(body)
    document = decode_json(body)
    yield
    return (yield from catalog.parsing(document, source="body"))


def add(context: RequestContext, script: Script) -> WorkflowState:
    """Let a script reply for its id from now on. Raises ControlRefused for a script without an id."""
    if script.id is UNSET or not script.id:
        raise ControlRefused("Missing required parameter: 'id'.", code="missing_required_parameter", param="id")
    context.workflows.add(script.id, script)
    return WorkflowState(**_facts(script.id, script, None))


def remove(context: RequestContext) -> WorkflowList:
    """Remove a script that was added; a file with its id takes effect again."""
    context.workflows.remove(context.argument("workflow_id"))
    return list_workflows(context)


def show(context: RequestContext) -> WorkflowDetail:
    """Show a workflow with its script. Raises WorkflowNotFound."""
    workflow_id = context.argument("workflow_id")
    if workflow_id not in (known := context.workflows.list()):
        raise WorkflowNotFound(workflow_id, hint="It has no script: it repeats what it is sent.")
    script, file = known[workflow_id]
    return WorkflowDetail(
        **_facts(workflow_id, script, file),
        script=msgspec.to_builtins(script),
        text=_text(file.path) if file else None,
        errors=_errors([file] if file else []),
    )


def read_trial(body: bytes) -> TrialParams:
    """Parse a request's body. Raises BodyMalformed, InvalidParameter."""
    given = decode_json(body)
    if _is_deeper(given, DEPTH):
        raise BodyMalformed(f"The body is nested too deeply: at most {DEPTH} levels of objects and arrays.")
    return convert(given, TrialParams)


def try_turn(context: RequestContext, params: TrialParams) -> Trial:
    """Play a turn without storing it. Raises ControlRefused."""
    workflow_id = context.argument("workflow_id")
    if not has_version(context.workflows.get(workflow_id), None):
        raise ControlRefused(
            f"Workflow '{workflow_id}' has no version, so every message to it fails.", code="workflow_without_version"
        )
    script = context.workflows.get(workflow_id)
    return DryRun(script, params, workflow_id=workflow_id, now=context.now).trial()


def _facts(workflow_id: str, script: Script, file: WorkflowFile | None) -> dict[str, Any]:
    return {
        "id": workflow_id,
        "description": script.description,
        "versions": None if script.versions is UNSET else script.versions,
        "turns": len(script.turns),
        "source": "file" if file else "added",
        "file": str(file.path) if file else None,
        "error": str(file.error) if file and file.error else None,
        "prompts": prompts_of(script),
    }


def _errors(files: Iterable[WorkflowFile]) -> list[WorkflowError]:
    return [
        WorkflowError(
            file=str(file.path),
            workflow=file.id,
            line=file.error.line,
            place=file.error.place,
            reason=file.error.reason,
            message=str(file.error),
        )
        for file in files
        if file.error is not None
    ]


def _text(path: Path) -> str | None:
    """Return a file's text, whatever is in it; None if it is gone."""
    try:
        return path.read_text("utf-8", errors="replace")
    except OSError:
        return None


def _is_deeper(value: Any, depth: int) -> bool:
    within = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return depth < 0 or any(_is_deeper(entry, depth - 1) for entry in within)

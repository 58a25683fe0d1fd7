"""The part of a handle that scripts the assistant."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from mock_server.client.control import ControlClient
from mock_server.wire.control.workflows import WorkflowList, WorkflowState

__tracebackhide__ = True  # pytest shows the line of the test


class WorkflowsHandle:
    """The workflows that have a script, of the whole emulator."""

    def __init__(self, control: ControlClient) -> None:
        self._control = control

    def list(self) -> list[WorkflowState]:
        """Return all workflows that have a script."""
        return self._control.ask("GET", "/workflows", WorkflowList, of_project=False).workflows

    def add(self, workflow_id: str, script: Mapping[str, Any]) -> WorkflowState:
        """Add a script for a workflow: the contents of a workflow file, such as `{"default": [{"message": "Hi"}]}`."""
        body = {**script, "id": workflow_id}
        return self._control.ask("POST", "/workflows", WorkflowState, body=body, of_project=False)

    def remove(self, workflow_id: str) -> None:
        """Remove a workflow that was added."""
        path = f"/workflows/{quote(workflow_id, safe='')}"
        self._control.ask("DELETE", path, WorkflowList, of_project=False)

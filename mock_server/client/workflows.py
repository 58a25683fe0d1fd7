"""The part of a handle that scripts the assistant."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from mock_server.client.control import ControlClient
from mock_server.wire.control.workflows import WorkflowList, WorkflowState


class WorkflowsHandle:
    """The workflows with a script, of the whole server."""

    def __init__(self, control: ControlClient) -> None:
        self._control = control

    def list(self) -> list[WorkflowState]:
        """All of them."""
        return self._control.ask("GET", "/workflows", WorkflowList, of_project=False).workflows

    def add(self, workflow_id: str, script: Mapping[str, Any]) -> WorkflowState:
        """Let a script answer for an id: what a workflow file holds, such as `{"default": [{"message": "Hi"}]}`."""
        body = {**script, "id": workflow_id}
        return self._control.ask("POST", "/workflows", WorkflowState, body=body, of_project=False)

    def remove(self, workflow_id: str) -> None:
        """Take away one that was added."""
        path = f"/workflows/{quote(workflow_id, safe='')}"
        self._control.ask("DELETE", path, WorkflowList, of_project=False)

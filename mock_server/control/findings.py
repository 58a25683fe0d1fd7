"""Handlers of `/_mock/findings` and `/_mock/fidelity`."""

import msgspec

from mock_server.control.projects import project_of
from mock_server.documents import read_document
from mock_server.fixtures import fixtures_folder
from mock_server.http.call import Call
from mock_server.state.findings import find
from mock_server.wire.control import ProjectQuery
from mock_server.wire.findings import FidelityList, FindingList


def list_findings(call: Call, query: ProjectQuery) -> FindingList:
    """List what the journal says about the client."""
    project = project_of(call, query)
    workflows = call.workflows

    def version_fails(workflow: str, version: str) -> bool:
        """As far as there is a file; without one the published versions are numbers."""
        if workflow in workflows:
            return not workflows.has_version(workflow, version)
        return not version.isdecimal()

    found = find(project, version_fails=version_fails)
    return FindingList(project=project.name, forgotten=project.journal.forgotten, findings=found)


def fidelity(_: Call) -> FidelityList:
    """List every behaviour and how it is known."""
    return msgspec.convert(read_document(fixtures_folder() / "fidelity.yaml"), FidelityList)

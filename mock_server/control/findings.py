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
    return FindingList(project=project.name, findings=find(project))


def fidelity(_: Call) -> FidelityList:
    """List every behaviour and how it is known."""
    return msgspec.convert(read_document(fixtures_folder() / "fidelity.yaml"), FidelityList)

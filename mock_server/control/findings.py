"""`/_mock/findings`: the client's mistakes that the journal shows."""

from mock_server.control.kinds import CONTROL
from mock_server.control.projects import project_of
from mock_server.http.context import RequestContext
from mock_server.http.operation import Resource, always
from mock_server.inspection.findings import find
from mock_server.wire.control.findings import FindingList
from mock_server.wire.control.projects import ProjectQuery
from mock_server.workflows.catalog import has_version


def resources() -> list[Resource]:
    """Return the resource of findings."""
    return [
        Resource(
            "/_mock/findings",
            {
                "GET": CONTROL(
                    name="findings.list",
                    summary="List the findings: the client's mistakes that the journal shows.",
                    handler=list_findings,
                    needs_workflows=always,
                    response=FindingList,
                )
            },
        ),
    ]


def list_findings(context: RequestContext, query: ProjectQuery) -> FindingList:
    """List the findings in a project's journal."""
    project = project_of(context, query)
    workflows = context.workflows

    def version_fails(workflow: str, version: str) -> bool:
        """Return whether a file says that there is no such version; without a file, versions are numbers."""
        if workflow in workflows:
            return not has_version(workflows.get(workflow), version)
        return not version.isdecimal()

    found = find(project, version_fails=version_fails)
    return FindingList(project=project.name, forgotten=project.journal.forgotten, findings=found)

"""Handlers of `/_mock/faults`."""

from mock_server.control.projects import project_of
from mock_server.errors import FaultNotFound
from mock_server.fixtures import shipped
from mock_server.http.call import Call
from mock_server.state import faults as state
from mock_server.state.project import Project
from mock_server.wire.control import ProjectQuery
from mock_server.wire.faults import FaultList, FaultParams, FaultRule, FaultSet
from mock_server.wire.journal import Cleared


def list_faults(call: Call, query: ProjectQuery) -> FaultList:
    """List a project's rules."""
    return _shown(project_of(call, query))


def add(call: Call, query: ProjectQuery, params: FaultParams) -> FaultRule:
    """Add a rule."""
    project = project_of(call, query)
    return project.faults.add(params, now=project.clock.now())


def replace(call: Call, query: ProjectQuery, faults: FaultSet) -> FaultList:
    """Put rules in place of all there are."""
    project = project_of(call, query)
    for params in faults.faults:
        state.check(params)
    project.faults.clear()
    return _add_all(project, faults.faults)


def use(call: Call, query: ProjectQuery) -> FaultList:
    """Add a shipped set."""
    name, project = call.argument("name"), project_of(call, query)
    if name not in shipped("faults"):
        raise FaultNotFound(name, hint=f"The shipped sets are {', '.join(shipped('faults'))}.")
    return _add_all(project, state.load_faults([name]))


def remove(call: Call, query: ProjectQuery) -> Cleared:
    """Take away one rule."""
    project = project_of(call, query)
    return Cleared(project=project.name, cleared=project.faults.remove(call.argument("fault_id")))


def clear(call: Call, query: ProjectQuery) -> Cleared:
    """Take away every rule."""
    project = project_of(call, query)
    count = len(project.faults.rules)
    project.faults.clear()
    return Cleared(project=project.name, cleared=count)


def _add_all(project: Project, faults: list[FaultParams]) -> FaultList:
    for params in faults:
        project.faults.add(params, now=project.clock.now())
    return _shown(project)


def _shown(project: Project) -> FaultList:
    return FaultList(project=project.name, faults=list(project.faults.rules))

"""Handlers of `/_mock/faults`; every change of the rules is told to the project's listeners."""

from mock_server.control.projects import project_of
from mock_server.http.call import Call
from mock_server.state import fault_sets as shipped
from mock_server.state import faults as state
from mock_server.state.project import Project
from mock_server.wire import faults as wire
from mock_server.wire.control import ProjectQuery
from mock_server.wire.faults import FaultList, FaultParams, FaultRule, FaultSet
from mock_server.wire.journal import Cleared


def list_faults(call: Call, query: ProjectQuery) -> FaultList:
    """List a project's rules."""
    return _shown(project_of(call, query))


def add(call: Call, query: ProjectQuery, params: FaultParams) -> FaultRule:
    """Add a rule."""
    project = project_of(call, query)
    rule = project.faults.add(params, now=project.clock.now())
    _tell(project, changed=True)
    return rule


def replace(call: Call, query: ProjectQuery, faults: FaultSet) -> FaultList:
    """Put rules in place of all there are."""
    project = project_of(call, query)
    for params in faults.faults:
        state.check(params)
    had_some = bool(project.faults.rules)
    project.faults.clear()
    return _add_all(project, faults.faults, changed=had_some)


def remove(call: Call, query: ProjectQuery) -> Cleared:
    """Take away one rule."""
    project = project_of(call, query)
    cleared = project.faults.remove(call.argument("fault_id"))
    _tell(project, changed=True)
    return Cleared(project=project.name, cleared=cleared)


def clear(call: Call, query: ProjectQuery) -> Cleared:
    """Take away every rule."""
    project = project_of(call, query)
    count = len(project.faults.rules)
    project.faults.clear()
    _tell(project, changed=count > 0)
    return Cleared(project=project.name, cleared=count)


# Shipped sets.


def list_sets(call: Call, query: ProjectQuery) -> wire.ShippedSets:
    """List the shipped sets, and which of them the project has."""
    project = project_of(call, query)
    sets = [
        wire.ShippedSet(
            name=name,
            description=each.description,
            active=shipped.are_there(each.faults, project.faults.rules),
            faults=each.faults,
        )
        for name, each in shipped.shipped_sets().items()
    ]
    return wire.ShippedSets(project=project.name, sets=sets)


def use(call: Call, query: ProjectQuery) -> FaultList:
    """Add a shipped set."""
    found = shipped.shipped_set(call.argument("name"))
    return _add_all(project_of(call, query), found.faults)


def remove_set(call: Call, query: ProjectQuery) -> FaultList:
    """Take away the rules of a shipped set, if they are there."""
    found = shipped.shipped_set(call.argument("name"))
    return _remove_all(project_of(call, query), found.faults)


# Magic workflow ids.


def list_magic(call: Call, query: ProjectQuery) -> wire.MagicValues:
    """List the magic workflow ids, and what they did in the project."""
    project = project_of(call, query)
    values = [
        wire.MagicState(
            value=magic.value,
            summary=magic.summary,
            hits=project.faults.hits.get(magic.value, 0),
            active=shipped.are_there(magic.faults, project.faults.rules),
            faults=magic.faults,
        )
        for magic in shipped.magic_values().values()
    ]
    return wire.MagicValues(project=project.name, values=values)


def use_magic(call: Call, query: ProjectQuery) -> FaultList:
    """Let every workflow do what a magic one does, unless they all do."""
    magic, project = shipped.magic_value(call.argument("value")), project_of(call, query)
    if shipped.are_there(magic.faults, project.faults.rules):
        return _shown(project)
    project.faults.remove_named(shipped.names_of(magic.faults))  # what may be left of it
    return _add_all(project, magic.faults)


def remove_magic(call: Call, query: ProjectQuery) -> FaultList:
    """Let only the magic workflow do what it does."""
    magic = shipped.magic_value(call.argument("value"))
    return _remove_all(project_of(call, query), magic.faults)


def _add_all(project: Project, faults: list[FaultParams], *, changed: bool = False) -> FaultList:
    for params in faults:
        project.faults.add(params, now=project.clock.now())
    _tell(project, changed=changed or bool(faults))
    return _shown(project)


def _remove_all(project: Project, faults: list[FaultParams]) -> FaultList:
    removed = project.faults.remove_named(shipped.names_of(faults))
    _tell(project, changed=removed > 0)
    return _shown(project)


def _tell(project: Project, *, changed: bool) -> None:
    if changed:
        project.feed.publish("faults")


def _shown(project: Project) -> FaultList:
    return FaultList(project=project.name, faults=list(project.faults.rules))

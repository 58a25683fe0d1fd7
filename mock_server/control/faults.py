"""`/_mock/faults`: a project's fault rules, the shipped sets and the magic workflow ids."""

from mock_server.control.kinds import CONTROL, WITH_BODY, WITH_ID
from mock_server.control.projects import project_of
from mock_server.documents import fault_sets as shipped
from mock_server.errors import ControlRefused
from mock_server.http.context import RequestContext
from mock_server.http.operation import Resource
from mock_server.state.project import Project
from mock_server.wire.control import faults as wire
from mock_server.wire.control.faults import FaultList, FaultParams, FaultRule, FaultSet, MagicValues, ShippedSets
from mock_server.wire.control.projects import ProjectQuery
from mock_server.wire.control.requests import Cleared

MOST = 1000  # rules of a project


def resources() -> list[Resource]:
    """Return the resources of faults; those with fixed names come before the one that matches any name."""
    return [*_of_rules(), *_of_sets(), *_of_magic(), *_of_rule()]


def _of_rules() -> list[Resource]:
    return [
        Resource(
            "/_mock/faults",
            {
                "GET": CONTROL(
                    name="faults.list",
                    summary="List a project's faults, in the order in which they are tried.",
                    handler=list_faults,
                    response=FaultList,
                ),
                "POST": WITH_BODY(
                    name="faults.add",
                    summary="Add a fault after the others.",
                    handler=add,
                    body=FaultParams,
                    response=FaultRule,
                ),
                "PUT": WITH_BODY(
                    name="faults.replace",
                    summary="Replace all faults, or none if one of the new ones is invalid.",
                    handler=replace,
                    body=FaultSet,
                    response=FaultList,
                ),
                "DELETE": CONTROL(name="faults.clear", summary="Remove every fault.", handler=clear, response=Cleared),
            },
        ),
    ]


def _of_sets() -> list[Resource]:
    return [
        Resource(
            "/_mock/faults/sets",
            {
                "GET": CONTROL(
                    name="faults.sets",
                    summary="List the shipped sets of faults, and which of them a project has.",
                    handler=list_sets,
                    response=ShippedSets,
                )
            },
        ),
        Resource(
            "/_mock/faults/sets/{name}",
            {
                "POST": WITH_ID(
                    name="faults.use",
                    summary="Add the faults of a shipped set.",
                    handler=use,
                    response=FaultList,
                ),
                "DELETE": WITH_ID(
                    name="faults.sets.remove",
                    summary="Remove the faults of a shipped set.",
                    handler=remove_set,
                    response=FaultList,
                ),
            },
        ),
    ]


def _of_magic() -> list[Resource]:
    return [
        Resource(
            "/_mock/faults/magic",
            {
                "GET": CONTROL(
                    name="faults.magic",
                    summary="List the magic workflow ids that work by faults, and how often each was applied.",
                    handler=list_magic,
                    response=MagicValues,
                )
            },
        ),
        Resource(
            "/_mock/faults/magic/{value}",
            {
                "POST": WITH_ID(
                    name="faults.magic.use",
                    summary="Let every workflow behave like a magic workflow id.",
                    handler=use_magic,
                    response=FaultList,
                ),
                "DELETE": WITH_ID(
                    name="faults.magic.remove",
                    summary="Stop letting every workflow behave like a magic workflow id.",
                    handler=remove_magic,
                    response=FaultList,
                ),
            },
        ),
    ]


def _of_rule() -> list[Resource]:
    return [
        Resource(
            "/_mock/faults/{fault_id}",
            {
                "DELETE": WITH_ID(
                    name="faults.remove",
                    summary="Remove a fault by its id or name.",
                    handler=remove,
                    response=Cleared,
                )
            },
        ),
    ]


def list_faults(context: RequestContext, query: ProjectQuery) -> FaultList:
    """List a project's rules."""
    return _listed(project_of(context, query))


def add(context: RequestContext, query: ProjectQuery, params: FaultParams) -> FaultRule:
    """Add a rule after the others. Raises ControlRefused for one too many."""
    project = project_of(context, query)
    _refuse_too_many(len(project.faults.rules) + 1)
    (rule,) = project.add_faults([params])
    return rule


def replace(context: RequestContext, query: ProjectQuery, faults: FaultSet) -> FaultList:
    """Replace all rules. Raises ControlRefused for too many."""
    project = project_of(context, query)
    _refuse_too_many(len(faults.faults))
    project.replace_faults(faults.faults)
    return _listed(project)


def remove(context: RequestContext, query: ProjectQuery) -> Cleared:
    """Remove the rule with an id, or the rules with a name."""
    project = project_of(context, query)
    return Cleared(project=project.name, cleared=project.remove_fault(context.argument("fault_id")))


def clear(context: RequestContext, query: ProjectQuery) -> Cleared:
    """Remove every rule."""
    project = project_of(context, query)
    return Cleared(project=project.name, cleared=project.clear_faults())


def _refuse_too_many(count: int) -> None:
    if count > MOST:
        raise ControlRefused(
            f"A project has at most {MOST:,} fault rules, which each request looks at; remove those that are over.",
            code="too_many_faults",
        )


# Shipped sets.


def list_sets(context: RequestContext, query: ProjectQuery) -> wire.ShippedSets:
    """List the shipped sets, and which of them the project has."""
    project = project_of(context, query)
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


def use(context: RequestContext, query: ProjectQuery) -> FaultList:
    """Add the rules of a shipped set."""
    found = shipped.shipped_set(context.argument("name"))
    return _add_all(project_of(context, query), found.faults)


def remove_set(context: RequestContext, query: ProjectQuery) -> FaultList:
    """Remove the rules of a shipped set, if the project has them."""
    found = shipped.shipped_set(context.argument("name"))
    return _remove_all(project_of(context, query), found.faults)


# Magic workflow ids.


def list_magic(context: RequestContext, query: ProjectQuery) -> wire.MagicValues:
    """List the magic workflow ids, and how often each was applied in the project."""
    project = project_of(context, query)
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


def use_magic(context: RequestContext, query: ProjectQuery) -> FaultList:
    """Let every workflow behave like a magic workflow id, unless they do already."""
    magic, project = shipped.magic_value(context.argument("value")), project_of(context, query)
    if shipped.are_there(magic.faults, project.faults.rules):
        return _listed(project)
    project.faults.remove_named(shipped.names_of(magic.faults))  # some of its rules may be left
    return _add_all(project, magic.faults)


def remove_magic(context: RequestContext, query: ProjectQuery) -> FaultList:
    """Stop letting every workflow behave like a magic workflow id."""
    magic = shipped.magic_value(context.argument("value"))
    return _remove_all(project_of(context, query), magic.faults)


def _add_all(project: Project, faults: list[FaultParams]) -> FaultList:
    project.add_faults(faults)
    return _listed(project)


def _remove_all(project: Project, faults: list[FaultParams]) -> FaultList:
    project.remove_faults_named(shipped.names_of(faults))
    return _listed(project)


def _listed(project: Project) -> FaultList:
    return FaultList(project=project.name, faults=list(project.faults.rules))

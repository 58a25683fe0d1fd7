"""The operations on a project's faults."""

from mock_server.control import faults
from mock_server.control.kinds import CONTROL, WITH_BODY, WITH_ID
from mock_server.http.operation import Resource
from mock_server.wire.faults import FaultList, FaultParams, FaultRule, FaultSet, MagicValues, ShippedSets
from mock_server.wire.journal import Cleared


def resources() -> list[Resource]:
    """The resources of faults; those with a name of their own stand before the one that takes any."""
    return [*_of_rules(), *_of_sets(), *_of_magic(), *_of_rule()]


def _of_rules() -> list[Resource]:
    return [
        Resource(
            "/_mock/faults",
            {
                "GET": CONTROL(
                    name="faults.list",
                    summary="A project's faults, in order.",
                    handler=faults.list_faults,
                    answer=FaultList,
                ),
                "POST": WITH_BODY(
                    name="faults.add",
                    summary="Add a fault behind the others.",
                    handler=faults.add,
                    body=FaultParams,
                    answer=FaultRule,
                ),
                "PUT": WITH_BODY(
                    name="faults.replace",
                    summary="Put these faults in place of all there are: all or none.",
                    handler=faults.replace,
                    body=FaultSet,
                    answer=FaultList,
                ),
                "DELETE": CONTROL(
                    name="faults.clear", summary="Take away every fault.", handler=faults.clear, answer=Cleared
                ),
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
                    summary="The shipped sets of faults, and which of them a project has.",
                    handler=faults.list_sets,
                    answer=ShippedSets,
                )
            },
        ),
        Resource(
            "/_mock/faults/sets/{name}",
            {
                "POST": WITH_ID(
                    name="faults.use",
                    summary="Add the faults of a shipped set.",
                    handler=faults.use,
                    answer=FaultList,
                ),
                "DELETE": WITH_ID(
                    name="faults.sets.remove",
                    summary="Take away the faults of a shipped set.",
                    handler=faults.remove_set,
                    answer=FaultList,
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
                    summary="The magic workflow ids that are made of faults, and how often each struck.",
                    handler=faults.list_magic,
                    answer=MagicValues,
                )
            },
        ),
        Resource(
            "/_mock/faults/magic/{value}",
            {
                "POST": WITH_ID(
                    name="faults.magic.use",
                    summary="Let every workflow do what a magic one does.",
                    handler=faults.use_magic,
                    answer=FaultList,
                ),
                "DELETE": WITH_ID(
                    name="faults.magic.remove",
                    summary="Let only the magic workflow do what it does.",
                    handler=faults.remove_magic,
                    answer=FaultList,
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
                    summary="Take away a fault, by its id or name.",
                    handler=faults.remove,
                    answer=Cleared,
                )
            },
        ),
    ]

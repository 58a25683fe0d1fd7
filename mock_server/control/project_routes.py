"""The operations on what a project holds: sessions, threads, faults, journal."""

from mock_server.control import faults, request_routes, session_routes, threads
from mock_server.control.kinds import CONTROL, WITH_BODY, WITH_ID
from mock_server.http.operation import Resource
from mock_server.wire.faults import FaultList, FaultParams, FaultRule, FaultSet
from mock_server.wire.journal import Cleared
from mock_server.wire.views import ThreadParams, ThreadsQuery, ThreadSummaries, ThreadView


def resources() -> list[Resource]:
    """The resources of what a project holds."""
    return [*session_routes.resources(), *_of_threads(), *_of_faults(), *request_routes.resources()]


def _of_threads() -> list[Resource]:
    return [
        Resource(
            "/_mock/threads",
            {
                "GET": CONTROL(
                    name="mock.threads.list",
                    summary="Threads of a project or of all, newest first.",
                    handler=threads.list_threads,
                    query=ThreadsQuery,
                    answer=ThreadSummaries,
                )
            },
        ),
        Resource(
            "/_mock/threads/{thread_id}",
            {
                "GET": WITH_ID(
                    name="mock.threads.show",
                    summary="A thread with all of its items.",
                    handler=threads.show,
                    answer=ThreadView,
                ),
                "PATCH": WITH_ID(
                    name="mock.threads.edit",
                    summary="Rename, lock, close or open a thread.",
                    handler=threads.edit,
                    body=ThreadParams,
                    answer=ThreadView,
                    failures=(400, 403, 404, 413),
                ),
                "DELETE": WITH_ID(
                    name="mock.threads.delete",
                    summary="Delete a thread with its items and attachments.",
                    handler=threads.delete,
                    answer=Cleared,
                ),
            },
        ),
    ]


def _of_faults() -> list[Resource]:
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
        Resource(
            "/_mock/faults/sets/{name}",
            {
                "POST": WITH_ID(
                    name="faults.use",
                    summary="Add the faults of a shipped set.",
                    handler=faults.use,
                    answer=FaultList,
                )
            },
        ),
    ]

"""The operations on what a project holds: sessions, threads, faults, journal."""

from mock_server.control import fault_routes, request_routes, session_routes, threads
from mock_server.control.kinds import CONTROL, WITH_ID
from mock_server.http.operation import Resource
from mock_server.wire.journal import Cleared
from mock_server.wire.views import ThreadParams, ThreadsQuery, ThreadSummaries, ThreadView


def resources() -> list[Resource]:
    """The resources of what a project holds."""
    return [*session_routes.resources(), *_of_threads(), *fault_routes.resources(), *request_routes.resources()]


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

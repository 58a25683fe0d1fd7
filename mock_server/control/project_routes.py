"""The operations on what a project holds: sessions, threads, faults, journal."""

from functools import partial
from typing import Any

from mock_server.control import fault_routes, requests, sessions, threads
from mock_server.control.kinds import CONTROL, WITH_BODY, WITH_ID
from mock_server.http.operation import Resource
from mock_server.wire import control as wire
from mock_server.wire.journal import (
    Cleared,
    CurlCommand,
    ExportQuery,
    Record,
    RecordPage,
    RequestsQuery,
    Verdict,
    VerifyParams,
)
from mock_server.wire.views import ThreadsQuery, ThreadSummaries, ThreadView


def resources() -> list[Resource]:
    """The resources of what a project holds."""
    return [*_of_sessions(), *_of_threads(), *fault_routes.resources(), *_of_journal()]


def _of_sessions() -> list[Resource]:
    end = partial(WITH_ID, answer=wire.SessionState)
    return [
        Resource(
            "/_mock/sessions",
            {
                "GET": CONTROL(
                    name="mock.sessions.list",
                    summary="A project's sessions, newest first.",
                    handler=sessions.list_sessions,
                    query=wire.SessionsQuery,
                    answer=wire.SessionList,
                )
            },
        ),
        Resource(
            "/_mock/sessions/{session_id}",
            {
                "GET": WITH_ID(
                    name="mock.sessions.show",
                    summary="A session with its history and what is left of it.",
                    handler=sessions.show,
                    answer=wire.SessionState,
                )
            },
        ),
        Resource(
            "/_mock/sessions/{session_id}/expire",
            {
                "POST": end(
                    name="mock.sessions.expire",
                    summary="Let a session expire now.",
                    handler=partial(sessions.end, ending="expired"),
                )
            },
        ),
        Resource(
            "/_mock/sessions/{session_id}/cancel",
            {
                "POST": end(
                    name="mock.sessions.cancel",
                    summary="Cancel a session, without an API key.",
                    handler=partial(sessions.end, ending="cancelled"),
                )
            },
        ),
    ]


def _of_threads() -> list[Resource]:
    return [
        Resource(
            "/_mock/threads",
            {
                "GET": CONTROL(
                    name="mock.threads.list",
                    summary="A project's threads, newest first.",
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
                )
            },
        ),
    ]


def _of_journal() -> list[Resource]:
    return [
        Resource(
            "/_mock/requests",
            {
                "GET": CONTROL(
                    name="requests.list",
                    summary="A page of the journal.",
                    handler=requests.list_requests,
                    query=RequestsQuery,
                    answer=RecordPage,
                ),
                "DELETE": CONTROL(
                    name="requests.clear", summary="Forget every request.", handler=requests.clear, answer=Cleared
                ),
            },
        ),
        Resource(
            "/_mock/requests/verify",
            {
                "POST": WITH_BODY(
                    name="requests.verify",
                    summary="Whether a claim about the journal holds, and if not, why.",
                    handler=requests.check_claim,
                    body=VerifyParams,
                    answer=Verdict,
                )
            },
        ),
        Resource(
            "/_mock/requests/export",
            {
                "GET": CONTROL(
                    name="requests.export",
                    summary="The journal as JSON Lines, HAR, or cases for fixtures/wire.",
                    handler=requests.export,
                    query=ExportQuery,
                    answer=Any,
                    media_types=("application/x-ndjson", "application/json", "application/yaml"),
                )
            },
        ),
        Resource(
            "/_mock/requests/{request_id}",
            {
                "GET": WITH_ID(
                    name="requests.show",
                    summary="One request with its answer.",
                    handler=requests.show,
                    answer=Record,
                )
            },
        ),
        Resource(
            "/_mock/requests/{request_id}/curl",
            {
                "GET": WITH_ID(
                    name="requests.curl",
                    summary="One request as a shell command.",
                    handler=requests.curl,
                    answer=CurlCommand,
                )
            },
        ),
    ]

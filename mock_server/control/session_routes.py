"""The operations on sessions."""

from functools import partial

from mock_server.control import expiries, sessions
from mock_server.control.kinds import CONTROL, WITH_ID
from mock_server.http.operation import Resource
from mock_server.wire import control as wire


def resources() -> list[Resource]:
    """The resources of sessions."""
    end = partial(WITH_ID, answer=wire.SessionState)
    return [
        Resource(
            "/_mock/sessions",
            {
                "GET": CONTROL(
                    name="mock.sessions.list",
                    summary="Sessions of a project or of all, newest first.",
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
                    summary="A session with its history, what is left of it, and its settings.",
                    handler=sessions.show,
                    answer=wire.SessionDetail,
                )
            },
        ),
        Resource(
            "/_mock/sessions/{session_id}/secret",
            {
                "GET": WITH_ID(
                    name="mock.sessions.secret",
                    summary="A session's client secret, for a page of the emulator's own to talk with.",
                    handler=sessions.tell_secret,
                    answer=wire.SessionSecret,
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
        Resource(
            "/_mock/expiries",
            {
                "GET": CONTROL(
                    name="expiries",
                    summary="When the active sessions of a project or of all expire.",
                    handler=expiries.show,
                    query=wire.ExpiriesQuery,
                    answer=wire.Expiries,
                )
            },
        ),
    ]

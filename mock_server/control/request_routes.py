"""The operations on the journal."""

from typing import Any

from mock_server.control import requests
from mock_server.control.kinds import CONTROL, WITH_BODY, WITH_ID
from mock_server.http.operation import Resource, deferred
from mock_server.wire.journal import (
    Cleared,
    CurlCommand,
    ExportQuery,
    PytestCode,
    Record,
    RecordPage,
    RequestsQuery,
    RequestSummaries,
    SummariesQuery,
    Verdict,
    VerifyParams,
)


def resources() -> list[Resource]:
    """The resources of the journal."""
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
            "/_mock/requests/summaries",
            {
                "GET": CONTROL(
                    name="requests.summaries",
                    summary="A page of the journal in short, of a project or of all.",
                    handler=requests.list_summaries,
                    query=SummariesQuery,
                    answer=RequestSummaries,
                )
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
        Resource(
            "/_mock/requests/{request_id}/test",
            {
                "GET": WITH_ID(
                    name="requests.test",
                    summary="One request as a test in Python, ready to paste.",
                    handler=deferred("mock_server.control.replay.test:show"),
                    answer=PytestCode,
                )
            },
        ),
    ]

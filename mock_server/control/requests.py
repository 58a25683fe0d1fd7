"""`/_mock/requests`: the journal."""

from collections.abc import Callable, Iterable
from typing import Any

from starlette.responses import Response

from mock_server.control.kinds import CONTROL, WITH_BODY, WITH_ID
from mock_server.control.paging import chosen, page
from mock_server.control.projects import project_of
from mock_server.http.context import RequestContext
from mock_server.http.operation import Resource
from mock_server.inspection import exports, records
from mock_server.inspection.verification import verify
from mock_server.wire.control.projects import ProjectQuery
from mock_server.wire.control.requests import (
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
                    handler=list_requests,
                    query=RequestsQuery,
                    response=RecordPage,
                ),
                "DELETE": CONTROL(
                    name="requests.clear", summary="Forget every request.", handler=clear, response=Cleared
                ),
            },
        ),
        Resource(
            "/_mock/requests/summaries",
            {
                "GET": CONTROL(
                    name="requests.summaries",
                    summary="A page of the journal in short, of a project or of all.",
                    handler=list_summaries,
                    query=SummariesQuery,
                    response=RequestSummaries,
                )
            },
        ),
        Resource(
            "/_mock/requests/verify",
            {
                "POST": WITH_BODY(
                    name="requests.verify",
                    summary="Whether a claim about the journal holds, and if not, why.",
                    handler=check_claim,
                    body=VerifyParams,
                    response=Verdict,
                )
            },
        ),
        Resource(
            "/_mock/requests/export",
            {
                "GET": CONTROL(
                    name="requests.export",
                    summary="The journal as JSON Lines, HAR, or cases for fixtures/wire.",
                    handler=export,
                    query=ExportQuery,
                    response=Any,
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
                    handler=show,
                    response=Record,
                )
            },
        ),
        Resource(
            "/_mock/requests/{request_id}/curl",
            {
                "GET": WITH_ID(
                    name="requests.curl",
                    summary="One request as a shell command.",
                    handler=curl,
                    response=CurlCommand,
                )
            },
        ),
        Resource(
            "/_mock/requests/{request_id}/test",
            {
                "GET": WITH_ID(
                    name="requests.test",
                    summary="One request as a test in Python, ready to paste.",
                    handler=show_test,
                    response=PytestCode,
                )
            },
        ),
    ]


_EXPORTS: dict[str, tuple[Callable[[Iterable[Record]], bytes], str]] = {
    "jsonl": (exports.json_lines, "application/x-ndjson"),
    "har": (exports.har, "application/json"),
    "wire": (exports.wire_cases, "application/yaml"),
}


def list_requests(context: RequestContext, query: RequestsQuery) -> RecordPage:
    """List a page of the journal."""
    project = project_of(context, query)
    return records.page(project.journal, query, project=project.name)


def list_summaries(context: RequestContext, query: SummariesQuery) -> RequestSummaries:
    """List a page of the journal in short, of a project or of all; theirs are told apart by the world's time."""
    projects, fits, newest_first = chosen(context, query.project), records.predicate(query), query.order == "desc"
    found = page(
        [(project, project.journal) for project in projects],
        rank=(lambda entry: -entry.began) if newest_first else (lambda entry: entry.began),
        limit=query.limit,
        after=query.after,
        fits=None if fits is None else lambda _: fits,
        newest_first=newest_first,
    )
    return RequestSummaries(
        data=[records.summary(entry, project=project.name) for project, entry in found.entries],
        total=found.total,
        has_more=found.has_more,
        forgotten=sum(project.journal.forgotten for project in projects),
    )


def clear(context: RequestContext, query: ProjectQuery) -> Cleared:
    """Forget every request."""
    project = project_of(context, query)
    count = len(project.journal)
    project.reset("requests")
    return Cleared(project=project.name, cleared=count)


def show(context: RequestContext, query: ProjectQuery) -> Record:
    """Show one request."""
    project = project_of(context, query)
    return records.record(project.journal.get(context.argument("request_id")), project=project.name)


def curl(context: RequestContext, query: ProjectQuery) -> CurlCommand:
    """Show one request as a shell command, sent to where this call came."""
    project = project_of(context, query)
    host = context.headers.get(b"host", b"").decode("latin-1")
    base = f"{context.scope['scheme']}://{host}"
    if project is not context.projects.default:
        base += f"/p/{project.name}"
    return CurlCommand(command=records.curl(project.journal.get(context.argument("request_id")), base=base))


def show_test(context: RequestContext, query: ProjectQuery) -> PytestCode:
    """Show one request as a test."""
    from mock_server.inspection.replay.needs import scene_of  # noqa: PLC0415 - for this request only
    from mock_server.inspection.replay.test import code_of  # noqa: PLC0415

    project = project_of(context, query)
    entry = project.journal.get(context.argument("request_id"))
    scene = scene_of(entry, project=project, catalog=context.workflows, options=context.projects.settings)
    return PytestCode(code=code_of(scene))


def check_claim(context: RequestContext, query: ProjectQuery, claim: VerifyParams) -> Verdict:
    """Say whether a claim about the journal holds."""
    return verify(project_of(context, query).journal, claim)


def export(context: RequestContext, query: ExportQuery) -> Response:
    """Export the journal, oldest first."""
    project = project_of(context, query)
    fitting = (entry for entry in project.journal if records.fits(entry, query))
    write, media_type = _EXPORTS[query.format]
    return Response(write(records.record(entry, project=project.name) for entry in fitting), media_type=media_type)

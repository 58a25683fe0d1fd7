"""`/_mock/requests`: the journal."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from mock_server.control.kinds import CONTROL, WITH_BODY, WITH_ID
from mock_server.control.paging import chosen, page
from mock_server.control.projects import project_of
from mock_server.http.context import RequestContext
from mock_server.http.operation import Resource, always
from mock_server.http.response import Pieces
from mock_server.inspection import exports, records
from mock_server.inspection.verification import verify
from mock_server.slices import in_slices
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
from mock_server.wire.pieces import encoded


def resources() -> list[Resource]:
    """Return the resources of the journal."""
    return [
        Resource(
            "/_mock/requests",
            {
                "GET": CONTROL(
                    name="requests.list",
                    summary="List the requests in the journal.",
                    handler=list_requests,
                    query=RequestsQuery,
                    response=RecordPage,
                ),
                "DELETE": CONTROL(name="requests.clear", summary="Clear the journal.", handler=clear, response=Cleared),
            },
        ),
        Resource(
            "/_mock/requests/summaries",
            {
                "GET": CONTROL(
                    name="requests.summaries",
                    summary="List the requests in the journal of a project, or of all projects, without their bodies.",
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
                    summary="Check a claim about the journal, and explain why it does not hold.",
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
                    summary="Export the journal as JSON Lines, HAR, or cases for fixtures/wire.",
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
                    summary="Show a request with its response.",
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
                    summary="Show a request as a shell command.",
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
                    summary="Show a request as a Python test, ready to paste.",
                    handler=show_test,
                    needs_workflows=always,
                    response=PytestCode,
                )
            },
        ),
    ]


_EXPORTS: dict[str, tuple[Callable[[Iterable[Record]], Iterator[bytes]], str]] = {
    "jsonl": (exports.json_lines, "application/x-ndjson"),
    "har": (exports.har, "application/json"),
    "wire": (exports.wire_cases, "application/yaml"),
}


def list_requests(context: RequestContext, query: RequestsQuery) -> Pieces:
    """List a page of the journal."""
    project = project_of(context, query)
    return Pieces(encoded(records.page(project.journal, query, project=project.name)))


def list_summaries(context: RequestContext, query: SummariesQuery) -> RequestSummaries:
    """List a page of the journal without bodies; those of several projects are merged in the order of real time."""
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
    """Clear the journal."""
    project = project_of(context, query)
    count = len(project.journal)
    project.reset("requests")
    return Cleared(project=project.name, cleared=count)


def show(context: RequestContext, query: ProjectQuery) -> Record:
    """Show a request with its response."""
    project = project_of(context, query)
    return records.record(project.journal.get(context.argument("request_id")), project=project.name)


def curl(context: RequestContext, query: ProjectQuery) -> CurlCommand:
    """Show a request as a shell command, which sends it to the host that received this request."""
    project = project_of(context, query)
    host = context.headers.get(b"host", b"").decode("latin-1")
    base = f"{context.scope['scheme']}://{host}"
    if project is not context.projects.default:
        base += f"/p/{project.name}"
    return CurlCommand(command=records.curl(project.journal.get(context.argument("request_id")), base=base))


def show_test(context: RequestContext, query: ProjectQuery) -> PytestCode:
    """Show a request as a Python test."""
    from mock_server.inspection.replay.needs import scene_of  # noqa: PLC0415 - for this request only
    from mock_server.inspection.replay.test import code_of  # noqa: PLC0415

    project = project_of(context, query)
    entry = project.journal.get(context.argument("request_id"))
    scene = scene_of(entry, project=project, catalog=context.workflows, options=context.projects.settings)
    return PytestCode(code=code_of(scene))


async def check_claim(context: RequestContext, query: ProjectQuery, claim: VerifyParams) -> Verdict:
    """Check a claim about the journal."""
    return await in_slices(verify(project_of(context, query).journal, claim))


def export(context: RequestContext, query: ExportQuery) -> Pieces:
    """Export the journal, oldest first."""
    project = project_of(context, query)
    fitting = (entry for entry in project.journal if records.fits(entry, query))
    write, media_type = _EXPORTS[query.format]
    return Pieces(write(records.record(entry, project=project.name) for entry in fitting), media_type)

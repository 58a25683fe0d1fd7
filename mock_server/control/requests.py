"""Handlers of `/_mock/requests`, the journal."""

from collections.abc import Callable, Iterable

from starlette.responses import Response

from mock_server.control import exports
from mock_server.control.paging import chosen, page
from mock_server.control.projects import project_of
from mock_server.http.call import Call
from mock_server.state import records
from mock_server.state.verify import verify
from mock_server.wire.control import ProjectQuery
from mock_server.wire.journal import (
    Cleared,
    CurlCommand,
    ExportQuery,
    Record,
    RecordPage,
    RequestsQuery,
    RequestSummaries,
    SummariesQuery,
    Verdict,
    VerifyParams,
)

_EXPORTS: dict[str, tuple[Callable[[Iterable[Record]], bytes], str]] = {
    "jsonl": (exports.json_lines, "application/x-ndjson"),
    "har": (exports.har, "application/json"),
    "wire": (exports.wire_cases, "application/yaml"),
}


def list_requests(call: Call, query: RequestsQuery) -> RecordPage:
    """List a page of the journal."""
    project = project_of(call, query)
    return records.page(project.journal, query, project=project.name)


def list_summaries(call: Call, query: SummariesQuery) -> RequestSummaries:
    """List a page of the journal in short, of a project or of all; theirs are told apart by the world's time."""
    projects, fits, newest_first = chosen(call, query.project), records.predicate(query), query.order == "desc"
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


def clear(call: Call, query: ProjectQuery) -> Cleared:
    """Forget every request."""
    project = project_of(call, query)
    count = len(project.journal)
    project.reset("requests")
    return Cleared(project=project.name, cleared=count)


def show(call: Call, query: ProjectQuery) -> Record:
    """Show one request."""
    project = project_of(call, query)
    return records.record(project.journal.get(call.argument("request_id")), project=project.name)


def curl(call: Call, query: ProjectQuery) -> CurlCommand:
    """Show one request as a shell command, sent to where this call came."""
    project = project_of(call, query)
    host = call.headers.get(b"host", b"").decode("latin-1")
    base = f"{call.scope['scheme']}://{host}"
    if project is not call.projects.default:
        base += f"/p/{project.name}"
    return CurlCommand(command=records.curl(project.journal.get(call.argument("request_id")), base=base))


def check_claim(call: Call, query: ProjectQuery, claim: VerifyParams) -> Verdict:
    """Say whether a claim about the journal holds."""
    return verify(project_of(call, query).journal, claim)


def export(call: Call, query: ExportQuery) -> Response:
    """Export the journal, oldest first."""
    project = project_of(call, query)
    fitting = (entry for entry in project.journal if records.fits(entry, query))
    write, media_type = _EXPORTS[query.format]
    return Response(write(records.record(entry, project=project.name) for entry in fitting), media_type=media_type)

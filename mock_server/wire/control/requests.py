"""The journal on `/_mock/requests`: its requests, and claims about them."""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from mock_server.wire.control.operations import OperationName
from mock_server.wire.control.projects import ProjectChoice, ProjectName

Outcome = Literal["open", "completed", "abandoned", "dropped"]


class RecordedMessage(Struct, frozen=True, kw_only=True):
    """The headers and the body of a request or a response.

    body: JSON if it is JSON, else its text; null if it is empty or not text.
    size: the size of the body in bytes, as far as it is kept.
    """

    headers: dict[str, str]
    body: Any
    size: int


class StoreCall(Struct, kw_only=True):
    """A call of the Store of a server of the user's own. Keys and secrets are masked.

    call: the method and its arguments in short: `load_thread_items(thr_1, limit 20, desc)`.
    result: what it returned, in short, or `raised` and the exception's name; null if nothing, or not yet.
    milliseconds: how long it took; null until it has ended. at: when it began, in milliseconds since the request did.
    """

    call: str
    result: str | None = None
    milliseconds: float | None = None
    at: float


class _Head(Struct, frozen=True, kw_only=True):
    """What is shown of every request."""

    id: str
    project: str
    at: float
    milliseconds: float
    operation: str | None
    method: str
    path: str
    query: str
    status: int | None
    outcome: Outcome
    session: str | None
    user: str | None
    workflow: str | None
    thread: str | None
    fault: str | None


class Record(_Head, frozen=True, kw_only=True):
    """One request with its response. Keys and secrets are masked.

    at: when it came, in unix seconds of the project's time. milliseconds: how long it took in real time.
    operation: as the SDKs call it; null if the request reached no operation.
    status: null until the response has begun.
    outcome: `open` until the request has ended, then `completed`, `abandoned` if the client left first, or `dropped`
        if a fault closed the connection.
    fault: the name of the fault that was applied, or a magic value.
    events: those of a stream, as they were sent.
    event_times: when each event was sent, in milliseconds of real time since the request began.
    failure: the traceback of what a server of the user's own raised.
    store: the first 200 calls of the Store of a server of the user's own, in order; null where there is no Store.
    """

    request: RecordedMessage
    response: RecordedMessage | None
    events: list[Any] | None
    event_times: list[float] | None
    failure: str | None
    store: list[StoreCall] | None


class RequestSummary(_Head, frozen=True, kw_only=True):
    """One request without headers and bodies; `events` counts those kept of a stream, null if it was no stream."""

    events: int | None


class RecordFilter(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which requests; all given conditions must hold.

    operation: a name or the first parts of one: `sessions`, `conversation.threads.create`.
    path: the path below the project, with `*` for any text.
    fault: the name of the fault that was applied, with `*` for any text.
    """

    operation: OperationName | UnsetType = UNSET
    method: str | UnsetType = UNSET
    path: str | UnsetType = UNSET
    status: int | UnsetType = UNSET
    session: str | UnsetType = UNSET
    user: str | UnsetType = UNSET
    workflow: str | UnsetType = UNSET
    thread: str | UnsetType = UNSET
    fault: str | UnsetType = UNSET
    outcome: Outcome | UnsetType = UNSET


class RecordMatch(RecordFilter, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which requests, also by their bodies and headers; all given conditions must hold.

    body: JSON that the request's body equals or contains; objects may have further keys.
    headers: headers that the request has, among others.
    """

    body: Any | UnsetType = UNSET
    headers: dict[str, str] | UnsetType = UNSET


class RequestsQuery(RecordFilter, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A page of the journal, by default the newest 20 requests.

    after: the id of the last request on the previous page.
    """

    project: ProjectName | UnsetType = UNSET
    limit: Annotated[int, Meta(ge=0, le=1000)] = 20
    order: Literal["asc", "desc"] = "desc"
    after: str | UnsetType = UNSET


class SummariesQuery(RequestsQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A page of the journal of a project, or of all projects, without bodies; by default the newest 100 requests.

    search: part of the id, path, operation, session, user, workflow, thread or fault, ignoring case.
    after: the id of the last request on the previous page.
    """

    project: ProjectChoice | UnsetType = UNSET
    limit: Annotated[int, Meta(ge=0, le=1000)] = 100
    search: str | UnsetType = UNSET
    status_class: Literal["2xx", "4xx", "5xx"] | UnsetType = UNSET


class RequestSummaries(Struct, frozen=True, kw_only=True):
    """A page; `total` counts every match, `forgotten` the requests that the journal no longer holds."""

    data: list[RequestSummary]
    total: int
    has_more: bool
    forgotten: int


class RecordPage(Struct, frozen=True, kw_only=True):
    """A page; `forgotten` counts the requests that the journal no longer holds."""

    object: Literal["list"] = "list"
    data: list[Record]
    first_id: str | None
    last_id: str | None
    has_more: bool
    forgotten: int


class ExportQuery(RecordFilter, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which requests to export, oldest first, as JSON Lines, HAR 1.2, or cases for `fixtures/wire`."""

    project: ProjectName | UnsetType = UNSET
    format: Literal["jsonl", "har", "wire"] = "jsonl"


class Cleared(Struct, frozen=True, kw_only=True):
    """How many objects were removed."""

    project: str
    cleared: int


class VerifyParams(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A claim about the journal: how many requests match `match`, or that requests came in the order of `sequence`.

    Without a count, at least one request must match.
    """

    match: RecordMatch | UnsetType = UNSET
    times: Annotated[int, Meta(ge=0)] | UnsetType = UNSET
    at_least: Annotated[int, Meta(ge=0)] | UnsetType = UNSET
    at_most: Annotated[int, Meta(ge=0)] | UnsetType = UNSET
    sequence: list[RecordMatch] | UnsetType = UNSET


class Difference(Struct, frozen=True, kw_only=True):
    """Where a request differs from a claim: the field, such as `body.user`, and both values."""

    field: str
    expected: Any
    got: Any


class NearMiss(Struct, frozen=True, kw_only=True):
    """A request that almost matches."""

    id: str
    operation: str | None
    method: str
    path: str
    differences: list[Difference]


class Verdict(Struct, frozen=True, kw_only=True):
    """Whether a claim holds, with the requests that match it; if not, why not, and near misses, the nearest first."""

    passed: bool
    count: int
    requests: list[str]
    explanation: str
    near_misses: list[NearMiss]


class PytestCode(Struct, frozen=True, kw_only=True):
    """A Python test that sends a request again and asserts its response; it contains no key or secret."""

    code: str


class CurlCommand(Struct, frozen=True, kw_only=True):
    """A request as a shell command, with its key or secret in a variable."""

    command: str

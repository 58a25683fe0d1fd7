"""The journal as `/_mock/requests` shows it, and what can be asked of it."""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from mock_server.wire.control.projects import ProjectChoice, ProjectName

Outcome = Literal["open", "completed", "abandoned", "dropped"]


class RecordedMessage(Struct, frozen=True, kw_only=True):
    """The head and the body of a request or an answer.

    body: JSON where it is JSON, else its text; null where there is none, or where it is no text.
    size: of the body in bytes, as far as it is kept.
    """

    headers: dict[str, str]
    body: Any
    size: int


class _Head(Struct, frozen=True, kw_only=True):
    """What is said of every request."""

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
    """One request with its answer. Keys and secrets are masked.

    at: unix seconds in the project's time; milliseconds: how long it took in the world's.
    operation: as the SDKs call it; null where no operation was reached.
    outcome: `open` while it runs, `abandoned` when the client left first, `dropped` when a fault closed the connection.
    status: null until the answer began. events: of a stream, as they were sent.
    fault: what struck it: a rule's name, or a magic value.
    event_times: of each event, in milliseconds of the world's time since the request began.
    """

    request: RecordedMessage
    response: RecordedMessage | None
    events: list[Any] | None
    event_times: list[float] | None


class RequestSummary(_Head, frozen=True, kw_only=True):
    """One request without what was said in it; `events`: how many of a stream are kept, null where it was none."""

    events: int | None


class RecordFilter(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which requests: all that is said has to hold.

    operation: a name or the beginning of one: `sessions`, `conversation.threads.create`.
    path: with `*` for any text.
    fault: the name of one, `*` for any.
    """

    operation: str | UnsetType = UNSET
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
    """A filter for `verify`, which looks into messages as well.

    body: JSON that the request's body is or contains: objects may have further keys.
    headers: those that the request has among others.
    """

    body: Any | UnsetType = UNSET
    headers: dict[str, str] | UnsetType = UNSET


class RequestsQuery(RecordFilter, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A page of the journal: newest first, 20 at most, unless asked otherwise."""

    project: ProjectName | UnsetType = UNSET
    limit: Annotated[int, Meta(ge=0, le=1000)] = 20
    order: Literal["asc", "desc"] = "desc"
    after: str | UnsetType = UNSET


class SummariesQuery(RequestsQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A page of the journal in short, of a project or of all: newest first, 100 at most, unless asked otherwise.

    search: a part, in any case, of the id, path, operation, session, user, workflow, thread or fault.
    after: the id of the last request of the page before.
    """

    project: ProjectChoice | UnsetType = UNSET
    limit: Annotated[int, Meta(ge=0, le=1000)] = 100
    search: str | UnsetType = UNSET
    status_class: Literal["2xx", "4xx", "5xx"] | UnsetType = UNSET


class RequestSummaries(Struct, frozen=True, kw_only=True):
    """A page; `total` counts those that fit, listed or not, `forgotten` the entries that had to make room."""

    data: list[RequestSummary]
    total: int
    has_more: bool
    forgotten: int


class RecordPage(Struct, frozen=True, kw_only=True):
    """A page; `forgotten` counts the entries that had to make room."""

    object: Literal["list"] = "list"
    data: list[Record]
    first_id: str | None
    last_id: str | None
    has_more: bool
    forgotten: int


class ExportQuery(RecordFilter, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which requests to export, oldest first, and as what: JSON Lines, HAR 1.2, or cases for `fixtures/wire`."""

    project: ProjectName | UnsetType = UNSET
    format: Literal["jsonl", "har", "wire"] = "jsonl"


class Cleared(Struct, frozen=True, kw_only=True):
    """What was taken away."""

    project: str
    cleared: int


class VerifyParams(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A claim about the journal: how often there is a request that fits `match`, or that `sequence` came in order.

    Without a count it has to be there at least once.
    """

    match: RecordMatch | UnsetType = UNSET
    times: Annotated[int, Meta(ge=0)] | UnsetType = UNSET
    at_least: Annotated[int, Meta(ge=0)] | UnsetType = UNSET
    at_most: Annotated[int, Meta(ge=0)] | UnsetType = UNSET
    sequence: list[RecordMatch] | UnsetType = UNSET


class Difference(Struct, frozen=True, kw_only=True):
    """Where a request differs from what was claimed: the field, such as `body.user`, and both values."""

    field: str
    expected: Any
    got: Any


class NearMiss(Struct, frozen=True, kw_only=True):
    """A request that almost fits."""

    id: str
    operation: str | None
    method: str
    path: str
    differences: list[Difference]


class Verdict(Struct, frozen=True, kw_only=True):
    """Whether a claim holds, the requests it is about, and if not, why, with the nearest misses first."""

    passed: bool
    count: int
    requests: list[str]
    explanation: str
    near_misses: list[NearMiss]


class PytestCode(Struct, frozen=True, kw_only=True):
    """A test in Python that sends a request again and asserts what came back; it holds no key."""

    code: str


class CurlCommand(Struct, frozen=True, kw_only=True):
    """A request as a shell command; its key or secret is a variable."""

    command: str

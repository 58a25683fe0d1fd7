"""Sessions on `/_mock/sessions`."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from mock_server.wire.control.projects import ChoiceQuery, PageSize
from mock_server.wire.rest.sessions import ChatSessionStatus


class Transition(Struct, frozen=True, kw_only=True, gc=False):
    """A change of a session's status, at a unix second, and why: `forced` is an expiry by `/_mock`."""

    status: ChatSessionStatus
    at: float
    cause: Literal["created", "cancelled", "expired", "forced"]


class SessionState(Struct, frozen=True, kw_only=True):
    """A session, seen from behind: its history, and what is left of it. Its secret is not told.

    seconds_left: until it expires by the project's clock; 0 once it is over.
    requests_left: of the present sliding minute, in which max_requests_per_1_minute are let through.
    uploads_left: files that it may still send, of max_files; 0 where uploads are off.
    """

    id: str
    project: str
    status: ChatSessionStatus
    user: str
    workflow: str
    version: str | None
    created_at: float
    expires_at: int
    seconds_left: float
    requests_left: int
    max_requests_per_1_minute: int
    uploads_left: int
    max_files: int
    transitions: list[Transition]


class SessionSettings(Struct, frozen=True, kw_only=True):
    """What a session was created with, every default applied.

    expires_after_seconds: null where it was made to expire before its time.
    max_file_size: in megabytes. recent_threads: null is unlimited. version: null is the newest.
    """

    expires_after_seconds: int | None
    max_requests_per_1_minute: int
    automatic_thread_titling: bool
    file_upload: bool
    max_files: int
    max_file_size: int
    history: bool
    recent_threads: int | None
    tracing: bool
    version: str | None
    state_variables: dict[str, str | int | bool | float] | None


class SessionDetail(SessionState, frozen=True, kw_only=True):
    """A session with its settings, beside those of a session that names but a user and a workflow.

    masked_secret: its client secret, of which the first 8 and the last 4 characters stand.
    """

    masked_secret: str
    settings: SessionSettings
    defaults: SessionSettings


class SessionSecret(Struct, frozen=True, kw_only=True):
    """A session's client secret, whole."""

    client_secret: str


class SessionsQuery(ChoiceQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which sessions to list, newest first: all that is said has to hold.

    search: a part, in any case, of the id, the user or the workflow's id.
    ids: just these, 200 at most, separated by commas.
    after: the id of the last session of the page before.
    """

    status: ChatSessionStatus | UnsetType = UNSET
    user: str | UnsetType = UNSET
    workflow: str | UnsetType = UNSET
    search: str | UnsetType = UNSET
    ids: str | UnsetType = UNSET
    limit: PageSize = 100
    after: str | UnsetType = UNSET


class SessionList(Struct, frozen=True, kw_only=True):
    """Sessions, newest first; `total` counts those that fit, listed or not; `has_more`: there are some behind these."""

    project: str
    total: int
    has_more: bool
    sessions: list[SessionState]


class ExpiriesQuery(ChoiceQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In how many buckets to count."""

    buckets: Annotated[int, Meta(ge=1, le=500)] = 60


class ExpiryHistogram(Struct, frozen=True, kw_only=True):
    """When the active sessions expire, by their project's clock.

    longest: seconds until the last of them does.
    buckets: how many expire in each of so many equal parts of that time.
    next: the 20 that expire first.
    """

    project: str
    active: int
    longest: float
    buckets: list[int]
    next: list[SessionState]

"""Sessions on `/_mock/sessions`."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from mock_server.wire.control.projects import ChoiceQuery, PageSize
from mock_server.wire.rest.sessions import ChatSessionStatus


class Transition(Struct, frozen=True, kw_only=True, gc=False):
    """A change of a session's status; `at` is in unix seconds of the project's time.

    cause: `forced` is an expiry through `/_mock` or by a fault.
    """

    status: ChatSessionStatus
    at: float
    cause: Literal["created", "cancelled", "expired", "forced"]


class SessionState(Struct, frozen=True, kw_only=True):
    """A session with its history and what is left of its limits, without its client secret.

    created_at, expires_at: in unix seconds of the project's time.
    seconds_left: until it expires; 0 if it has ended.
    requests_left: how many of max_requests_per_1_minute are left in the current sliding minute.
    uploads_left: how many of max_files may still be uploaded; 0 if uploads are off.
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
    """The settings that a session was created with, including defaults.

    expires_after_seconds: null if the session was made to expire early.
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
    """A session with its settings.

    masked_secret: its client secret, of which only the first 8 and the last 4 characters are shown.
    defaults: the settings of a session that is created with nothing but a user and a workflow.
    """

    masked_secret: str
    settings: SessionSettings
    defaults: SessionSettings


class SessionSecret(Struct, frozen=True, kw_only=True):
    """A session's client secret, unmasked."""

    client_secret: str


class SessionsQuery(ChoiceQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which sessions to list, newest first; all given conditions must hold.

    search: part of the id, the user or the workflow's id, ignoring case.
    ids: only the sessions with these ids, at most 200, separated by commas.
    after: the id of the last session on the previous page.
    """

    status: ChatSessionStatus | UnsetType = UNSET
    user: str | UnsetType = UNSET
    workflow: str | UnsetType = UNSET
    search: str | UnsetType = UNSET
    ids: str | UnsetType = UNSET
    limit: PageSize = 100
    after: str | UnsetType = UNSET


class SessionList(Struct, frozen=True, kw_only=True):
    """A page of sessions, newest first; `total` counts every match, `has_more` tells whether there is another page."""

    project: str
    total: int
    has_more: bool
    sessions: list[SessionState]


class ExpiriesQuery(ChoiceQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The number of buckets to count in."""

    buckets: Annotated[int, Meta(ge=1, le=500)] = 60


class ExpiryHistogram(Struct, frozen=True, kw_only=True):
    """When the active sessions expire, by their project's clock.

    active: the number of active sessions. longest: the seconds until the last of them expires.
    buckets: how many expire in each of the equal parts of that time.
    next: the 20 sessions that expire first.
    """

    project: str
    active: int
    longest: float
    buckets: list[int]
    next: list[SessionState]

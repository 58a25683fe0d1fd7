"""ChatKit sessions on the wire. Fields are in the API's order, which is also the order of validation."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from mock_server.config import EXPIRES_AFTER_SECONDS, MAX_FILE_SIZE_MB, MAX_FILES, MAX_REQUESTS_PER_1_MINUTE

PositiveInt = Annotated[int, Meta(ge=1)]
StateVariables = Annotated[
    dict[Annotated[str, Meta(max_length=64)], Annotated[str, Meta(max_length=10_485_760)] | int | bool | float],
    Meta(max_length=64),
]


class _Params(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """A part of a request: unknown keys and null are refused, and what is left out takes its default."""


class ChatSessionWorkflowTracingParam(_Params, frozen=True, kw_only=True):
    """Tracing; on by default (documented)."""

    enabled: bool = True


class ChatSessionWorkflowParam(_Params, frozen=True, kw_only=True):
    """The workflow that the session runs; by default its latest deployed version (documented)."""

    id: str
    version: str | UnsetType = UNSET
    state_variables: StateVariables | UnsetType = UNSET
    tracing: ChatSessionWorkflowTracingParam = ChatSessionWorkflowTracingParam()


class ChatSessionExpiresAfterParam(_Params, frozen=True, kw_only=True):
    """The seconds from creation to expiry; 600 is the default and the maximum (documented)."""

    anchor: Literal["created_at"]
    seconds: Annotated[int, Meta(ge=1, le=EXPIRES_AFTER_SECONDS)]


class ChatSessionRateLimitsParam(_Params, frozen=True, kw_only=True):
    """Requests per minute; 10 by default (documented)."""

    max_requests_per_1_minute: PositiveInt = MAX_REQUESTS_PER_1_MINUTE


class AutomaticThreadTitlingParam(_Params, frozen=True, kw_only=True):
    """Automatic titles; on by default (documented)."""

    enabled: bool = True


class FileUploadParam(_Params, frozen=True, kw_only=True):
    """Uploads; off by default, with at most 10 files of 512 megabytes each (documented)."""

    enabled: bool = False
    max_file_size: Annotated[int, Meta(ge=1, le=MAX_FILE_SIZE_MB)] = MAX_FILE_SIZE_MB
    max_files: PositiveInt = MAX_FILES


class HistoryParam(_Params, frozen=True, kw_only=True):
    """How many earlier threads the user can see; all of them by default (documented)."""

    enabled: bool = True
    recent_threads: PositiveInt | UnsetType = UNSET


class ChatSessionChatKitConfigurationParam(_Params, frozen=True, kw_only=True):
    """What the chat offers the user."""

    automatic_thread_titling: AutomaticThreadTitlingParam = AutomaticThreadTitlingParam()
    file_upload: FileUploadParam = FileUploadParam()
    history: HistoryParam = HistoryParam()


class SessionCreateParams(_Params, frozen=True, kw_only=True):
    """The body of `POST /v1/chatkit/sessions`."""

    workflow: ChatSessionWorkflowParam
    user: Annotated[str, Meta(min_length=1)]
    expires_after: ChatSessionExpiresAfterParam | UnsetType = UNSET
    rate_limits: ChatSessionRateLimitsParam = ChatSessionRateLimitsParam()
    chatkit_configuration: ChatSessionChatKitConfigurationParam = ChatSessionChatKitConfigurationParam()


class _Resource(Struct, frozen=True, kw_only=True, gc=False):
    """A part of a response; nulls are present."""


class ChatSessionAutomaticThreadTitling(_Resource, frozen=True, kw_only=True):
    """Resolved titling."""

    enabled: bool


class ChatSessionFileUpload(_Resource, frozen=True, kw_only=True):
    """Resolved uploads: megabytes per file, files per session; set even if uploads are off (observed)."""

    enabled: bool
    max_file_size: int | None
    max_files: int | None


class ChatSessionHistory(_Resource, frozen=True, kw_only=True):
    """Resolved history; `recent_threads` is null if unlimited."""

    enabled: bool
    recent_threads: int | None


class ChatSessionChatKitConfiguration(_Resource, frozen=True, kw_only=True):
    """Resolved configuration."""

    automatic_thread_titling: ChatSessionAutomaticThreadTitling
    file_upload: ChatSessionFileUpload
    history: ChatSessionHistory


class ChatSessionRateLimits(_Resource, frozen=True, kw_only=True):
    """Resolved limit, in requests per minute."""

    max_requests_per_1_minute: int


class ChatKitWorkflowTracing(_Resource, frozen=True, kw_only=True):
    """Resolved tracing."""

    enabled: bool


class ChatKitWorkflow(_Resource, frozen=True, kw_only=True):
    """The session's workflow, with its keys in the observed order."""

    id: str
    state_variables: dict[str, str | int | bool | float] | None
    tracing: ChatKitWorkflowTracing
    version: str | None


ChatSessionStatus = Literal["active", "expired", "cancelled"]


class ChatSession(_Resource, frozen=True, kw_only=True):
    """A session, with its ten keys in the observed order; `expires_at` is in unix seconds."""

    id: str
    object: Literal["chatkit.session"] = "chatkit.session"
    status: ChatSessionStatus
    chatkit_configuration: ChatSessionChatKitConfiguration
    client_secret: str
    expires_at: int
    max_requests_per_1_minute: int
    rate_limits: ChatSessionRateLimits
    user: str
    workflow: ChatKitWorkflow

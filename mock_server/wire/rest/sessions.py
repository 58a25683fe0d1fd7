"""ChatKit sessions on the wire. Fields stand in the API's order, which is also the order of validation."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from mock_server.config import EXPIRES_AFTER_SECONDS, MAX_FILE_SIZE_MB, MAX_FILES, MAX_REQUESTS_PER_1_MINUTE

PositiveInt = Annotated[int, Meta(ge=1)]
StateVariables = Annotated[
    dict[Annotated[str, Meta(max_length=64)], Annotated[str, Meta(max_length=10_485_760)] | int | bool | float],
    Meta(max_length=64),
]


class _Params(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """A part of a request: unknown keys are refused, what is left out takes its default, and null is neither."""


class ChatSessionWorkflowTracingParam(_Params, frozen=True, kw_only=True):
    """Whether to trace; enabled by default (documented)."""

    enabled: bool = True


class ChatSessionWorkflowParam(_Params, frozen=True, kw_only=True):
    """The workflow behind the session; without a version the latest deployed one (documented)."""

    id: str
    version: str | UnsetType = UNSET
    state_variables: StateVariables | UnsetType = UNSET
    tracing: ChatSessionWorkflowTracingParam = ChatSessionWorkflowTracingParam()


class ChatSessionExpiresAfterParam(_Params, frozen=True, kw_only=True):
    """Seconds from creation to expiry; 600 by default and at most (documented)."""

    anchor: Literal["created_at"]
    seconds: Annotated[int, Meta(ge=1, le=EXPIRES_AFTER_SECONDS)]


class ChatSessionRateLimitsParam(_Params, frozen=True, kw_only=True):
    """Requests a minute; 10 by default (documented)."""

    max_requests_per_1_minute: PositiveInt = MAX_REQUESTS_PER_1_MINUTE


class AutomaticThreadTitlingParam(_Params, frozen=True, kw_only=True):
    """Automatic titles; on by default (documented)."""

    enabled: bool = True


class FileUploadParam(_Params, frozen=True, kw_only=True):
    """Uploads; off, with 10 files of 512 megabytes by default (documented)."""

    enabled: bool = False
    max_file_size: Annotated[int, Meta(ge=1, le=MAX_FILE_SIZE_MB)] = MAX_FILE_SIZE_MB
    max_files: PositiveInt = MAX_FILES


class HistoryParam(_Params, frozen=True, kw_only=True):
    """What a user sees of earlier threads; all of them by default (documented)."""

    enabled: bool = True
    recent_threads: PositiveInt | UnsetType = UNSET


class ChatSessionChatKitConfigurationParam(_Params, frozen=True, kw_only=True):
    """What the chat offers to the user."""

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
    """A part of an answer: nulls are present."""


class ChatSessionAutomaticThreadTitling(_Resource, frozen=True, kw_only=True):
    """Resolved titling."""

    enabled: bool


class ChatSessionFileUpload(_Resource, frozen=True, kw_only=True):
    """Resolved uploads: megabytes a file, files a session; filled also where uploads are off (observed)."""

    enabled: bool
    max_file_size: int | None
    max_files: int | None


class ChatSessionHistory(_Resource, frozen=True, kw_only=True):
    """Resolved history; null is unlimited."""

    enabled: bool
    recent_threads: int | None


class ChatSessionChatKitConfiguration(_Resource, frozen=True, kw_only=True):
    """Resolved configuration."""

    automatic_thread_titling: ChatSessionAutomaticThreadTitling
    file_upload: ChatSessionFileUpload
    history: ChatSessionHistory


class ChatSessionRateLimits(_Resource, frozen=True, kw_only=True):
    """Resolved limit, requests a minute."""

    max_requests_per_1_minute: int


class ChatKitWorkflowTracing(_Resource, frozen=True, kw_only=True):
    """Resolved tracing."""

    enabled: bool


class ChatKitWorkflow(_Resource, frozen=True, kw_only=True):
    """The session's workflow, in the observed order."""

    id: str
    state_variables: dict[str, str | int | bool | float] | None
    tracing: ChatKitWorkflowTracing
    version: str | None


ChatSessionStatus = Literal["active", "expired", "cancelled"]


class ChatSession(_Resource, frozen=True, kw_only=True):
    """A session: ten keys in the observed order; `expires_at` in unix seconds."""

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

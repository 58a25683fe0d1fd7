"""The body of every error response."""

from msgspec import Struct


class ErrorDetail(Struct, frozen=True, kw_only=True, gc=False):
    """What went wrong: `type` is the class of error, `param` the parameter at fault, `code` is for programs."""

    message: str
    type: str
    param: str | None = None
    code: str | None = None


class ErrorBody(Struct, frozen=True, kw_only=True):
    """`{"error": {...}}`, indented by two (observed)."""

    error: ErrorDetail

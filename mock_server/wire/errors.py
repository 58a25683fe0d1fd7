"""The body of every failure."""

from msgspec import Struct


class ErrorDetail(Struct, frozen=True, kw_only=True, gc=False):
    """What went wrong: `type` is a class of failure, `param` the faulty parameter, `code` for programs."""

    message: str
    type: str
    param: str | None = None
    code: str | None = None


class ErrorBody(Struct, frozen=True, kw_only=True):
    """`{"error": {...}}`, printed with an indent of two (observed)."""

    error: ErrorDetail

"""The check of whether a page may show the element."""

from msgspec import Struct


class HostedVerifyParams(Struct, frozen=True, kw_only=True):
    """The page's origin."""

    referrer_origin: str


class DomainVerifyParams(HostedVerifyParams, frozen=True, kw_only=True):
    """The page's origin, and its domain key."""

    domain_key: str


class Verification(Struct, frozen=True, kw_only=True):
    """Whether the page may show the element, which otherwise removes itself (observed)."""

    verified: bool

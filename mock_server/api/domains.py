"""Handlers of `/v1/chatkit/domain_keys`: every page is allowed, as if its domain were on the allowlist."""

from mock_server.http.context import RequestContext
from mock_server.wire.rest.domains import DomainVerifyParams, HostedVerifyParams, Verification


def verify_hosted(_: RequestContext, __: HostedVerifyParams) -> Verification:
    """Verify the page of a hosted element, which sends its client secret."""
    return Verification(verified=True)


def verify(_: RequestContext, __: DomainVerifyParams) -> Verification:
    """Verify the page of an element with a self-hosted server."""
    return Verification(verified=True)

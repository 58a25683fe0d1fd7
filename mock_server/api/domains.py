"""Handlers of `/v1/chatkit/domain_keys`: every page is allowed, as if its domain were on the list."""

from mock_server.http.context import RequestContext
from mock_server.wire.rest.domains import DomainVerifyParams, HostedVerifyParams, Verification


def verify_hosted(_: RequestContext, __: HostedVerifyParams) -> Verification:
    """For the hosted element, which sends its secret."""
    return Verification(verified=True)


def verify(_: RequestContext, __: DomainVerifyParams) -> Verification:
    """For an element with a server of its own."""
    return Verification(verified=True)

"""Handlers of `/v1/chatkit/domain_keys`: every page is allowed, as if its domain were on the list."""

from mock_server.http.context import RequestContext
from mock_server.wire.rest.domains import Verification, VerifyHostedParams, VerifyParams


def verify_hosted(_: RequestContext, __: VerifyHostedParams) -> Verification:
    """For the hosted element, which sends its secret."""
    return Verification(verified=True)


def verify(_: RequestContext, __: VerifyParams) -> Verification:
    """For an element with a server of its own."""
    return Verification(verified=True)

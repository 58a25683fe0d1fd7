"""Handlers of `/v1/chatkit/domain_keys`: every page is allowed, as if its domain were on the list."""

from mock_server.http.call import Call
from mock_server.wire.domains import Verification, VerifyHostedParams, VerifyParams


def verify_hosted(_: Call, __: VerifyHostedParams) -> Verification:
    """For the hosted element, which sends its secret."""
    return Verification(verified=True)


def verify(_: Call, __: VerifyParams) -> Verification:
    """For an element with a server of its own."""
    return Verification(verified=True)

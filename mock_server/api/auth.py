"""The guards of the API's operations. Keys are checked before anything else (observed)."""

import re

from mock_server.config import BETA, INVALID_KEY
from mock_server.errors import ApiKeyIncorrect, ApiKeyMissing, BetaHeaderMalformed, BetaHeaderMissing, SecretOver
from mock_server.http.context import RequestContext

_BETA = BETA.encode()
_FORM = re.compile(rb"[\w-]+=[\w.-]+")  # of a beta and its version


def client_secret(context: RequestContext) -> None:
    """Accept the client secret of an active session and, in custom mode, requests without one.

    Raises ApiKeyMissing, ApiKeyIncorrect, SecretOver.
    """
    if not context.bearer:
        if context.projects.settings.custom_mode:
            return
        raise ApiKeyMissing
    session = context.session
    if session is None:
        if context.projects.settings.custom_mode and not context.bearer.startswith("ek_"):
            return
        raise ApiKeyIncorrect(context.bearer, hint="No session of this emulator has this client secret.")
    status = session.status(context.now)
    if status != "active":
        raise SecretOver(status)


def client_secret_or_api_key(context: RequestContext) -> None:
    """Accept a client secret or an API key: older SDKs upload files with an API key."""
    if context.bearer and not context.bearer.startswith("ek_"):
        api_key(context)
    else:
        client_secret(context)


def anybody(_: RequestContext) -> None:
    """Accept every request."""


def api_key(context: RequestContext) -> None:
    """Accept any API key, or only the one in the settings, on requests with the beta header where it is required.

    Raises ApiKeyMissing, ApiKeyIncorrect, BetaHeaderMissing, BetaHeaderMalformed.
    """
    key, settings = context.bearer, context.projects.settings
    if not key:
        raise ApiKeyMissing
    if key.startswith("ek_"):
        raise ApiKeyIncorrect(key, hint="This is a client secret; the REST endpoints require an API key.")
    if key == INVALID_KEY:
        context.entry.fault = key
        raise ApiKeyIncorrect(key, hint=f"{key} is a magic value that is always rejected.")
    if settings.api_key is not None and key != settings.api_key:
        raise ApiKeyIncorrect(key, hint="This emulator was started with --api-key and accepts only that key.")
    given = context.headers.get(b"openai-beta", b"")
    if given != _BETA and settings.beta_header == "required":
        _refuse_beta(given)


def _refuse_beta(given: bytes) -> None:
    """Raise BetaHeaderMissing or BetaHeaderMalformed unless the beta is among several."""
    asked = given.replace(b" ", b"").split(b",")
    if _BETA in asked:
        return
    if given and not all(_FORM.fullmatch(each) for each in asked):
        raise BetaHeaderMalformed(given.decode("latin-1"))
    raise BetaHeaderMissing

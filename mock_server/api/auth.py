"""Who may call what. Keys are checked before anything else (observed)."""

from mock_server.config import BETA
from mock_server.errors import ApiKeyIncorrect, ApiKeyMissing, BetaHeaderMissing, SecretOver
from mock_server.http.context import RequestContext

INVALID_KEY = "sk-invalid"
_BETA = BETA.encode()


def client_secret(context: RequestContext) -> None:
    """Let in the secret of a session that is active, and in custom mode anybody.

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
        raise ApiKeyIncorrect(context.bearer, hint="No session of this server has this client secret.")
    status = session.status(context.now)
    if status != "active":
        raise SecretOver(status)


def client_secret_or_api_key(context: RequestContext) -> None:
    """For uploads, which older SDKs make with an API key."""
    if context.bearer and not context.bearer.startswith("ek_"):
        api_key(context)
    else:
        client_secret(context)


def anybody(_: RequestContext) -> None:
    """Let in anybody."""


def api_key(context: RequestContext) -> None:
    """Let in any API key, or the only one the server was started with, that asks for the beta.

    Raises ApiKeyMissing, ApiKeyIncorrect, BetaHeaderMissing.
    """
    key, settings = context.bearer, context.projects.settings
    if not key:
        raise ApiKeyMissing
    if key.startswith("ek_"):
        raise ApiKeyIncorrect(key, hint="This is a client secret; the REST surface takes an API key.")
    if key == INVALID_KEY:
        context.entry.fault = key
        raise ApiKeyIncorrect(key, hint=f"{key} is a magic value: it is wrong everywhere.")
    if settings.api_key is not None and key != settings.api_key:
        raise ApiKeyIncorrect(key, hint="This server was started with --api-key and takes that key only.")
    given = context.headers.get(b"openai-beta", b"")
    if given != _BETA and settings.beta_header == "required" and _BETA not in given.replace(b" ", b"").split(b","):
        raise BetaHeaderMissing

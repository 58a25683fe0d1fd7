"""Who may call what. Keys are checked before anything else (observed)."""

from mock_server.errors import ApiKeyIncorrect, ApiKeyMissing, BetaHeaderMissing, SecretOver
from mock_server.http.call import Call

INVALID_KEY = "sk-invalid"
BETA = b"chatkit_beta=v1"


def client_secret(call: Call) -> None:
    """Let in the secret of a session that is active, and in custom mode anybody.

    Raises ApiKeyMissing, ApiKeyIncorrect, SecretOver.
    """
    if not call.bearer:
        if call.projects.settings.custom_mode:
            return
        raise ApiKeyMissing
    session = call.session
    if session is None:
        if call.projects.settings.custom_mode and not call.bearer.startswith("ek_"):
            return
        raise ApiKeyIncorrect(call.bearer, hint="No session of this server has this client secret.")
    status = session.status(call.now)
    if status != "active":
        raise SecretOver(status)


def client_secret_or_api_key(call: Call) -> None:
    """For uploads, which older SDKs make with an API key."""
    if call.bearer and not call.bearer.startswith("ek_"):
        api_key(call)
    else:
        client_secret(call)


def anybody(_: Call) -> None:
    """Let in anybody."""


def api_key(call: Call) -> None:
    """Let in any API key, or the only one the server was started with, that asks for the beta.

    Raises ApiKeyMissing, ApiKeyIncorrect, BetaHeaderMissing.
    """
    key, settings = call.bearer, call.projects.settings
    if not key:
        raise ApiKeyMissing
    if key.startswith("ek_"):
        raise ApiKeyIncorrect(key, hint="This is a client secret; the REST surface takes an API key.")
    if key == INVALID_KEY:
        call.entry.fault = key
        raise ApiKeyIncorrect(key, hint=f"{key} is a magic value: it is wrong everywhere.")
    if settings.api_key is not None and key != settings.api_key:
        raise ApiKeyIncorrect(key, hint="This server was started with --api-key and takes that key only.")
    given = call.headers.get(b"openai-beta", b"")
    if given != BETA and settings.beta_header == "required" and BETA not in given.replace(b" ", b"").split(b","):
        raise BetaHeaderMissing

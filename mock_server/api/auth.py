"""Who may call what. Keys are checked before anything else (observed)."""

from mock_server.errors import ApiKeyIncorrect, ApiKeyMissing, BetaHeaderMissing
from mock_server.http.call import Call

BETA = b"chatkit_beta=v1"


def api_key(call: Call) -> None:
    """Let in any API key, or the only one the server was started with, that asks for the beta.

    Raises ApiKeyMissing, ApiKeyIncorrect, BetaHeaderMissing.
    """
    key, settings = call.bearer, call.projects.settings
    if not key:
        raise ApiKeyMissing
    if key.startswith("ek_"):
        raise ApiKeyIncorrect(key, hint="This is a client secret; the REST surface takes an API key.")
    if settings.api_key is not None and key != settings.api_key:
        raise ApiKeyIncorrect(key, hint="This server was started with --api-key and takes that key only.")
    given = call.headers.get(b"openai-beta", b"")
    if given != BETA and settings.beta_header == "required" and BETA not in given.replace(b" ", b"").split(b","):
        raise BetaHeaderMissing

"""The only place where errors become statuses and messages. Messages are the real API's wherever they are known."""

import math
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from msgspec import Struct

from mock_server import errors
from mock_server.config import BETA
from mock_server.ids import masked
from mock_server.wire.codec import encode
from mock_server.wire.errors import ErrorBody, ErrorDetail
from mock_server.wording import sentence

_REPEATED = 10_000  # characters of an error
_MANY = 20  # values that are listed in any case; only our own control plane has more
SERVER_ERROR = "The server had an error while processing your request. Sorry about that!"  # observed
KEYS_PAGE = "https://platform.openai.com/account/api-keys"

# Observed on the same platform (chat, responses, skills); that ChatKit's messages are the same is inferred.
_TEMPLATES: dict[str, str] = {
    "missing_required_parameter": "Missing required parameter: '{param}'.",
    "unknown_parameter": "Unknown parameter: '{param}'.",
    "invalid_type": "Invalid type for '{param}': expected {expected}, but got {got} instead.",
    "invalid_value": "Invalid value: '{value}'. Supported values are: {supported}.",
    "integer_above_max_value": "Invalid '{param}': {kind} above maximum value. "
    "Expected a value <= {limit}, but got {value} instead.",
    "integer_below_min_value": "Invalid '{param}': {kind} below minimum value. "
    "Expected a value >= {limit}, but got {value} instead.",
    "string_above_max_length": "Invalid '{param}': string too long. "
    "Expected a string with maximum length {limit}, but got a string with length {size} instead.",
    "empty_string": "Invalid '{param}': empty string. "
    "Expected a string with minimum length 1, but got an empty string instead.",
    "object_above_max_properties": "Invalid '{param}': too many properties. "
    "Expected an object with at most {limit} properties, but got an object with {size} properties instead.",
    "property_name_above_max_length": "Invalid property name in '{path}': '{name}' is too long. "
    "Expected a string with maximum length {limit}, but got a string with length {size} instead.",
    "duplicate_parameter": "Duplicate parameter: '{param}'. You provided multiple values for this parameter, "
    "whereas only one is allowed. If you are trying to provide a list of values, use the array syntax instead "
    "e.g. '{param}[]=<value>'.",
}


class Failure(Struct, frozen=True, kw_only=True):
    """A rendered error, ready to be sent."""

    status: int
    body: bytes
    headers: list[tuple[bytes, bytes]]


def render(error: Exception) -> Failure:
    """Return the response to an error; an unexpected error becomes the real API's own 500 (observed)."""
    for known, (status, describe) in _RENDERERS.items():
        if isinstance(error, known):
            detail = describe(error)
            given = error.status if isinstance(error, errors.Injected | errors.BackendFailed) else status
            return Failure(status=given, body=encode(ErrorBody(error=detail)), headers=list(_headers(error, given)))
    detail = ErrorDetail(
        message=SERVER_ERROR,
        type="server_error",
    )
    return Failure(status=500, body=encode(ErrorBody(error=detail)), headers=[])


def is_known(error: Exception) -> bool:
    """Return whether an error is expected; any other is a bug in the emulator."""
    return isinstance(error, tuple(_RENDERERS))


def _invalid(message: str, *, code: str | None = None, param: str | None = None) -> ErrorDetail:
    param = param and _shortened(param)
    return ErrorDetail(message=_shortened(message), type="invalid_request_error", param=param, code=code)


def _shortened(text: str) -> str:
    """Return a text that may repeat what a client sent; the beginning of a very long one is enough (ours)."""
    return text if len(text) <= _REPEATED else f"{text[:_REPEATED]}..."


def _key_missing(_: errors.ApiKeyMissing) -> ErrorDetail:
    return _invalid(
        "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer "
        "auth (i.e. Authorization: Bearer YOUR_KEY), or as the password field (with blank username) if you're "
        "accessing the API from your browser and are prompted for a username and password. "
        f"You can obtain an API key from {KEYS_PAGE}."
    )


def _key_incorrect(error: errors.ApiKeyIncorrect) -> ErrorDetail:
    message = f"Incorrect API key provided: {masked(error.key)}. You can find your API key at {KEYS_PAGE}."
    return _invalid(message, code="invalid_api_key")


def _beta_missing(_: errors.BetaHeaderMissing) -> ErrorDetail:
    # The first sentence, with its small k, is reported; the second is inferred from the Assistants API.
    return _invalid(
        "You must provide the 'OpenAI-Beta' header to access the Chatkit API. "
        f"Please try again by setting the header 'OpenAI-Beta: {BETA}'.",
        code="invalid_beta",
    )


def _beta_malformed(error: errors.BetaHeaderMalformed) -> ErrorDetail:
    # Observed on vector stores; its code is inferred.
    return _invalid(
        f"Invalid beta header provided: '{error.given}'. "
        "The header should be in the format 'OpenAI-Beta: example_beta=v1'.",
        code="invalid_beta",
    )


def _content_type(error: errors.ContentTypeUnsupported) -> ErrorDetail:
    return _invalid(
        f"Unsupported content type: '{error.given}'. This API method only accepts '{error.accepted}' requests, "
        f"but you specified the header 'Content-Type: {error.given}'. Please try again with a supported content type.",
        code="unsupported_content_type",
    )


def _malformed(_: errors.BodyMalformed) -> ErrorDetail:
    return _invalid(
        "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP "
        "library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON. If you have "
        "trouble figuring out how to fix this, please contact us through our help center at help.openai.com.)"
    )


def _too_large(error: errors.BodyTooLarge) -> ErrorDetail:
    return ErrorDetail(
        message=f"Maximum content size limit ({error.limit}) exceeded ({error.size} bytes read)",
        type="server_error",
    )


def _not_http(error: errors.RequestMalformed) -> ErrorDetail:
    return _invalid(
        f"We could not parse your request as HTTP/1.1: {error.reason}. "
        "Check the client that sent it, and any proxy on the way."
    )


def _head_too_large(error: errors.HeadTooLarge) -> ErrorDetail:
    return _invalid(
        f"The first line and the headers of your request are larger than {error.limit} bytes. "
        "Send what is long in the body, and check the client for a header that grows."
    )


def _server_full(_: errors.ServerFull) -> ErrorDetail:
    return ErrorDetail(
        message="The emulator has no files left for further connections. Close some, or raise its limit (ulimit -n).",
        type="server_error",
    )


def _parameter(error: errors.InvalidParameter) -> ErrorDetail:
    facts = {name: _shortened(fact) if isinstance(fact, str) else fact for name, fact in error.facts.items()}
    param = _shortened(error.param)
    if "supported" in facts:
        if error.hint and len(facts["supported"]) > _MANY:
            return _invalid(f"Invalid value: '{facts['value']}'.", code=error.code, param=param)
        facts["supported"] = _enumerated(facts["supported"])
    template = _TEMPLATES[error.code.replace("decimal_", "integer_")]
    return _invalid(template.format(param=param, **facts), code=error.code, param=param)


def _enumerated(values: Iterable[str]) -> str:
    quoted = [f"'{value}'" for value in values]
    if len(quoted) < 3:
        return " and ".join(quoted)
    return f"{', '.join(quoted[:-1])}, and {quoted[-1]}"


def _not_found(error: errors.NotFound) -> ErrorDetail:
    return _invalid(f"{error.kind} with id '{error.identifier}' not found.")


def _url_unknown(error: errors.UrlUnknown) -> ErrorDetail:
    return _invalid(f"Invalid URL ({error.method} {error.path})")


def _method(error: errors.MethodNotAllowed) -> ErrorDetail:
    return _invalid(f"Invalid method for URL ({error.method} {error.path})")


def _project(error: errors.ProjectInvalid | errors.ProjectsFull) -> ErrorDetail:
    return _invalid(str(error), code="invalid_project")


def _seed(error: errors.DocumentInvalid) -> ErrorDetail:
    return _invalid(sentence(str(error)), code=error.code, param=error.place or None)


def _secret_over(error: errors.SecretOver) -> ErrorDetail:
    # Inferred: it has to be a 401, since the element asks for a new secret on no other status.
    return _invalid(
        f"The client secret is no longer valid: its session is {error.status}. Create a new session.",
        code=f"client_secret_{error.status}",
    )


def _rate_limited(error: errors.RateLimited) -> ErrorDetail:
    # Inferred: no response from ChatKit's own limit has been published; this is the platform's message.
    return ErrorDetail(
        message=f"Rate limit reached for session '{error.session_id}' on requests per min (RPM): "
        f"Limit {error.limit}, Used {error.limit}, Requested 1. Please try again in {math.ceil(error.retry_after)}s.",
        type="requests",
        code="rate_limit_exceeded",
    )


def _upload_refused(error: errors.UploadRefused) -> ErrorDetail:
    return _invalid(sentence(str(error)), code=error.code)


def _storage(error: errors.StorageFailed) -> ErrorDetail:
    # Ours: the real API has not been seen to send a 507 (Insufficient Storage), so nobody takes it for the real API's.
    return ErrorDetail(message=f"The emulator {error}.", type="server_error", code="storage_failed")


def _not_saved(error: errors.StateNotSaved) -> ErrorDetail:
    return ErrorDetail(message=sentence(f"The emulator {error}"), type="server_error", code="state_not_saved")


def _thread_not_open(error: errors.ThreadNotOpen) -> ErrorDetail:
    return _invalid(
        f"Thread '{error.thread_id}' is {error.status} and takes no messages.",
        param="params.thread_id",
        code=f"thread_{error.status}",
    )


def _refused(error: errors.OperationRefused) -> ErrorDetail:
    return _invalid(str(error))


def _forbidden(error: errors.ControlForbidden) -> ErrorDetail:
    return _invalid(f"{error}", code="control_forbidden")


def _unreadable(_: errors.RequestUnreadable) -> ErrorDetail:
    return _invalid("The request could not be read, because it is not valid HTTP.")


def _range_malformed(_: errors.RangeMalformed) -> ErrorDetail:
    return _invalid("Invalid 'Range' header: write bytes=0-499, bytes=500- or bytes=-500.", code="invalid_range")


def _range_outside(error: errors.RangeOutside) -> ErrorDetail:
    return _invalid(f"The range is outside of the content, which has {error.size} bytes.", code="range_not_satisfiable")


def _backend_failed(error: errors.BackendFailed) -> ErrorDetail:
    if error.status < 500:
        return _invalid(sentence(str(error)))
    return ErrorDetail(message=_shortened(sentence(str(error))), type="server_error")


def _injected(error: errors.Injected) -> ErrorDetail:
    message, kind, code = _USUAL.get(error.status) or (
        f"{HTTPStatus(error.status).phrase}." if error.status in _STATUSES else "Unknown error.",
        "invalid_request_error" if error.status < 500 else "server_error",
        None,
    )
    return ErrorDetail(
        message=error.message or message,
        type=error.kind or kind,
        param=error.given.get("param"),
        code=error.given.get("code", code),
    )


# The platform's message, type and code for a status. 500 is observed on ChatKit, the others elsewhere.
_USUAL: dict[int, tuple[str, str, str | None]] = {
    401: (
        f"Incorrect API key provided. You can find your API key at {KEYS_PAGE}.",
        "invalid_request_error",
        "invalid_api_key",
    ),
    429: ("Rate limit reached. Please try again later.", "requests", "rate_limit_exceeded"),
    500: (SERVER_ERROR, "server_error", None),
    503: ("The engine is currently overloaded, please try again later.", "server_error", None),
}
_STATUSES = {status.value for status in HTTPStatus}


def _control_refused(error: errors.ControlRefused) -> ErrorDetail:
    return _invalid(str(error), code=error.code, param=error.param)


_RENDERERS: dict[type[Exception], tuple[int, Callable[[Any], ErrorDetail]]] = {
    errors.ApiKeyMissing: (401, _key_missing),
    errors.ApiKeyIncorrect: (401, _key_incorrect),
    errors.BetaHeaderMissing: (400, _beta_missing),
    errors.BetaHeaderMalformed: (400, _beta_malformed),
    errors.ContentTypeUnsupported: (400, _content_type),
    errors.BodyMalformed: (400, _malformed),
    errors.BodyTooLarge: (413, _too_large),
    errors.RequestMalformed: (400, _not_http),
    errors.HeadTooLarge: (431, _head_too_large),
    errors.ServerFull: (503, _server_full),
    errors.InvalidParameter: (400, _parameter),
    errors.NotFound: (404, _not_found),
    errors.UrlUnknown: (404, _url_unknown),
    errors.MethodNotAllowed: (405, _method),
    errors.ProjectInvalid: (400, _project),
    errors.ProjectsFull: (400, _project),
    errors.DocumentInvalid: (400, _seed),
    errors.ControlForbidden: (403, _forbidden),
    errors.Injected: (0, _injected),
    errors.BackendFailed: (0, _backend_failed),
    errors.ControlRefused: (400, _control_refused),
    errors.SecretOver: (401, _secret_over),
    errors.RateLimited: (429, _rate_limited),
    errors.UploadRefused: (400, _upload_refused),
    errors.StorageFailed: (507, _storage),
    errors.StateNotSaved: (507, _not_saved),
    errors.ThreadNotOpen: (400, _thread_not_open),
    errors.OperationRefused: (400, _refused),
    errors.RequestUnreadable: (400, _unreadable),
    errors.RangeMalformed: (400, _range_malformed),
    errors.RangeOutside: (416, _range_outside),
}


def _headers(error: Exception, status: int) -> Iterable[tuple[bytes, bytes]]:
    if status == 401:
        yield b"www-authenticate", b'Bearer realm="OpenAI API"'
    if isinstance(error, errors.MethodNotAllowed):
        yield b"allow", error.allowed.encode()
    if isinstance(error, errors.RangeOutside):
        yield b"content-range", f"bytes */{error.size}".encode()
    if isinstance(error, errors.RateLimited | errors.Injected) and error.retry_after is not None:
        yield b"retry-after", b"%d" % math.ceil(error.retry_after)
    hint = getattr(error, "hint", None)
    if hint:
        yield hint_header(hint)


def hint_header(hint: str) -> tuple[bytes, bytes]:
    """Return the header that carries a hint."""
    text = hint.encode("ascii", "backslashreplace")
    return b"x-mock-hint", text.replace(b"\n", b" ").replace(b"\r", b" ")

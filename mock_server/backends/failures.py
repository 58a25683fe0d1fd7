"""What a client is told when a server of the user's own fails."""

import logging
import traceback
from collections.abc import Callable
from typing import TypeVar

from mock_server.backends.backend import Call
from mock_server.backends.exits import contained_exits
from mock_server.errors import BackendFailed, BackendUnusable, MockServerError
from mock_server.wire.chat.operations import ThreadCreateParams

T = TypeVar("T")
_log = logging.getLogger("mock_server")
_ALONE = {  # hints for exceptions that a server alone meets, and an application does not
    "AttributeError": "Its context can be made by a function of yours: --backend-context module:function.",
    "NoMatchFound": (  # Starlette's
        "A ChatKitServer alone has no routes. Start your application, name its URL as --backend, and url_for leads "
        "there."
    ),
}
_WITH_ITEMS = (
    "Its Store's load_thread returned a Thread, as it was given to save_thread. Let save_thread keep a "
    "ThreadMetadata: ThreadMetadata.model_validate(thread.model_dump(exclude={'items'}))."
)


class StoreFault(Exception):
    """A fault rule made a call of a Store fail; the message names the rule. It says nothing of the user's server."""


def failure_of(error: Exception, call: Call, *, is_stream: bool = False) -> MockServerError:
    """Return the error that a client gets, and note in the journal what went wrong."""
    if isinstance(error, MockServerError):
        return BackendFailed(500, str(error)) if isinstance(error, BackendUnusable) else error
    name, told = type(error).__name__, str(error) or type(error).__name__
    if isinstance(error, NotImplementedError):
        return BackendFailed(400, "This server does not support the operation.", hint=told)
    if refusal := _refusal(error, told):
        if is_stream:
            call.entry.note("error-after-headers", str(refusal.status))
        return refusal
    note_failure(error, call)
    if isinstance(error, RuntimeError) and "AttachmentStore" in told:
        return BackendFailed(500, told, hint="Pass attachment_store= to ChatKitServer.__init__.")
    return BackendFailed(500, f"This server raised {name}: {told}", hint=_ALONE.get(name) or way_out(error))


def _refusal(error: Exception, told: str) -> BackendFailed | None:
    """Return the response to an exception for which the client is to blame; None for any other."""
    name, status = type(error).__name__, getattr(error, "status_code", None)
    if name == "NotFoundError":
        return BackendFailed(404, f"Not found: {told}")
    if name == "HTTPException" and isinstance(status, int) and 400 <= status < 500:  # Starlette's and FastAPI's
        return BackendFailed(status, str(getattr(error, "detail", told)))
    return BackendFailed(400, told) if isinstance(error, ValueError) else None  # also pydantic's


def way_out(error: Exception) -> str | None:
    """Return a hint for a mistake that many make, in applications too."""
    is_known = isinstance(error, TypeError) and "multiple values for keyword argument 'items'" in str(error)
    return _WITH_ITEMS if is_known else None


def is_told_to_client(error: Exception) -> bool:
    """Return whether an error is the client's mistake, such as an unknown thread, and no failure of the server."""
    return isinstance(error, NotImplementedError) or _refusal(error, "") is not None


def failure_around(error: Exception, call: Call, what: str) -> MockServerError:
    """Return the error for a function around a server: whatever that raises, it is never the client's mistake."""
    if isinstance(error, MockServerError):
        return error
    note_failure(error, call)
    return BackendFailed(500, f"{what} raised {type(error).__name__}: {error}")


def made_by(make: Callable[[Call], T], call: Call) -> T:
    """Return what a function of the user's own makes. Raises BackendFailed."""
    try:
        with contained_exits():
            return make(call)
    except Exception as error:
        raise failure_around(error, call, "The function that makes this server") from error


def note_broken_stream(error: Exception, call: Call) -> None:
    """Keep in the journal why a stream broke off."""
    if isinstance(error, MockServerError):
        return  # it has been noted where it was met
    if type(error).__name__ == "NotFoundError" and isinstance(call.params, ThreadCreateParams):
        call.entry.note("orphan-thread", str(error))
    else:
        note_failure(error, call)


def note_failure(error: Exception, call: Call) -> None:
    """Keep what a server raised, for the journal and for the test that met it, unless a fault rule raised it."""
    if call.entry.failure is None and not _is_injected(error):
        _log.error("The server of %s raised an exception (%s)", call.entry.operation, call.entry.id, exc_info=error)
        call.entry.failure = "".join(traceback.format_exception(error))
        call.caller.project.journal.failures.append((call.entry, error))


def _is_injected(error: BaseException | None) -> bool:
    """Return whether a fault rule raised an error, or what it was explicitly raised from."""
    if isinstance(error, BaseExceptionGroup):
        return all(map(_is_injected, error.exceptions))
    return isinstance(error, StoreFault) or (error is not None and _is_injected(error.__cause__))

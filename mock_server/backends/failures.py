"""What a client is told when a server of the user's own fails."""

import traceback
from collections.abc import Callable
from typing import TypeVar

from mock_server.backends.backend import Call
from mock_server.backends.exits import contained_exits
from mock_server.errors import BackendFailed, BackendUnusable, MockServerError
from mock_server.wire.chat.operations import ThreadCreateParams

T = TypeVar("T")
_HOOK = "Its context can be made by a function of yours: --backend-context module:function."


def failure_of(error: Exception, call: Call, *, is_stream: bool = False) -> MockServerError:
    """Return the error that a client gets, and note in the journal what went wrong."""
    if isinstance(error, MockServerError):
        return BackendFailed(500, str(error)) if isinstance(error, BackendUnusable) else error
    name, told = type(error).__name__, str(error) or type(error).__name__
    if name == "NotFoundError":
        _note_early(call, is_stream=is_stream, status=404)
        return BackendFailed(404, f"Not found: {told}")
    if isinstance(error, NotImplementedError):
        return BackendFailed(400, "This server does not support the operation.", hint=told)
    if isinstance(error, ValueError):  # also pydantic's
        _note_early(call, is_stream=is_stream, status=400)
        return BackendFailed(400, told)
    note_failure(error, call)
    if isinstance(error, RuntimeError) and "AttachmentStore" in told:
        return BackendFailed(500, told, hint="Pass attachment_store= to ChatKitServer.__init__.")
    return BackendFailed(500, f"This server raised {name}: {told}", hint=_HOOK if name == "AttributeError" else None)


def is_told_to_client(error: Exception) -> bool:
    """Return whether an error is the client's mistake, such as an unknown thread, and no failure of the server."""
    return type(error).__name__ == "NotFoundError" or isinstance(error, NotImplementedError | ValueError)


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
    """Keep what a server raised, for the journal and for the test that met it."""
    if call.entry.failure is None:
        call.entry.failure = "".join(traceback.format_exception(error))
        call.caller.project.journal.failures.append((call.entry, error))


def _note_early(call: Call, *, is_stream: bool, status: int) -> None:
    if is_stream:
        call.entry.note("error-after-headers", str(status))

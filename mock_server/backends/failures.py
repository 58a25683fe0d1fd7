"""What a client is told when a server of the user's own fails."""

import traceback

from mock_server.backends.backend import Call
from mock_server.errors import BackendFailed, BackendUnusable, MockServerError
from mock_server.wire.chat.operations import ThreadCreateParams

_HOOK = "Its context can be made by a function of yours: --backend-context module:function."


class StoreFault(Exception):
    """A fault rule let a call of a Store fail; the message names the rule. It says nothing of the user's server."""


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
        call.entry.failure = "".join(traceback.format_exception(error))
        call.caller.project.journal.failures.append((call.entry, error))


def _is_injected(error: BaseException | None) -> bool:
    """Return whether a fault rule raised an error, or what it was explicitly raised from."""
    if isinstance(error, BaseExceptionGroup):
        return all(map(_is_injected, error.exceptions))
    return isinstance(error, StoreFault) or (error is not None and _is_injected(error.__cause__))


def _note_early(call: Call, *, is_stream: bool, status: int) -> None:
    if is_stream:
        call.entry.note("error-after-headers", str(status))

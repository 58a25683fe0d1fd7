"""Exceptions that carry data. Only `http.errors` turns them into statuses and messages."""

from typing import Any


class MockServerError(Exception):
    """Base class of all errors that the emulator raises on purpose.

    hint: a sentence sent as `X-Mock-Hint`, where the real API's message alone does not explain the problem.
    """

    hint: str | None = None


class ApiKeyMissing(MockServerError):
    """No `Authorization: Bearer` header, or an empty one."""


class ApiKeyIncorrect(MockServerError):
    """An API key or client secret that is not accepted; `key` is masked wherever it is shown."""

    def __init__(self, key: str, *, hint: str) -> None:
        super().__init__(hint)
        self.key, self.hint = key, hint


class BetaHeaderMissing(MockServerError):
    """A REST request without `OpenAI-Beta: chatkit_beta=v1`."""


class BetaHeaderMalformed(MockServerError):
    """A REST request whose `OpenAI-Beta` does not have the form `name=version`."""

    def __init__(self, given: str) -> None:
        super().__init__(given)
        self.given = given


class ContentTypeUnsupported(MockServerError):
    """A body with a Content-Type that is not accepted here."""

    def __init__(self, given: str, *, accepted: str = "application/json") -> None:
        super().__init__(given)
        self.given, self.accepted = given, accepted


class BodyMalformed(MockServerError):
    """A body that is not valid JSON; `hint` says where it breaks."""

    def __init__(self, hint: str) -> None:
        super().__init__(hint)
        self.hint = hint


class KeyRepeated(BodyMalformed):
    """JSON with a key that stands twice in one object."""

    def __init__(self, key: str) -> None:
        super().__init__(f"The key {key!r} stands twice in one object; send it once.")
        self.key = key


class BodyTooLarge(MockServerError):
    """A body over the limit; `size` and `limit` are in bytes."""

    def __init__(self, *, limit: int, size: int) -> None:
        super().__init__(f"{size} > {limit}")
        self.limit, self.size = limit, size


class RequestMalformed(MockServerError):
    """What arrived is not HTTP; `reason` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class HeadTooLarge(MockServerError):
    """A request whose first line and headers are larger than `limit` bytes."""

    def __init__(self, *, limit: int) -> None:
        super().__init__(f"> {limit}")
        self.limit = limit


class ServerFull(MockServerError):
    """A connection that is one too many for this process."""


class InvalidParameter(MockServerError):
    """A parameter that the API rejects. `code` is OpenAI's error code; `facts` fill in its message template."""

    def __init__(self, code: str, param: str, *, near: str | None = None, **facts: Any) -> None:
        """`near` is what was probably meant, if anything is like it."""
        super().__init__(f"{code} at {param[:200]}")
        self.code, self.param, self.facts = code, param, facts
        self.hint = None if near is None else f"Did you mean '{near}'?"


class NotFound(MockServerError):
    """No such object in this project. `kind` is the API's name for it, such as `Chatkit Thread`."""

    kind = "Object"

    def __init__(self, identifier: str, *, hint: str | None = None) -> None:
        super().__init__(identifier)
        self.identifier, self.hint = identifier, hint


class WorkflowNotFound(NotFound):
    """No workflow with this id."""

    kind = "Workflow"


class SessionNotFound(NotFound):
    """No session with this id in this project."""

    kind = "Chatkit Session"


class ThreadNotFound(NotFound):
    """No thread with this id in this project."""

    kind = "Chatkit Thread"


class ProjectInvalid(MockServerError):
    """A project name that does not match `[A-Za-z0-9._-]{1,64}`."""

    def __init__(self, name: str) -> None:
        which = f"Invalid project name '{name}'" if name else "An empty project name is invalid"
        super().__init__(f"{which}: use 1 to 64 letters, digits, dots, dashes and underscores.")


class DocumentInvalid(MockServerError):
    """A document that can't be used: its source, the line and place in it, and the reason, with how to fix it."""

    code = "invalid_document"

    def __init__(self, reason: str, *, source: str, line: int | None = None, place: str = "") -> None:
        where = source if line is None else f"{source}:{line}"
        super().__init__(f"{where}: {place}: {reason}" if place else f"{where}: {reason}")
        self.reason, self.source, self.line, self.place = reason, source, line, place


class SeedInvalid(DocumentInvalid):
    """A seed document that can't be loaded; `place` is a path such as `threads[0].items[1].type`."""

    code = "invalid_seed"


class UrlUnknown(MockServerError):
    """No route has this path."""

    def __init__(self, method: str, path: str, *, hint: str | None = None) -> None:
        super().__init__(f"{method} {path}")
        self.method, self.path, self.hint = method, path, hint


class MethodNotAllowed(MockServerError):
    """The path exists, but not for this method; `allowed` is the value of the Allow header."""

    def __init__(self, method: str, path: str, *, allowed: str) -> None:
        super().__init__(f"{method} {path}")
        self.method, self.path, self.allowed = method, path, allowed


class ControlForbidden(MockServerError):
    """A request to `/_mock` that a page on another site could have sent."""


class FaultNotFound(NotFound):
    """No fault with this id or name in this project."""

    kind = "Fault"


class ProjectNotFound(NotFound):
    """No project with this name."""

    kind = "Project"


class ProjectsFull(MockServerError):
    """One project more than a server may have; `limit` is how many that are."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"There are {limit} projects already, as many as there can be; delete some with "
            "DELETE /_mock/projects/NAME, or use the same names again."
        )


class RequestNotFound(NotFound):
    """No request with this id in this project's journal: it was never received, or has been dropped since."""

    kind = "Request"


class RequestUnreadable(MockServerError):
    """What arrived on a connection is not HTTP."""


class RangeMalformed(MockServerError):
    """A `Range` header that is none."""


class RangeOutside(MockServerError):
    """A `Range` outside of the content, whose size is in bytes."""

    def __init__(self, size: int) -> None:
        super().__init__(f"{size} bytes")
        self.size = size


class Injected(MockServerError):
    """An error response from a fault. Values that are None become OpenAI's own for the status."""

    def __init__(
        self, status: int, *, message: str | None, kind: str | None, retry_after: int | None, **given: str | None
    ) -> None:
        """Create the error. `given` holds `code` and `param` if the fault sets them; `retry_after` is in seconds."""
        super().__init__(message or str(status))
        self.status, self.message, self.kind, self.retry_after, self.given = status, message, kind, retry_after, given


class BackendFailed(MockServerError):
    """A server of the user's own could not answer."""

    def __init__(self, status: int, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.status, self.hint = status, hint


class BackendNotFound(NotFound):
    """No server of the user's own for this workflow."""

    kind = "Backend"


class BackendUnusable(MockServerError):
    """A server of the user's own that can't be used from the start; `reason` says why, and what to do."""

    def __init__(self, spec: str, reason: str) -> None:
        super().__init__(f"{spec}: {reason}")
        self.spec, self.reason = spec, reason


class Dropped(MockServerError):
    """A fault closes the connection at this point."""


class ControlRefused(MockServerError):
    """A request to `/_mock` that can't be carried out: a reason that says what to do, an error code, the parameter."""

    def __init__(self, reason: str, *, code: str, param: str | None = None) -> None:
        super().__init__(reason)
        self.code, self.param = code, param


class ClockRunning(ControlRefused):
    """A tick of a clock that is not frozen."""

    def __init__(self) -> None:
        super().__init__(
            "Only a frozen clock can tick: freeze it first, or shift the running one.",
            code="clock_running",
            param="tick",
        )


class SettingUnusable(MockServerError):
    """A setting with which the emulator could not do what is asked for; the reason says what to write instead."""

    def __init__(self, setting: str, reason: str) -> None:
        super().__init__(f"{setting}: {reason}")
        self.setting, self.reason = setting, reason


class RealKeyRefused(SettingUnusable):
    """A real API key where only a made-up one is allowed."""


class CertificateUnusable(MockServerError):
    """No usable certificate for https; the message says what to do."""


class SecretOver(MockServerError):
    """A client secret whose session has expired or was cancelled."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


class RateLimited(MockServerError):
    """A session has used up its requests for this minute; `limit` is per minute, `retry_after` in seconds."""

    def __init__(self, session_id: str, *, limit: int, retry_after: float) -> None:
        super().__init__(f"{session_id}: {limit}")
        self.session_id, self.limit, self.retry_after = session_id, limit, retry_after


class UploadRefused(MockServerError):
    """A file that is not accepted: a message and, for some reasons, an error code."""

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code


class StorageFailed(MockServerError):
    """The content of a file can't be written to the temporary folder."""

    def __init__(self, reason: str, *, folder: str) -> None:
        super().__init__(
            f"can't store files in {folder}: {reason}; make room there or make it writable, "
            "or start the emulator with TMPDIR naming another folder"
        )


class StateNotSaved(MockServerError):
    """The state can't be written to its file; the message says why, and the way out."""


class ThreadNotOpen(MockServerError):
    """A message to a locked or closed thread."""

    def __init__(self, thread_id: str, *, status: str) -> None:
        super().__init__(f"{thread_id} is {status}")
        self.thread_id, self.status = thread_id, status


class OperationRefused(MockServerError):
    """An operation that does not fit the thread's contents; the message says why."""


class ItemNotFound(NotFound):
    """No item with this id in the thread."""

    kind = "Chatkit Thread Item"


class AttachmentNotFound(NotFound):
    """No file with this id that this user may use."""

    kind = "Chatkit File"

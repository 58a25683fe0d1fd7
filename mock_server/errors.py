"""What can go wrong, as facts. `http.errors` alone turns them into statuses and words."""

from typing import Any


class MockServerError(Exception):
    """Base of everything this project raises on purpose.

    hint: one sentence for people, sent as `X-Mock-Hint` where the real API's words leave a question open.
    """

    hint: str | None = None


class ApiKeyMissing(MockServerError):
    """No `Authorization: Bearer` header, or an empty one."""


class ApiKeyIncorrect(MockServerError):
    """A key that is not let in here; `key` is masked wherever it is shown."""

    def __init__(self, key: str, *, hint: str) -> None:
        super().__init__(hint)
        self.key, self.hint = key, hint


class BetaHeaderMissing(MockServerError):
    """A REST request without `OpenAI-Beta: chatkit_beta=v1`."""


class ContentTypeUnsupported(MockServerError):
    """A body that does not claim to be what is read here."""

    def __init__(self, given: str, *, accepted: str = "application/json") -> None:
        super().__init__(given)
        self.given, self.accepted = given, accepted


class BodyMalformed(MockServerError):
    """A body that is no JSON; `hint` says where it breaks."""

    def __init__(self, hint: str) -> None:
        super().__init__(hint)
        self.hint = hint


class BodyTooLarge(MockServerError):
    """A body over the limit, both in bytes."""

    def __init__(self, *, limit: int, size: int) -> None:
        super().__init__(f"{size} > {limit}")
        self.limit, self.size = limit, size


class InvalidParameter(MockServerError):
    """A parameter the API refuses: `code` is OpenAI's, `facts` fill its template."""

    def __init__(self, code: str, param: str, **facts: Any) -> None:
        super().__init__(f"{code} at {param}")
        self.code, self.param, self.facts = code, param, facts


class NotFound(MockServerError):
    """No such object in this project; `kind` is a word of the API's, such as `Thread`."""

    kind = "Object"

    def __init__(self, identifier: str, *, hint: str | None = None) -> None:
        super().__init__(identifier)
        self.identifier, self.hint = identifier, hint


class WorkflowNotFound(NotFound):
    """No workflow of this id."""

    kind = "Workflow"


class SessionNotFound(NotFound):
    """No session of this id in this project."""

    kind = "Chatkit Session"


class ThreadNotFound(NotFound):
    """No thread of this id in this project."""

    kind = "Chatkit Thread"


class ProjectInvalid(MockServerError):
    """A project name outside `[A-Za-z0-9._-]{1,64}`."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Invalid project name '{name}': use 1 to 64 letters, digits, dots, dashes and underscores.")


class DocumentInvalid(MockServerError):
    """A document that can't be used: where it came from, the place in it, and the reason with the way out."""

    code = "invalid_document"

    def __init__(self, reason: str, *, source: str, line: int | None = None, place: str = "") -> None:
        where = source if line is None else f"{source}:{line}"
        super().__init__(f"{where}: {place}: {reason}" if place else f"{where}: {reason}")
        self.reason, self.source, self.line, self.place = reason, source, line, place


class SeedInvalid(DocumentInvalid):
    """A seed document that can't be loaded; `place` such as `threads[0].items[1].type`."""

    code = "invalid_seed"


class UrlUnknown(MockServerError):
    """No route has this path."""

    def __init__(self, method: str, path: str) -> None:
        super().__init__(f"{method} {path}")
        self.method, self.path = method, path


class MethodNotAllowed(MockServerError):
    """The path is there, but not for this method."""

    def __init__(self, method: str, path: str, *, allowed: str) -> None:
        super().__init__(f"{method} {path}")
        self.method, self.path, self.allowed = method, path, allowed


class ControlForbidden(MockServerError):
    """A call to `/_mock` that a page on another site could have sent."""


class FaultNotFound(NotFound):
    """No fault of this id or name in this project."""

    kind = "Fault"


class RequestNotFound(NotFound):
    """No request of this id in this project's journal: it never came, or it was forgotten."""

    kind = "Request"


class Injected(MockServerError):
    """An error that a fault answers with; what is None is said as OpenAI says it with this status."""

    def __init__(
        self, status: int, *, message: str | None, kind: str | None, retry_after: int | None, **given: str | None
    ) -> None:
        """`given` holds the `code` and the `param` if the fault names them."""
        super().__init__(message or str(status))
        self.status, self.message, self.kind, self.retry_after, self.given = status, message, kind, retry_after, given


class Dropped(MockServerError):
    """A fault closes the connection here."""


class ControlRefused(MockServerError):
    """A call to `/_mock` that can't be done: a sentence with the way out, OpenAI's kind of code, the parameter."""

    def __init__(self, reason: str, *, code: str, param: str | None = None) -> None:
        super().__init__(reason)
        self.code, self.param = code, param


class ClockRunning(ControlRefused):
    """A tick of a clock that does not stand still."""

    def __init__(self) -> None:
        super().__init__(
            "Only a frozen clock ticks: freeze it first, or shift the running one.", code="clock_running", param="tick"
        )


class RealKeyRefused(MockServerError):
    """A real key where a made-up one belongs."""


class CertificateUnusable(MockServerError):
    """No certificate to serve https with: a sentence with the way out."""


class SecretOver(MockServerError):
    """A client secret whose session has expired or was cancelled."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


class RateLimited(MockServerError):
    """A session's requests of this minute are spent; `retry_after` in seconds."""

    def __init__(self, session_id: str, *, limit: int, retry_after: float) -> None:
        super().__init__(f"{session_id}: {limit}")
        self.session_id, self.limit, self.retry_after = session_id, limit, retry_after


class UploadRefused(MockServerError):
    """A file the session does not take: `code` and a sentence."""

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code


class ThreadNotOpen(MockServerError):
    """A message to a locked or closed thread."""

    def __init__(self, thread_id: str, *, status: str) -> None:
        super().__init__(f"{thread_id} is {status}")
        self.thread_id, self.status = thread_id, status


class OperationRefused(MockServerError):
    """An operation that does not fit what the thread holds: a sentence that says why."""


class ItemNotFound(NotFound):
    """No item of this id in the thread."""

    kind = "Chatkit Thread Item"


class AttachmentNotFound(NotFound):
    """No file of this id that this user may use."""

    kind = "Chatkit File"

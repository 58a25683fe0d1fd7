"""The interface of a backend, which replies in conversations."""

from collections.abc import Awaitable, Iterable
from typing import Any, Protocol

from msgspec import Struct

from mock_server.backends.caller import Caller
from mock_server.state.journal import Entry
from mock_server.state.threads import StoredThread
from mock_server.wire.headers import Headers
from mock_server.workflows.engine import TurnOutput


class Call(Protocol):
    """One operation of the conversation, as a backend gets it."""

    @property
    def caller(self) -> Caller:
        """Who calls."""

    @property
    def params(self) -> Struct:
        """What is asked for: one of the types in `wire.chat.operations`."""

    @property
    def body(self) -> bytes:
        """The operation's bytes, as they came."""

    @property
    def entry(self) -> Entry:
        """The request in the journal."""

    @property
    def one_by_one(self) -> bool:
        """Whether a fault may strike between two events, so that none may be made before the last one was sent."""

    def headers(self) -> Headers:
        """Return the request's headers, without its credentials for the emulator and what is between the two."""

    def request(self) -> Any:
        """Return the request as Starlette's Request."""


class StreamedTurn(Struct, frozen=True):
    """A streaming response: what happens in a thread, in order. Each event is stored before it is sent."""

    thread: StoredThread
    outputs: Iterable[TurnOutput]


class OwnResponse:
    """A whole response of a server of the user's own; `hint` is a sentence for the one who looks for a mistake."""

    def __init__(
        self, status: int, body: bytes, media_type: str = "application/json", *, hint: str | None = None
    ) -> None:
        self.status, self.body, self.media_type, self.hint = status, body, media_type, hint


class Frames(Protocol):
    """The frames that a server of the user's own streams."""

    async def take(self) -> list[bytes]:
        """Return the next frames, at least one; none at the end. Raises what broke the stream off."""

    async def leave(self) -> None:
        """End the stream, whether it is complete or not, and return once the server has let go of it."""


Document = Struct  # the whole response
Reply = Document | StreamedTurn | Awaitable[OwnResponse | Frames]


class Backend(Protocol):
    """Performs the operations of `POST /v1/chatkit/conversation`.

    Authentication, limits, faults and the journal are handled before it, in the same way for every backend.
    """

    def respond(self, call: Call) -> Reply:
        """Perform one operation.

        Raises errors from `mock_server.errors` that the API responds with, such as ThreadNotFound.
        """

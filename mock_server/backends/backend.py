"""The interface of a backend, which replies in conversations."""

from collections.abc import Iterable
from typing import Protocol

from msgspec import Struct

from mock_server.state.caller import Caller
from mock_server.state.threads import StoredThread
from mock_server.workflows.engine import TurnOutput


class StreamedTurn(Struct, frozen=True):
    """A streaming response: what happens in a thread, in order. Each event is stored before it is sent."""

    thread: StoredThread
    outputs: Iterable[TurnOutput]


Reply = Struct  # a document that is the whole response, or a StreamedTurn


class Backend(Protocol):
    """Performs the operations of `POST /v1/chatkit/conversation`.

    Authentication, limits, faults and the journal are handled before it, in the same way for every backend.
    """

    def respond(self, caller: Caller, params: Struct) -> Reply:
        """Perform one operation; `params` is one of the types in `wire.chat.operations`.

        Raises errors from `mock_server.errors` that the API responds with, such as ThreadNotFound.
        """

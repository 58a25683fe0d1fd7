"""What the emulator asks of whoever answers a conversation."""

from collections.abc import Iterable
from typing import Protocol

from msgspec import Struct

from mock_server.state.caller import Caller
from mock_server.state.threads import StoredThread
from mock_server.workflows.engine import TurnOutput


class StreamedTurn(Struct, frozen=True):
    """A response that streams: what happens in a thread, in order. Each event is stored before it is sent."""

    thread: StoredThread
    outputs: Iterable[TurnOutput]


Reply = Struct  # a document that is the whole response, or a StreamedTurn


class Backend(Protocol):
    """Answers the operations of `POST /v1/chatkit/conversation`.

    Authentication, limits, faults and the journal come before it, so that they work for every backend alike.
    """

    def respond(self, caller: Caller, params: Struct) -> Reply:
        """Answer one operation; `params` are one of `wire.chat.operations`.

        Raises the errors of `mock_server.errors` that the API answers with, such as ThreadNotFound.
        """

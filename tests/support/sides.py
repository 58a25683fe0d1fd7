"""Two emulators side by side, one with a script and one with a server of the user's own, that get the same requests."""

import json
import logging
from contextlib import suppress
from typing import Any, NamedTuple, Self

import httpx2
from support.emulator import HEADERS, socket_client
from support.patience import eventually
from support.talk import events_of, kinds

from mock_server.testing import ChatKitMock

Json = dict[str, Any]
_LEFT_BEHIND = "chatkit/agents.py"  # tasks that openai-chatkit forgets when a turn is cancelled, which asyncio warns of
_FIELDS = {"message", "type", "param", "code"}


class Answer(NamedTuple):
    """A response, as far as it came; status 0 if the connection was closed without one."""

    status: int
    body: bytes
    is_broken: bool

    @property
    def frames(self) -> int:
        """How many events came, without the one that only custom mode has of a script."""
        return self.body.count(b"\n\n") - self.body.count(b'"type":"stream_options"')

    @property
    def events(self) -> list[Json]:
        """The events of a whole stream."""
        return events_of(self.body.decode())

    @property
    def kinds(self) -> list[str]:
        """What the events are."""
        return [kind for kind in kinds(self.events) if kind != "stream_options"]

    @property
    def json(self) -> Any:
        """The body of a document."""
        return json.loads(self.body)

    def is_refusal_in_order(self) -> bool:
        """Whether this is OpenAI's envelope."""
        with suppress(ValueError, TypeError, KeyError):
            return set(self.json["error"]) >= _FIELDS
        return False


class Side:
    """One of the two: an emulator that runs. sent: how many requests its journal should have."""

    def __init__(self, mock: ChatKitMock) -> None:
        self.mock = mock
        self.sent = 0
        self.client = socket_client(mock.url, timeout=20)

    def ask(self, method: str, path: str, *, key: str | None = "sk-test", **options: Any) -> Answer:
        """Send a request, with a key or a secret or without either, and read what comes of its response."""
        headers = {**HEADERS, **options.pop("headers", {})}
        headers = {**headers, "authorization": f"Bearer {key}"} if key else {**headers, "authorization": ""}
        self.sent += not path.startswith("/_mock")
        status, body = 0, b""
        try:
            with self.client.stream(method, path, headers=headers, **options) as response:
                status = response.status_code
                for piece in response.iter_raw():
                    body += piece
        except httpx2.RemoteProtocolError:
            return Answer(status, body, is_broken=True)
        return Answer(status, body, is_broken=False)

    def check(self) -> None:
        """The journal has every request, and no stream is open."""
        journal = self.mock._app.projects.default.journal
        assert len(journal) == self.sent, (len(journal), self.sent)
        eventually(lambda: journal.open_streams == 0 and all(entry.outcome != "open" for entry in journal))

    def close(self) -> None:
        """End the connections."""
        self.client.close()


class ForeignLines(logging.Handler):
    """Keeps the warnings and errors that nobody but the user's own server may log."""

    def __init__(self, *, allowed: str) -> None:
        """`allowed` is the logger of the user's own server."""
        super().__init__(logging.WARNING)
        self._allowed = allowed
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        line = self.format(record)
        is_told = line.startswith("The server of conversation.")  # what the user's server raised
        if not record.name.startswith(self._allowed) and not is_told and _LEFT_BEHIND not in line:
            self.lines.append(line)

    def __enter__(self) -> Self:
        logging.getLogger().addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger().removeHandler(self)

"""A handle on a running emulator: its clock, faults, journal, sessions and state, for tests."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from mock_server.client.clock import ClockHandle
from mock_server.client.control import ControlClient
from mock_server.client.faults import FaultsHandle
from mock_server.client.journal import JournalHandle
from mock_server.client.sessions import SessionsHandle
from mock_server.client.threads import ThreadsHandle
from mock_server.client.transport import Transport
from mock_server.client.workflows import WorkflowsHandle
from mock_server.documents.reading import read_document
from mock_server.wire.control.events import FeedEvent
from mock_server.wire.control.findings import Behaviour, FidelityList, Finding, FindingList
from mock_server.wire.control.health import Health
from mock_server.wire.control.projects import ProjectContents, ProjectList


class Handle(ControlClient):
    """One project of a running emulator. Every method is one call to `/_mock`; all raise ControlError when refused.

    clock, faults, journal, sessions, threads: the parts of the project; workflows: those of the server.
    """

    def __init__(self, transport: Transport, *, project: str | None = None) -> None:
        """`project` is the one to act on, by default the server's own default."""
        super().__init__(transport, project=project)
        self.clock: ClockHandle = ClockHandle(self)
        self.faults = FaultsHandle(self)
        self.journal, self.sessions = JournalHandle(self), SessionsHandle(self)
        self.threads, self.workflows = ThreadsHandle(self), WorkflowsHandle(self)

    def reset(self, only: Literal["state", "requests", "faults", "clock"] | None = None) -> ProjectContents:
        """Return to what the server was started with, or a part of it."""
        return self.ask("POST", "/reset", ProjectContents, query={"only": only})

    def load(self, seed: Mapping[str, Any] | Path | str) -> ProjectContents:
        """Add a seed: a document, or the path of a YAML or JSON file."""
        document = seed if isinstance(seed, Mapping) else read_document(Path(seed))
        return self.ask("POST", "/load", ProjectContents, body=document)

    def snapshot(self) -> bytes:
        """The whole state of the project as one JSON document."""
        return self.raw("GET", "/snapshot")

    def restore(self, snapshot: bytes) -> ProjectContents:
        """Put the project into the state of a snapshot: all of it or, raising ControlError, nothing."""
        return self.ask("PUT", "/snapshot", ProjectContents, body=msgspec.Raw(snapshot))

    def findings(self) -> list[Finding]:
        """What the journal says about the client."""
        return self.ask("GET", "/findings", FindingList).findings

    def fidelity(self) -> list[Behaviour]:
        """Every behaviour of the emulator, and how it is known."""
        return self.ask("GET", "/fidelity", FidelityList, of_project=False).behaviours

    def projects(self) -> ProjectList:
        """Every project of the server."""
        return self.ask("GET", "/projects", ProjectList, of_project=False)

    def health(self) -> Health:
        """That the server lives."""
        return self.ask("GET", "/health", Health, of_project=False)

    def events(self) -> Iterator[FeedEvent]:
        """What happens from now on, without an end."""
        lines = self.lines("/events")
        next(lines)  # it listens
        told = (line.removeprefix(b"data: ") for line in lines if line.startswith(b"data: "))
        return (msgspec.json.decode(line, type=FeedEvent) for line in told)

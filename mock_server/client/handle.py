"""A handle for a running emulator: its clock, faults, journal, sessions and state, for tests."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import msgspec

from mock_server.client.clock import ClockHandle
from mock_server.client.control import ControlClient
from mock_server.client.faults import FaultsHandle
from mock_server.client.journal import JournalHandle
from mock_server.client.sessions import SessionsHandle
from mock_server.client.threads import ThreadsHandle
from mock_server.client.transport import ControlError, Transport, Unreachable
from mock_server.client.workflows import WorkflowsHandle
from mock_server.documents.reading import Document, read_document
from mock_server.documents.seeds import seed_of
from mock_server.documents.shipped import named_file
from mock_server.wire.control.events import FeedEvent
from mock_server.wire.control.findings import Behaviour, FidelityList, Finding, FindingList
from mock_server.wire.control.health import Health
from mock_server.wire.control.projects import ProjectContents, ProjectList, SavedState

__tracebackhide__ = True  # pytest shows the line of the test


class Handle(ControlClient):
    """One project of a running emulator. Methods send requests to `/_mock`, and raise ControlError if one is refused.

    clock, faults, journal, sessions, threads: the parts of the project; workflows: those of the whole emulator.
    """

    def __init__(self, transport: Transport, *, project: str | None = None) -> None:
        """Use `project`, by default the emulator's own default project."""
        super().__init__(transport, project=project)
        self.clock: ClockHandle = ClockHandle(self)
        self.faults = FaultsHandle(self)
        self.journal, self.sessions = JournalHandle(self), SessionsHandle(self)
        self.threads, self.workflows = ThreadsHandle(self), WorkflowsHandle(self)

    def reset(self, only: Literal["state", "requests", "faults", "clock"] | None = None) -> ProjectContents:
        """Reset the project, or only a part of it, to what the emulator was started with."""
        return self.ask("POST", "/reset", ProjectContents, query={"only": only})

    def load(self, seed: Mapping[str, Any] | Path | str) -> ProjectContents:
        """Add a seed: a document, the path of a YAML or JSON file, or the name of a shipped one.

        Raises DocumentInvalid and ControlError, both with the file and the line, and then adds nothing.
        """
        if isinstance(seed, Mapping):
            return self.ask("POST", "/load", ProjectContents, body=seed)
        if not isinstance(seed, str | Path):
            raise TypeError(f"a document, a path or the name of a shipped seed was expected, not {seed!r}")
        document = read_document(named_file("seeds", seed) if isinstance(seed, str) else seed)
        seed_of(document)
        try:
            return self.ask("POST", "/load", ProjectContents, body=document.value)
        except ControlError as error:
            raise _in_file(error, document) from None

    def snapshot(self) -> bytes:
        """Return the whole state of the project as one JSON document."""
        return self.raw("GET", "/snapshot")

    def save_state(self) -> SavedState:
        """Save every project to the file of `--state` now. Raises ControlError, also without such a file."""
        return self.ask("POST", "/snapshot/save", SavedState, of_project=False)

    def restore(self, snapshot: bytes) -> ProjectContents:
        """Restore the project from a snapshot. If any of it is invalid, raises ControlError and changes nothing."""
        if not isinstance(snapshot, bytes | bytearray):
            raise TypeError(f"the bytes that snapshot() returns were expected, not {snapshot!r}")
        return self.ask("PUT", "/snapshot", ProjectContents, body=msgspec.Raw(snapshot))

    def findings(self) -> list[Finding]:
        """Return the findings about the client, from the journal."""
        return self.ask("GET", "/findings", FindingList).findings

    def fidelity(self) -> list[Behaviour]:
        """Return every behaviour of the emulator, and how it is known."""
        return self.ask("GET", "/fidelity", FidelityList, of_project=False).behaviours

    def projects(self) -> ProjectList:
        """Return all projects of the emulator."""
        return self.ask("GET", "/projects", ProjectList, of_project=False)

    def delete_project(self, name: str) -> ProjectList:
        """Delete a project with everything in it; return those that are left."""
        return self.ask("DELETE", f"/projects/{quote(name, safe='')}", ProjectList, of_project=False)

    def health(self) -> Health:
        """Return the emulator's health."""
        return self.ask("GET", "/health", Health, of_project=False)

    def events(self) -> Iterator[FeedEvent]:
        """Return an iterator over the feed events from now on, which ends with the emulator."""
        lines = self.lines("/events")
        next(lines, None)  # a comment that confirms the subscription
        told = (line.removeprefix(b"data: ") for line in lines if line.startswith(b"data: "))
        return (msgspec.json.decode(line, type=FeedEvent) for line in told)


def _in_file(error: ControlError, document: Document) -> ControlError:
    """Return a refusal of a document with its file, and the line if it names a place."""
    if isinstance(error, Unreachable):
        return error
    line = document.line_of(error.param) if error.param else None
    where = document.source if line is None else f"{document.source}:{line}"
    message = f"{where}: {str(error).removeprefix('body: ')}"
    return ControlError(message, status=error.status, code=error.code, param=error.param)

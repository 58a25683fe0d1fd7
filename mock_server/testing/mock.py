"""An emulator for tests: a server and the handle on it in one."""

from collections.abc import Iterable
from contextlib import ContextDecorator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from mock_server.app import MockServer
from mock_server.client.transport import HttpTransport
from mock_server.config import Settings
from mock_server.documents.fault_sets import load_faults
from mock_server.documents.seeds import load_seeds
from mock_server.server.thread import ServerThread
from mock_server.state.projects import Projects
from mock_server.testing.clients import Mock
from mock_server.testing.inprocess import InProcess
from mock_server.testing.shared_clock import SharedClock
from mock_server.workflows.catalog import ANY, Catalog


class ServerFailed(AssertionError):
    """The emulator itself failed while it answered: a bug of ours, with the request that met it."""


class ChatKitMock(Mock, ContextDecorator):
    """A server on a free port of 127.0.0.1 with a handle on it; a context manager and a decorator.

    url: where it is, without a path, as long as it runs. base_url: of its API, for any SDK.
    clock: of the server and of this process alike, so that the app under test sees the same time.
    """

    def __init__(
        self,
        *,
        load: Iterable[str] = (),
        workflows: Iterable[str | Path] = (),
        faults: Iterable[str] = (),
        port: int = 0,
        socket: bool = True,
        **settings: Any,
    ) -> None:
        """`load`, `workflows` and `faults` as on the command line; `settings` are those of `config.Settings`.

        Without a `socket` only clients of `openai`, `async_openai` and `http_client` reach it.

        Raises DocumentInvalid for a file that can't be used, PortTaken.
        """
        options = Settings(**settings)
        catalog = Catalog([Path(folder) for folder in workflows])
        projects = Projects(options, base=load_seeds(load), scripted=catalog, faults=load_faults(faults))
        self._app, self._port, self._has_socket = MockServer(projects, workflows=catalog), port, socket
        self._server: ServerThread | InProcess | None = None
        self.api_key, self.default_project = options.api_key or "sk-mock", options.project
        super().__init__(HttpTransport(), url="")  # both are known when it starts
        self.clock: SharedClock = SharedClock(self)

    def start_anew(self) -> None:
        """Reset everything: also what `reply` scripted, what was expected, what failed, and time."""
        self.clock.let_go()
        if self._turns:
            self._app.workflows.remove(ANY)
        self._turns, self._expected = [], []
        self._app.projects.default.reset()
        for project in self._app.projects:
            project.journal.failures.clear()

    def raise_failures(self) -> None:
        """Raise ServerFailed if the server itself failed since it started anew."""
        failures = [failure for project in self._app.projects for failure in project.journal.failures]
        if failures:
            entry, error = failures[0]
            told = f"the emulator failed while it answered {entry.method} {entry.path} ({entry.id}): {error!r}"
            raise ServerFailed(told) from error

    def __enter__(self) -> Self:
        """Start, and return once it answers. A mock may be started again; it begins anew then."""
        self.start_anew()
        server = ServerThread(self._app, port=self._port) if self._has_socket else InProcess(self._app)
        self._server, self.url = server, server.origin
        self.transport = HttpTransport(self.url) if isinstance(server, ServerThread) else server
        self.emulator = None if isinstance(server, ServerThread) else server
        server.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, and return once it is gone; time is let go."""
        self.clock.let_go()
        assert self._server is not None
        self._server.__exit__(kind, error, trace)


class RemoteMock(Mock):
    """A project of an emulator that runs elsewhere. Its clock is the server's alone, scripts are the whole server's."""

    def __init__(self, url: str, *, project: str) -> None:
        """Parallel tests need a project each."""
        transport = HttpTransport(url)
        super().__init__(transport, url=transport.url, project=project)

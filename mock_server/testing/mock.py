"""An emulator for tests, together with the handle for it."""

from collections.abc import Callable, Iterable
from contextlib import ContextDecorator
from pathlib import Path
from types import TracebackType
from typing import Any, Self, Unpack

from mock_server.app import MockServer
from mock_server.backends import PATH
from mock_server.client.transport import HttpTransport
from mock_server.documents.fault_sets import load_faults
from mock_server.inprocess.emulator import InProcess
from mock_server.server.thread import ServerThread
from mock_server.state.projects import Projects
from mock_server.testing.clients import Mock
from mock_server.testing.options import Document, Name, SettingOptions, backends_of, names_of, seeds_of, settings_of
from mock_server.testing.shared_clock import SharedClock
from mock_server.workflows.catalog import Catalog

Backend = Any  # a name, a `ChatKitServer`, a function that makes one, or an application
__tracebackhide__ = True  # pytest shows the line of the test


class ServerFailed(AssertionError):
    """The emulator itself failed while handling a request: a bug in the emulator. The message names the request."""


class BackendRaised(AssertionError):
    """A server of the user's own raised an exception. The message names the operation; the cause is the exception."""


class ChatKitMock(Mock, ContextDecorator):
    """An emulator on 127.0.0.1, by default on a free port, with a handle for it; a context manager and a decorator.

    url: its address, without a path, while it runs. base_url: the URL of its API, for any SDK.
    clock: the clock of both the emulator and this process, so that the app under test sees the same time;
    `emulator_clock` is the emulator's alone.
    """

    def __init__(
        self,
        *,
        load: Name | Document | Iterable[Name | Document] = (),
        workflows: Name | Iterable[Name] = (),
        faults: Name | Iterable[Name] = (),
        port: int = 0,
        socket: bool = True,
        backend: Backend | Iterable[Backend] = (),
        backend_context: str | Callable[..., Any] | None = None,
        backend_path: str = PATH,
        backend_headers: str | Iterable[str] = (),
        app_dir: Name | None = None,
        **settings: Unpack[SettingOptions],
    ) -> None:
        """Create an emulator; `load`, `workflows` and `faults` are as on the command line, `settings` as in Settings.

        Seeds may also be documents. So are `backend` and what goes with it, and a backend may also be a function that
        makes a `ChatKitServer`, such as its class, or an ASGI application. With `socket=False`, only clients from
        `openai`, `http_client` and their asynchronous counterparts reach it.

        Raises TypeError for an option that does not exist or a value that does not fit, DocumentInvalid for a file
        that can't be used. Starting raises PortTaken.
        """
        if not isinstance(port, int):
            raise TypeError(f"port: a number was expected, not {port!r}")
        backends = backends_of(
            backend, context=backend_context, path=backend_path, headers=backend_headers, app_dir=app_dir
        )
        options = settings_of({"custom_mode": True, **settings} if backends else settings)
        folders = map(Path, names_of("workflows", workflows))
        catalog = Catalog(folders, with_shipped=backends is None or not backends.answers_for_all)
        known = catalog if backends is None else backends.with_scripts(catalog)
        rules = load_faults(names_of("faults", faults))
        projects = Projects(options, base=seeds_of(load), scripted=known, faults=rules)
        self._app, self._port, self._has_socket = MockServer(projects, workflows=catalog), port, socket
        self._app.backends = backends
        self._server: ServerThread | InProcess | None = None
        self.api_key, self.default_project = options.api_key or "sk-mock", options.project
        super().__init__(HttpTransport(), url="")  # both are known when it starts
        self.clock: SharedClock = SharedClock(self)

    def start_anew(self) -> None:
        """Reset everything, including scripted replies, expectations, failures and this process's time."""
        self.clock.let_go()
        self.clock.share()
        self._app.workflows.clear()
        if self._app.backends is not None:
            self._app.backends.let_go_of_time()
        self._turns, self._expected = [], []
        self._app.projects.default.reset()
        for project in self._app.projects:
            project.journal.failures.clear()

    def let_go(self) -> None:
        """Return this process to its own time."""
        if self._app.backends is not None:
            self._app.backends.let_go_of_time()
        self.clock.let_go()

    def take_failures(self) -> list[Exception]:
        """Return and forget what the user's own server raised, for a test that provokes it; oldest first."""
        taken: list[Exception] = []
        for project in self._app.projects:
            failures = project.journal.failures
            own = [failure for failure in failures if failure[0].failure is not None]
            taken += [error for _, error in own]
            for failure in own:
                failures.remove(failure)
        return taken

    def raise_failures(self) -> None:
        """Raise ServerFailed if the emulator failed since the last reset, BackendRaised if the user's server did."""
        failures = [failure for project in self._app.projects for failure in project.journal.failures]
        if failures:
            entry, error = failures[0]
            if entry.failure is not None:
                told = f"your server raised {error!r} while handling {entry.operation} ({entry.id})"
                raise BackendRaised(told) from error
            told = f"the emulator failed while handling {entry.method} {entry.path} ({entry.id}): {error!r}"
            raise ServerFailed(told) from error

    def __enter__(self) -> Self:
        """Start, and return once requests are served. A mock can start again, with fresh state. Raises PortTaken."""
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
        """Stop, return this process to real time, and return once the emulator has ended."""
        self.clock.let_go()
        assert self._server is not None
        self._app.stop_backends()  # first, since what they end with may need the emulator
        self._server.__exit__(kind, error, trace)
        self._app.stop_backends()  # what a request has started meanwhile


class RemoteMock(Mock):
    """A project of an emulator that runs elsewhere.

    Its clock does not affect this process; scripted replies apply to the whole emulator.
    """

    def __init__(self, url: str, *, project: str) -> None:
        """Use a project of the emulator at `url`; parallel tests need a project each."""
        transport = HttpTransport(url)
        super().__init__(transport, url=transport.url, project=project)

"""An emulator for tests: a server and the handle on it in one."""

from collections.abc import Iterable, Mapping
from contextlib import ContextDecorator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from mock_server.app import MockServer
from mock_server.config import Settings
from mock_server.state.faults import load_faults
from mock_server.state.project import Projects
from mock_server.state.seeds import load_seeds
from mock_server.testing.conversation import Conversation
from mock_server.testing.handle import Handle
from mock_server.testing.inprocess import InProcess
from mock_server.testing.server import ServerThread
from mock_server.testing.shared_clock import SharedClock
from mock_server.testing.transport import HttpTransport
from mock_server.workflows.catalog import ANY, Catalog

if TYPE_CHECKING:
    import httpx2
    from openai import AsyncOpenAI, OpenAI


class ServerFailed(AssertionError):
    """The emulator itself failed while it answered: a bug of ours, with the request that met it."""


class ChatKitMock(Handle, ContextDecorator):
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
        self._turns: list[Mapping[str, Any]] = []
        self.url = ""
        super().__init__(HttpTransport(), project=None)  # replaced when it starts
        self.clock: SharedClock = SharedClock(self)

    @property
    def base_url(self) -> str:
        """For SDKs: the project is in the path where there is one."""
        return f"{self.url}/v1" if self.project is None else f"{self.url}/p/{self.project}/v1"

    def client_options(self) -> dict[str, str]:
        """The arguments with which an official client finds the emulator."""
        return {"base_url": self.base_url, "api_key": self._app.projects.settings.api_key or "sk-mock"}

    def environment(self) -> dict[str, str]:
        """The variables with which SDKs and apps find the emulator."""
        options = self.client_options()
        return {
            "OPENAI_BASE_URL": options["base_url"],
            "OPENAI_API_KEY": options["api_key"],
            "CHATKIT_API_BASE": self.base_url.removesuffix("/v1"),
            "CHATKIT_MOCK_URL": self.url,
        }

    def openai(self, **options: Any) -> "OpenAI":
        """The official client."""
        from openai import OpenAI  # noqa: PLC0415 - it is the user's

        if isinstance(self._server, InProcess):
            options = {"http_client": self.http_client(), **options}
        return OpenAI(**{**self.client_options(), **options})

    def async_openai(self, **options: Any) -> "AsyncOpenAI":
        """The official client, asynchronous."""
        from openai import AsyncOpenAI  # noqa: PLC0415 - it is the user's

        if isinstance(self._server, InProcess):
            options = {"http_client": self.async_http_client(), **options}
        return AsyncOpenAI(**{**self.client_options(), **options})

    def http_client(self, **options: Any) -> "httpx2.Client":
        """A client of httpx2, past the network where the emulator has no socket."""
        import httpx2  # noqa: PLC0415 - it is the user's

        if not isinstance(self._server, InProcess):
            return httpx2.Client(base_url=self.url, trust_env=False, **options)
        from mock_server.testing.transports import MockTransport  # noqa: PLC0415 - it needs httpx2

        return httpx2.Client(base_url=self.url, transport=MockTransport(self._server), **options)

    def async_http_client(self, **options: Any) -> "httpx2.AsyncClient":
        """The same, asynchronous."""
        import httpx2  # noqa: PLC0415 - it is the user's

        if not isinstance(self._server, InProcess):
            return httpx2.AsyncClient(base_url=self.url, trust_env=False, **options)
        from mock_server.testing.transports import AsyncMockTransport  # noqa: PLC0415 - it needs httpx2

        return httpx2.AsyncClient(base_url=self.url, transport=AsyncMockTransport(self._server), **options)

    def secret(self, session: Any) -> Conversation:
        """The conversation of a session, or of its client secret."""
        return Conversation(self._transport, getattr(session, "client_secret", session))

    def reply(self, when: str | Mapping[str, Any], *steps: str | Mapping[str, Any]) -> None:
        """Script the assistant of every workflow without a file: to a message with this text, or to what a workflow
        file's `when` says, it answers with these steps, texts being messages. What is scripted first is tried first.
        """
        condition = {"text": when} if isinstance(when, str) else when
        reply = [{"message": step} if isinstance(step, str) else step for step in steps]
        self._turns.append({"when": condition, "reply": reply})
        self.workflows.add(ANY, {"turns": self._turns})

    def start_anew(self) -> None:
        """Reset everything, what `reply` scripted and what failed too."""
        self.clock.let_go()
        if self._turns:
            self._turns = []
            self._app.workflows.remove(ANY)
        projects = self._app.projects
        (projects.default if self.project is None else projects.get(self.project)).reset()
        for project in projects:
            project.journal.failures.clear()

    def raise_failures(self) -> None:
        """Raise ServerFailed if the server failed since it started anew."""
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
        self._transport = HttpTransport(self.url) if isinstance(server, ServerThread) else server
        server.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, and return once it is gone; time is let go."""
        self.clock.let_go()
        assert self._server is not None
        self._server.__exit__(kind, error, trace)

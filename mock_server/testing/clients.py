"""What a test holds: a handle, official clients, and a conversation, of an emulator wherever it runs."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mock_server.client.handle import Handle
from mock_server.client.transport import Transport
from mock_server.config import exported_variables
from mock_server.testing.conversation import Conversation
from mock_server.testing.proxies import past_proxies
from mock_server.workflows.catalog import ANY

if TYPE_CHECKING:
    import httpx2
    from openai import AsyncOpenAI, OpenAI

    from mock_server.testing.inprocess import InProcess


class Mock(Handle):
    """A project of an emulator, with clients for it.

    url: where the emulator is, without a path. base_url: of its API, for any SDK.
    """

    emulator: "InProcess | None" = None
    api_key = "sk-mock"
    default_project = "default"

    def __init__(self, transport: Transport, *, url: str, project: str | None = None) -> None:
        """`project` is the one to act on, by default the server's own default."""
        super().__init__(transport, project=project)
        self.url = url
        self._turns: list[Mapping[str, Any]] = []
        self._expected: list[tuple[str, dict[str, Any]]] = []

    @property
    def base_url(self) -> str:
        """For SDKs: the project is in the path where there is one."""
        return f"{self.url}/v1" if self.project is None else f"{self.url}/p/{self.project}/v1"

    def client_options(self) -> dict[str, str]:
        """The arguments with which an official client finds the emulator."""
        project = self.project or self.default_project  # said, or the environment's own would be sent
        return {"base_url": self.base_url, "api_key": self.api_key, "project": project}

    def environment(self) -> dict[str, str]:
        """The variables with which SDKs and apps find the emulator."""
        options = self.client_options()
        return exported_variables(self.url, **options)

    def openai(self, **options: Any) -> "OpenAI":
        """The official client. It goes past proxies."""
        from openai import OpenAI  # noqa: PLC0415 - it is the user's

        from mock_server.testing.direct import DirectClient  # noqa: PLC0415 - it needs openai

        if "http_client" not in options:
            options["http_client"] = DirectClient(self.url) if self.emulator is None else self.http_client()
        return OpenAI(**{**self.client_options(), **options})

    def async_openai(self, **options: Any) -> "AsyncOpenAI":
        """The official client, asynchronous."""
        from openai import AsyncOpenAI  # noqa: PLC0415 - it is the user's

        from mock_server.testing.direct import AsyncDirectClient  # noqa: PLC0415 - it needs openai

        if "http_client" not in options:
            options["http_client"] = AsyncDirectClient(self.url) if self.emulator is None else self.async_http_client()
        return AsyncOpenAI(**{**self.client_options(), **options})

    def http_client(self, **options: Any) -> "httpx2.Client":
        """A client of httpx2, past the network where the emulator has no socket."""
        import httpx2  # noqa: PLC0415 - it is the user's

        if self.emulator is None:
            return httpx2.Client(**{"base_url": self.url, **past_proxies(self.url), **options})
        from mock_server.testing.transports import MockTransport  # noqa: PLC0415 - it needs httpx2

        return httpx2.Client(base_url=self.url, transport=MockTransport(self.emulator), **options)

    def async_http_client(self, **options: Any) -> "httpx2.AsyncClient":
        """The same, asynchronous."""
        import httpx2  # noqa: PLC0415 - it is the user's

        if self.emulator is None:
            return httpx2.AsyncClient(**{"base_url": self.url, **past_proxies(self.url), **options})
        from mock_server.testing.transports import AsyncMockTransport  # noqa: PLC0415 - it needs httpx2

        return httpx2.AsyncClient(base_url=self.url, transport=AsyncMockTransport(self.emulator), **options)

    def secret(self, session: Any) -> Conversation:
        """The conversation of a session, or of its client secret."""
        return Conversation(self.transport, getattr(session, "client_secret", session))

    def reply(self, when: str | Mapping[str, Any], *steps: str | Mapping[str, Any]) -> None:
        """Script the assistant of every workflow without a file: to a message with this text, or to what a workflow
        file's `when` says, it answers with these steps, texts being messages. What is scripted first is tried first.
        """
        condition = {"text": when} if isinstance(when, str) else when
        reply = [{"message": step} if isinstance(step, str) else step for step in steps]
        self._turns.append({"when": condition, "reply": reply})
        self.workflows.add(ANY, {"turns": self._turns})

    def expect(self, operation: str, **claim: Any) -> None:
        """Expect a request by the end of the test: what `journal.assert_called` takes."""
        self._expected.append((operation, claim))

    def raise_unmet(self) -> None:
        """Raise AssertionError for the first expectation that was not met."""
        __tracebackhide__ = True
        for operation, claim in self._expected:
            self.journal.assert_called(operation, **claim)

    def start_anew(self) -> None:
        """Reset the project; forget what `reply` scripted and what was expected."""
        if self._turns:
            self._turns = []
            self.workflows.remove(ANY)
        self._expected = []
        self.reset()

    def raise_failures(self) -> None:
        """Raise ServerFailed if the server itself failed, where that can be seen from here."""

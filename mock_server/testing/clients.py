"""What tests use, wherever the emulator runs: a handle, official clients and a conversation."""

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol, TypedDict, Unpack

import msgspec

from mock_server.client.clock import ClockHandle
from mock_server.client.handle import Handle
from mock_server.client.journal import Claim, as_claim
from mock_server.client.transport import ControlError, Transport
from mock_server.config import BETA, exported_variables
from mock_server.testing.conversation import Conversation
from mock_server.testing.libraries import http_library, require_chatkit
from mock_server.testing.proxies import past_proxies
from mock_server.wire.control.operations import OperationName
from mock_server.wire.rest.sessions import ChatSession
from mock_server.workflows.catalog import ANY

if TYPE_CHECKING:
    from openai import AsyncOpenAI, DefaultAsyncHttpxClient, DefaultHttpxClient, OpenAI

    from mock_server.inprocess.emulator import InProcess

__tracebackhide__ = True  # pytest shows the line of the test


class SdkOptions(TypedDict, total=False):
    """Arguments of the official clients."""

    api_key: str
    organization: str | None
    project: str | None
    base_url: str
    timeout: Any
    max_retries: int
    default_headers: Mapping[str, str]
    default_query: Mapping[str, object]
    http_client: Any


class HttpOptions(TypedDict, total=False):
    """Arguments of the clients of httpx and httpx2."""

    base_url: str
    headers: Any
    params: Any
    cookies: Any
    auth: Any
    timeout: Any
    follow_redirects: bool
    event_hooks: Mapping[str, list[Any]]


class WithSecret(Protocol):
    """A session as it was created, by whichever SDK."""

    @property
    def client_secret(self) -> str:
        """Its client secret."""


class Mock(Handle):
    """A handle for a project of an emulator, with clients for it.

    url: the emulator's address, without a path. base_url: the URL of its API, for any SDK.
    emulator_clock: the emulator's clock, which leaves the time of this process alone.
    """

    emulator: "InProcess | None" = None
    api_key = "sk-mock"
    default_project = "default"

    def __init__(self, transport: Transport, *, url: str, project: str | None = None) -> None:
        """Use `project`, by default the emulator's own default project."""
        super().__init__(transport, project=project)
        self.url = url
        self._turns: list[Mapping[str, Any]] = []
        self._expected: list[dict[str, Any]] = []
        self.emulator_clock = ClockHandle(self)

    @property
    def base_url(self) -> str:
        """The URL of the API, for SDKs; it includes the project, if one is set."""
        return f"{self.url}/v1" if self.project is None else f"{self.url}/p/{self.project}/v1"

    def client_options(self) -> dict[str, str]:
        """Return the arguments that point an official client to the emulator."""
        project = self.project or self.default_project  # explicit, or the environment's own would be sent
        return {"base_url": self.base_url, "api_key": self.api_key, "project": project}

    def environment(self) -> dict[str, str]:
        """Return the environment variables that point SDKs and apps to the emulator."""
        options = self.client_options()
        return exported_variables(self.url, **options)

    def openai(self, **options: Unpack[SdkOptions]) -> "OpenAI":
        """Return an official client, which bypasses proxies. Raises LibraryMissing."""
        require_chatkit()
        from openai import OpenAI  # noqa: PLC0415 - optional dependency

        from mock_server.testing.direct import DirectClient  # noqa: PLC0415 - needs openai

        given: dict[str, Any] = {**self.client_options(), **options}
        if "http_client" not in given:
            given["http_client"] = DirectClient(self.url) if self.emulator is None else self.http_client()
        return OpenAI(**given)

    def async_openai(self, **options: Unpack[SdkOptions]) -> "AsyncOpenAI":
        """Return an asynchronous official client, which bypasses proxies. Raises LibraryMissing."""
        require_chatkit()
        from openai import AsyncOpenAI  # noqa: PLC0415 - optional dependency

        from mock_server.testing.direct import AsyncDirectClient  # noqa: PLC0415 - needs openai

        given: dict[str, Any] = {**self.client_options(), **options}
        if "http_client" not in given:
            given["http_client"] = AsyncDirectClient(self.url) if self.emulator is None else self.async_http_client()
        return AsyncOpenAI(**given)

    def http_client(self, **options: Unpack[HttpOptions]) -> "DefaultHttpxClient":
        """Return a client of the SDK's HTTP library, httpx2 or httpx, which bypasses the network if there is no socket.

        Raises LibraryMissing.
        """
        library = http_library()
        reached: dict[str, Any] = past_proxies(self.url)
        if self.emulator is not None:
            from mock_server.inprocess.transports import mock_transport  # noqa: PLC0415 - only without a socket

            reached = {"transport": mock_transport(self.emulator, library=library)}
        client: DefaultHttpxClient = library.Client(**{"base_url": self.url, **reached, **options})
        return client

    def async_http_client(self, **options: Unpack[HttpOptions]) -> "DefaultAsyncHttpxClient":
        """Return the asynchronous counterpart of `http_client`. Raises LibraryMissing."""
        library = http_library()
        reached: dict[str, Any] = past_proxies(self.url)
        if self.emulator is not None:
            from mock_server.inprocess.transports import async_mock_transport  # noqa: PLC0415 - only without a socket

            reached = {"transport": async_mock_transport(self.emulator, library=library)}
        client: DefaultAsyncHttpxClient = library.AsyncClient(**{"base_url": self.url, **reached, **options})
        return client

    @property
    def transport_error(self) -> type[Exception]:
        """The error that `http_client()` raises if a connection breaks or takes too long."""
        error: type[Exception] = http_library().TransportError
        return error

    def create_session(
        self,
        workflow: str | Mapping[str, Any] = "wf_test",
        *,
        user: str = "test-user",
        expires_after: int | None = None,
        rate_limits: Mapping[str, Any] | None = None,
        chatkit_configuration: Mapping[str, Any] | None = None,
    ) -> ChatSession:
        """Create a session, as `client.beta.chatkit.sessions.create` does, but without the SDK.

        `workflow` is an id, or the whole parameter; `expires_after` is in seconds. Raises ControlError if the API
        refuses.
        """
        given = {
            "workflow": {"id": workflow} if isinstance(workflow, str) else workflow,
            "user": user,
            "expires_after": None if expires_after is None else {"anchor": "created_at", "seconds": expires_after},
            "rate_limits": rate_limits,
            "chatkit_configuration": chatkit_configuration,
        }
        body = msgspec.json.encode({name: value for name, value in given.items() if value is not None})
        headers = {"authorization": f"Bearer {self.api_key}", "openai-beta": BETA}
        path = self.base_url.removeprefix(self.url) + "/chatkit/sessions"
        return msgspec.json.decode(self.transport.call("POST", path, body, headers), type=ChatSession)

    def secret(self, session: str | WithSecret | Mapping[str, Any]) -> Conversation:
        """Return a conversation with a session's client secret; `session` may also be the secret itself.

        Raises TypeError for anything else.
        """
        given = session.get("client_secret") if isinstance(session, Mapping) else session
        found = getattr(given, "client_secret", given)
        if not isinstance(found, str) or found.startswith("cksess_"):
            raise TypeError(f"a session with its client secret was expected, or the secret itself, not {session!r}")
        return Conversation(self.transport, found)

    def reply(self, when: str | Mapping[str, Any], *steps: str | Mapping[str, Any]) -> None:
        """Script the assistant of every workflow that has no file.

        `when` is the text of a message, or a condition as in a workflow file. The reply consists of `steps`, where a
        string is a message. Replies are tried in the order in which they were scripted.
        """
        condition = {"text": when} if isinstance(when, str) else when
        reply = [{"message": step} if isinstance(step, str) else step for step in steps]
        turns = [*self._turns, {"when": condition, "reply": reply}]
        self.workflows.add(ANY, {"turns": turns})  # it may be refused
        self._turns = turns

    def expect(self, operation: OperationName, **claim: Unpack[Claim]) -> None:
        """Expect a request by the end of the test, with the arguments of `journal.assert_called`.

        Raises ControlError for a claim that can't be understood.
        """
        expected = as_claim(operation, claim)
        self.journal.verify(expected)  # it may be refused; whether it holds is asked at the end
        self._expected.append(expected)

    def raise_unmet(self) -> None:
        """Raise AssertionError for the first expectation that was not met."""
        for claim in self._expected:
            verdict = self.journal.verify(claim)
            if not verdict.passed:
                raise AssertionError(verdict.explanation)

    def start_anew(self) -> None:
        """Reset the project, the scripted replies and the expectations."""
        if self._turns:
            self._turns = []
            with suppress(ControlError):  # somebody else may have removed it
                self.workflows.remove(ANY)
        self._expected = []
        self.reset()

    def let_go(self) -> None:
        """Return to real time after a test."""
        self.clock.resume()

    def raise_failures(self) -> None:
        """Raise ServerFailed if the emulator itself failed, where that can be known; here it can't."""

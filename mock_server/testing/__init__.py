"""What tests and `chatkit-mock` hold: a running server, a handle on one, and both in one."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mock_server.client.handle import Handle
    from mock_server.testing.mock import ChatKitMock as ChatKitMock


def connect(url: str | None = None, *, project: str | None = None) -> "Handle":
    """A handle on the server at `url`, by default `$CHATKIT_MOCK_URL`, else http://127.0.0.1:4114.

    `project` is the one it acts on, by default the server's own default.
    """
    from mock_server.client.handle import Handle  # noqa: PLC0415 - a server starts faster without it
    from mock_server.client.transport import HttpTransport  # noqa: PLC0415

    return Handle(HttpTransport(url), project=project)


def __getattr__(name: str) -> Any:
    if name != "ChatKitMock":
        raise AttributeError(f"module 'mock_server.testing' has no attribute '{name}'")
    from mock_server.testing.mock import ChatKitMock  # noqa: PLC0415 - see above

    return ChatKitMock

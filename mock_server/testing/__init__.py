"""For tests: an emulator with a handle for it (`ChatKitMock`), and a handle for a running one (`connect`)."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mock_server.client.handle import Handle
    from mock_server.testing.mock import ChatKitMock as ChatKitMock


def connect(url: str | None = None, *, project: str | None = None) -> "Handle":
    """Return a handle for the emulator at `url`, by default `$CHATKIT_MOCK_URL`, else http://127.0.0.1:4114.

    It uses `project`, by default the emulator's own default project.
    """
    from mock_server.client.handle import Handle  # noqa: PLC0415 - keeps the start fast
    from mock_server.client.transport import HttpTransport  # noqa: PLC0415

    return Handle(HttpTransport(url), project=project)


def __getattr__(name: str) -> Any:
    if name != "ChatKitMock":
        raise AttributeError(f"module 'mock_server.testing' has no attribute '{name}'")
    from mock_server.testing.mock import ChatKitMock  # noqa: PLC0415 - see above

    return ChatKitMock

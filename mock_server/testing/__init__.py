"""What tests and `chatkit-mock` hold: a running server, and a handle on one."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mock_server.testing.handle import ChatKitMock


def connect(url: str | None = None, *, project: str | None = None) -> "ChatKitMock":
    """A handle on the server at `url`, by default `$CHATKIT_MOCK_URL`, else http://127.0.0.1:4114.

    `project` is the one it acts on, by default the server's own default.
    """
    from mock_server.testing.handle import ChatKitMock  # noqa: PLC0415 - a server starts faster without it
    from mock_server.testing.transport import HttpTransport  # noqa: PLC0415

    return ChatKitMock(HttpTransport(url), project=project)

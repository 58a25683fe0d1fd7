"""The part of a handle that lists and ends sessions."""

from urllib.parse import quote

from mock_server.client.control import PAGE, ControlClient
from mock_server.client.identity import IdLike, id_of
from mock_server.wire.control.sessions import SessionDetail, SessionList, SessionState

__tracebackhide__ = True  # pytest shows the line of the test


class SessionsHandle:
    """The project's sessions."""

    def __init__(self, control: ControlClient) -> None:
        self._control = control

    def list(self, *, status: str | None = None, user: str | None = None) -> list[SessionState]:
        """Return up to 1,000 sessions, newest first."""
        query = {"status": status, "user": user, "limit": PAGE}
        return self._control.ask("GET", "/sessions", SessionList, query=query).sessions

    def get(self, session: IdLike) -> SessionDetail:
        """Return a session with its history, its remaining time and requests, and its settings."""
        return self._control.ask("GET", self._path(session), SessionDetail)

    def expire(self, session: IdLike) -> SessionState:
        """Expire a session now."""
        return self._control.ask("POST", f"{self._path(session)}/expire", SessionState)

    def cancel(self, session: IdLike) -> SessionState:
        """Cancel a session; no API key is needed."""
        return self._control.ask("POST", f"{self._path(session)}/cancel", SessionState)

    @staticmethod
    def _path(session: IdLike) -> str:
        return f"/sessions/{quote(id_of(session), safe='')}"

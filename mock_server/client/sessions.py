"""The part of a handle that lists and ends sessions."""

from urllib.parse import quote

from mock_server.client.control import PAGE, ControlClient
from mock_server.wire.control.sessions import SessionDetail, SessionList, SessionState


class SessionsHandle:
    """The project's sessions."""

    def __init__(self, control: ControlClient) -> None:
        self._control = control

    def list(self, *, status: str | None = None, user: str | None = None) -> list[SessionState]:
        """Return up to 1,000 sessions, newest first."""
        query = {"status": status, "user": user, "limit": PAGE}
        return self._control.ask("GET", "/sessions", SessionList, query=query).sessions

    def get(self, session_id: str) -> SessionDetail:
        """Return a session with its history, its remaining time and requests, and its settings."""
        return self._control.ask("GET", self._path(session_id), SessionDetail)

    def expire(self, session_id: str) -> SessionState:
        """Expire a session now."""
        return self._control.ask("POST", f"{self._path(session_id)}/expire", SessionState)

    def cancel(self, session_id: str) -> SessionState:
        """Cancel a session; no API key is needed."""
        return self._control.ask("POST", f"{self._path(session_id)}/cancel", SessionState)

    @staticmethod
    def _path(session_id: str) -> str:
        return f"/sessions/{quote(session_id, safe='')}"

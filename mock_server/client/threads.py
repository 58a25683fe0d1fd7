"""The part of a handle that reads and changes threads."""

from urllib.parse import quote

from mock_server.client.control import PAGE, ControlClient
from mock_server.wire.control.requests import Cleared
from mock_server.wire.control.threads import ThreadSummaries, ThreadSummary, ThreadView


class ThreadsHandle:
    """The project's threads, whoever's they are."""

    def __init__(self, control: ControlClient) -> None:
        self._control = control

    def list(self, *, user: str | None = None) -> list[ThreadSummary]:
        """Up to 1,000 of them, newest first."""
        return self._control.ask("GET", "/threads", ThreadSummaries, query={"user": user, "limit": PAGE}).threads

    def get(self, thread_id: str) -> ThreadView:
        """One of them with its items, oldest first, as the conversation shows them."""
        return self._control.ask("GET", self._path(thread_id), ThreadView)

    def rename(self, thread_id: str, title: str | None) -> ThreadView:
        """Give one another title, or none."""
        return self._control.ask("PATCH", self._path(thread_id), ThreadView, body={"title": title})

    def lock(self, thread_id: str, *, reason: str | None = None) -> ThreadView:
        """Let one take no messages for now."""
        return self._set_status(thread_id, "locked", reason=reason)

    def close(self, thread_id: str, *, reason: str | None = None) -> ThreadView:
        """Let one take no more messages."""
        return self._set_status(thread_id, "closed", reason=reason)

    def reopen(self, thread_id: str) -> ThreadView:
        """Let one that was locked or closed take messages again."""
        return self._set_status(thread_id, "active")

    def delete(self, thread_id: str) -> None:
        """Delete one with its items and attachments."""
        self._control.ask("DELETE", self._path(thread_id), Cleared)

    def _set_status(self, thread_id: str, status: str, *, reason: str | None = None) -> ThreadView:
        body = {"status": {"type": status, "reason": reason}}
        return self._control.ask("PATCH", self._path(thread_id), ThreadView, body=body)

    @staticmethod
    def _path(thread_id: str) -> str:
        return f"/threads/{quote(thread_id, safe='')}"

"""The part of a handle that reads and changes threads."""

from urllib.parse import quote

from mock_server.client.control import PAGE, ControlClient
from mock_server.client.identity import IdLike, id_of
from mock_server.wire.control.requests import Cleared
from mock_server.wire.control.threads import ThreadSummaries, ThreadSummary, ThreadView

__tracebackhide__ = True  # pytest shows the line of the test


class ThreadsHandle:
    """The project's threads, of all users."""

    def __init__(self, control: ControlClient) -> None:
        self._control = control

    def list(self, *, user: str | None = None) -> list[ThreadSummary]:
        """Return up to 1,000 threads, newest first."""
        return self._control.ask("GET", "/threads", ThreadSummaries, query={"user": user, "limit": PAGE}).threads

    def get(self, thread: IdLike) -> ThreadView:
        """Return a thread with its items, oldest first, as the conversation shows them."""
        return self._control.ask("GET", self._path(thread), ThreadView)

    def rename(self, thread: IdLike, title: str | None) -> ThreadView:
        """Change a thread's title, or remove it with None."""
        return self._control.ask("PATCH", self._path(thread), ThreadView, body={"title": title})

    def lock(self, thread: IdLike, *, reason: str | None = None) -> ThreadView:
        """Lock a thread, so that it accepts no messages for now."""
        return self._set_status(thread, "locked", reason=reason)

    def close(self, thread: IdLike, *, reason: str | None = None) -> ThreadView:
        """Close a thread, so that it accepts no more messages."""
        return self._set_status(thread, "closed", reason=reason)

    def reopen(self, thread: IdLike) -> ThreadView:
        """Reopen a locked or closed thread, so that it accepts messages again."""
        return self._set_status(thread, "active")

    def delete(self, thread: IdLike) -> None:
        """Delete a thread with its items and attachments."""
        self._control.ask("DELETE", self._path(thread), Cleared)

    def _set_status(self, thread: IdLike, status: str, *, reason: str | None = None) -> ThreadView:
        body = {"status": {"type": status, "reason": reason}}
        return self._control.ask("PATCH", self._path(thread), ThreadView, body=body)

    @staticmethod
    def _path(thread: IdLike) -> str:
        return f"/threads/{quote(id_of(thread), safe='')}"

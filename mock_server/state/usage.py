"""What a session has used of its limits.

Requests are counted in a sliding minute (inferred; it is exact at every boundary): a request is let through when
fewer than the limit were let through in the 60 seconds before it. A refused one costs nothing.
"""

from collections import deque

from mock_server.errors import RateLimited, UploadRefused
from mock_server.state.sessions import Session

MINUTE = 60.0


class Usage:
    """The requests and uploads of the sessions that made any."""

    def __init__(self) -> None:
        self._requests: dict[str, deque[float]] = {}
        self._uploads: dict[str, int] = {}

    def spend_request(self, session: Session, *, now: float) -> None:
        """Count a request. Raises RateLimited with the seconds until the next is free."""
        moments = self._requests.setdefault(session.id, deque())
        _forget_before(moments, now)
        if len(moments) >= session.max_requests_per_1_minute:
            oldest = moments[-session.max_requests_per_1_minute]
            raise RateLimited(session.id, limit=session.max_requests_per_1_minute, retry_after=oldest + MINUTE - now)
        moments.append(now)

    def spend_upload(self, session: Session) -> None:
        """Count a file. Raises UploadRefused when the session takes none, or no more (words inferred)."""
        if not session.uploads:
            raise UploadRefused("File uploads are not enabled for this session", code="chatkit.file_upload_disabled")
        used = self._uploads.get(session.id, 0)
        if used >= session.max_files:
            raise UploadRefused(
                f"This session takes at most {session.max_files} files", code="chatkit.file_upload_limit_reached"
            )
        self._uploads[session.id] = used + 1

    def return_upload(self, session: Session) -> None:
        """Take back the count of a file that did not arrive; after a reset there is none."""
        if session.id in self._uploads:
            self._uploads[session.id] -= 1


def _forget_before(moments: deque[float], now: float) -> None:
    while moments and not now - MINUTE < moments[0] <= now:
        moments.popleft()

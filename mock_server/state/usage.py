"""What a session has used of its limits.

Requests are counted in a sliding minute (inferred; it is exact at every boundary): a request is let through when
fewer than the limit were let through in the 60 seconds before it. A refused one costs nothing.
"""

from collections import deque

from msgspec import Struct

from mock_server.errors import RateLimited, UploadRefused
from mock_server.state.sessions import Session

MINUTE = 60.0


class UsageState(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was used, to be kept: by session, the moments of requests and the number of uploads."""

    requests: dict[str, list[float]]
    uploads: dict[str, int]


class Usage:
    """The requests and uploads of the sessions that made any."""

    def __init__(self) -> None:
        self._requests: dict[str, deque[float]] = {}
        self._uploads: dict[str, int] = {}

    @property
    def state(self) -> UsageState:
        """All of it, to be kept."""
        requests = {session_id: list(moments) for session_id, moments in self._requests.items()}
        return UsageState(requests=requests, uploads=dict(self._uploads))

    @state.setter
    def state(self, state: UsageState) -> None:
        self._requests = {session_id: deque(moments) for session_id, moments in state.requests.items()}
        self._uploads = dict(state.uploads)

    def requests_left(self, session: Session, *, now: float) -> int:
        """How many requests of the present minute are free."""
        moments = self._requests.get(session.id, ())
        return max(0, session.max_requests_per_1_minute - sum(now - MINUTE < moment <= now for moment in moments))

    def uploads_left(self, session: Session) -> int:
        """How many files it may still send."""
        return session.max_files - self._uploads.get(session.id, 0) if session.uploads else 0

    def spend_request(self, session: Session, *, now: float) -> None:
        """Count a request. Raises RateLimited with the seconds until the next is free."""
        moments = self._requests[session.id] = _within_minute(self._requests.get(session.id, deque()), now)
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


def _within_minute(moments: deque[float], now: float) -> deque[float]:
    """Those of the last minute, in order; after a move backwards there are some of the future, which go too."""
    if moments and moments[-1] > now:
        return deque(sorted(moment for moment in moments if now - MINUTE < moment <= now))
    while moments and moments[0] <= now - MINUTE:
        moments.popleft()
    return moments

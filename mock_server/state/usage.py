"""What sessions have used of their limits.

Requests are counted over a sliding minute (inferred), which is exact at every boundary: a request is accepted if fewer
than the limit were accepted in the 60 seconds before it. A refused request does not count.
"""

from collections import deque

from msgspec import Struct

from mock_server.errors import RateLimited, UploadRefused
from mock_server.state.sessions import Session

MINUTE = 60.0


class UsageState(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The usage to be saved: by session id, the times of its requests in unix seconds, and its number of uploads."""

    requests: dict[str, list[float]]
    uploads: dict[str, int]


class Usage:
    """The requests and uploads of every session that made any."""

    def __init__(self) -> None:
        self._requests: dict[str, deque[float]] = {}
        self._uploads: dict[str, int] = {}

    @property
    def state(self) -> UsageState:
        """All usage, to be saved."""
        requests = {session_id: list(moments) for session_id, moments in self._requests.items()}
        return UsageState(requests=requests, uploads=dict(self._uploads))

    @state.setter
    def state(self, state: UsageState) -> None:
        self._requests = {session_id: deque(moments) for session_id, moments in state.requests.items()}
        self._uploads = dict(state.uploads)

    def requests_left(self, session: Session, *, now: float) -> int:
        """Return how many requests the session may still make in the current minute."""
        moments = self._requests.get(session.id, ())
        return max(0, session.max_requests_per_1_minute - sum(now - MINUTE < moment <= now for moment in moments))

    def uploads_left(self, session: Session) -> int:
        """Return how many files the session may still upload."""
        return session.max_files - self._uploads.get(session.id, 0) if session.uploads else 0

    def spend_request(self, session: Session, *, now: float) -> None:
        """Count a request. Raises RateLimited with the seconds until the next one is accepted."""
        moments = self._requests[session.id] = _within_minute(self._requests.get(session.id, deque()), now)
        if len(moments) >= session.max_requests_per_1_minute:
            oldest = moments[-session.max_requests_per_1_minute]
            raise RateLimited(session.id, limit=session.max_requests_per_1_minute, retry_after=oldest + MINUTE - now)
        moments.append(now)

    def return_request(self, session: Session) -> None:
        """Undo the count of the latest request, unless a reset has done so."""
        if self._requests.get(session.id):
            self._requests[session.id].pop()

    def spend_upload(self, session: Session) -> None:
        """Count an upload. Raises UploadRefused if uploads are off or none is left (wording inferred)."""
        if not session.uploads:
            raise UploadRefused("File uploads are disabled for this session.", code="chatkit.file_upload_disabled")
        used = self._uploads.get(session.id, 0)
        if used >= session.max_files:
            raise UploadRefused(
                f"This session takes at most {session.max_files} files", code="chatkit.file_upload_limit_reached"
            )
        self._uploads[session.id] = used + 1

    def return_upload(self, session: Session) -> None:
        """Undo the count of an upload that failed, unless a reset has done so."""
        if session.id in self._uploads:
            self._uploads[session.id] -= 1


def _within_minute(moments: deque[float], now: float) -> deque[float]:
    """Return the times within the last minute, in order, without those in the future that a clock moved back leaves."""
    if moments and moments[-1] > now:
        return deque(sorted(moment for moment in moments if now - MINUTE < moment <= now))
    while moments and moments[0] <= now - MINUTE:
        moments.popleft()
    return moments

"""What sessions have used of their limits.

Requests are counted over a sliding minute (inferred), which is exact at every boundary: a request is accepted if fewer
than the limit were accepted in the 60 seconds before it. A refused request does not count. The times of all requests
are kept, since a clock may be moved back and forth: at the same time there is always the same answer.
"""

from array import array
from bisect import bisect_left, bisect_right

from msgspec import Struct

from mock_server.errors import RateLimited, UploadRefused
from mock_server.state.sessions import Session

MINUTE = 60.0
_KEPT = 10_000  # times per session; more only if its limit is higher
_NONE: "array[float]" = array("d")


class UsageState(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The usage to be saved: by session id, the times of its requests in unix seconds, and its number of uploads."""

    requests: dict[str, list[float]]
    uploads: dict[str, int]


class Usage:
    """The requests and uploads of every session that made any."""

    def __init__(self) -> None:
        self._requests: dict[str, array[float]] = {}
        self._uploads: dict[str, int] = {}

    @property
    def state(self) -> UsageState:
        """All usage, to be saved."""
        requests = {session_id: list(moments) for session_id, moments in self._requests.items()}
        return UsageState(requests=requests, uploads=dict(self._uploads))

    @state.setter
    def state(self, state: UsageState) -> None:
        self._requests = {session_id: array("d", sorted(moments)) for session_id, moments in state.requests.items()}
        self._uploads = dict(state.uploads)

    def requests_left(self, session: Session, *, now: float) -> int:
        """Return how many requests the session may still make in the current minute."""
        moments = self._requests.get(session.id, _NONE)
        return max(0, session.max_requests_per_1_minute - _spent(moments, now))

    def uploads_left(self, session: Session) -> int:
        """Return how many files the session may still upload."""
        return session.max_files - self._uploads.get(session.id, 0) if session.uploads else 0

    def spend_request(self, session: Session, *, now: float) -> None:
        """Count a request. Raises RateLimited with the seconds until the next one is accepted."""
        moments, limit = self._requests.setdefault(session.id, array("d")), session.max_requests_per_1_minute
        if _spent(moments, now) >= limit:
            raise RateLimited(session.id, limit=limit, retry_after=_free_at(moments, now, limit=limit) - now)
        moments.insert(bisect_right(moments, now), now)
        if len(moments) > max(_KEPT, 2 * limit):
            del moments[: len(moments) // 2]

    def return_request(self, session: Session, *, now: float) -> None:
        """Undo the count of a request made at this time, unless a reset has done so."""
        moments = self._requests.get(session.id, _NONE)
        at = bisect_left(moments, now)
        if moments[at : at + 1] == array("d", [now]):
            del moments[at]

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


def _spent(moments: "array[float]", now: float) -> int:
    """Return how many of the times are within the minute that ends now."""
    return bisect_right(moments, now) - bisect_right(moments, now - MINUTE)


def _free_at(moments: "array[float]", now: float, *, limit: int) -> float:
    """Return the first time from now on at which another request is accepted."""
    ends = (moment + MINUTE for moment in moments[bisect_right(moments, now - MINUTE) :])
    return next(end for end in ends if _spent(moments, end) < limit)

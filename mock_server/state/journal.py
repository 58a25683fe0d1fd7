"""The journal: what a project was asked and what it answered, as raw as it came. `records` shows it."""

from array import array
from collections import deque
from collections.abc import Callable, Iterator

from msgspec import Struct

from mock_server.clock import stopwatch
from mock_server.errors import RequestNotFound
from mock_server.wire.headers import Headers

ENTRY_BYTES = 1024 * 1024  # what is kept of one body, and of one stream
FAILURES = 20  # how many of the newest are kept, with all that their tracebacks hold
_OVERHEAD = 2048  # about what an entry without bodies takes in memory, in bytes
_GONE = -1  # the size of an entry that is kept no longer


class Entry(Struct, gc=False):
    """One request and, once there is one, its answer.

    at: unix seconds in the project's time; began: on the stopwatch.
    operation: as the SDKs call it; None where no operation was reached.
    status: 0 until the answer has begun.
    response_head: its headers as lines, of which `parsed_head` makes pairs; empty until the answer has begun.
    events: the frames of a stream, as they were sent; sent_at: when, on the stopwatch.
    kept: bytes of events; size: all that counts against the journal's limit, once it has ended.
    outcome: how it ended: `open` until it does, `abandoned` when the client left, `dropped` when a fault cut it.
    """

    id: str
    at: float
    began: float
    method: str
    path: str
    query: bytes
    headers: Headers
    body: bytes = b""
    operation: str | None = None
    session: str | None = None
    user: str | None = None
    workflow: str | None = None
    thread: str | None = None
    fault: str | None = None
    status: int = 0
    response_head: bytes = b""
    response_body: bytes = b""
    events: list[bytes] | None = None
    sent_at: "array[float] | None" = None
    seconds: float = 0.0
    outcome: str = "open"
    kept: int = 0
    size: int = 0

    def begin_stream(self) -> None:
        """Keep events from now on."""
        self.events, self.sent_at = [], array("d")

    def keep_event(self, frame: bytes) -> None:
        """Keep an event of a stream that was sent just now, unless that would be too much."""
        if self.sent_at is not None and self.kept + len(frame) <= ENTRY_BYTES:
            self.events.append(frame)  # type: ignore[union-attr]
            self.sent_at.append(stopwatch())
            self.kept += len(frame)


class Journal:
    """The newest entries of one project, bounded in number and in bytes; the oldest go first.

    failures: the newest of the server itself, with the requests that met them.
    totals: of all requests there ever were, by operation and status: how many, and the seconds they took.
    """

    def __init__(self, *, entries: int, size: int) -> None:
        """At most so many entries and so many bytes of bodies."""
        self._limit, self._size_limit, self._size = entries, size, 0
        self._entries: deque[Entry] = deque()
        self.forgotten = self.open_streams = 0
        self.totals: dict[tuple[str | None, int], list[float]] = {}
        self.failures: deque[tuple[Entry, Exception]] = deque(maxlen=FAILURES)
        self.on_end: Callable[[Entry], None] | None = None

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(list(self._entries))

    def __reversed__(self) -> Iterator[Entry]:
        return reversed(self._entries)

    def begin(self, entry: Entry) -> None:
        """Keep an entry, still open."""
        self._entries.append(entry)
        if len(self._entries) > self._limit:
            self._forget_oldest()

    def end(self, entry: Entry, *, now: float) -> None:
        """Close an entry at `now` on the stopwatch."""
        if entry.outcome == "open":
            entry.outcome = "completed"
        entry.seconds = now - entry.began
        entry.body, entry.response_body = entry.body[:ENTRY_BYTES], entry.response_body[:ENTRY_BYTES]
        total = self.totals.get((entry.operation, entry.status))
        if total is None:
            total = self.totals[entry.operation, entry.status] = [0, 0.0]
        total[0] += 1
        total[1] += entry.seconds
        if entry.size != _GONE:
            entry.size = _OVERHEAD + len(entry.body) + len(entry.response_body) + entry.kept
            self._size += entry.size
            while self._size > self._size_limit and self._entries:
                self._forget_oldest()
        if self.on_end is not None:
            self.on_end(entry)

    def get(self, request_id: str) -> Entry:
        """Raises RequestNotFound."""
        for entry in reversed(self._entries):
            if entry.id == request_id:
                return entry
        raise RequestNotFound(request_id)

    def clear(self) -> None:
        """Forget every entry. What is still open ends without being kept."""
        for entry in self._entries:
            entry.size = _GONE
        self._entries.clear()
        self._size = self.forgotten = 0

    def _forget_oldest(self) -> None:
        oldest = self._entries.popleft()
        self._size -= oldest.size
        oldest.size = _GONE
        self.forgotten += 1

"""The journal: a project's requests and responses as raw bytes. `inspection.records` makes them readable."""

from array import array
from collections import deque
from collections.abc import Callable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

from msgspec import Struct

from mock_server.clock import stopwatch
from mock_server.errors import RequestNotFound
from mock_server.wire.batches import fitting, frames_in
from mock_server.wire.headers import Headers

if TYPE_CHECKING:
    from mock_server.wire.control.requests import StoreCall

ENTRY_BYTES = 1024 * 1024  # how much is kept of one body, and of one stream
FAILURES = 20  # how many of the newest are kept, with everything that their tracebacks refer to
_OVERHEAD = 2048  # bytes of memory that an entry without texts of its own takes, roughly
_CALL = 512  # the same for a call of a Store
_GONE = -1  # the size of an entry that is no longer kept


class Entry(Struct, gc=False):
    """One request and, once there is one, its response.

    at: unix seconds in the project's time; began: on the stopwatch.
    operation: as the SDKs call it; None if the request reached no operation.
    status: 0 until the response has begun.
    response_head: the headers as lines, which `decode_headers` parses; empty until the response has begun.
    batches: the frames of a stream, joined as they were sent; None if the response is no stream.
    batch_times: when each batch was sent, on the stopwatch.
    by_own_server: whether a server of the user's own answered.
    failure: the traceback of what a server of the user's own raised; blocked: for how many seconds a step of it stood
        in the way of the others; notes: what findings are made of, as pairs of a code and a fact.
    calls: of the Store of a server of the user's own; None if no Store was watched.
    kept: bytes of events; size: all bytes that count against the journal's limit, set when the request has ended.
    outcome: `open` until the request has ended, then `completed`, `abandoned` if the client left first, or `dropped`
        if a fault closed the connection.
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
    batches: list[bytes] | None = None
    batch_times: "array[float] | None" = None
    seconds: float = 0.0
    outcome: str = "open"
    by_own_server: bool = False
    failure: str | None = None
    blocked: float = 0.0
    notes: tuple[tuple[str, str], ...] = ()
    calls: "list[StoreCall] | None" = None
    kept: int = 0
    size: int = 0

    def note(self, code: str, fact: str) -> None:
        """Keep a fact of which a finding is made."""
        self.notes = (*self.notes, (code, fact))

    def begin_stream(self) -> None:
        """Start keeping events."""
        self.batches, self.batch_times = [], array("d")

    @property
    def events(self) -> list[bytes] | None:
        """The frames of a stream, one by one; None if the response is no stream."""
        return None if self.batches is None else [frame for batch in self.batches for frame in frames_in(batch)]

    @property
    def event_times(self) -> list[float] | None:
        """When each frame of a stream was sent, on the stopwatch; None if the response is no stream."""
        if self.batches is None or self.batch_times is None:
            return None
        pairs = zip(self.batches, self.batch_times, strict=True)
        return [at for batch, at in pairs for _ in frames_in(batch)]


class Journal:
    """The newest entries of one project, limited in number and in bytes; the oldest are dropped first.

    failures: the newest exceptions of the server itself, with the requests that caused them.
    totals: the number of all requests ever received and the seconds they took, by operation and status.
    """

    def __init__(self, *, entries: int, size: int) -> None:
        """Keep at most `entries` entries, and at most `size` bytes of them."""
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
        """Add an entry that is still open."""
        self._entries.append(entry)
        if len(self._entries) > self._limit:
            self._forget_oldest()

    def keep_events(self, entry: Entry, frames: bytes) -> None:
        """Keep events that were just sent together, those with which the stream's would exceed ENTRY_BYTES excepted."""
        if entry.batches is None or entry.batch_times is None:
            return
        left = ENTRY_BYTES - entry.kept
        if len(frames) > left:
            frames = b"".join(fitting(frames, left))
        entry.batches.append(frames)
        entry.batch_times.append(stopwatch())
        entry.kept += len(frames)
        if entry.size != _GONE:
            self._grow(len(frames))

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
            entry.size = _OVERHEAD + _head_size(entry) + len(entry.body) + len(entry.response_body) + entry.kept
            entry.size += _CALL * len(entry.calls or ())
            self._grow(entry.size - entry.kept)
        if self.on_end is not None:
            self.on_end(entry)

    def get(self, request_id: str) -> Entry:
        """Return the entry with this id. Raises RequestNotFound."""
        for entry in reversed(self._entries):
            if entry.id == request_id:
                return entry
        raise RequestNotFound(request_id)

    def clear(self) -> None:
        """Drop every entry. Those still open are not kept when they end."""
        for entry in self._entries:
            entry.size = _GONE
        self._entries.clear()
        self._size = self.forgotten = 0

    def _grow(self, size: int) -> None:
        self._size += size
        while self._size > self._size_limit and self._entries:
            self._forget_oldest()

    def _forget_oldest(self) -> None:
        oldest = self._entries.popleft()
        self._size -= oldest.size or oldest.kept  # of an open one, only the events count yet
        oldest.size = _GONE
        self.forgotten += 1


def _head_size(entry: Entry) -> int:
    return len(entry.path) + len(entry.query) + sum(map(len, chain.from_iterable(entry.headers)))

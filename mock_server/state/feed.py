"""The feed: what happens in a project, published to its listeners as it happens."""

from collections import deque
from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from mock_server.wire.control.events import FeedBatch, FeedEvent

QUEUE_LIMIT = 1000  # events that a listener may leave unread before it is dropped
BATCH_LIMIT = 200  # events in a batch
_TRIM_EVERY = 128  # events


class PendingEvent(Struct, frozen=True, gc=False):
    """An event that has not been read yet. Its data is built only when it is read.

    about: the object that the event is about; describe: builds the event's data from it.
    """

    project: str
    number: int
    kind: str
    at: float
    about: Any
    describe: Callable[[Any], dict[str, Any]]

    def built(self) -> "FeedEvent":
        """Return the event as it is sent."""
        from mock_server.wire.control.events import FeedEvent  # noqa: PLC0415 - starting fast

        data = self.describe(self.about)
        return FeedEvent(project=self.project, number=self.number, kind=self.kind, at=self.at, data=data)


class QueueListener:
    """Receives every event, in a bounded queue. If that overflows, the listener is dropped and receives no more."""

    def __init__(self, wake: Callable[[], None]) -> None:
        """`wake` is called for the first event after `rest`, and when the listener is dropped."""
        self.waiting: deque[PendingEvent] = deque()
        self.dropped = False
        self._wake, self._rests = wake, True

    def put(self, event: PendingEvent) -> None:
        """Queue an event, or drop this listener."""
        if self.dropped:
            return
        if len(self.waiting) >= QUEUE_LIMIT:
            self.dropped = True
        else:
            self.waiting.append(event)
        if self._rests or self.dropped:
            self._rests = False
            self._wake()

    def rest(self) -> None:
        """Ask to be woken again. Read the queue after this call, not before."""
        self._rests = True

    def trim(self) -> None:
        """Do nothing: the queue is bounded already."""


class BatchListener:
    """Keeps the newest events and counts the others. It is never dropped, and wakes nobody.

    put: adds an event; it is the `append` of a deque, so that it costs next to nothing.
    """

    dropped = False

    def __init__(self) -> None:
        self._waiting: deque[PendingEvent] = deque()
        self._omitted: dict[str, int] = {}
        self._lock = Lock()  # one thread may trim while another takes
        self.put: Callable[[PendingEvent], None] = self._waiting.append

    def trim(self) -> None:
        """Keep only the newest events, and count the others."""
        with self._lock:
            for _ in range(len(self._waiting) - BATCH_LIMIT):
                kind = self._waiting.popleft().kind
                self._omitted[kind] = self._omitted.get(kind, 0) + 1

    def take(self) -> "FeedBatch | None":
        """Return the events since the last call, or None if there were none."""
        from mock_server.wire.control.events import FeedBatch  # noqa: PLC0415 - starting fast

        self.trim()
        with self._lock:
            newest = [self._waiting.popleft() for _ in range(min(len(self._waiting), BATCH_LIMIT))]
            omitted, self._omitted = self._omitted, {}
        return FeedBatch(events=[event.built() for event in newest], omitted=omitted) if newest else None


Listener = QueueListener | BatchListener


class Feed:
    """The events of one project. Without a listener nothing is built, kept or counted.

    listeners: empty when nobody listens; check this before doing any work for an event.
    """

    def __init__(self, project: str, *, now: Callable[[], float]) -> None:
        self._project, self._now = project, now
        self._number = 0
        self._set(())

    def join(self, listener: Listener) -> None:
        """Start publishing to a listener."""
        self._set((*self.listeners, listener))

    def leave(self, listener: Listener) -> None:
        """Stop publishing to a listener."""
        self._set(tuple(each for each in self.listeners if each is not listener))

    def publish(self, kind: str, *, at: float | None = None, **data: Any) -> None:
        """Publish an event; `at` is in unix seconds, by default now."""
        if self.listeners:
            self.publish_about(data, dict, kind, at)

    def publish_about(
        self, about: Any, describe: Callable[[Any], dict[str, Any]], kind: str, at: float | None = None
    ) -> None:
        """Publish an event about an object that no longer changes; `describe` is called when the event is read.

        This has to be cheap: every request passes through here, some of them twice.
        """
        self._number = number = self._number + 1
        event = PendingEvent(self._project, number, kind, self._now() if at is None else at, about, describe)
        for put in self._put:
            put(event)
        if not number % _TRIM_EVERY:
            self._trim()

    def _trim(self) -> None:
        for listener in self.listeners:
            listener.trim()
            if listener.dropped:
                self.leave(listener)

    def _set(self, listeners: tuple[Listener, ...]) -> None:
        self.listeners, self._put = listeners, tuple(listener.put for listener in listeners)

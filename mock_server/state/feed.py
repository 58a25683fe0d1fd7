"""What happens in a project, published while it happens to whoever listens."""

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
    """An event that nobody has read yet. One that is never read never has its data built.

    about: what the event is about; describe: builds its data from that.
    """

    project: str
    number: int
    kind: str
    at: float
    about: Any
    describe: Callable[[Any], dict[str, Any]]

    def built(self) -> "FeedEvent":
        """Return the event as it travels."""
        from mock_server.wire.control.events import FeedEvent  # noqa: PLC0415 - starting fast

        data = self.describe(self.about)
        return FeedEvent(project=self.project, number=self.number, kind=self.kind, at=self.at, data=data)


class QueueListener:
    """Gets every event, in a bounded queue. If that overflows, the listener is dropped and gets no more."""

    def __init__(self, wake: Callable[[], None]) -> None:
        """`wake` is called when the first event since `rest` has come, or when the listener was dropped."""
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

    put: takes an event, in the time that a list takes.
    """

    dropped = False

    def __init__(self) -> None:
        self._waiting: deque[PendingEvent] = deque()
        self._omitted: dict[str, int] = {}
        self._lock = Lock()  # another thread may trim while this one takes
        self.put: Callable[[PendingEvent], None] = self._waiting.append

    def trim(self) -> None:
        """Keep only the newest events, and count the others."""
        with self._lock:
            for _ in range(len(self._waiting) - BATCH_LIMIT):
                kind = self._waiting.popleft().kind
                self._omitted[kind] = self._omitted.get(kind, 0) + 1

    def take(self) -> "FeedBatch | None":
        """Return what has come since the last call, or None."""
        from mock_server.wire.control.events import FeedBatch  # noqa: PLC0415 - starting fast

        self.trim()
        with self._lock:
            newest = [self._waiting.popleft() for _ in range(min(len(self._waiting), BATCH_LIMIT))]
            omitted, self._omitted = self._omitted, {}
        return FeedBatch(events=[event.built() for event in newest], omitted=omitted) if newest else None


Listener = QueueListener | BatchListener


class Feed:
    """The events of one project. Without a listener nothing is built, kept or counted.

    listeners: empty when nobody listens, which is what to check before any work is done for an event.
    """

    def __init__(self, project: str, *, now: Callable[[], float]) -> None:
        self._project, self._now = project, now
        self._number = 0
        self._set(())

    def join(self, listener: Listener) -> None:
        """Publish to a listener from now on."""
        self._set((*self.listeners, listener))

    def leave(self, listener: Listener) -> None:
        """Publish to a listener no more."""
        self._set(tuple(each for each in self.listeners if each is not listener))

    def publish(self, kind: str, *, at: float | None = None, **data: Any) -> None:
        """Publish an event; `at` is in unix seconds, by default now."""
        if self.listeners:
            self.publish_about(data, dict, kind, at)

    def publish_about(
        self, about: Any, describe: Callable[[Any], dict[str, Any]], kind: str, at: float | None = None
    ) -> None:
        """Publish an event about an object that changes no more; `describe` is called when the event is read.

        This has to be cheap: every request passes here, some of them twice.
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

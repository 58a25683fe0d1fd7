"""What happens in a project, told while it happens to whoever listens."""

from collections import deque
from collections.abc import Callable
from threading import Lock
from typing import Any

from msgspec import Struct

WAITING = 1000  # what a listener may leave unread before it is dropped
NEWEST = 200  # what a batch holds
_TIDY = 128  # after how many happenings listeners are tidied


class Happening(Struct, frozen=True, kw_only=True):
    """One thing that happened.

    number: counts the happenings of a project, without gaps as long as somebody listens.
    kind: such as `session.expired`, `request`, `fault`, `clock`, `reset`.
    at: unix seconds in the project's time: when it happened, which may be before it was told.
    data: what it is about.
    """

    project: str
    number: int
    kind: str
    at: float
    data: dict[str, Any]


class Batch(Struct, frozen=True, kw_only=True):
    """What happened since the last batch: the newest, oldest first, and how many were left out, by kind."""

    happenings: list[Happening]
    left_out: dict[str, int]


class Note(Struct, frozen=True, gc=False):
    """A happening before anybody reads it. What is never read never has its data made.

    about: what it is about; describe: makes the data of it.
    """

    project: str
    number: int
    kind: str
    at: float
    about: Any
    describe: Callable[[Any], dict[str, Any]]

    @property
    def data(self) -> dict[str, Any]:
        """What it is about, in words that may travel."""
        return self.describe(self.about)

    def happening(self) -> Happening:
        """The whole of it."""
        return Happening(project=self.project, number=self.number, kind=self.kind, at=self.at, data=self.data)


class Listener:
    """A bounded queue; one that overflows is dropped: it takes no more, knows it, and is soon told no more."""

    def __init__(self, wake: Callable[[], None]) -> None:
        """`wake` is called when the first thing to read has come since `rest`, or when the listener was dropped."""
        self.waiting: deque[Note] = deque()
        self.dropped = False
        self._wake, self._rests = wake, True

    def tell(self, note: Note) -> None:
        """Queue a happening, or give up on this listener."""
        if self.dropped:
            return
        if len(self.waiting) >= WAITING:
            self.dropped = True
        else:
            self.waiting.append(note)
        if self._rests or self.dropped:
            self._rests = False
            self._wake()

    def rest(self) -> None:
        """Be woken again. What came before this was called has to be read after it."""
        self._rests = True

    def tidy(self) -> None:
        """A queue is always tidy."""


class Gatherer:
    """Keeps the newest happenings and counts the others. It is never dropped, and wakes nobody.

    tell: takes a happening, in no more time than a list does.
    """

    dropped = False

    def __init__(self) -> None:
        self._waiting: deque[Note] = deque()
        self._left_out: dict[str, int] = {}
        self._lock = Lock()  # another thread may tidy while this one takes
        self.tell: Callable[[Note], None] = self._waiting.append

    def tidy(self) -> None:
        """Keep only the newest, and count the others."""
        with self._lock:
            for _ in range(len(self._waiting) - NEWEST):
                kind = self._waiting.popleft().kind
                self._left_out[kind] = self._left_out.get(kind, 0) + 1

    def take(self) -> Batch | None:
        """What has come since this was last asked; None if nothing has."""
        self.tidy()
        with self._lock:
            newest = [self._waiting.popleft() for _ in range(min(len(self._waiting), NEWEST))]
            left_out, self._left_out = self._left_out, {}
        return Batch(happenings=[note.happening() for note in newest], left_out=left_out) if newest else None


class Feed:
    """The happenings of one project. Without a listener nothing is made, kept or counted.

    listeners: who hears of them; empty when nobody does, which is what to ask before anything is done for a happening.
    """

    def __init__(self, project: str, *, now: Callable[[], float]) -> None:
        self._project, self._now = project, now
        self._number = 0
        self._set(())

    @property
    def has_listeners(self) -> bool:
        """Whether anybody listens."""
        return bool(self.listeners)

    def join(self, listener: Listener | Gatherer) -> None:
        """Tell it from now on."""
        self._set((*self.listeners, listener))

    def leave(self, listener: Listener | Gatherer) -> None:
        """Tell it no more."""
        self._set(tuple(each for each in self.listeners if each is not listener))

    def publish(self, kind: str, *, at: float | None = None, **data: Any) -> None:
        """Tell every listener."""
        if self.listeners:
            self.tell_about(data, dict, kind, at)

    def tell_about(
        self, about: Any, describe: Callable[[Any], dict[str, Any]], kind: str, at: float | None = None
    ) -> None:
        """Tell every listener of something that changes no more; it is described when it is read.

        It has to be cheap: all that is asked of the server passes here, some of it twice.
        """
        self._number = number = self._number + 1
        note = Note(self._project, number, kind, self._now() if at is None else at, about, describe)
        for tell in self._tell:
            tell(note)
        if not number % _TIDY:
            self._tidy()

    def _tidy(self) -> None:
        for listener in self.listeners:
            listener.tidy()
            if listener.dropped:
                self.leave(listener)

    def _set(self, listeners: tuple[Listener | Gatherer, ...]) -> None:
        self.listeners, self._tell = listeners, tuple(listener.tell for listener in listeners)

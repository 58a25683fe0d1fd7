"""What happens in a project, told while it happens to whoever listens."""

from collections import deque
from collections.abc import Callable
from typing import Any

from msgspec import Struct

WAITING = 1000  # what a listener may leave unread before it is dropped


class Happening(Struct, frozen=True, kw_only=True):
    """One thing that happened.

    number: counts the happenings of a project, without gaps as long as somebody listens.
    kind: such as `session.expired`, `request`, `fault`, `clock`, `reset`.
    at: unix seconds in the project's time: when it happened, which may be before it was told.
    data: what it is about.
    """

    number: int
    kind: str
    at: float
    data: dict[str, Any]


class Listener:
    """A bounded queue; one that overflows is dropped by the feed, and knows it."""

    def __init__(self, wake: Callable[[], None]) -> None:
        """`wake` is called when there is something to read, or when the listener was dropped."""
        self.waiting: deque[Happening] = deque()
        self.dropped = False
        self._wake = wake

    def tell(self, happening: Happening) -> None:
        """Queue a happening, or give up on this listener."""
        if len(self.waiting) >= WAITING:
            self.dropped = True
        else:
            self.waiting.append(happening)
        self._wake()


class Feed:
    """The happenings of one project. Without a listener nothing is made, kept or counted."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._listeners: list[Listener] = []
        self._number = 0

    @property
    def has_listeners(self) -> bool:
        """Whether anybody listens."""
        return bool(self._listeners)

    def listen(self, wake: Callable[[], None]) -> Listener:
        """A new listener."""
        listener = Listener(wake)
        self._listeners = [*self._listeners, listener]
        return listener

    def leave(self, listener: Listener) -> None:
        """Tell it no more."""
        self._listeners = [each for each in self._listeners if each is not listener]

    def publish(self, kind: str, *, at: float | None = None, **data: Any) -> None:
        """Tell every listener."""
        if not self._listeners:
            return
        self._number += 1
        happening = Happening(number=self._number, kind=kind, at=self._now() if at is None else at, data=data)
        for listener in self._listeners:
            listener.tell(happening)
            if listener.dropped:
                self.leave(listener)

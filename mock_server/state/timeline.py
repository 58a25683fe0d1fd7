"""A collection in order of creation, read page by page."""

from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from msgspec import UNSET, Struct, UnsetType

from mock_server.config import PAGE_LIMIT

if TYPE_CHECKING:

    class Query(Protocol):
        """The query for a page of a timeline."""

        @property
        def limit(self) -> int | UnsetType:
            """The maximum number of entries."""

        @property
        def order(self) -> str | UnsetType:
            """`asc` for oldest first, anything else for newest first."""

        @property
        def after(self) -> str | UnsetType:
            """The id of the entry just before the page."""

        @property
        def before(self) -> str | UnsetType:
            """The id of the entry just after the page."""

    class Entry(Protocol):
        """An entry of a timeline."""

        @property
        def id(self) -> str:
            """The entry's id."""


E = TypeVar("E", bound="Entry")
F = TypeVar("F", bound="Entry")
Place = tuple[float, int]
_CURSORS = 1000  # places of deleted entries that are kept


class TimelinePage(Struct, Generic[E]):
    """Part of a timeline, in the requested order."""

    entries: list[E]
    has_more: bool


class TimelineState(Struct, Generic[E], frozen=True, kw_only=True):
    """A timeline to be saved: the places of entries and of those deleted last, the entries in order, all additions."""

    added: int
    places: list[tuple[str, float, int]]
    entries: list[E]

    def map(self, change: "Callable[[E], F]") -> "TimelineState[F]":
        """Return the same places with every entry converted by `change`."""
        return TimelineState(added=self.added, places=self.places, entries=[change(entry) for entry in self.entries])


class Timeline(Generic[E]):
    """Entries by id and by time of creation; those of equal times keep the order in which they were added.

    A deleted entry leaves its place behind for a while, so that a page that ended there still has a next one.
    """

    def __init__(self) -> None:
        self._places: dict[str, Place] = {}
        self._order: list[Place] = []
        self._entries: dict[Place, E] = {}
        self._removed: deque[tuple[str, Place]] = deque()
        self._added = 0

    @classmethod
    def of_state(cls, state: TimelineState[E]) -> "Timeline[E]":
        """Return the timeline of a saved state, in which every entry has a place."""
        made = cls()
        made._added = state.added
        made._places = {entry_id: (at, number) for entry_id, at, number in state.places}
        made._entries = {made._places[entry.id]: entry for entry in state.entries}
        made._order = sorted(made._entries)
        made._removed = deque(pair for pair in made._places.items() if pair[1] not in made._entries)
        return made

    def state(self) -> TimelineState[E]:
        """Return the whole timeline, to be saved."""
        places = [(entry_id, at, number) for entry_id, (at, number) in self._places.items()]
        return TimelineState(added=self._added, places=places, entries=list(self))

    def __len__(self) -> int:
        return len(self._order)

    def __iter__(self) -> Iterator[E]:
        return (self._entries[place] for place in self._order)

    def __reversed__(self) -> Iterator[E]:
        return (self._entries[place] for place in reversed(self._order))

    def __contains__(self, entry_id: str) -> bool:
        return self._places.get(entry_id) in self._entries

    def get(self, entry_id: str) -> E | None:
        """Return the entry with this id, or None."""
        place = self._places.get(entry_id)
        return None if place is None else self._entries.get(place)

    def add(self, entry: E, *, at: float) -> None:
        """Add an entry by its time of creation, in unix seconds; an id that was deleted takes a new place."""
        place = (at, self._added)
        self._added += 1
        self._places[entry.id] = place
        self._entries[place] = entry
        insort(self._order, place)

    def remove(self, entry_id: str) -> None:
        """Remove an existing entry; its place still works as a cursor."""
        place = self._places[entry_id]
        del self._entries[place]
        del self._order[bisect_left(self._order, place)]
        self._removed.append((entry_id, place))
        if len(self._removed) > _CURSORS:
            oldest, its_place = self._removed.popleft()
            if self._places.get(oldest) == its_place:  # else it has come back, at a new place
                del self._places[oldest]

    def replace(self, entry: E) -> None:
        """Replace the existing entry that has the same id."""
        self._entries[self._places[entry.id]] = entry

    def last(self, *, where: Callable[[E], bool] = lambda _: True) -> E | None:
        """Return the newest entry that matches, or None."""
        return next((entry for place in reversed(self._order) if where(entry := self._entries[place])), None)

    def after(self, entry_id: str) -> list[E]:
        """Return the entries after an existing one."""
        return [self._entries[place] for place in self._order[bisect_right(self._order, self._places[entry_id]) :]]

    def page(self, query: "Query", *, where: Callable[[E], bool] = lambda _: True) -> TimelinePage[E]:
        """Return the matching entries between two cursors; by default newest first and at most 20 (documented).

        A cursor that was never the id of an entry is ignored (observed: the official SDKs' own tests send such
        cursors). With `before` alone the page ends at the cursor (inferred); otherwise it starts at `after`, or at the
        first entry.
        """
        limit = PAGE_LIMIT if query.limit is UNSET else query.limit
        newest_first = query.order != "asc"
        places = self._between(query.after, query.before, newest_first=newest_first)
        backwards = self._place(query.after) is None and self._place(query.before) is not None
        if backwards:
            places.reverse()
        matching = (entry for place in places if where(entry := self._entries[place]))
        entries = list(islice(matching, limit))
        has_more = next(matching, None) is not None
        return TimelinePage(entries[::-1] if backwards else entries, has_more)

    def _between(self, after: str | UnsetType, before: str | UnsetType, *, newest_first: bool) -> list[Place]:
        older, newer = (before, after) if newest_first else (after, before)
        start, stop = self._place(older), self._place(newer)
        places = self._order[
            0 if start is None else bisect_right(self._order, start) : None
            if stop is None
            else bisect_left(self._order, stop)
        ]
        return places[::-1] if newest_first else places

    def _place(self, cursor: str | UnsetType) -> Place | None:
        return None if cursor is UNSET else self._places.get(cursor)

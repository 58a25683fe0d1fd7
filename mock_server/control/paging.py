"""Pages of one project's objects, or of those of all projects."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import merge
from itertools import dropwhile, islice, repeat
from typing import Generic, Protocol, TypeVar

from msgspec import UNSET, Struct, UnsetType

from mock_server.http.context import RequestContext
from mock_server.state.project import Project
from mock_server.wire.control.projects import ALL, ProjectChoice


class _Entry(Protocol):
    @property
    def id(self) -> str:
        """The entry's id, which is also its cursor."""


E = TypeVar("E", bound=_Entry)
E_co = TypeVar("E_co", bound=_Entry, covariant=True)
Rank = Callable[[E], float]
Order = Callable[[], Iterable[E]]  # returns all entries from the first on, each time it is called


class Collection(Protocol[E_co]):
    """A project's objects of one kind, oldest first."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[E_co]: ...

    def __reversed__(self) -> Iterator[E_co]: ...


class MergedPage(Struct, Generic[E], frozen=True, kw_only=True):
    """Entries with their projects; `total` counts every match, whether on this page or not."""

    entries: list[tuple[Project, E]]
    total: int
    has_more: bool


def chosen(context: RequestContext, choice: ProjectChoice | UnsetType) -> list[Project]:
    """Return the projects that a query is about: the named one, all, or the caller's. Raises ProjectInvalid."""
    if choice == ALL:
        return list(context.projects)
    return [context.project if choice is UNSET else context.projects.get(choice)]


def name_of(context: RequestContext, choice: ProjectChoice | UnsetType) -> str:
    """Return the name under which a response mentions the projects that it is about."""
    return context.project.name if choice is UNSET else choice


def page(
    of: Sequence[tuple[Project, Collection[E]]],
    *,
    rank: Rank[E],
    limit: int,
    after: str | UnsetType,
    fits: Callable[[Project], Callable[[E], bool]] | None = None,
    newest_first: bool = True,
) -> MergedPage[E]:
    """Return a page of several collections, merged by ascending `rank`. Without `fits`, no collection is searched.

    The page starts after the entry with the id `after`, whether that entry matches or not; an unknown id is ignored.
    `<project>/<id>` names the entry of one project, because seeds can give several projects the same id.
    """
    cursors = [_cursor_in(project, after) for project, _ in of]
    parts = [
        _select(entries, cursor=cursor, fits=fits and fits(project), newest_first=newest_first)
        for (project, entries), cursor in zip(of, cursors, strict=True)
    ]
    orders = [part.order for part in parts]
    begun = _behind(orders, cursors, rank)
    paired = (zip(repeat(project), entries) for (project, _), entries in zip(of, begun, strict=True))
    merged = merge(*paired, key=lambda pair: rank(pair[1]))
    return MergedPage(
        entries=list(islice(merged, limit)),
        total=sum(part.total for part in parts),
        has_more=next(merged, None) is not None,
    )


def _cursor_in(project: Project, after: str | UnsetType) -> str | UnsetType:
    """Return the id that a cursor means in a project; UNSET if the cursor names another project."""
    if after is UNSET:
        return UNSET
    name, slash, entry_id = after.partition("/")
    if not slash:
        return after
    return entry_id if name == project.name else UNSET


class _Selection(Struct, Generic[E], frozen=True):
    """What one collection adds to a page: its matches, and the cursor's entry; `total` counts the matches."""

    order: Order[E]
    total: int


def _select(
    entries: Collection[E], *, cursor: str | UnsetType, fits: Callable[[E], bool] | None, newest_first: bool
) -> _Selection[E]:
    def order() -> Iterable[E]:
        return reversed(entries) if newest_first else iter(entries)

    if fits is None:
        return _Selection(order, len(entries))
    found = [entry for entry in order() if fits(entry) or entry.id == cursor]
    unfit = sum(entry.id == cursor and not fits(entry) for entry in found)
    return _Selection(lambda: found, len(found) - unfit)


def _behind(orders: Sequence[Order[E]], cursors: Sequence[str | UnsetType], rank: Rank[E]) -> list[Iterable[E]]:
    """Return what is left of each order when they are merged up to the cursor."""
    for home, (order, cursor) in enumerate(zip(orders, cursors, strict=True)):
        if cursor is UNSET:
            continue
        rest = iter(order())
        place = next((at for at, entry in enumerate(rest, start=1) if entry.id == cursor), None)
        if place is not None:
            others = _merged_until(orders, home, place, rank) if len(orders) > 1 else {}
            return [others.get(at, rest) for at in range(len(orders))]
    return [order() for order in orders]


def _merged_until(orders: Sequence[Order[E]], home: int, place: int, rank: Rank[E]) -> dict[int, Iterable[E]]:
    """Return what is left of the other orders, by index, after the one at `home` has yielded `place` entries.

    This also holds for orders that are not sorted by rank, as after a clock was moved back: each has yielded everything
    before its first entry that ranks higher than all of those. Of entries with equal ranks, the first order's is first.
    """
    highest = max(map(rank, islice(orders[home](), place)))
    first = {at: dropwhile(lambda entry: rank(entry) <= highest, order()) for at, order in enumerate(orders[:home])}
    last = {
        at: dropwhile(lambda entry: rank(entry) < highest, order())
        for at, order in enumerate(orders[home + 1 :], start=home + 1)
    }
    return {**first, **last}

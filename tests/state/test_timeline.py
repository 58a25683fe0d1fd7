"""Pages stay right while entries come and go."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.state.timeline import Timeline
from mock_server.wire.rest.threads import ThreadListItemsParams


class Note(msgspec.Struct):
    id: str


def timeline(*ids: str) -> Timeline[Note]:
    made: Timeline[Note] = Timeline()
    for entry_id in ids:
        made.add(Note(entry_id), at=0)
    return made


def page(notes: Timeline[Note], **query: object) -> tuple[list[str], bool]:
    got = notes.page(msgspec.convert(query, ThreadListItemsParams))
    return [note.id for note in got.entries], got.has_more


def test_newest_first_unless_asked_otherwise() -> None:
    assert page(timeline("a", "b", "c")) == (["c", "b", "a"], False)
    assert page(timeline("a", "b", "c"), order="asc") == (["a", "b", "c"], False)


def test_twenty_unless_asked_otherwise() -> None:
    notes = timeline(*(f"n{number:03}" for number in range(101)))
    assert len(page(notes)[0]) == 20
    assert len(page(notes, limit=100)[0]) == 100
    assert page(notes, limit=0) == ([], True)


def test_time_of_creation_decides_and_then_the_order_of_adding() -> None:
    notes: Timeline[Note] = Timeline()
    for entry_id, moment in [("late", 9), ("first", 1), ("second", 1)]:
        notes.add(Note(entry_id), at=moment)
    assert page(notes, order="asc")[0] == ["first", "second", "late"]


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_after_and_before_follow_the_order_of_the_list(order: str) -> None:
    ids = ["a", "b", "c", "d", "e"]
    listed = ids if order == "asc" else ids[::-1]
    notes = timeline(*ids)
    assert page(notes, order=order, after=listed[1]) == (listed[2:], False)
    assert page(notes, order=order, before=listed[3]) == (listed[:3], False)
    assert page(notes, order=order, before=listed[3], limit=2) == (listed[1:3], True)
    assert page(notes, order=order, after=listed[0], before=listed[4], limit=2) == (listed[1:3], True)
    assert page(notes, order=order, after=listed[3], before=listed[1]) == ([], False)


def test_an_unknown_cursor_is_no_cursor() -> None:
    assert page(timeline("a", "b"), after="nowhere", before="nowhere") == (["b", "a"], False)


def test_a_page_ended_by_a_deleted_entry_has_a_next_one() -> None:
    notes = timeline("a", "b", "c", "d")
    notes.remove("c")
    assert page(notes, after="c") == (["b", "a"], False)
    assert "c" not in notes
    assert notes.get("c") is None
    assert len(notes) == 3


@given(st.data())
def test_a_walk_sees_what_stays_exactly_once(data: st.DataObject) -> None:
    """While entries are added and removed between pages, those there all along are seen once, in order."""
    start = [f"n{number}" for number in range(data.draw(st.integers(0, 12)))]
    notes, removed, cursor, seen = timeline(*start), set[str](), None, list[str]()
    for step in range(40):
        query = {"limit": data.draw(st.integers(1, 4)), "order": "asc", **({"after": cursor} if cursor else {})}
        got, has_more = page(notes, **query)
        seen += got
        if not has_more:
            break
        cursor = got[-1]
        if data.draw(st.booleans()):
            notes.add(Note(f"new{step}"), at=0)
        alive = [note.id for note in notes]
        gone = data.draw(st.sampled_from(alive))
        notes.remove(gone)
        removed.add(gone)
    assert len(seen) == len(set(seen))
    stayed = [entry_id for entry_id in start if entry_id not in removed]
    assert [entry_id for entry_id in seen if entry_id in stayed] == stayed


def test_places_of_deleted_entries_are_bounded() -> None:
    notes = timeline()
    for at in range(3000):
        notes.add(Note(f"e{at}"), at=at)
        notes.remove(f"e{at}")
    assert len(notes.state().places) == 1000
    notes.add(Note("e2999"), at=5)
    for at in range(2000):
        notes.add(Note(f"f{at}"), at=at)
        notes.remove(f"f{at}")
    assert notes.get("e2999") is not None, "it has come back since it was deleted"

"""The journal is bounded in bytes, whatever is still open."""

from mock_server.state.journal import ENTRY_BYTES, Entry, Journal


def stream(journal: Journal, name: str) -> Entry:
    entry = Entry(name, 0.0, 0.0, "POST", "/v1/chatkit/conversation", b"", [])
    journal.begin(entry)
    entry.begin_stream()
    return entry


def test_events_of_open_streams_count() -> None:
    journal = Journal(entries=1000, size=100_000)
    streams = [stream(journal, f"req_{at}") for at in range(10)]
    for _ in range(20):
        for each in streams:
            journal.keep_events(each, b"x" * 1000)
    assert sum(each.kept for each in journal) <= 100_000
    assert journal.forgotten == 10 - len(journal) > 0
    for each in streams:
        journal.end(each, now=1.0)
    assert 0 < sum(each.size for each in journal) <= 100_000


def test_a_journal_that_was_cleared_starts_at_nothing() -> None:
    journal = Journal(entries=1000, size=10_000)
    old = stream(journal, "req_old")
    journal.keep_events(old, b"x" * 6000)
    journal.clear()
    journal.keep_events(old, b"x" * 6000)
    journal.end(old, now=1.0)
    new = stream(journal, "req_new")
    journal.keep_events(new, b"x" * 6000)
    journal.end(new, now=1.0)
    assert [each.id for each in journal] == ["req_new"]


def test_a_frame_that_does_not_fit_is_left_out_and_later_ones_are_kept() -> None:
    journal = Journal(entries=10, size=10_000_000)
    entry = stream(journal, "req_1")
    short, long = b"data: 1\n\n", b"data: %b\n\n" % (b"x" * ENTRY_BYTES)
    journal.keep_events(entry, short + long + short)
    assert entry.events == [short, short]
    assert entry.event_times is not None
    assert len(entry.event_times) == 2

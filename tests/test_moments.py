"""Durations and points in time, as people write them."""

import pytest

from mock_server.moments import seconds


@pytest.mark.parametrize(
    ("duration", "expected"),
    [("200ms", 0.2), ("1.5s", 1.5), ("10m", 600), ("9m59s", 599), ("1h30m", 5400), ("1h0.5s", 3600.5), (2, 2.0)],
)
def test_a_duration_is_read_in_seconds(duration: str | float, expected: float) -> None:
    assert seconds(duration) == pytest.approx(expected)


def test_a_sign_counts_for_the_whole_duration() -> None:
    assert seconds("-1m30s", least=-100) == -90


def test_an_empty_duration_is_called_empty() -> None:
    with pytest.raises(ValueError, match="an empty value is not a duration; write"):
        seconds("")


@pytest.mark.parametrize("duration", ["", "10", "m", "1h 30m", "1h30", "1m-30s", "--1m", "9" * 5000])
def test_what_is_no_duration_is_refused(duration: str) -> None:
    with pytest.raises(ValueError, match="is not a duration; write seconds, or 200ms"):
        seconds(duration)

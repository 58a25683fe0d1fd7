"""`*` in the patterns of faults and filters stands for any text, and takes linear time."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.patterns import is_like

TEXTS = st.text("ab*\n.", max_size=8)


@given(wanted=TEXTS, text=TEXTS)
def test_any_pattern(wanted: str, text: str) -> None:
    expression = ".*".join(map(re.escape, wanted.split("*")))
    assert is_like(text, wanted) == (re.fullmatch(expression, text, re.DOTALL) is not None)


@pytest.mark.parametrize("wanted", ["*a" * 30 + "*b", "*a*a*a*b", "a*" * 5000 + "b", "*" * 100_000 + "b"])
def test_a_pattern_with_many_stars(wanted: str) -> None:
    assert not is_like("a" * 10_000, wanted)
    assert is_like("a" * 10_000 + "b", wanted)


def test_nothing_is_like_no_pattern() -> None:
    assert not is_like(None, "*")

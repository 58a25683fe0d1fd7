"""A document in pieces is the document: nothing is lost where it was cut, and every byte is as in one piece."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.errors import BodyMalformed
from mock_server.slices import at_once
from mock_server.wire.codec import encode
from mock_server.wire.pieces import PIECE, cut, encoded
from mock_server.wire.shape import DEPTH

PATHS = frozenset({("long",), ("many", "[]", "long"), ("deep", "er", "by key")})
texts = st.text(st.sampled_from('ab"\\[]{},:é\n\u2028'), max_size=12)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
)


def put_together(body: bytes) -> Any:
    skeleton, cuts = at_once(cut(body, PATHS))
    document = json.loads(skeleton)
    for each in cuts:
        part = document
        for step in each.place:
            part = part[step]
        assert part in ([], {}), "what is cut out is empty"
        for piece in each.pieces:
            assert len(piece) < 2 * PIECE
            read = json.loads(piece)
            part.extend(read) if isinstance(part, list) else part.update(read)
    return document


@pytest.mark.parametrize("indent", [None, 2])
@given(value=values, other=values)
@pytest.mark.exhaustive
def test_nothing_is_lost_where_a_document_is_cut(indent: int | None, value: Any, other: Any) -> None:
    entries = [{"n": n, "v": value} for n in range(4000)]
    by_key = {f"{n}": [other] for n in range(9000)}
    document = {
        "short": value,
        "long": entries,
        "many": [{"x": other, "long": []}, {"long": entries, "y": 1}],
        "deep": {"er": {"by key": by_key}, "long": [value]},
    }
    assert put_together(json.dumps(document, indent=indent).encode()) == document


@pytest.mark.parametrize(
    "body",
    [b'{"other": [%b1]}' % (b"{}," * 10_000), b'{"long": [{"items": [%b1]}]}' % (b"{}," * 10_000)],
    ids=["outside", "within one entry"],
)
def test_other_requests_are_served_between_tiny_objects(body: bytes) -> None:
    assert sum(1 for _ in cut(body, PATHS)) > 100


BROKEN = {
    "nothing": b"",
    "an open list": b"[",
    "a closed one": b"]",
    "a long list without an end": b'{"long": [',
    "a text without an end": b'{"long": "',
    "no list": b'{"long": 1}',
    "a long text without an end": b'["' + b"a" * 200_000,
    "brackets in a text without an end": b'{"long": [{"a": "' + b"[" * 99_999,
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_what_is_no_document_is_left_to_the_parser(body: bytes) -> None:
    assert at_once(cut(body, PATHS)) == (body, [])


@pytest.mark.parametrize("levels", [DEPTH, 600, 100_000])
@pytest.mark.parametrize("where", [b'{"x": %b}', b'{"long": [%b]}'])
def test_a_document_that_is_nested_too_deeply(where: bytes, levels: int) -> None:
    with pytest.raises(BodyMalformed, match="nested too deeply"):
        at_once(cut(where % (b"[" * levels + b"]" * levels), PATHS))


@given(value=values)
def test_encodes_as_in_one_piece(value: Any) -> None:
    document = {"a": value, "b": [value] * 250, "c": {"d": [], "e": {}}}
    assert b"".join(encoded(document)) == encode(document)
    assert b"".join(encoded(iter([value, value]))) == encode([value, value])


@pytest.mark.parametrize("text", ["a" * 500_000, "é\n" * 200_000, "🦊" * 100_000])
def test_encodes_a_long_text_bit_by_bit(text: str) -> None:
    assert msgspec.json.decode(b"".join(encoded({"a": text}))) == {"a": text}
    assert b"".join(encoded([text.encode()])) == encode([text.encode()])

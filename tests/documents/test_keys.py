"""A key that stands twice in one object of a file is refused, with its line."""

from pathlib import Path

import pytest

from mock_server.documents.reading import read_document
from mock_server.documents.seeds import read_seed
from mock_server.errors import DocumentInvalid

TWICE = {
    "at the top": ("sessions: []\nthreads: []\nsessions: []\n", 3, "sessions"),
    "within": ("threads:\n- user: ada\n  title: A\n  user: bob\n", 4, "user"),
    "in braces": ("a: 1\nb: {c: 1, d: {}, c: 2}\n", 2, "c"),
    "in quotes": ("user: ada\n'user': bob\n", 2, "user"),
    "after a list": ("a:\n- [1, {b: 1}]\n- b\na: 2\n", 4, "a"),
    "as an alias": ("a: &k b\nc: {b: 1,\n  *k : 2}\n", 3, "b"),
    "as an alias of an empty text": ("a: {&k '': 1,\n  *k : 2}\n", 2, ""),
    "in JSON": ('{"sessions": [],\n "sessions": []}', 2, "sessions"),
    "in JSON, written differently": ('{"user": 1,\n "us\\u0065r": 2}', 2, "user"),
}
ONCE = {
    "the same key in several mappings": "a: {x: 1}\nb: {x: 1, y: {x: 1}}\nc: [{x: 1}, {x: 1}]\n",
    "a merged key that is replaced": "base: &base {x: 1, y: 2}\nown:\n  <<: *base\n  x: 3\n",
    "several merges": "a: &a {x: 1}\nb: &b {<<: *a, x: 2}\nc: {<<: [*a, *b], x: 3}\n",
    "aliases of different texts": "a: &k x\nb: {*k : 1, y: 2}\nc: [*k, *k]\nd: {a: 1, *k : a}\n",
    "a key that is also a value": "a: b\nb: a\nc: [a, a]\n",
    "JSON": '{"a": {"x": 1}, "b": {"x": 1}}',
}


@pytest.mark.parametrize(("text", "line", "key"), TWICE.values(), ids=TWICE)
def test_a_key_that_stands_twice(tmp_path: Path, text: str, line: int, key: str) -> None:
    file = tmp_path / "file.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DocumentInvalid) as caught:
        read_document(file)
    named = f"'{key}'" if key else "an empty value"
    assert str(caught.value) == f"{file}:{line}: has the key {named} twice in one mapping; keep one of them"


def test_a_mapping_merges_once(tmp_path: Path) -> None:
    file = tmp_path / "file.yaml"
    file.write_text("a: &a {x: 1}\nb:\n  <<: *a\n  <<: {y: 1}\n", encoding="utf-8")
    with pytest.raises(DocumentInvalid, match=r"file\.yaml:4: has the key '<<' twice.*; merge several with '<<: \["):
        read_document(file)


@pytest.mark.parametrize("text", ONCE.values(), ids=ONCE)
def test_keys_that_stand_once(tmp_path: Path, text: str) -> None:
    file = tmp_path / "file.yaml"
    file.write_text(text, encoding="utf-8")
    read_document(file)


def test_a_seed_with_a_key_twice_is_not_loaded(tmp_path: Path) -> None:
    file = tmp_path / "seed.yaml"
    file.write_text("threads:\n- user: ada\n  id: cthr_1\n  id: cthr_2\n", encoding="utf-8")
    with pytest.raises(DocumentInvalid, match=r"seed\.yaml:4: has the key 'id' twice"):
        read_seed(file)

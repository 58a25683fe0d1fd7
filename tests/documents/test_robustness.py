"""Whatever is in a file, it is read, or refused in one sentence that names the place; nothing fails later."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from support.emulator import Client

from mock_server.app import MockServer
from mock_server.config import Settings
from mock_server.documents.fault_sets import load_faults
from mock_server.documents.reading import read_document
from mock_server.documents.seeds import load_seeds
from mock_server.errors import DocumentInvalid
from mock_server.state.projects import Projects
from mock_server.workflows.catalog import read_script

LOADERS = ["CSafeLoader", "SafeLoader"]


@pytest.fixture(params=LOADERS, autouse=True)
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read with both loaders of YAML: the fast one is not there on every machine."""
    if request.param == "SafeLoader":
        monkeypatch.delattr(yaml, "CSafeLoader")


def deep(brackets: int) -> str:
    return f"{'[' * brackets}{']' * brackets}"


LAUGHS = "a0: &a0 [lol]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10))
MERGES = "a0: &a0 {k: v}\n" + "".join(f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 10)}]}}\n" for n in range(1, 10))
CHAIN = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 200))

ODD: dict[str, tuple[bytes, str]] = {
    "an alias of itself": (b"x: 1\nwidget: &w {a: *w}\n", ":2: the alias '*w' is within the value that it stands for"),
    "an alias of what it is in": (b"a: &a\n- - b\n  - [*a]\n", ":3: the alias '*a' is within the value"),
    "an alias of nothing": (b"a: *b\n", ":1: is neither YAML nor JSON: found undefined alias"),
    "3,000 brackets": (f"a: 1\nb: {deep(3000)}\n".encode(), ":2: is nested too deeply; 100 levels are allowed"),
    "100,000 brackets": (deep(100_000).encode(), ":1: is nested too deeply"),
    "brackets of JSON": (f'{{"a":\n{deep(500)}}}'.encode(), ":2: is nested too deeply"),
    "deep blocks": ("\n".join(f"{' ' * n}a:" for n in range(500)).encode(), ": is nested too deeply"),
    "deep dashes": (b"a:\n" + b"- " * 500 + b"x", ":2: is nested too deeply"),
    "a chain of aliases": (CHAIN.encode(), ": is nested too deeply"),
    "a billion laughs": (LAUGHS.encode(), ": aliases such as '*a5' repeat too much"),
    "a billion merges": (MERGES.encode(), ": aliases such as '*a"),
    "one long text, often": (
        b"a: &a " + b"x" * 200_000 + b"\nb: [" + b"*a, " * 9 + b"]\n",
        ":2: aliases such as '*a' repeat",
    ),
    "a tab": (b"a: 1\nb:\n\tc: 1\n", ":3: a line must not begin with a tab; indent it with spaces"),
    "UTF-16": ("a: 1\n".encode("utf-16"), ":1: is UTF-16; save it as UTF-8"),
    "UTF-16 without a mark": ("a: 1\n".encode("utf-16-le"), ":1: contains the character U+0000, which is not text"),
    "Latin-1": ("a: 1\nb: é\n".encode("latin-1"), ":2: is another encoding or no text; save it as UTF-8"),
    "bytes": (b"\x89PNG\r\n\x1a\n\x00\x00", ":1: is another encoding or no text"),
    "a control character": (b"a: 1\nb: '\x1b[0m'\n", ":2: contains the character U+001B"),
    "a mark in the middle": ("a: 1\n\ufeffb: 2\n".encode(), ":2: contains the character U+FEFF"),
    "two documents": (b"a: 1\n---\nb: 2\n", ":2: holds several documents; keep each in a file of its own"),
    "a day that is none": (b"a: 1\nb: 2026-13-45\n", ":2: a value is not a valid timestamp"),
    "a truth that is none": (b"a: !!bool maybe\n", ":1: a value is not a valid bool"),
    "a number that is none": (b"a: !!int ''\n", ":1: a value is not a valid int"),
    "a very long number": (b"a: 1\nb: " + b"9" * 5000, ":2: a value is not a valid int"),
    "a list as a key": (b"a:\n  ? [b]\n  : c\n", ":2: a key must be a single value"),
    "an object of Python": (b"a: !!python/object:os.system {}\n", ":1: nothing here reads the tag"),
    "an equals sign": (b"a: 1\nb: =\n", ":2: nothing here reads the tag"),
    "an open quote": (b'a: 1\nb: "x\n', ": is neither YAML nor JSON: found unexpected end of stream"),
    "JSON that is cut": (b'{"a": 1,\n"b": [', ":2: is neither YAML nor JSON: "),
}


def seed(path: Path) -> object:
    return load_seeds([str(path)])


def faults(path: Path) -> object:
    return load_faults([str(path)])


@pytest.mark.slow
@pytest.mark.parametrize("read", [seed, read_script, faults])
@pytest.mark.parametrize("name", ODD)
def test_a_file_that_is_odd_is_refused_in_one_sentence(
    tmp_path: Path, read: Callable[[Path], object], name: str
) -> None:
    content, words = ODD[name]
    path = tmp_path / "odd.yaml"
    path.write_bytes(content)
    with pytest.raises(DocumentInvalid) as caught:
        read(path)
    message = str(caught.value)
    assert message.startswith(str(path))
    assert words in message
    assert "\n" not in message


def test_a_widget_that_holds_itself_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "loop.yaml"
    path.write_text("threads:\n- user: ada\n  items:\n  - type: widget\n    widget: &w {children: [*w]}\n")
    with pytest.raises(DocumentInvalid, match=r"loop.yaml:5: the alias '\*w' is within the value"):
        seed(path)


@pytest.mark.parametrize("read", [seed, read_script, faults])
def test_what_is_no_readable_file_is_refused_in_one_sentence(tmp_path: Path, read: Callable[[Path], object]) -> None:
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "file").write_text("")
    for path, words in [
        (tmp_path, "can't be read: is a directory"),
        (tmp_path / "loop", "can't be read: too many levels of symbolic links"),
        (tmp_path / ("x" * 300), "can't be read: file name too long"),
        (Path("a\0b"), "can't be read: embedded null byte"),
    ]:
        with pytest.raises(DocumentInvalid, match=words):
            read(path)


UNSENDABLE = ["{~: x}", '"\\ud800"', '[b, {c: "\\udfff"}]', "{2020-01-01: x, ~: y}"]


@pytest.mark.parametrize("value", UNSENDABLE)
def test_what_json_can_not_hold_is_refused_before_anybody_asks_for_it(tmp_path: Path, value: str) -> None:
    path = tmp_path / "seed.yaml"
    indented = value.replace("\n", "\n      ")
    path.write_text(f"threads:\n- user: ada\n  items:\n  - type: widget\n    widget:\n     w:\n      {indented}\n")
    with pytest.raises(DocumentInvalid, match="what JSON can't represent") as caught:
        seed(path)
    assert (caught.value.line or 0) >= 5
    path.write_text(f"default:\n- widget:\n     w:\n      {indented}\n")
    with pytest.raises(DocumentInvalid, match="what JSON can't represent"):
        read_script(path)


SAME: dict[str, tuple[bytes, Any]] = {
    "a mark at the start": ("\ufeffa: é".encode(), {"a": "é"}),
    "CRLF": (b"a:\r\n- b\r\n- |\r\n  c\r\n", {"a": ["b", "c\n"]}),
    "tabs within lines": (b"a:\tb\t# c\nd: e\tf\n", {"a": "b", "d": "e\tf"}),
    "tabs in JSON": (b'{\n\t"a": [\n\t\t1\n\t]\n}', {"a": [1]}),
    "tabs in a flow": (b"a: {\n\tb: c,\n\td: [e]}\n", {"a": {"b": "c", "d": ["e"]}}),
    "an emoji of JSON": (b'{"a": "\\ud83d\\ude00"}', {"a": "\U0001f600"}),
    "a URL in a flow": (
        b"a: {src: https://x.test/y?z=1, t: Really?}",
        {"a": {"src": "https://x.test/y?z=1", "t": "Really?"}},
    ),
    "colons in a flow": (b"a: [b::c, d]", {"a": ["b::c", "d"]}),
    "an alias": (b"a: &a {b: [c]}\nd: *a\n", {"a": {"b": ["c"]}, "d": {"b": ["c"]}}),
    "a merge": (b"a: &a {b: 1}\nd: {<<: *a, e: 2}\n", {"a": {"b": 1}, "d": {"b": 1, "e": 2}}),
    "99 brackets": (f"a: {deep(99)}".encode(), {"a": json.loads(deep(99))}),
}


@pytest.mark.parametrize("name", SAME)
def test_a_file_means_the_same_to_both_loaders(tmp_path: Path, name: str) -> None:
    path = tmp_path / "file.yaml"
    content, value = SAME[name]
    path.write_bytes(content)
    document = read_document(path)
    assert document.value == value
    assert document.line_of("a") is not None


def test_a_place_in_json_has_a_line_whatever_json_has_that_yaml_has_not(tmp_path: Path) -> None:
    path = tmp_path / "seed.json"
    path.write_text('{\n\t"threads": [\n\t\t{"user": "\\ud83d\\ude00"},\n\t\t{"user": 1}\n\t]\n}')
    with pytest.raises(DocumentInvalid, match=r"seed.json:4: threads\[1\].user: "):
        seed(path)


def test_the_depth_of_a_request_is_limited_too() -> None:
    client = Client(MockServer(Projects(Settings())))
    for brackets in (150, 450, 3000):
        widget = {"type": "widget", "widget": msgspec.Raw(f'{{"a": {deep(brackets)}}}'.encode())}
        for path, body in [
            ("/_mock/load", {"threads": [{"user": "ada", "items": [widget]}]}),
            ("/_mock/workflows", {"id": "wf_x", "default": [{"widget": widget["widget"]}]}),
        ]:
            headers = {"content-type": "application/json"}
            answer = client.post(path, content=msgspec.json.encode(body), headers=headers)
            assert answer.status_code == 400, (path, brackets)

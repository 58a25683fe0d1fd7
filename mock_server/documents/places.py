"""Places in documents, such as `threads[0].items[1].type`, and what is wrong there in a user's words."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import inspect

from mock_server.wording import did_you_mean, quoted

_MESSAGE = re.compile(r"(?P<reason>.*?)(?: - at (?P<key>`key` in )?`\$(?P<place>.*)`)?", re.DOTALL)
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+|\.\.\.)\]")
_FEW = 12  # keys that are listed where none is near
_KINDS = {"null": "is empty", "array": "is a list without a key", "str": "is a text without a key"}


def place_and_reason(error: msgspec.ValidationError, kind: Any, document: Any = None) -> tuple[str, str]:
    """Return the place that an error of msgspec names, empty for the whole document, and the reason.

    `kind` is the type that the document should have; with the document, keys are suggested for the place only.
    """
    found = _MESSAGE.fullmatch(str(error))
    assert found is not None
    place, reason = (found["place"] or "").lstrip("."), found["reason"].replace("`", "'")
    if found["key"]:
        return place, "has a key that is not text; put it in quotes"
    if not place and (whole := re.match(r"Expected 'object', got '(\w+)'", reason)):
        keys = ", ".join(_keys(inspect.type_info(kind), None))
        return "", f"{_KINDS.get(whole[1], 'is a value without a key')}; the keys here are {keys}"
    if unknown := re.fullmatch(r"Object contains unknown field '(.+)'", reason):
        return place, reason + _way_out(unknown[1], list(keys_at(kind, place, document)))
    if odd := re.fullmatch(r"Invalid (?:enum )?value '?(.*?)'?", reason):
        named = quoted(odd[1], empty="an empty value")
        return place, f"{named} is not known here" + _way_out(odd[1], list(_values_at(kind, place, document)), "values")
    return place, reason.replace(" ''", " that is empty")


def keys_at(kind: Any, place: str, document: Any) -> Iterator[str]:
    """Yield the keys that are allowed at a place of a document, which should have the type `kind`."""
    types, value = _types_at(kind, place, document)
    for each in types:
        yield from _keys(each, value)


def _values_at(kind: Any, place: str, document: Any) -> Iterator[str]:
    types, value = _types_at(kind, place, document)
    for each in types:
        for option in _options(each, value):
            if isinstance(option, inspect.LiteralType):
                yield from map(str, option.values)
    parent, _, last = place.rpartition(".")
    for each in _types_at(kind, parent, document)[0]:
        for option in _options(each, None):
            if isinstance(option, inspect.StructType) and option.tag_field == last:
                yield str(option.tag)


def _types_at(kind: Any, place: str, document: Any) -> tuple[list[inspect.Type], Any]:
    """Return the types that may be at a place of a document, and its value there."""
    types, value = [inspect.type_info(kind)], document
    for name, index in _STEP.findall(place):
        types = [inner for each in types for outer in _options(each, value) for inner in _inner(outer, name)]
        value = _child(value, name, index)
    return types, value


def _way_out(name: str, known: list[str], called: str = "keys") -> str:
    listed = f"; the {called} here are {', '.join(known)}" if 0 < len(known) <= _FEW else ""
    return did_you_mean(name, known) or listed


def _keys(kind: inspect.Type, value: Any) -> list[str]:
    """Return the keys of a type's Structs, without those that have another tag than the value."""
    keys: dict[str, None] = {}
    for each in _options(kind, value):
        if isinstance(each, inspect.StructType):
            keys |= dict.fromkeys(
                [*(field.encode_name for field in each.fields), *([each.tag_field] if each.tag_field else [])]
            )
    return list(keys)


def _options(kind: inspect.Type, value: Any) -> list[inspect.Type]:
    """Return the types that a value may have at a place; tagged Structs only with its tag."""
    options = kind.types if isinstance(kind, inspect.UnionType) else [kind]
    return [each for each in map(_bare, options) if not isinstance(each, inspect.StructType) or _has_tag(each, value)]


def _has_tag(kind: inspect.StructType, value: Any) -> bool:
    given = value.get(kind.tag_field) if isinstance(value, dict) and kind.tag_field else None
    return given is None or given == kind.tag


def _bare(kind: inspect.Type) -> inspect.Type:
    return _bare(kind.type) if isinstance(kind, inspect.Metadata) else kind


def _inner(kind: inspect.Type, name: str) -> list[inspect.Type]:
    """Return the type of what is at one step into a value: a key's value, or an entry of a list."""
    match kind:
        case inspect.StructType(fields=fields) if name:
            return [field.type for field in fields if field.encode_name == name]
        case inspect.ListType(item_type=item) if not name:
            return [item]
        case inspect.DictType(value_type=item):
            return [item]
    return []


def _child(value: Any, name: str, index: str) -> Any:
    if isinstance(value, dict) and name:
        return value.get(name)
    return value[int(index)] if isinstance(value, list) and index.isdigit() and int(index) < len(value) else None


def further(place: str, *, behind: str, by: int) -> str:
    """Return the place in a whole list of a place in a part of it: `[1].id` becomes `sessions[101].id`."""
    return behind + re.sub(r"^\[(\d+)\]", lambda found: f"[{int(found[1]) + by}]", place)

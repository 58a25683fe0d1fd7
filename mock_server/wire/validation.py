"""Explains why a request does not fit its Struct, in OpenAI's terms and OpenAI's order.

The Structs are the only schema: msgspec decodes valid requests, and this module explains invalid ones from the same
types. The observed order is: missing keys, then unknown keys, then the first invalid field in schema order.
"""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct, inspect

from mock_server.errors import InvalidParameter
from mock_server.wording import nearest

_SHOWN = 40  # digits of a number that a message repeats

_SCALARS: dict[type[inspect.Type], str] = {
    inspect.StrType: "string",
    inspect.IntType: "integer",
    inspect.BoolType: "boolean",
    inspect.FloatType: "decimal",
}


def explain(value: Any, type_: type[Struct], *, path: str = "") -> None:
    """Raise the InvalidParameter that OpenAI would respond with, for a value at `path` that does not fit `type_`."""
    _explain_value(value, inspect.type_info(type_), path)


def without_empty_parts(value: Any, type_: type[Struct]) -> Any:
    """Return a value without optional parts sent as `{}`, which ruby-chatkit sends for missing ones (observed)."""
    if not isinstance(value, dict):
        return value
    optional = {
        field.encode_name
        for field in _struct(type_).fields
        if not field.required and isinstance(_plain(field.type), inspect.StructType)
    }
    return {key: part for key, part in value.items() if part != {} or key not in optional}


def _struct(type_: type[Struct]) -> inspect.StructType:
    info = inspect.type_info(type_)
    assert isinstance(info, inspect.StructType)
    return info


def _explain_object(value: Mapping[str, Any], struct: inspect.StructType, path: str) -> None:
    names = [field.encode_name for field in struct.fields]
    for field in struct.fields:
        if field.required and field.encode_name not in value:
            raise InvalidParameter("missing_required_parameter", _join(path, field.encode_name))
    for key in value:
        if struct.forbid_unknown_fields and key not in names:
            raise InvalidParameter("unknown_parameter", _join(path, key), near=nearest(key, names))
    for field in struct.fields:
        if field.encode_name in value:
            _explain_value(value[field.encode_name], field.type, _join(path, field.encode_name))


def _explain_value(value: Any, type_: inspect.Type, path: str) -> None:
    type_ = _plain(type_)
    if value is None and isinstance(type_, inspect.UnionType) and type_.includes_none:
        return
    chosen = _choose(value, type_, path)
    if chosen is None:
        raise InvalidParameter("invalid_type", path, expected=_expected(type_), got=got(value))
    if isinstance(chosen, inspect.LiteralType) and value not in chosen.values:
        raise InvalidParameter(
            "invalid_value", path, near=nearest(value, map(str, chosen.values)), value=value, supported=chosen.values
        )
    if type(chosen) in _WITHIN:
        _WITHIN[type(chosen)](value, chosen, path)


def _explain_list(value: list[Any], type_: inspect.ListType, path: str) -> None:
    for index, entry in enumerate(value):
        _explain_value(entry, type_.item_type, f"{path}[{index}]")


def _explain_map(value: dict[str, Any], type_: inspect.DictType, path: str) -> None:
    if type_.max_length is not None and len(value) > type_.max_length:
        raise InvalidParameter("object_above_max_properties", path, limit=type_.max_length, size=len(value))
    for key, entry in value.items():
        limit = getattr(_plain(type_.key_type), "max_length", None)
        if limit is not None and len(key) > limit:
            name = f"{key[:3]}...{key[-3:]}"
            raise InvalidParameter(
                "property_name_above_max_length",
                f"{path}.{key}",
                path=path,
                name=name,
                limit=limit,
                size=len(key),
            )
        _explain_value(entry, type_.value_type, _join(path, key))


def _explain_number(value: float, type_: inspect.IntType | inspect.FloatType, path: str) -> None:
    kind = "integer" if isinstance(type_, inspect.IntType) else "decimal"
    if type_.ge is not None and value < type_.ge:
        raise InvalidParameter(f"{kind}_below_min_value", path, kind=kind, limit=type_.ge, value=_shortened(value))
    if type_.le is not None and value > type_.le:
        raise InvalidParameter(f"{kind}_above_max_value", path, kind=kind, limit=type_.le, value=_shortened(value))


def _shortened(number: float) -> float | str:
    text = str(number)
    return number if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _explain_string(value: str, type_: inspect.StrType, path: str) -> None:
    if type_.min_length and not value:
        raise InvalidParameter("empty_string", path)
    if type_.max_length is not None and len(value) > type_.max_length:
        raise InvalidParameter("string_above_max_length", path, limit=type_.max_length, size=len(value))


_WITHIN: dict[type[inspect.Type], Callable[[Any, Any, str], None]] = {
    inspect.StructType: _explain_object,
    inspect.DictType: _explain_map,
    inspect.ListType: _explain_list,
    inspect.IntType: _explain_number,
    inspect.FloatType: _explain_number,
    inspect.StrType: _explain_string,
}


def _choose(value: Any, type_: inspect.Type, path: str) -> inspect.Type | None:
    """Return the alternative that fits a JSON value, or None; objects are told apart by their tag."""
    options = [option for option in _options(type_) if _is_of(value, option)]
    tagged = {option.tag: option for option in options if isinstance(option, inspect.StructType)}
    if len(tagged) < 2:
        return options[0] if options else None
    field = next(option.tag_field for option in tagged.values())
    assert field is not None
    if field not in value:
        raise InvalidParameter("missing_required_parameter", _join(path, field))
    given = value[field]
    if not isinstance(given, str):
        expected = _expected(inspect.LiteralType(tuple(tagged)))
        raise InvalidParameter("invalid_type", _join(path, field), expected=expected, got=got(given))
    if given not in tagged:
        raise InvalidParameter("invalid_value", _join(path, field), value=given, supported=list(tagged))
    return tagged[given]


_PYTHON_TYPES: dict[type[inspect.Type], type | tuple[type, ...]] = {
    inspect.AnyType: object,
    inspect.NoneType: type(None),
    inspect.ListType: list,
    inspect.StructType: dict,
    inspect.DictType: dict,
    inspect.StrType: str,
    inspect.LiteralType: str,
    inspect.BoolType: bool,
    inspect.IntType: int,
    inspect.FloatType: (int, float),
}


def _is_of(value: Any, type_: inspect.Type) -> bool:
    numeric = isinstance(type_, inspect.IntType | inspect.FloatType)
    return isinstance(value, _PYTHON_TYPES[type(type_)]) and not (numeric and isinstance(value, bool))


def _expected(type_: inspect.Type) -> str:
    """Return OpenAI's words for a type, such as `an integer` or `one of a string, integer, boolean, or decimal`."""
    if isinstance(type_, inspect.LiteralType):
        return "one of " + " or ".join(f"'{value}'" for value in type_.values)
    words = list(dict.fromkeys(map(_word, _options(type_))))
    first = ("an " if words[0][0] in "aeiou" else "a ") + words[0]
    if len(words) == 1:
        return first
    if len(words) == 2:
        return f"one of {first} or {words[1]}"
    return f"one of {first}, {', '.join(words[1:-1])}, or {words[-1]}"


def _word(type_: inspect.Type) -> str:
    if isinstance(type_, inspect.ListType):
        return f"array of {_word(_options(type_.item_type)[0])}s"
    return _SCALARS.get(type(type_), "object")


def got(value: Any) -> str:
    """Return OpenAI's words for a JSON value; null has no article (observed)."""
    return _GOT.get(type(value), "an object")


_GOT: dict[type, str] = {
    type(None): "null",
    bool: "a boolean",
    str: "a string",
    int: "an integer",
    float: "a decimal number",
    list: "an array",
}


def _options(type_: inspect.Type) -> list[inspect.Type]:
    """Return the alternatives in the order in which OpenAI names them; null is accepted but not named."""
    order: list[type[inspect.Type]] = [*_SCALARS, inspect.ListType, inspect.DictType, inspect.StructType]
    type_ = _plain(type_)
    if not isinstance(type_, inspect.UnionType):
        return [type_]
    options = [option for option in map(_plain, type_.types) if type(option) in order]
    return sorted(options, key=lambda option: order.index(type(option)))


def _plain(type_: inspect.Type) -> inspect.Type:
    return _plain(type_.type) if isinstance(type_, inspect.Metadata) else type_


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key

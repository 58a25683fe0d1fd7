"""Why a request does not fit its Struct, in OpenAI's terms and OpenAI's order.

The Structs are the only schema: msgspec decodes the good requests, and this module explains the bad ones from
the same types. The observed order: missing keys, then unknown keys, then the first faulty field in schema order.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, inspect

from mock_server.errors import InvalidParameter

_SCALARS: dict[type[inspect.Type], str] = {
    inspect.StrType: "string",
    inspect.IntType: "integer",
    inspect.BoolType: "boolean",
    inspect.FloatType: "decimal",
}


def explain(value: Any, type_: type[Struct]) -> None:
    """Raise the InvalidParameter OpenAI would answer with; return if `value` fits `type_`."""
    _explain_object(value, _struct(type_), "")


def without_empty_parts(value: Any, type_: type[Struct]) -> Any:
    """Leave out optional parts sent as `{}`: ruby-chatkit sends those for what it has no value for (observed)."""
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
        if key not in names:
            raise InvalidParameter("unknown_parameter", _join(path, key))
    for field in struct.fields:
        if field.encode_name in value:
            _explain_value(value[field.encode_name], field.type, _join(path, field.encode_name))


def _explain_value(value: Any, type_: inspect.Type, path: str) -> None:
    type_ = _plain(type_)
    chosen = _choose(value, type_)
    if chosen is None:
        raise InvalidParameter("invalid_type", path, expected=_expected(type_), got=_got(value))
    match chosen:
        case inspect.StructType():
            _explain_object(value, chosen, path)
        case inspect.DictType():
            _explain_map(value, chosen, path)
        case inspect.LiteralType() if value not in chosen.values:
            raise InvalidParameter("invalid_value", path, value=value, supported=chosen.values)
        case inspect.IntType() | inspect.FloatType():
            _explain_number(value, chosen, path)
        case inspect.StrType():
            _explain_string(value, chosen, path)


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
        raise InvalidParameter(f"{kind}_below_min_value", path, kind=kind, limit=type_.ge, value=value)
    if type_.le is not None and value > type_.le:
        raise InvalidParameter(f"{kind}_above_max_value", path, kind=kind, limit=type_.le, value=value)


def _explain_string(value: str, type_: inspect.StrType, path: str) -> None:
    if type_.min_length and not value:
        raise InvalidParameter("empty_string", path)
    if type_.max_length is not None and len(value) > type_.max_length:
        raise InvalidParameter("string_above_max_length", path, limit=type_.max_length, size=len(value))


def _choose(value: Any, type_: inspect.Type) -> inspect.Type | None:
    """The type among the alternatives that JSON value is of, if any."""
    return next((option for option in _options(type_) if _is_of(value, option)), None)


def _is_of(value: Any, type_: inspect.Type) -> bool:
    match type_:
        case inspect.StructType() | inspect.DictType():
            return isinstance(value, dict)
        case inspect.StrType() | inspect.LiteralType():
            return isinstance(value, str)
        case inspect.BoolType():
            return isinstance(value, bool)
        case inspect.IntType():
            return isinstance(value, int) and not isinstance(value, bool)
        case inspect.FloatType():
            return isinstance(value, int | float) and not isinstance(value, bool)
    return False


def _expected(type_: inspect.Type) -> str:
    """OpenAI's words for a type: `an integer`, `one of a string, integer, boolean, or decimal`."""
    if isinstance(type_, inspect.LiteralType):
        return "one of " + " or ".join(f"'{value}'" for value in type_.values)
    words = [_SCALARS.get(type(_plain(option)), "object") for option in _options(type_)]
    first = ("an " if words[0][0] in "aeiou" else "a ") + words[0]
    if len(words) == 1:
        return first
    return f"one of {first}, {', '.join(words[1:-1])}, or {words[-1]}"


def _got(value: Any) -> str:
    """OpenAI's words for a JSON value; it calls null an object (observed)."""
    match value:
        case bool():
            return "a boolean"
        case str():
            return "a string"
        case int():
            return "an integer"
        case float():
            return "a decimal number"
        case list():
            return "an array"
    return "an object"


def _options(type_: inspect.Type) -> list[inspect.Type]:
    order: list[type[inspect.Type]] = list(_SCALARS)  # the order in which OpenAI names alternatives
    if isinstance(type_, inspect.UnionType):
        return sorted(map(_plain, type_.types), key=lambda option: order.index(type(option)))
    return [type_]


def _plain(type_: inspect.Type) -> inspect.Type:
    return _plain(type_.type) if isinstance(type_, inspect.Metadata) else type_


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key

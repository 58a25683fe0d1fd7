"""Writes values as Python code, laid out as a formatter would."""

import json
from typing import Any

import msgspec
from msgspec import UNSET, Struct

WIDTH = 110


class Expression(str):
    """Python code that is written as it is, such as a variable."""

    __slots__ = ()


def literal(value: Any, *, indent: int = 0) -> str:
    """Return code for JSON, bytes and expressions, in several lines if it does not fit on one after `indent`."""
    line = _line(value)
    if indent + len(line) <= WIDTH or not isinstance(value, dict | list):
        return line
    inner, outer = " " * (indent + 4), " " * indent
    if isinstance(value, dict):
        parts = [f"{_line(key)}: {literal(each, indent=indent + 4)}" for key, each in value.items()]
        return "{\n" + "".join(f"{inner}{part},\n" for part in parts) + outer + "}"
    return "[\n" + "".join(f"{inner}{literal(each, indent=indent + 4)},\n" for each in value) + outer + "]"


def calling(function: str, *arguments: Any, indent: int = 0, **named: Any) -> str:
    """Return code that calls a function."""
    parts = [_line(each) for each in arguments] + [f"{name}={_line(each)}" for name, each in named.items()]
    line = f"{function}({', '.join(parts)})"
    if indent + len(line) <= WIDTH:
        return line
    inner, outer = " " * (indent + 4), " " * indent
    parts = [literal(each, indent=indent + 4) for each in arguments]
    parts += [f"{name}={literal(each, indent=indent + 4)}" for name, each in named.items()]
    return f"{function}(\n" + "".join(f"{inner}{part},\n" for part in parts) + f"{outer})"


def brief(value: Any) -> Any:
    """Return a Struct as JSON, without the fields that have their default."""
    if isinstance(value, list):
        return [brief(each) for each in value]
    if isinstance(value, dict):
        return {key: brief(each) for key, each in value.items()}
    if not isinstance(value, Struct):
        return value
    config = value.__struct_config__
    shown = {config.tag_field: config.tag} if config.tag_field else {}
    for field in msgspec.structs.fields(value):
        given = getattr(value, field.name)
        usual = field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
        if given is not UNSET and given != usual:
            shown[field.encode_name] = brief(given)
    return shown


def _line(value: Any) -> str:
    match value:
        case Expression():
            return str(value)
        case str():
            return json.dumps(value, ensure_ascii=False)
        case list():
            return f"[{', '.join(map(_line, value))}]"
        case dict():
            return "{" + ", ".join(f"{_line(key)}: {_line(each)}" for key, each in value.items()) + "}"
    return repr(value)

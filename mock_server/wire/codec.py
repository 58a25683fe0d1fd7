"""Decodes bytes into Structs, strictly, and encodes them as indented JSON."""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from mock_server.errors import BodyMalformed, InvalidParameter, KeyRepeated
from mock_server.slices import Work, at_once

S = TypeVar("S", bound=Struct)

_ENCODER = msgspec.json.Encoder()
_LONG = 1024 * 1024  # bytes of a body
_DIGITS = 50  # digits of an integer in a query that are read


def encode(value: Any) -> bytes:
    """Return JSON as api.openai.com prints it: indented by two, without a final newline.

    Observed for errors, inferred otherwise.
    """
    return msgspec.json.format(_ENCODER.encode(value), indent=2)


def decode(body: bytes, type_: type[S]) -> S:
    """Decode a request's body into a Struct.

    Raises BodyMalformed for a body that is not JSON, InvalidParameter for JSON that does not fit. A repeated key counts
    as malformed (inferred).
    """
    params = _decoded(body, type_)
    return at_once(_explaining(body, type_)) if params is None else params


def decoding(body: bytes, type_: type[S]) -> Work[S]:
    """Decode a request's body as `decode` does, in steps."""
    params = _decoded(body, type_)
    if params is None:
        params = yield from _explaining(body, type_)
    return params


def _explaining(body: bytes, type_: type[S]) -> Work[S]:
    """Decode a body that is long, or that does not fit, so that what is wrong is said as the real API does."""
    from mock_server.wire.validation import explain, without_empty_parts  # noqa: PLC0415 - starting fast

    value = _parsed(body)
    yield
    _refuse_repeated_keys(body, value)
    yield
    value = without_empty_parts(_object(value), type_)
    explain(value, type_)
    yield
    return convert(value, type_)


def _decoded(body: bytes, type_: type[S]) -> S | None:
    """Decode a body the usual way. Returns None if it is long, or does not fit."""
    if len(body) > _LONG:  # the usual way takes a long body through errors that repeat it
        return None
    try:
        params: S = _decoder(type_).decode(body)
    except msgspec.ValidationError:
        return None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BodyMalformed(_place(error)) from None
    _refuse_repeated_keys(body, params)
    return params


def decode_json(body: bytes) -> dict[str, Any]:
    """Decode a request's body into plain JSON. Raises BodyMalformed unless it is an object without repeated keys."""
    return _object(decode_any(body))


def decode_any(body: bytes) -> Any:
    """Decode any JSON. Raises BodyMalformed, also for a repeated key."""
    value = _parsed(body)
    _refuse_repeated_keys(body, value)
    return value


def decode_query(pairs: Iterable[tuple[str, str]], type_: type[S]) -> S:
    """Decode a request's query into a Struct. Raises InvalidParameter."""
    given: dict[str, Any] = {}
    for key, text in pairs:
        if key in given:
            raise InvalidParameter("duplicate_parameter", key)
        is_integer = key in _integers(type_) and text.removeprefix("-").isdecimal()
        given[key] = int(text[:_DIGITS]) if is_integer else text  # more digits are out of every range as well
    return convert(given, type_)


def convert(value: Any, type_: type[S], *, path: str = "") -> S:
    """Convert parsed JSON into a Struct. Raises InvalidParameter, with `path` in front of the parameter's name."""
    try:
        return msgspec.convert(value, type_)
    except msgspec.ValidationError as error:
        from mock_server.wire.validation import explain  # noqa: PLC0415 - starting fast

        explain(value, type_, path=path)
        raise BodyMalformed(_place(error)) from None


def decode_operation(body: bytes, operations: Mapping[str, type[Struct]]) -> Struct:
    """Decode a `{"type", "params"}` body into the params of its operation. Raises BodyMalformed, InvalidParameter."""
    value = decode_json(body)
    if "type" not in value:
        raise InvalidParameter("missing_required_parameter", "type")
    name = value["type"]
    if not isinstance(name, str):
        from mock_server.wire.validation import got  # noqa: PLC0415 - starting fast

        raise InvalidParameter("invalid_type", "type", expected="a string", got=got(name))
    if name not in operations:
        raise InvalidParameter("invalid_value", "type", value=name, supported=list(operations))
    if "params" not in value:
        raise InvalidParameter("missing_required_parameter", "params")
    return convert(value["params"], operations[name], path="params")


@cache
def _decoder(type_: type[S]) -> msgspec.json.Decoder[S]:
    return msgspec.json.Decoder(type_)


@cache
def _integers(type_: type[Struct]) -> frozenset[str]:
    fields = msgspec.json.schema_components([type_])[1][type_.__name__]["properties"]
    return frozenset(name for name, schema in fields.items() if schema.get("type") == "integer")


def _parsed(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BodyMalformed(_place(error)) from None


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BodyMalformed("The body has to be a JSON object.")
    return value


def _refuse_repeated_keys(body: bytes, value: Any) -> None:
    """Raise BodyMalformed for a key that is in one object twice."""
    try:
        if not _surely_unique(body, value):
            _DUPLICATES.decode(body.decode())
    except (ValueError, RecursionError) as error:  # in a part that is ignored, and so was not parsed before
        raise BodyMalformed(_place(error)) from None


def _surely_unique(body: bytes, value: Any) -> bool:
    # msgspec silently keeps the last of two equal keys. The standard library can report them, but is slow. If no quote
    # is written as \u0022, each key and each string has as many quotes before and after, so equal numbers mean that
    # nothing was lost. A Struct that is encoded with its defaults has more quotes than were sent, so that says nothing.
    if b"\\u" in body or (isinstance(value, Struct) and not value.__struct_config__.omit_defaults):
        return False
    return body.count(b'"') == (_quotes(value) if len(body) > _LONG else _ENCODER.encode(value).count(b'"'))


def _quotes(value: Any) -> int:
    """Count the quotes of keys and texts without encoding texts that may be very long."""
    count, waiting = 0, [msgspec.to_builtins(value)]
    while waiting:
        match waiting.pop():
            case str() as text:
                count += 2 + text.count('"')
            case dict() as members:
                count += 2 * len(members)
                waiting.extend(members.values())
            case list() as entries:
                waiting.extend(entries)
    return count


def _unique(pairs: list[tuple[str, Any]]) -> None:
    if len(dict(pairs)) == len(pairs):
        return
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            raise KeyRepeated(key)
        seen.add(key)


# Only keys count here: numbers of any length stay text, and values are dropped.
_DUPLICATES = json.JSONDecoder(object_pairs_hook=_unique, parse_int=str, parse_float=str, strict=False)


def _place(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "The body is not UTF-8."
    if isinstance(error, RecursionError):
        return "The body is nested too deeply."
    return f"{error}."

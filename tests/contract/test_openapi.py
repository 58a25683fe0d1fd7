"""Our OpenAPI document against the official one, property by property."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.emulator import Client, make_app

from mock_server.http.openapi import document

OFFICIAL: dict[str, dict[str, dict[str, str]]] = yaml.safe_load((Path(__file__).with_name("official.yaml")).read_text())
BOUNDS = ("minimum", "maximum", "minLength", "maxLength", "maxProperties")
OURS: dict[str, Any] = Client(make_app(), headers={}).get("/openapi.json").json()


@pytest.mark.parametrize("operation", OFFICIAL)
def test_says_what_the_official_document_says(operation: str) -> None:
    method, _, path = operation.partition(" ")
    described = OURS["paths"][path][method.lower()]
    ours = {"answer": facts(described["responses"]["200"]["content"]["application/json"]["schema"])}
    if "requestBody" in described:
        ours["body"] = facts(described["requestBody"]["content"]["application/json"]["schema"])
    query = {each["name"]: each["schema"] for each in described["parameters"] if each["in"] == "query"}
    if query:
        ours["query"] = facts({"properties": query})
    assert ours == OFFICIAL[operation]


def facts(schema: dict[str, Any]) -> dict[str, str]:
    """Each property below a schema with its type and bounds, in the form of `official.yaml`."""
    return dict(_facts(schema, ""))


def _facts(schema: dict[str, Any], path: str) -> Iterator[tuple[str, str]]:
    schema, nullable = _plain(schema)
    options = schema.get("anyOf", [])
    if options and all("properties" in _resolve(option) for option in options):
        yield path, f"one of{nullable}"
        for option in map(_resolve, options):
            yield from _facts(option, f"{path}<{option['properties']['type']['enum'][0]}>")
        return
    if path:
        yield path, _described(schema) + nullable
    for name, inner in schema.get("properties", {}).items():
        (own_path, own), *below = _facts(inner, f"{path}.{name}" if path else name)
        yield own_path, own + (", required" if name in schema.get("required", []) else "")
        yield from below
    if "items" in schema:
        yield from _facts(schema["items"], f"{path}[]")
    if isinstance(schema.get("additionalProperties"), dict):
        yield from _facts(schema["additionalProperties"], f"{path}{{}}")


def _plain(schema: dict[str, Any]) -> tuple[dict[str, Any], str]:
    schema = _resolve(schema)
    options = [option for option in schema.get("anyOf", []) if option.get("type") != "null"]
    if len(options) == len(schema.get("anyOf", [])):
        return schema, ""
    return (_resolve(options[0]) if len(options) == 1 else {"anyOf": options}), " or null"


def _described(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(sorted(_described(option) for option in schema["anyOf"]))
    if "enum" in schema:
        return " | ".join(sorted(schema["enum"]))
    return " ".join([schema.get("type", "any"), *(f"{bound} {schema[bound]}" for bound in BOUNDS if bound in schema)])


def _resolve(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        component: dict[str, Any] = OURS["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return component
    return schema


def test_requires_of_an_answer_what_is_always_there() -> None:
    assert OURS["components"]["schemas"]["Attachment"]["required"] == ["id", "name", "mime_type", "type"]
    assert "object" in OURS["components"]["schemas"]["ChatSession"]["required"]


def test_is_made_from_the_operations_alone() -> None:
    assert document([], version="0")["paths"] == {}

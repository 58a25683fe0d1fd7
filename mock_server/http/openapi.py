"""`/openapi.json`: the operations that are served and their Structs, as a document."""

from collections.abc import Iterable, Iterator
from inspect import cleandoc
from typing import Any

import msgspec

from mock_server.config import BETA
from mock_server.http.operation import Operation, Resource
from mock_server.wire.errors import ErrorBody

_REASONS = {
    400: "The request is invalid; the error's param and code say where and why.",
    401: "The API key or client secret is missing or not accepted.",
    403: "The request could come from a page on another site.",
    404: "The project has no such object.",
    429: "The session has used up its requests for this minute; the retry-after header says how many seconds to wait.",
    413: "The body is larger than the server's limit.",
    507: "The temporary folder is full or can't be written to; the message says where and what to do.",
}


def document(resources: Iterable[Resource], *, version: str) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of the given resources."""
    resources = list(resources)
    operations = [operation for resource in resources for operation in resource.operations.values()]
    schemas = _Schemas(operations)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "ChatKit emulator",
            "version": version,
            "description": "The ChatKit API as emulated by chatkit-mock-server, and /_mock to control the emulator.",
        },
        "paths": {resource.path: _path_item(resource, schemas) for resource in resources},
        "components": {
            "schemas": schemas.components,
            "securitySchemes": {"ApiKey": {"type": "http", "scheme": "bearer"}},
        },
    }


class _Schemas:
    """The JSON Schemas of everything that the operations accept and return."""

    def __init__(self, operations: list[Operation]) -> None:
        taken = [each for operation in operations for each in (operation.body, operation.query) if each]
        given = [operation.response for operation in operations]
        types = [*taken, *given, ErrorBody]
        schemas, components = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
        self._by_type = {str(type_): schema for type_, schema in zip(types, schemas, strict=True)}
        self.components: dict[str, Any] = components
        for schema in components.values():
            if "description" in schema:
                schema["description"] = cleandoc(schema["description"])
        asked = {name for name, _ in self._reachable(self.of(type_) for type_ in taken)}
        for name, schema in self._reachable(self.of(type_) for type_ in [*given, ErrorBody]):
            if name not in asked:
                _require_what_is_always_sent(schema)

    def of(self, type_: Any) -> dict[str, Any]:
        """Return the schema of a type, usually a reference."""
        return self._by_type[str(type_)]

    def resolve(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return the schema that a reference points to."""
        component: dict[str, Any] = self.components[schema["$ref"].rpartition("/")[2]]
        return component

    def _reachable(self, schemas: Iterable[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield each object schema reachable from the given ones once, with its name or an empty string."""
        waiting, seen = list(schemas), set()
        while waiting:
            schema = waiting.pop()
            name = schema.get("$ref", "").rpartition("/")[2]
            if name in seen:
                continue
            if name:
                seen.add(name)
                schema = self.resolve(schema)
            if "properties" in schema:
                yield name, schema
                waiting += schema["properties"].values()
            waiting += [schema["items"]] if isinstance(schema.get("items"), dict) else []
            waiting += schema.get("anyOf", [])


def _require_what_is_always_sent(schema: dict[str, Any]) -> None:
    """Require keys with a default value too: a response always has them. Keys that may be missing have no default."""
    always = set(schema.get("required", []))
    schema["required"] = [name for name, inner in schema["properties"].items() if name in always or "default" in inner]


def _path_item(resource: Resource, schemas: _Schemas) -> dict[str, Any]:
    arguments = [part[1:-1] for part in resource.path.split("/") if part.startswith("{")]
    item: dict[str, Any] = {
        method.lower(): _operation(operation, schemas) for method, operation in resource.operations.items()
    }
    if arguments:
        item["parameters"] = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
            for name in arguments
        ]
    return item


def _operation(operation: Operation, schemas: _Schemas) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "responses": {
            "200": {"description": "Success", "content": _content(operation, schemas)},
            **{
                str(status): {"description": _REASONS[status], "content": _json(schemas.of(ErrorBody))}
                for status in operation.failures
            },
        },
    }
    if 401 in operation.failures:
        described["security"] = [{"ApiKey": []}]
    if operation.beta:
        described["parameters"] = [_BETA]
    if operation.body is not None:
        described["requestBody"] = {
            "required": bool(schemas.resolve(schemas.of(operation.body)).get("required")),
            "content": _json(schemas.of(operation.body)),
        }
    if operation.takes_file:
        described["requestBody"] = {"required": True, "content": _FILE}
    if operation.query is not None:
        properties = schemas.resolve(schemas.of(operation.query))["properties"]
        described.setdefault("parameters", []).extend(
            {"name": name, "in": "query", "required": False, "schema": schema} for name, schema in properties.items()
        )
    return described


_BETA = {
    "name": "OpenAI-Beta",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "enum": [BETA]},
}


_FILE = {
    "multipart/form-data": {
        "schema": {
            "type": "object",
            "properties": {"file": {"type": "string", "format": "binary"}},
            "required": ["file"],
        }
    }
}


def _content(operation: Operation, schemas: _Schemas) -> dict[str, Any]:
    content = {media_type: {"schema": schemas.of(operation.response)} for media_type in operation.media_types}
    return content | ({"text/event-stream": {"schema": {"type": "string"}}} if operation.streams else {})


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}

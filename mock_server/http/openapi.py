"""`/openapi.json`: the served operations and their Structs, as a document."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from mock_server.config import BETA
from mock_server.http.operation import Operation, Resource
from mock_server.wire.errors import ErrorBody

_REASONS = {
    400: "The request is wrong; its param and code say where and how.",
    401: "No API key, or one that is not let in.",
    403: "The call may come from a page on another site.",
    404: "No such object in this project.",
    429: "The session's requests of this minute are spent; the header retry-after says for how long.",
    413: "The body is larger than the server's limit.",
}


def document(resources: Iterable[Resource], *, version: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document of the given resources."""
    resources = list(resources)
    operations = [operation for resource in resources for operation in resource.operations.values()]
    schemas = _Schemas(operations)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "ChatKit, emulated",
            "version": version,
            "description": "What chatkit-mock-server serves: the ChatKit API, and /_mock to steer the emulator.",
        },
        "paths": {resource.path: _path_item(resource, schemas) for resource in resources},
        "components": {
            "schemas": schemas.components,
            "securitySchemes": {"ApiKey": {"type": "http", "scheme": "bearer"}},
        },
    }


class _Schemas:
    """The JSON Schemas of all that the operations take and give."""

    def __init__(self, operations: list[Operation]) -> None:
        taken = [each for operation in operations for each in (operation.body, operation.query) if each]
        given = [operation.response for operation in operations]
        types = [*taken, *given, ErrorBody]
        schemas, components = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
        self._by_type = {str(type_): schema for type_, schema in zip(types, schemas, strict=True)}
        self.components: dict[str, Any] = components
        asked = {name for name, _ in self._reachable(self.of(type_) for type_ in taken)}
        for name, schema in self._reachable(self.of(type_) for type_ in [*given, ErrorBody]):
            if name not in asked:
                _require_what_is_always_sent(schema)

    def of(self, type_: Any) -> dict[str, Any]:
        """The schema of a type: mostly a reference."""
        return self._by_type[str(type_)]

    def resolve(self, schema: dict[str, Any]) -> dict[str, Any]:
        """What a reference stands for."""
        component: dict[str, Any] = self.components[schema["$ref"].rpartition("/")[2]]
        return component

    def _reachable(self, schemas: Iterable[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
        """The objects below some schemas, each once, with their names; one that has none is named as nothing."""
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
    """An answer has its keys with a default value too; what may be left out has none."""
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

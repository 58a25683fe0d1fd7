"""Values that fit a JSON Schema, and values that don't."""

import json
from typing import Any

from fuzz.cases import Random
from fuzz.corpus import Known

Json = Any
# Python's own encoder can't write these, or a decoder would not give them back.
_RAW = {
    "<deep 90>": "[" * 90 + "]" * 90,
    "<deep 600>": '{"a":' * 600 + "1" + "}" * 600,
    "<integer>": "1" + "0" * 4400,
    "<infinity>": "1e999",
    "<tiny>": "1e-999",
    "<minus>": "-0",
    "<nan>": "NaN",
    "<surrogate>": '"\\ud800"',
    "<zero>": '"a\\u0000b"',
    "<twice>": '{"a":1,"a":2}',
    "<many>": "[" + "1," * 60_000 + "1]",
    "<wide>": "{" + ",".join(f'"k{number}":{number}' for number in range(200)) + "}",
}
_TEXTS = [
    "",
    " ",
    "ada",
    "wf_1",
    "now",
    "10m",
    "-1s",
    "1e5d",
    "2026-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999Z",
    "*",
    "{{text}}",
    "{{#a}}",
    "{{{state.a}}}",
    "(a+)+$",
    "[",
    "\r\nx: 1",
    "\x1b[31m",
    "\x7f",
    "\ufeff\u202e\u2066",
    "\U0001f469\u200d\U0001f4bb",
    "é" * 300,
    "\u017f",
    "../../etc/passwd",
    "http://[",
    "image/png",
    "text/html; charset=\xe4",
    "ek_0000_00",
    "__proto__",
    "a" * 70_000,
    " " * 5000,
]
_NUMBERS = [0, 1, -1, 2, 20, 100, 101, 599, 2**31, 2**53 + 1, 2**63 - 1, 2**63, -(2**63) - 1, 2**64, 10**30, 0.5, 1e308]
_BRIEF = {"delay": "1ms", "pause": 0.001, "every": 0, "bandwidth": 10**6}  # others would only make the run longer


def written(value: Json, chance: Random) -> str:
    """Write a value as JSON, in one of the ways that there are."""
    text = json.dumps(value, ensure_ascii=chance.random() < 0.5, indent=chance.choice([None, None, 1]))
    for name, raw in _RAW.items():
        text = text.replace(f'"{name}"', raw)
    return text


class Values:
    """Makes values. `known` are ids and names of what is there, which are preferred where a text is wanted."""

    def __init__(self, chance: Random, schemas: dict[str, Json], known: Known) -> None:
        self._chance, self._schemas, self._known = chance, schemas, known

    def text(self, key: str = "") -> str:
        """Some text for a key: what is there, or something odd."""
        return self._known.any(key) if self._chance.random() < 0.8 else self._chance.choice(_TEXTS)

    def fitting(self, schema: Json, depth: int = 0, key: str = "") -> Json:
        """A value that fits a schema, nearly always."""
        if "$ref" in schema:
            schema = self._schemas[schema["$ref"].rpartition("/")[2]]
        if "anyOf" in schema:
            return self.fitting(self._chance.choice(schema["anyOf"]), depth, key)
        if "enum" in schema:
            return self._chance.choice(schema["enum"])
        match schema.get("type"):
            case "object":
                return self._object(schema, depth)
            case "array":
                return [self.fitting(each, depth + 1, key.removesuffix("s")) for each in self._items(schema, depth)]
            case kind:
                return self._scalar(schema, kind, key)

    def _items(self, schema: Json, depth: int) -> list[Json]:
        if "prefixItems" in schema:
            return list(schema["prefixItems"])
        return [schema.get("items") or {}] * (self._chance.choice([0, 1, 1, 2, 5]) if depth < 6 else 0)

    def _object(self, schema: Json, depth: int) -> Json:
        required, properties = schema.get("required", []), schema.get("properties", {})
        chosen = [name for name in properties if name in required or self._chance.random() < 1 / (2 + depth)]
        if "one of these keys" in schema.get("description", ""):
            chosen = [self._chance.choice([*properties])]
        made = {name: self._property(name, properties[name], depth) for name in chosen}
        others = schema.get("additionalProperties")
        if isinstance(others, dict) and depth < 6:
            made |= {self.text(): self.fitting(others, depth + 1) for _ in range(self._chance.choice([0, 1, 3]))}
        return made

    def _property(self, name: str, schema: Json, depth: int) -> Json:
        return _BRIEF[name] if name in _BRIEF else self.fitting(schema, depth + 1, name)

    def _scalar(self, schema: Json, kind: str | None, key: str) -> Json:
        match kind:
            case "string":
                return self.text(key) or ("ada" if schema.get("minLength") else "")
            case "integer":
                least, most = schema.get("minimum", 0), schema.get("maximum", 1000)
                return self._chance.choice([least, most, self._chance.randint(least, max(least, most))])
            case "number":
                return self._chance.choice([0, 1, 0.5, 60, schema.get("maximum", 2)])
            case "boolean":
                return self._chance.random() < 0.5
            case "null":
                return None
            case _:
                return self.odd()

    def odd(self, depth: int = 0) -> Json:
        """Any value."""
        chance = self._chance
        match chance.randrange(8 if depth < 4 else 5):
            case 0:
                return chance.choice([None, True, False, {}, []])
            case 1:
                return chance.choice(_NUMBERS)
            case 2:
                return chance.choice([*_RAW])
            case 3 | 4:
                return self.text()
            case 5 | 6:
                return [self.odd(depth + 1) for _ in range(chance.randrange(4))]
            case _:
                return {self.text(): self.odd(depth + 1) for _ in range(chance.randrange(4))}

    def mutated(self, value: Json) -> Json:
        """Change a value in one place: another value, a key that is missing, new, or another's."""
        if self._chance.random() < 0.2 or not isinstance(value, dict | list) or not value:
            return self.odd()
        if isinstance(value, list):
            at = self._chance.randrange(len(value))
            return [*value[:at], self.mutated(value[at]), *value[at + 1 :]]
        name = self._chance.choice([*value])
        match self._chance.randrange(6):
            case 0:
                return {key: each for key, each in value.items() if key != name}
            case 1:
                return {**value, self.text(): self.odd()}
            case _:
                return {**value, name: self.mutated(value[name])}

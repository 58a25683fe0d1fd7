"""Which values can be shown and sent as JSON later on; YAML can hold others."""

from typing import Any

import msgspec

from mock_server.documents.nesting import TOO_DEEP, is_too_deep


def unusable_part(value: Any) -> tuple[str, str] | None:
    """Return the place of what JSON can't represent in a value without cycles, and the reason, if there is any."""
    return ("", TOO_DEEP) if is_too_deep(value) else _unusable_part(value, "")


def _unusable_part(value: Any, place: str) -> tuple[str, str] | None:
    try:
        msgspec.json.encode(value)
    except (TypeError, ValueError, OverflowError) as error:
        parts: list[tuple[str, Any]] = []
        if isinstance(value, dict):
            parts = [(f"{place}.{key}".lstrip("."), child) for key, child in value.items()]
        elif isinstance(value, list):
            parts = [(f"{place}[{at}]", child) for at, child in enumerate(value)]
        inner = next((found for at, child in parts if (found := _unusable_part(child, at))), None)
        return inner or (place, f"contains what JSON can't represent: {_reason(error)}")
    return None


def _reason(error: Exception) -> str:
    return "half of a character" if isinstance(error, UnicodeError) else str(error)

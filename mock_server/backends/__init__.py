"""Backends, which reply in conversations: the workflow scripts, and servers of the user's own."""

from collections.abc import Iterable
from typing import Any

PATH = "/chatkit"  # of the endpoint in an application, as in OpenAI's samples


def split_spec(spec: Any) -> tuple[str | None, Any]:
    """Return the workflow id that a backend is for, or None, and the rest: `wf_x=module:server`."""
    if not isinstance(spec, str):
        return None, spec
    before, equals, rest = spec.partition("=")
    return (before, rest) if equals and ":" not in before and "/" not in before else (None, spec)


def answers_for_all(specs: Iterable[Any]) -> bool:
    """Return whether one of these servers answers for every workflow without a script of the user's own."""
    return any(split_spec(spec)[0] is None for spec in specs)

"""Backends, which reply in conversations: the workflow scripts, and servers of the user's own."""

import re
from collections.abc import Iterable
from typing import Any

PATH = "/chatkit"  # of the endpoint in an application, as in OpenAI's samples
_FOR_ONE = re.compile(r"([^:/=]*)=(.*)", re.DOTALL)


def split_spec(spec: Any) -> tuple[str | None, Any]:
    """Return the workflow id that a backend is for, or None, and the rest: `wf_x=module:server`."""
    found = _FOR_ONE.fullmatch(spec) if isinstance(spec, str) else None
    return (found[1], found[2]) if found else (None, spec)


def answers_for_all(specs: Iterable[Any]) -> bool:
    """Return whether one of these servers answers for every workflow without a script of the user's own."""
    return any(split_spec(spec)[0] is None for spec in specs)

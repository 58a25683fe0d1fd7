"""Backends, which reply in conversations: the workflow scripts, and servers of the user's own."""

import re
from typing import Any

PATH = "/chatkit"  # of the endpoint in an application, as in OpenAI's samples
_FOR_ONE = re.compile(r"([^:/=]*)=(.*)", re.DOTALL)


def split_spec(spec: Any) -> tuple[str | None, Any]:
    """Return the workflow id that a backend is for, or None, and the rest: `wf_x=module:server`."""
    found = _FOR_ONE.fullmatch(spec) if isinstance(spec, str) else None
    return (found[1], found[2]) if found else (None, spec)

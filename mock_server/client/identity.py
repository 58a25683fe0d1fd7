"""Objects that have an id, wherever an id is wanted."""

from collections.abc import Mapping
from typing import Any, Protocol

__tracebackhide__ = True  # pytest shows the line of the test


class Identified(Protocol):
    """A session or a thread, of an SDK or of a handle."""

    @property
    def id(self) -> str:
        """Its id."""


IdLike = str | Identified | Mapping[str, Any]


def id_of(given: IdLike) -> str:
    """Return an id, given as itself, by its object, or by the JSON of that. Raises TypeError for anything else.

    Raises ValueError for an empty one.
    """
    found = given.get("id") if isinstance(given, Mapping) else getattr(given, "id", given)
    if not isinstance(found, str):
        raise TypeError(f"an id was expected, or an object that has one, not {given!r}")
    if not found:
        raise ValueError("an id can't be empty")
    return found

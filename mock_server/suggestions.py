"""What somebody who mistyped a name probably meant."""

import difflib
from collections.abc import Collection, Iterable


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is most like this one, or None if none is."""
    close = difflib.get_close_matches(name, sorted(known), n=1)
    return close[0] if close else None


def refuse_unknown(given: Iterable[str], known: Collection[str]) -> None:
    """Raise TypeError for the first name that is not known, with the known name that is most like it."""
    for name in given:
        if name not in known:
            near = nearest(name, known)
            raise TypeError(f"there is no argument {name!r}" + (f"; did you mean {near!r}?" if near else ""))

"""How messages are worded: whole sentences, suggestions, and empty values called empty."""

from collections.abc import Collection, Iterable

__tracebackhide__ = True  # pytest shows the line of the test
_NEAR = 0.66  # of 1, which is the same name
_LONGEST = 100  # characters of a name


def sentence(text: str) -> str:
    """Return a text with a full stop at its end, unless it ends with a mark of its own."""
    return text if text.endswith((".", "?", "!")) else f"{text}."


def quoted(value: object, *, empty: str = "an empty value") -> str:
    """Return a value in quotes, or what an empty one is called."""
    return f"'{value}'" if str(value) else empty


def printable(text: str) -> str:
    """Return a text with everything escaped that would break a line, or that a terminal would obey."""
    return text if text.isprintable() else "".join(each if each.isprintable() else _escaped(each) for each in text)


def _escaped(character: str) -> str:
    return repr(character)[1:-1] if character.isascii() else character.encode("ascii", "backslashreplace").decode()


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that a wrong one is most like, or None if none is near."""
    if len(name) > _LONGEST:  # the comparison takes the square of its length
        return None
    from difflib import get_close_matches  # noqa: PLC0415 - keeps the start fast

    close = get_close_matches(name, sorted(known), n=1, cutoff=_NEAR)
    return close[0] if close else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a question about the known name nearest to a wrong one, to be appended; empty if none is near."""
    near = nearest(name, known)
    return f"; did you mean '{near}'?" if near else ""


def refuse_unknown(given: Iterable[str], known: Collection[str]) -> None:
    """Raise TypeError for the first name that is not known, with the known name that it is most like."""
    for name in given:
        if name not in known:
            raise TypeError(f"there is no argument '{name}'{did_you_mean(name, known)}")

"""Patterns by which faults and filters choose requests."""


def is_like(text: str | None, wanted: str) -> bool:
    """Return whether there is a text and it matches a pattern, in which `*` stands for any text."""
    if text is None:
        return False
    first, *others = wanted.split("*")
    if not others:
        return text == wanted
    at, last = len(first), others.pop()
    for part in others:  # the first place is the best, because any text may follow
        at = text.find(part, at) + len(part)
        if at < len(part):
            return False
    return text.startswith(first) and text.endswith(last) and len(text) - len(last) >= at


def is_named(operation: str | None, wanted: str) -> bool:
    """Return whether an operation has this name or one below it, as `sessions.create` is below `sessions`."""
    return operation is not None and (operation == wanted or operation.startswith(f"{wanted}."))

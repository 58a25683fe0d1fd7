"""Places in documents, such as `threads[0].items[1].type`."""

import msgspec


def place_and_reason(error: msgspec.ValidationError) -> tuple[str, str]:
    """Return the place that an error of msgspec names, empty for the whole document, and the reason without it."""
    reason, _, place = str(error).partition(" - at `$")
    return place.rstrip("`").lstrip("."), reason.replace("`", "'")

"""Where in a document something is wrong: `threads[0].items[1].type`."""

import msgspec


def place_and_reason(error: msgspec.ValidationError) -> tuple[str, str]:
    """Return the place that msgspec names in an error, empty for the whole document, and its reason without it."""
    reason, _, place = str(error).partition(" - at `$")
    return place.rstrip("`").lstrip("."), reason.replace("`", "'")

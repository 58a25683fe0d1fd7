"""The one cookie: the control key, for the pages of the emulator."""

CONTROL_KEY = "chatkit_mock_control_key"


def cookie(header: bytes, name: str) -> str:
    """Return a cookie of a request, or nothing."""
    from http.cookies import CookieError, SimpleCookie  # noqa: PLC0415 - keeps the start fast

    try:
        found = SimpleCookie(header.decode("latin-1")).get(name)
    except CookieError:
        return ""
    return "" if found is None else found.value

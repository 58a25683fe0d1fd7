"""Headers for a server of the user's own, with templates: `Authorization: Bearer {{user}}`."""

import re
from collections.abc import Iterable
from typing import Any

from mock_server.backends.backend import Call
from mock_server.errors import BackendFailed, BackendUnusable
from mock_server.wire.headers import Headers
from mock_server.wording import quoted
from mock_server.workflows.template import check_template, render

NAMES = ("user", "session", "workflow", "state")
USER = b"x-mock-user"
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", re.ASCII)
_BROKEN = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")  # what no header's value may contain
_OURS = {"content-length", "transfer-encoding", "connection", "x-mock-forwarded"}


class HeaderTemplates:
    """The headers that are given for a server; their names stand before the first colon."""

    def __init__(self, lines: Iterable[str]) -> None:
        """Check every line. Raises BackendUnusable."""
        self._values = dict(map(_checked, lines))

    def apply(self, call: Call, headers: Headers) -> Headers:
        """Return a request's headers with the given ones in place of others with their names. Raises BackendFailed."""
        session, user = call.caller.session, call.caller.user
        names: dict[str, Any] = {"user": user, "session": "", "workflow": "", "state": {}}
        if session is not None:
            names |= {"session": session.id, "workflow": session.workflow_id, "state": session.state_variables or {}}
        given = {USER: _encoded("X-Mock-User", user)}
        given |= {name.encode(): _encoded(name, render(value, names)) for name, value in self._values.items()}
        return [*(pair for pair in headers if pair[0] not in given), *given.items()]


def _checked(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    name, value = name.strip().lower(), value.strip()
    wrong = _reason(name, colon, value)
    if wrong is not None:
        raise BackendUnusable(f"header {line[:200]!r}", wrong)
    return name, value


def _reason(name: str, colon: str, value: str) -> str | None:
    if not colon:
        return "write a name, a colon and a value, such as 'Authorization: Bearer {{user}}'"
    if not _NAME.fullmatch(name):
        return f"{quoted(name, empty='an empty name')} can't be a header's name; use letters, digits and dashes"
    if name in _OURS:
        return f"the emulator itself sends {name!r}; leave it out"
    if _BROKEN.search(value.encode(errors="replace")):
        return "its value contains a line break or another control character; leave that out"
    try:
        check_template(value, NAMES)
    except ValueError as error:
        return str(error)
    return None


def _encoded(name: str, value: str) -> bytes:
    """Return a value as it is sent: in Latin-1, as it came, or else in UTF-8."""
    try:
        encoded = value.encode("latin-1")
    except UnicodeEncodeError:
        encoded = value.encode(errors="replace")
    if _BROKEN.search(encoded):
        reason = f"The value for the header {name!r} contains a line break or another control character"
        raise BackendFailed(400, reason, hint="It comes from the user's id or from the session.")
    return encoded

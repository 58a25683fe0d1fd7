"""Regular expressions of workflow files, which must not take longer than other requests can wait.

The `regex` package reads what `re` reads, and can be given a time limit. RE2, which needs none, lacks lookaround, knows
only ASCII letters, and can't be installed on Alpine without a compiler.
"""

import math
import re
from typing import TYPE_CHECKING

from mock_server.clock import stopwatch
from mock_server.errors import OperationRefused

if TYPE_CHECKING:
    import regex

SECONDS = 0.02  # for all searches in one message
TEXT = 30_000  # characters of a message; the limit is looked at between the steps, which grow with the text
_LENGTH = 1000  # characters of an expression
_REPEATS = 10_000  # of counts such as `{1,300}`, multiplied: nested ones take as much memory and time
_COUNT = re.compile(r"\{(\d*),?(\d*)\}")


class RegexTooSlow(OperationRefused):
    """A search that was ended."""

    def __init__(self, expression: str) -> None:
        super().__init__(
            f"The regex {expression!r} of the workflow takes more than {SECONDS * 1000:.0f} ms on this message; "
            "avoid a repeat within a repeat, such as (a+)+."
        )


def check_regex(expression: str) -> None:
    """Raise ValueError for an expression that can't be used, with the reason."""
    counts = [int(high or low or 1) for low, high in _COUNT.findall(expression) if len(low + high) < 20]
    if len(expression) > _LENGTH or math.prod(max(1, count) for count in counts) > _REPEATS:
        raise ValueError(
            f"is too large: at most {_LENGTH} characters, and {_REPEATS:,} repeats by counts such as {{3}}"
        )
    try:
        _compiled(expression)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"is not a regular expression: {error}") from None


class Searches:
    """The searches in one message, which share a time limit."""

    def __init__(self) -> None:
        self._left = SECONDS

    def finds(self, expression: str, text: str) -> bool:
        """Return whether an expression matches anywhere in the beginning of a text. Raises RegexTooSlow."""
        pattern, began = _compiled(expression), stopwatch()
        try:
            found = pattern.search(text[:TEXT], timeout=max(self._left, 0.0001)) is not None
        except TimeoutError:
            raise RegexTooSlow(expression) from None
        self._left -= stopwatch() - began
        return found


def _compiled(expression: str) -> "regex.Pattern[str]":
    import regex  # noqa: PLC0415 - 20 ms, for scripts with an expression only

    try:
        return regex.compile(expression)
    except regex.error as error:
        raise re.error(str(error)) from None

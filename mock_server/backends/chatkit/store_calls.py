"""Calls of a Store in the words in which the journal shows them."""

import inspect
from collections.abc import Callable
from typing import Any

from chatkit.store import AttachmentStore, Store

from mock_server.clock import stopwatch
from mock_server.masking import hidden
from mock_server.state.journal import Entry
from mock_server.wire.control.requests import StoreCall

MOST_CALLS = 200  # of one request
_MOST_CHARACTERS = 200
METHODS = {
    name: inspect.signature(method)
    for kind in (AttachmentStore, Store)
    for name, method in vars(kind).items()
    if inspect.isfunction(method) and not name.startswith("_")
}
"""The methods whose calls are kept, with the parameters that they have in `openai-chatkit`."""
FAULTY = {name for name in METHODS if not name.startswith("generate_")}  # those that are awaited


def begin(entry: Entry, method: str, given: tuple[Any, ...], named: dict[str, Any]) -> StoreCall:
    """Note in a journal entry that a call begins, unless it has enough of them."""
    made = StoreCall(call=_shown(lambda: _call(method, given, named)), at=_milliseconds_since(entry.began))
    if entry.calls is not None and len(entry.calls) < MOST_CALLS:
        entry.calls.append(made)
    return made


def end(made: StoreCall, entry: Entry, *, result: Any = None, error: BaseException | None = None) -> None:
    """Note how a call has ended: with what it returned, or what it raised."""
    made.milliseconds = round(_milliseconds_since(entry.began) - made.at, 3)
    if error is not None:
        made.result = _shown(lambda: f"raised {type(error).__name__}")
    elif result is not None:
        made.result = _shown(lambda: _result(result, made.call))


def _call(method: str, given: tuple[Any, ...], named: dict[str, Any]) -> str:
    try:
        arguments = METHODS[method].bind(None, *given, **named).arguments
    except TypeError:  # the user's own method takes something else
        arguments = {**{f"_{at}": value for at, value in enumerate(given)}, **named}
    words = [_argument(name, value) for name, value in arguments.items() if name not in {"self", "context"}]
    return f"{method}({', '.join(word for word in words if word)})"


def _argument(name: str, value: Any) -> str:
    if value is None:
        return ""
    return f"{name} {value}" if name in {"after", "limit"} else _text(value)


def _result(result: Any, call: str) -> str:
    if isinstance(data := getattr(result, "data", None), list):
        more = ", and more follow" if getattr(result, "has_more", False) else ""
        noun = "thread" if call.startswith("load_threads(") else "item"
        return f"{len(data)} {noun}{'' if len(data) == 1 else 's'}{more}"
    return _text(result)


def _text(value: Any) -> str:
    """Return a text or number as it is, something with an id by its id, its type in front, anything else by its type.

    A thread has no type, only its id.
    """
    if isinstance(value, str | int | float):
        return str(value)
    kind, named = getattr(value, "type", None), getattr(value, "id", None) or getattr(value, "name", None)
    return " ".join(str(each) for each in (kind, named) if each) or type(value).__name__


def _shown(words: Callable[[], str]) -> str:
    """Return a short text without secrets; a user's own objects may fail at anything, but not their calls for it."""
    try:
        text = hidden(words()[: 10 * _MOST_CHARACTERS])
    except Exception as error:  # noqa: BLE001 - of the user's own code
        return f"can't be shown: {type(error).__name__}"
    return text if len(text) <= _MOST_CHARACTERS else f"{text[: _MOST_CHARACTERS - 1]}…"


def _milliseconds_since(began: float) -> float:
    return round((stopwatch() - began) * 1000, 3)

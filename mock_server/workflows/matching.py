"""Chooses which turn of a script is played, and explains why, by the same conditions."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType

from mock_server.wire.chat.items import WidgetItem
from mock_server.wire.chat.operations import Action
from mock_server.wire.control.workflows import Condition
from mock_server.wire.rest.files import Attachment
from mock_server.workflows.regexes import TEXT, RegexTooSlow, Searches
from mock_server.workflows.script import Script, ScriptedTurn, Step, TextMatch, When

PROMPTS = 6  # the most that are shown per script
_LOOKED_AT = 50  # turns of a script that may have one


class TurnInput(Struct, frozen=True, kw_only=True):
    """What the assistant replies to: a message, a widget's action, a tool's output, or answers to questions.

    number: how many messages the user has sent in this thread so far.
    state: the session's state variables.
    """

    kind: Literal["message", "action", "tool", "answers"]
    number: int
    user: str
    text: str = ""
    attachments: list[Attachment] = []
    action: Action | None = None
    sender: WidgetItem | None = None
    tool: str = ""
    output: Any = None
    answers: dict[str, str] = {}
    state: dict[str, Any] = {}
    session: dict[str, Any] = {}
    thread: dict[str, Any] = {}

    def names(self) -> dict[str, Any]:
        """Return the values that templates can use, by name."""
        return {
            "text": self.text,
            "user": self.user,
            "turn": self.number,
            "state": self.state,
            "session": self.session,
            "thread": self.thread,
            "action": {"type": self.action.type, "payload": self.action.payload} if self.action else {},
            "tool": self.tool,
            "output": self.output,
            "answers": self.answers,
            "attachments": [{"name": each.name, "mime_type": each.mime_type} for each in self.attachments],
        }


class Choice(Struct, frozen=True, kw_only=True):
    """The chosen reply: that of a turn, with its index, the script's default, or the fallback's."""

    matched: Literal["turn", "default", "echo"]
    index: int | None = None
    reply: list[Step]


def choose(moment: TurnInput, script: Script, fallback: Script) -> Choice:
    """Choose the first turn that matches, else the script's default, else what the fallback replies."""
    index = _first_fitting(moment, script.turns)
    if index is not None:
        return Choice(matched="turn", index=index, reply=script.turns[index].reply)
    if script.default is not UNSET and (moment.kind == "message" or script is not fallback):
        return Choice(matched="default", reply=script.default)
    return Choice(matched="echo", reply=reply_to(moment, fallback, fallback) if script is not fallback else [])


def reply_to(moment: TurnInput, script: Script, fallback: Script) -> list[Step]:
    """Return the steps of the chosen reply."""
    return choose(moment, script, fallback).reply


def prompts_of(script: Script) -> list[str]:
    """Return messages that a script's turns reply to in a new thread, in order; a turn with a regex has none."""
    return list(islice(_prompts(script), PROMPTS))


def _first_fitting(moment: TurnInput, turns: Sequence[ScriptedTurn]) -> int | None:
    searches = Searches()
    fitting = (
        index for index, turn in enumerate(turns) if all(each.fits for each in conditions(moment, turn.when, searches))
    )
    return next(fitting, None)


def _prompts(script: Script) -> Iterator[str]:
    turns = script.turns[:_LOOKED_AT]
    for index, turn in enumerate(turns):
        text = _example(turn.when)
        if text.strip():
            moment = TurnInput(kind="message", number=1, user="", text=text)
            with suppress(RegexTooSlow):
                if _first_fitting(moment, turns) == index:
                    yield text


def _example(when: When) -> str:
    if isinstance(when.text, TextMatch):
        return when.text.equals or when.text.contains or ""
    return when.text or ""


def conditions(moment: TurnInput, when: When, searches: Searches) -> Iterator[Condition]:
    """Yield the conditions of a turn with their results, in the order in which they are checked.

    `searches` are those in this message. Raises RegexTooSlow.
    """
    yield _on_kind(moment, when)
    yield from _on_text(moment.text, when.text, searches)
    if when.turn is not UNSET:
        yield _condition("turn", when.turn, moment.number, fits=when.turn == moment.number)
    if when.output is not UNSET:
        yield _condition("output", when.output, moment.output, fits=_contains(moment.output, when.output))
    if when.state is not UNSET:
        yield _condition("state", when.state, moment.state, fits=_contains(moment.state, when.state))
    if when.user is not UNSET:
        yield _condition("user", when.user, moment.user, fits=when.user == moment.user)
    if when.attachment is not UNSET:
        given = [each.mime_type for each in moment.attachments]
        fits = _fits_attachment(moment.attachments, wanted=when.attachment)
        yield _condition("attachment", when.attachment, given, fits=fits)


def _on_kind(moment: TurnInput, when: When) -> Condition:
    """Check the kind of input: a condition on an action, a tool or answers asks for it, an empty one for any."""
    if when.action is not UNSET:
        sent = moment.action.type if moment.action else None
        return _condition("action", when.action, sent, fits=sent is not None and when.action in {"", sent})
    if when.tool is not UNSET or when.output is not UNSET:
        called = moment.tool if moment.kind == "tool" else None
        wanted = when.tool or ""
        return _condition("tool", wanted, called, fits=called is not None and wanted in {"", called})
    if when.answers is not UNSET:
        answers = moment.answers if moment.kind == "answers" else None
        return _condition("answers", when.answers, answers, fits=_contains(answers, when.answers))
    return _condition("kind", "message", moment.kind, fits=moment.kind == "message")


def _on_text(text: str, wanted: str | TextMatch | UnsetType, searches: Searches) -> Iterator[Condition]:
    beginning = text[:TEXT]  # a script may have many turns, and each looks
    if isinstance(wanted, str):
        yield _condition("text", wanted, text, fits=wanted.casefold() in beginning.casefold())
    elif isinstance(wanted, TextMatch):
        if wanted.equals is not UNSET:
            yield _condition("text.equals", wanted.equals, text, fits=wanted.equals == text)
        if wanted.contains is not UNSET:
            yield _condition("text.contains", wanted.contains, text, fits=wanted.contains in beginning)
        if wanted.regex is not UNSET:
            yield _condition("text.regex", wanted.regex, text, fits=searches.finds(wanted.regex, text))


def _condition(name: str, wanted: Any, given: Any, *, fits: bool) -> Condition:
    return Condition(name=name, wanted=wanted, given=given, fits=fits)


def _fits_attachment(attachments: list[Attachment], *, wanted: bool | str) -> bool:
    if isinstance(wanted, bool):
        return bool(attachments) == wanted
    return any(each.mime_type.startswith(wanted) for each in attachments)


def _contains(value: Any, wanted: Any) -> bool:
    """Return whether `wanted` equals `value`, or is an object whose entries are all in `value`."""
    if isinstance(wanted, dict):
        return isinstance(value, dict) and all(key in value and _contains(value[key], wanted[key]) for key in wanted)
    return bool(value == wanted)

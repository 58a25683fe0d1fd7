"""Which turn of a script is played."""

import re
from typing import Any, Literal

from msgspec import UNSET, Struct

from mock_server.wire.conversation import Action
from mock_server.wire.files import Attachment
from mock_server.wire.items import WidgetItem
from mock_server.workflows.script import Script, Step, TextMatch, When


class Moment(Struct, frozen=True, kw_only=True):
    """What the assistant answers to: a message, a widget's action, a tool's output, or answers to questions.

    number: how many messages the user has sent in this thread.
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
        """What templates may name."""
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


def reply_to(moment: Moment, script: Script, fallback: Script) -> list[Step]:
    """The steps of the first turn that fits, else the script's default, else the fallback's."""
    for turn in script.turns:
        if _fits(moment, turn.when):
            return turn.reply
    if script.default is not UNSET and (moment.kind == "message" or script is not fallback):
        return script.default
    return reply_to(moment, fallback, fallback) if script is not fallback else []


def _fits(moment: Moment, when: When) -> bool:
    return (
        _fits_kind(moment, when)
        and (when.text is UNSET or _fits_text(moment.text, when.text))
        and (when.turn is UNSET or when.turn == moment.number)
        and (when.output is UNSET or _contains(moment.output, when.output))
        and (when.state is UNSET or _contains(moment.state, when.state))
        and (when.user is UNSET or when.user == moment.user)
        and (when.attachment is UNSET or _fits_attachment(moment.attachments, wanted=when.attachment))
    )


def _fits_kind(moment: Moment, when: When) -> bool:
    """A condition on an action, a tool or answers makes a turn one for those; an empty one fits any."""
    if when.action is not UNSET:
        return moment.action is not None and when.action in {"", moment.action.type}
    if when.tool is not UNSET or when.output is not UNSET:
        return moment.kind == "tool" and (when.tool or moment.tool) == moment.tool
    if when.answers is not UNSET:
        return moment.kind == "answers" and _contains(moment.answers, when.answers)
    return moment.kind == "message"


def _fits_text(text: str, wanted: str | TextMatch) -> bool:
    if isinstance(wanted, str):
        return wanted.casefold() in text.casefold()
    return (
        (wanted.equals is UNSET or wanted.equals == text)
        and (wanted.contains is UNSET or wanted.contains in text)
        and (wanted.regex is UNSET or re.search(wanted.regex, text) is not None)
    )


def _fits_attachment(attachments: list[Attachment], *, wanted: bool | str) -> bool:
    if isinstance(wanted, bool):
        return bool(attachments) == wanted
    return any(each.mime_type.startswith(wanted) for each in attachments)


def _contains(value: Any, wanted: Any) -> bool:
    """Whether `wanted` is equal, or an object all of whose entries are in `value`."""
    if isinstance(wanted, dict):
        return isinstance(value, dict) and all(key in value and _contains(value[key], wanted[key]) for key in wanted)
    return bool(value == wanted)

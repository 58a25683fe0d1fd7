"""Workflows as `/_mock/workflows` lists, shows and tries them."""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from mock_server.wire.chat.items import ThreadItem
from mock_server.wire.chat.operations import Action
from mock_server.wire.rest.sessions import StateVariables


class WorkflowState(Struct, frozen=True, kw_only=True):
    """A workflow: the versions it says there are, null for any, how many turns it scripts, and where it came from.

    file: its path, null for one that was added.
    error: why its file can't be used any more; its last good script goes on.
    prompts: messages that its turns answer to, six at most.
    """

    id: str
    description: str
    versions: list[str] | None
    turns: int
    source: Literal["file", "added"]
    file: str | None
    error: str | None
    prompts: list[str]


class WorkflowError(Struct, frozen=True, kw_only=True):
    """Why a file can't be used: the line, counted from 1, and the place in it, such as `turns[0].when`.

    workflow: the id of the last good script, which goes on; null where there never was one.
    message: all of it in one sentence.
    """

    file: str
    workflow: str | None
    line: int | None
    place: str
    reason: str
    message: str


class WorkflowList(Struct, frozen=True, kw_only=True):
    """Every workflow with a script, of the whole server; any other id is answered by the echo.

    errors: of the files that can't be used as they are now.
    """

    workflows: list[WorkflowState]
    errors: list[WorkflowError]


class WorkflowDetail(WorkflowState, frozen=True, kw_only=True):
    """A workflow with its script, as `POST /_mock/workflows` takes it.

    text: of its file as it is now, null for one that was added.
    errors: of its file.
    """

    script: dict[str, Any]
    text: str | None
    errors: list[WorkflowError]


class _Tried(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of what is tried."""


class TrialAttachment(_Tried, frozen=True, kw_only=True):
    """A file that comes with the message."""

    name: str
    mime_type: str


class TrialParams(_Tried, frozen=True, kw_only=True):
    """What to answer: a message, unless there is an action, a tool with its output, or answers to questions.

    text, attachments: of the message.
    turn: how many messages the user has sent in the thread, this one among them.
    state: the session's state variables.
    action: what a widget sends; the first widget of the script that offers it is taken for the sender.
    answers: by question.
    """

    text: str = ""
    user: str = "ada"
    turn: Annotated[int, Meta(ge=1, le=1_000_000)] = 1
    state: StateVariables = {}
    action: Action | UnsetType = UNSET
    tool: str | UnsetType = UNSET
    output: Any = UNSET
    answers: dict[str, str] | UnsetType = UNSET
    attachments: list[TrialAttachment] = []


class Condition(Struct, frozen=True, kw_only=True):
    """A condition of a turn: what it wants, what was given, and whether that fits.

    name: `kind` (of what is answered), `action`, `tool`, `answers`, `text`, `text.equals`, `text.contains`,
        `text.regex`, `turn`, `output`, `state`, `user` or `attachment`.
    """

    name: str
    wanted: Any
    given: Any
    fits: bool


class TurnTrial(Struct, frozen=True, kw_only=True):
    """A turn with its conditions, all of which have to fit."""

    index: int
    fits: bool
    conditions: list[Condition]


class Trial(Struct, frozen=True, kw_only=True):
    """What would answer and why, and the items that it would show; nothing of it is kept.

    matched: a turn, the first that fits; else the script's default; else the echo.
    index: of the turn.
    """

    matched: Literal["turn", "default", "echo"]
    index: int | None
    turns: list[TurnTrial]
    items: list[ThreadItem]

"""Workflows on `/_mock/workflows`: lists, details and dry runs."""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from mock_server.wire.chat.items import ThreadItem
from mock_server.wire.chat.operations import Action
from mock_server.wire.rest.sessions import StateVariables


class WorkflowState(Struct, frozen=True, kw_only=True):
    """A workflow with a script.

    versions: those that exist; null if any does. turns: the number of turns in the script.
    source: whether it comes from a file or was added. file: the file's path; null if it was added.
    error: why the file can't be used as it is now; its last valid script stays in use.
    prompts: messages that its turns reply to, at most six.
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
    """Why a workflow file can't be used.

    workflow: the id of the file's last valid script, which stays in use; null if there never was one.
    line: counted from 1. place: where in the document, such as `turns[0].when`.
    message: all of this in one sentence.
    """

    file: str
    workflow: str | None
    line: int | None
    place: str
    reason: str
    message: str


class WorkflowList(Struct, frozen=True, kw_only=True):
    """Every workflow of the server that has a script; for any other id, the echo workflow replies.

    errors: why files can't be used as they are now.
    """

    workflows: list[WorkflowState]
    errors: list[WorkflowError]


class WorkflowDetail(WorkflowState, frozen=True, kw_only=True):
    """A workflow with its script, as `POST /_mock/workflows` takes it.

    text: the current text of its file; null if it was added.
    errors: why its file can't be used as it is now.
    """

    script: dict[str, Any]
    text: str | None
    errors: list[WorkflowError]


class _Tried(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the input of a dry run."""


class TrialAttachment(_Tried, frozen=True, kw_only=True):
    """A file that is sent with the message."""

    name: str
    mime_type: str


class TrialParams(_Tried, frozen=True, kw_only=True):
    """The input of a dry run: a message, unless it is an action, a tool with its output, or answers to questions.

    text, attachments: those of the message.
    turn: how many messages the user has sent in the thread, including this one.
    state: the session's state variables.
    action: what a widget sends; the sender is the first widget of the script that offers it.
    answers: the answers by the ids of their questions.
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
    """A condition of a turn: the expected value, the given one, and whether they match.

    name: `kind` (of the input), `action`, `tool`, `answers`, `text`, `text.equals`, `text.contains`, `text.regex`,
        `turn`, `output`, `state`, `user` or `attachment`.
    """

    name: str
    wanted: Any
    given: Any
    fits: bool


class TurnTrial(Struct, frozen=True, kw_only=True):
    """A turn with its conditions, all of which must hold."""

    index: int
    fits: bool
    conditions: list[Condition]


class Trial(Struct, frozen=True, kw_only=True):
    """The result of a dry run: which reply was chosen and why, and its items. Nothing is stored.

    matched: the first turn that matches, else the script's default, else the echo.
    index: the turn's index, from 0; null if no turn matched.
    items: the items that the reply would add or change.
    """

    matched: Literal["turn", "default", "echo"]
    index: int | None
    turns: list[TurnTrial]
    items: list[ThreadItem]

"""The model of a workflow file: its turns, and the steps of their replies."""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from mock_server.wire.chat.items import Annotation, StructuredInput, Task, UrlSource

Duration = Annotated[
    str | float | int,
    Meta(
        description="Seconds, or numbers with their units: 200ms, 1.5s, 1m30s.",
        extra_json_schema={"examples": ["200ms"]},
    ),
]


class _ScriptPart(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a workflow file; unknown keys are refused."""


class Pace(_ScriptPart, frozen=True, kw_only=True):
    """How text is streamed: in which pieces, and with which pause between them."""

    by: Literal["words", "characters", "whole"] = "words"
    every: Duration = 0


class Message(_ScriptPart, frozen=True, kw_only=True):
    """A message of the assistant: a `text`, or `chunks` that are streamed as they are."""

    text: str | UnsetType = UNSET
    chunks: list[str] | UnsetType = UNSET
    annotations: list[Annotation] = []
    stream: Pace | UnsetType = UNSET


class Progress(_ScriptPart, frozen=True, kw_only=True):
    """A line about the assistant's progress, shown until something else is."""

    text: str
    icon: str | UnsetType = UNSET


class Thought(_ScriptPart, frozen=True, kw_only=True):
    """A thought in a chain of reasoning."""

    content: str
    title: str | UnsetType = UNSET


class Reasoning(_ScriptPart, frozen=True, kw_only=True):
    """The reasoning before a reply; `seconds` is how long it says it took, by default the time it really took."""

    thoughts: list[str | Thought]
    seconds: int | UnsetType = UNSET
    every: Duration = 0


class WorkflowStep(_ScriptPart, frozen=True, kw_only=True):
    """Tasks of one piece of work, with a title that is shown at its end."""

    tasks: list[Task]
    title: str | UnsetType = UNSET
    icon: str | UnsetType = UNSET
    expanded: bool = False
    every: Duration = 0


class WebSearch(_ScriptPart, frozen=True, kw_only=True):
    """A web search; its sources appear after `every`."""

    queries: list[str]
    sources: list[UrlSource] = []
    title: str | UnsetType = UNSET
    every: Duration = 0


class WidgetUpdate(_ScriptPart, frozen=True, kw_only=True):
    """A change to the last widget shown, or to the one whose action is being handled.

    It has either `root`, or `component_id` with a new `component` or with `text` to stream into it.
    """

    root: dict[str, Any] | UnsetType = UNSET
    component_id: str | UnsetType = UNSET
    component: dict[str, Any] | UnsetType = UNSET
    text: str | UnsetType = UNSET


class ClientTool(_ScriptPart, frozen=True, kw_only=True):
    """A call of a tool in the browser. It ends the turn; a turn with `when: {tool: name}` handles the tool's output."""

    name: str
    arguments: dict[str, Any] = {}


class Image(_ScriptPart, frozen=True, kw_only=True):
    """A generated image, which appears after `every`."""

    url: str
    every: Duration = 0


class Effect(_ScriptPart, frozen=True, kw_only=True):
    """An effect that the page carries out."""

    name: str
    data: dict[str, Any] = {}


class NoticeStep(_ScriptPart, frozen=True, kw_only=True):
    """A notice to the user."""

    message: str
    level: Literal["info", "warning", "danger"] = "info"
    title: str | UnsetType = UNSET


class ErrorStep(_ScriptPart, frozen=True, kw_only=True):
    """A failure, which ends the turn. Without a message the element shows its own text."""

    message: str | UnsetType = UNSET
    code: str | UnsetType = UNSET
    allow_retry: bool = False


class Step(_ScriptPart, frozen=True, kw_only=True):
    """One step of a reply; it has exactly one of these keys."""

    message: str | Message | UnsetType = UNSET
    progress: str | Progress | UnsetType = UNSET
    reasoning: Reasoning | UnsetType = UNSET
    workflow: WorkflowStep | UnsetType = UNSET
    web_search: WebSearch | UnsetType = UNSET
    task: Task | UnsetType = UNSET
    widget: dict[str, Any] | UnsetType = UNSET
    update_widget: WidgetUpdate | UnsetType = UNSET
    client_tool: ClientTool | UnsetType = UNSET
    structured_input: list[StructuredInput] | UnsetType = UNSET
    image: Image | UnsetType = UNSET
    effect: Effect | UnsetType = UNSET
    notice: str | NoticeStep | UnsetType = UNSET
    error: str | ErrorStep | UnsetType = UNSET
    title: str | UnsetType = UNSET
    pause: Duration | UnsetType = UNSET
    lock: str | UnsetType = UNSET
    close: str | UnsetType = UNSET
    end_of_turn: Literal[True] | UnsetType = UNSET
    disconnect: Literal[True] | UnsetType = UNSET

    def kinds(self) -> list[str]:
        """Return the keys that are set; a valid step has one."""
        return [name for name in self.__struct_fields__ if getattr(self, name) is not UNSET]


class TextMatch(_ScriptPart, frozen=True, kw_only=True):
    """Conditions on the user's text, all of which must hold."""

    equals: str | UnsetType = UNSET
    contains: str | UnsetType = UNSET
    regex: str | UnsetType = UNSET


class When(_ScriptPart, frozen=True, kw_only=True):
    """Conditions on a turn, all of which must hold. A plain `text` must occur in the user's text, ignoring case."""

    text: str | TextMatch | UnsetType = UNSET
    turn: Annotated[int, Meta(ge=1)] | UnsetType = UNSET
    action: str | UnsetType = UNSET
    tool: str | UnsetType = UNSET
    output: Any = UNSET
    answers: dict[str, str] | UnsetType = UNSET
    state: dict[str, str | int | float | bool] | UnsetType = UNSET
    user: str | UnsetType = UNSET
    attachment: bool | str | UnsetType = UNSET


class ScriptedTurn(_ScriptPart, frozen=True, kw_only=True):
    """A turn and the reply to it; the first turn that matches is played."""

    when: When
    reply: list[Step]


class Script(_ScriptPart, frozen=True, kw_only=True):
    """A workflow file. Its id is by default the file's name."""

    id: str | UnsetType = UNSET
    description: str = ""
    versions: list[str] | UnsetType = UNSET
    stream: Pace = Pace()
    turns: list[ScriptedTurn] = []
    default: list[Step] | UnsetType = UNSET
    transcript: str = "Transcribed audio"

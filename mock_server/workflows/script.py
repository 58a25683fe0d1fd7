"""The model of a workflow file: which turns it knows, and the steps it answers with."""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from mock_server.wire.chat.items import Annotation, StructuredInput, Task, UrlSource

Duration = Annotated[
    str | float | int,
    Meta(description="Seconds, or a number with its unit: 200ms, 1.5s, 2m.", extra_json_schema={"examples": ["200ms"]}),
]


class _ScriptPart(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a file: unknown keys are refused."""


class Pace(_ScriptPart, frozen=True, kw_only=True):
    """How text is streamed: in which pieces, and how long apart."""

    by: Literal["words", "characters", "whole"] = "words"
    every: Duration = 0


class Message(_ScriptPart, frozen=True, kw_only=True):
    """A message of the assistant's; `chunks` are streamed as they stand instead of `text`."""

    text: str | UnsetType = UNSET
    chunks: list[str] | UnsetType = UNSET
    annotations: list[Annotation] = []
    stream: Pace | UnsetType = UNSET


class Progress(_ScriptPart, frozen=True, kw_only=True):
    """A line that passes."""

    text: str
    icon: str | UnsetType = UNSET


class Thought(_ScriptPart, frozen=True, kw_only=True):
    """A thought."""

    content: str
    title: str | UnsetType = UNSET


class Reasoning(_ScriptPart, frozen=True, kw_only=True):
    """Thoughts before an answer; `seconds` is how long they are said to have taken."""

    thoughts: list[str | Thought]
    seconds: int | UnsetType = UNSET
    every: Duration = 0


class WorkflowStep(_ScriptPart, frozen=True, kw_only=True):
    """Tasks of one piece of work, closed by a title."""

    tasks: list[Task]
    title: str | UnsetType = UNSET
    icon: str | UnsetType = UNSET
    expanded: bool = False
    every: Duration = 0


class WebSearch(_ScriptPart, frozen=True, kw_only=True):
    """A search on the web; what it found comes after `every`."""

    queries: list[str]
    sources: list[UrlSource] = []
    title: str | UnsetType = UNSET
    every: Duration = 0


class WidgetUpdate(_ScriptPart, frozen=True, kw_only=True):
    """A change of the widget just shown, or of the one whose action is answered: one of the three."""

    root: dict[str, Any] | UnsetType = UNSET
    component_id: str | UnsetType = UNSET
    component: dict[str, Any] | UnsetType = UNSET
    text: str | UnsetType = UNSET


class ClientTool(_ScriptPart, frozen=True, kw_only=True):
    """A call of a tool in the browser. It ends the turn; a turn with `when: {tool: name}` goes on with its output."""

    name: str
    arguments: dict[str, Any] = {}


class Image(_ScriptPart, frozen=True, kw_only=True):
    """A generated image."""

    url: str
    every: Duration = 0


class Effect(_ScriptPart, frozen=True, kw_only=True):
    """Something for the page to do."""

    name: str
    data: dict[str, Any] = {}


class NoticeStep(_ScriptPart, frozen=True, kw_only=True):
    """Something to tell the user."""

    message: str
    level: Literal["info", "warning", "danger"] = "info"
    title: str | UnsetType = UNSET


class ErrorStep(_ScriptPart, frozen=True, kw_only=True):
    """A failure; it ends the turn. Without a message the element shows its own words."""

    message: str | UnsetType = UNSET
    code: str | UnsetType = UNSET
    allow_retry: bool = False


class Step(_ScriptPart, frozen=True, kw_only=True):
    """One step of a reply: exactly one of these keys."""

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
        """The keys that are set; a good step has one."""
        return [name for name in self.__struct_fields__ if getattr(self, name) is not UNSET]


class TextMatch(_ScriptPart, frozen=True, kw_only=True):
    """What the user's text has to be; several conditions all hold."""

    equals: str | UnsetType = UNSET
    contains: str | UnsetType = UNSET
    regex: str | UnsetType = UNSET


class When(_ScriptPart, frozen=True, kw_only=True):
    """What a turn has to be; several conditions all hold. A plain `text` is one that is contained, in any case."""

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
    """A turn and the reply to it; the first that fits is played."""

    when: When
    reply: list[Step]


class Script(_ScriptPart, frozen=True, kw_only=True):
    """A workflow file. Its id is the file's name unless it says otherwise."""

    id: str | UnsetType = UNSET
    description: str = ""
    versions: list[str] | UnsetType = UNSET
    stream: Pace = Pace()
    turns: list[ScriptedTurn] = []
    default: list[Step] | UnsetType = UNSET
    transcript: str = "Transcribed audio"

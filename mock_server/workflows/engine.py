"""Plays one turn of a script as the stream events of the conversation, without sockets or event loops."""

import math
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, ClassVar, TypeVar

import msgspec
from msgspec import UNSET, Struct, UnsetType, structs

from mock_server.ids import IdFactory, tail_of
from mock_server.moments import seconds
from mock_server.state.threads import StoredThread, zoned
from mock_server.wire.chat import events, items
from mock_server.wire.chat.events import ThreadStreamEvent
from mock_server.wire.rest.threads import ClosedStatus, LockedStatus
from mock_server.workflows import script as model
from mock_server.workflows.matching import TurnInput
from mock_server.workflows.script import Step
from mock_server.workflows.template import render

TITLE_WORDS = 6
_TITLE = 1000  # characters in which they are
_RUN = 2048  # characters that are streamed at once
_COPIED = 10**9  # characters that are copied for the pieces of one text, at most
_LONG = 4096  # characters of one word or space, at most: a match is not interrupted
_PIECES = {
    "words": re.compile(rf"\s{{0,{_LONG}}}\S{{1,{_LONG}}}\s{{0,{_LONG}}}|\s{{1,{_LONG}}}"),
    "characters": re.compile(".", re.DOTALL),
}


class Pause(Struct, frozen=True):
    """A pause of this many seconds."""

    seconds: float


class Disconnect(Struct, frozen=True):
    """An end of the connection in the middle of the stream."""


_encode = msgspec.json.Encoder().encode
TurnOutput = ThreadStreamEvent | events.TextDeltas | Pause | Disconnect
P = TypeVar("P")


class TurnEngine:
    """Plays one turn. Iterate over `run`, and apply each event to the thread before taking the next."""

    def __init__(
        self,
        steps: list[Step],
        *,
        given: TurnInput,
        pace: model.Pace,
        thread: StoredThread,
        ids: IdFactory,
        clock: Callable[[], float],
        titling: bool,
        streamed: bool = True,
    ) -> None:
        """`clock` returns unix seconds; with `titling`, a message gives its thread a title if it has none.

        Unless it is `streamed`, texts are not cut into pieces.
        """
        self._steps, self._given, self._pace, self._thread = steps, given, pace, thread
        self._ids, self._clock = ids, clock
        self._names, self._streamed = given.names(), streamed
        self._wants_title = titling and thread.title is None and bool(given.text)
        self._tail = tail_of(thread.id) or _tail_of_items(thread) or ids.new_tail()
        self._widget: items.WidgetItem | None = given.sender
        self._widget_is_open = False

    def run(self) -> Iterator[TurnOutput]:
        """Yield the events in order, with the pauses between them."""
        for at, step in enumerate(self._steps):
            follows_update = at + 1 < len(self._steps) and self._steps[at + 1].update_widget is not UNSET
            yield from self._play_step(step, follows_update=follows_update)
            if self._ends_turn(step):
                break
        yield from self._close_widget()
        yield from self._automatic_title()

    @staticmethod
    def _ends_turn(step: Step) -> bool:
        ending = (step.client_tool, step.structured_input, step.error, step.disconnect)
        return any(each is not UNSET for each in ending)

    def _play_step(self, step: Step, *, follows_update: bool) -> Iterator[TurnOutput]:
        if step.update_widget is UNSET:
            yield from self._close_widget()
        (kind,) = step.kinds()
        value = self._filled(getattr(step, kind))
        if kind == "widget":
            yield from self._show_widget(value, stays_open=follows_update)
        else:
            yield from self._players[kind](self, value)

    # One method per kind of step.

    def _message(self, value: str | model.Message) -> Iterator[TurnOutput]:
        message = model.Message(text=value) if isinstance(value, str) else value
        pace = self._pace if message.stream is UNSET else message.stream
        text = message.text or "".join(message.chunks or [])
        by = pace.by if self._streamed else "whole"
        chunks, pause = (self._streamed and message.chunks) or _pieces(text, by), list(_pause(pace.every))
        item = items.AssistantMessageItem(**self._base(), content=[])
        yield events.ItemAdded(item=item)
        empty = items.AssistantMessageContent(text="", annotations=[])
        yield _updated(item, events.ContentPartAdded(content_index=0, content=empty))
        for deltas in _runs(chunks, most=1 if pause else _RUN):
            yield events.TextDeltas(item_id=item.id, content_index=0, deltas=deltas)
            yield from self._automatic_title()  # between the deltas, after the first (observed)
            yield from pause
        for index, annotation in enumerate(message.annotations):
            update = events.AnnotationAdded(content_index=0, annotation_index=index, annotation=annotation)
            yield _updated(item, update)
        whole = items.AssistantMessageContent(text=text, annotations=list(message.annotations))
        yield _updated(item, events.ContentPartDone(content_index=0, content=whole))
        yield events.ItemDone(item=structs.replace(item, content=[whole]))

    def _progress(self, value: str | model.Progress) -> Iterator[TurnOutput]:
        step = model.Progress(text=value) if isinstance(value, str) else value
        yield events.ProgressUpdate(text=step.text, icon=step.icon)

    def _reasoning(self, step: model.Reasoning) -> Iterator[TurnOutput]:
        began = self._clock()
        thoughts = [model.Thought(content=each) if isinstance(each, str) else each for each in step.thoughts]
        tasks: list[items.Task] = [items.ThoughtTask(content=each.content, title=each.title) for each in thoughts]
        item = self._workflow_item("reasoning", expanded=False)
        yield from self._work(item, tasks, every=step.every)
        took = step.seconds if step.seconds is not UNSET else math.ceil(self._clock() - began)
        yield self._work_done(item, tasks, items.WorkflowSummary(duration=took))

    def _workflow(self, step: model.WorkflowStep) -> Iterator[TurnOutput]:
        item = self._workflow_item("custom", expanded=step.expanded)
        yield from self._work(item, step.tasks, every=step.every)
        summary = UNSET if step.title is UNSET else items.WorkflowSummary(title=step.title, icon=step.icon)
        yield self._work_done(item, step.tasks, summary)

    def _web_search(self, step: model.WebSearch) -> Iterator[TurnOutput]:
        item = self._workflow_item("custom", expanded=False)
        yield events.ItemAdded(item=item)
        looking = items.SearchTask(title=step.title, queries=step.queries, status_indicator="loading")
        yield _updated(item, events.TaskAdded(task_index=0, task=looking))
        yield from _pause(step.every)
        found = structs.replace(looking, sources=step.sources, status_indicator="complete")
        yield _updated(item, events.TaskUpdated(task_index=0, task=found))
        yield self._work_done(item, [found], UNSET)

    def _task(self, task: items.Task) -> Iterator[TurnOutput]:
        yield events.ItemDone(item=items.TaskItem(**self._base(), task=task))

    def _show_widget(self, root: dict[str, Any], *, stays_open: bool) -> Iterator[TurnOutput]:
        self._widget = items.WidgetItem(**self._base(), widget=root)
        self._widget_is_open = stays_open
        yield (events.ItemAdded if stays_open else events.ItemDone)(item=self._widget)

    def _update_widget(self, step: model.WidgetUpdate) -> Iterator[TurnOutput]:
        widget = self._widget
        if widget is None:
            return
        if step.root is not UNSET and not self._widget_is_open:  # an earlier turn's widget is replaced as a whole
            yield events.ItemReplaced(item=structs.replace(widget, widget=step.root))
        elif step.root is not UNSET:
            yield _updated(widget, events.WidgetRootUpdated(widget=step.root))
        elif step.component is not UNSET and step.component_id is not UNSET:
            update = events.WidgetComponentUpdated(component_id=step.component_id, component=step.component)
            yield _updated(widget, update)
        elif step.text is not UNSET and step.component_id is not UNSET:
            left = len(step.text)
            for piece in _pieces(step.text, self._pace.by if self._streamed else "whole"):
                left -= len(piece)
                yield _updated(
                    widget, events.StreamingTextDelta(component_id=step.component_id, delta=piece, done=not left)
                )
                yield from _pause(self._pace.every)

    def _client_tool(self, step: model.ClientTool) -> Iterator[TurnOutput]:
        base = self._base()
        call_id = f"call_{base['id'].partition('_')[2]}"
        item = items.ClientToolCallItem(
            **base, status="pending", call_id=call_id, name=step.name, arguments=step.arguments
        )
        yield events.ItemDone(item=item)

    def _structured_input(self, inputs: list[items.StructuredInput]) -> Iterator[TurnOutput]:
        yield events.ItemDone(item=items.StructuredInputItem(**self._base(), status="pending", inputs=inputs))

    def _image(self, step: model.Image) -> Iterator[TurnOutput]:
        item = items.GeneratedImageItem(**self._base())
        yield events.ItemAdded(item=item)
        yield from _pause(step.every)
        image = items.GeneratedImage(id=self._ids.new("img", now=self._clock(), tail=self._tail), url=step.url)
        yield _updated(item, events.GeneratedImageUpdated(image=image, progress=1.0))
        yield events.ItemDone(item=structs.replace(item, image=image))

    def _effect(self, step: model.Effect) -> Iterator[TurnOutput]:
        yield events.ClientEffect(name=step.name, data=step.data)

    def _notice(self, value: str | model.NoticeStep) -> Iterator[TurnOutput]:
        step = model.NoticeStep(message=value) if isinstance(value, str) else value
        yield events.Notice(level=step.level, message=step.message, title=step.title)

    def _error(self, value: str | model.ErrorStep) -> Iterator[TurnOutput]:
        step = model.ErrorStep(message=value) if isinstance(value, str) else value
        code = ("stream.error" if step.message is UNSET else "custom") if step.code is UNSET else step.code
        yield events.ErrorEvent(code=code, message=step.message, allow_retry=step.allow_retry)

    def _title(self, title: str) -> Iterator[TurnOutput]:
        self._wants_title = False
        yield events.ThreadUpdated(thread=structs.replace(self._thread.shown(), title=title))

    def _pause(self, duration: str | float) -> Iterator[TurnOutput]:
        yield from _pause(duration)

    def _lock(self, reason: str) -> Iterator[TurnOutput]:
        yield events.ThreadUpdated(thread=structs.replace(self._thread.shown(), status=LockedStatus(reason=reason)))

    def _close(self, reason: str) -> Iterator[TurnOutput]:
        yield events.ThreadUpdated(thread=structs.replace(self._thread.shown(), status=ClosedStatus(reason=reason)))

    def _end_of_turn(self, _: bool) -> Iterator[TurnOutput]:  # noqa: FBT001 - called like every step's method
        yield events.ItemDone(item=items.EndOfTurnItem(**self._base()))

    def _disconnect(self, _: bool) -> Iterator[TurnOutput]:  # noqa: FBT001 - called like every step's method
        yield Disconnect()

    _players: ClassVar[dict[str, Callable[["TurnEngine", Any], Iterator[TurnOutput]]]] = {
        "message": _message,
        "progress": _progress,
        "reasoning": _reasoning,
        "workflow": _workflow,
        "web_search": _web_search,
        "task": _task,
        "update_widget": _update_widget,
        "client_tool": _client_tool,
        "structured_input": _structured_input,
        "image": _image,
        "effect": _effect,
        "notice": _notice,
        "error": _error,
        "title": _title,
        "pause": _pause,
        "lock": _lock,
        "close": _close,
        "end_of_turn": _end_of_turn,
        "disconnect": _disconnect,
    }

    # What steps have in common.

    def _base(self) -> dict[str, Any]:
        now = self._thread.next_moment(self._clock())
        moment: datetime = zoned(now)
        return {
            "id": self._ids.new("cti", now=now, tail=self._tail),
            "thread_id": self._thread.id,
            "created_at": moment,
        }

    def _filled(self, value: P) -> P:
        """Return a step with its templates rendered."""
        if b"{{" not in _encode(value):  # two in a row are only in a text
            return value
        filled = render(msgspec.to_builtins(value), self._names)
        if isinstance(value, Struct):
            return msgspec.convert(filled, type(value))
        return msgspec.convert(filled, list[items.StructuredInput]) if isinstance(value, list) else filled  # type: ignore[return-value]

    def _workflow_item(self, kind: Any, *, expanded: bool) -> items.WorkflowItem:
        return items.WorkflowItem(**self._base(), workflow=items.Workflow(type=kind, tasks=[], expanded=expanded))

    def _work(self, item: items.WorkflowItem, tasks: list[items.Task], *, every: str | float) -> Iterator[TurnOutput]:
        yield events.ItemAdded(item=item)
        for index, task in enumerate(tasks):
            yield _updated(item, events.TaskAdded(task_index=index, task=task))
            yield from _pause(every)

    @staticmethod
    def _work_done(
        item: items.WorkflowItem, tasks: list[items.Task], summary: items.WorkflowSummary | UnsetType
    ) -> ThreadStreamEvent:
        workflow = structs.replace(item.workflow, tasks=list(tasks), summary=summary)
        return events.ItemDone(item=structs.replace(item, workflow=workflow))

    def _close_widget(self) -> Iterator[TurnOutput]:
        if self._widget is not None and self._widget_is_open:
            self._widget_is_open = False
            shown = self._thread.items.get(self._widget.id)
            if isinstance(shown, items.WidgetItem):
                self._widget = shown
            yield events.ItemDone(item=self._widget)

    def _automatic_title(self) -> Iterator[TurnOutput]:
        if self._wants_title:
            words = self._given.text[:_TITLE].split()
            is_cut = len(words) > TITLE_WORDS or len(self._given.text) > _TITLE
            title = " ".join(words[:TITLE_WORDS]) + (" …" if is_cut else "")
            yield from self._title(title[:1].upper() + title[1:])


def _updated(item: items.ThreadItem, update: events.ItemUpdate) -> events.ItemUpdated:
    return events.ItemUpdated(item_id=item.id, update=update)


def _pause(duration: str | float) -> Iterator[Pause]:
    length = seconds(duration)
    if length:
        yield Pause(length)


def _pieces(text: str, by: str) -> Iterator[str]:
    """Yield a text in words with the space around them, in characters, or as a whole.

    What was sent before is copied with each piece, so the pieces of a text that is very long are longer.
    """
    if by not in _PIECES:
        yield from [text] if text else []
        return
    least, waiting, size = len(text) ** 2 // _COPIED, [], 0
    for found in _PIECES[by].finditer(text):
        waiting.append(found[0])
        size += len(found[0])
        if size >= least:
            yield "".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield "".join(waiting)


def _runs(chunks: Iterable[str], *, most: int) -> Iterator[list[str]]:
    """Yield the first chunk alone, then as many together as have `most` characters."""
    run, size, enough = list[str](), 0, 1
    for chunk in chunks:
        run.append(chunk)
        size += len(chunk) + 1  # an empty one counts too
        if size >= enough:
            yield run
            run, size, enough = [], 0, most
    if run:
        yield run


def _tail_of_items(thread: StoredThread) -> str | None:
    last = thread.items.last()
    return tail_of(last.id) if last else None

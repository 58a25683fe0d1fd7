"""Threads and their items. They belong to a user (observed), whatever session or workflow they came from.

What a conversation streams is applied to its thread by `apply`, and shown from there: by the conversation's own
operations as it is, by the REST surface through `rest.rest_item`.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from msgspec import UNSET, Struct, structs

from mock_server.clock import Real
from mock_server.errors import ThreadNotFound
from mock_server.state.timeline import Page, Timeline
from mock_server.wire import events
from mock_server.wire import items as wire
from mock_server.wire.threads import ActiveStatus, ChatKitThread, ThreadListParams, ThreadStatus

if TYPE_CHECKING:
    from mock_server.state.timeline import Query


class Thread(Struct, kw_only=True):
    """One thread; `created_at` in unix seconds with fractions; `session_id` of the session that began it."""

    id: str
    user: str
    created_at: float
    title: str | None = None
    status: ThreadStatus = ActiveStatus()
    session_id: str | None = None
    items: Timeline[wire.ThreadItem]
    feedback: dict[str, Literal["positive", "negative"]] = {}

    def resource(self) -> ChatKitThread:
        """The thread as the REST surface shows it."""
        return ChatKitThread(
            id=self.id, created_at=int(self.created_at), title=self.title, status=self.status, user=self.user
        )

    def shown(self, items: wire.ItemPage | None = None) -> wire.Thread:
        """The thread as the conversation shows it, with a page of items or none."""
        return wire.Thread(
            id=self.id,
            title=UNSET if self.title is None else self.title,
            created_at=zoneless(self.created_at),
            status=self.status,
            items=items or wire.ItemPage(),
        )

    def add(self, item: wire.ThreadItem) -> None:
        """Keep a whole item."""
        self.items.add(item, at=unix(item.created_at))

    def apply(self, event: events.ThreadStreamEvent) -> None:
        """Make true what an event says; an update of an unknown item changes nothing."""
        match event:
            case events.ItemAdded(item=item) | events.ItemDone(item=item) | events.ItemReplaced(item=item):
                kept = _unaliased(item)
                if item.id in self.items:
                    self.items.replace(kept)
                else:
                    self.add(kept)
            case events.ItemUpdated(item_id=item_id, update=update):
                known = self.items.get(item_id)
                if known is not None:
                    _update(known, update)
            case events.ItemRemoved(item_id=item_id):
                if item_id in self.items:
                    self.items.remove(item_id)
            case events.ThreadUpdated(thread=thread):
                self.title = None if thread.title is UNSET else thread.title
                self.status = thread.status


class Threads:
    """The threads of one project."""

    def __init__(self, timeline: Timeline[Thread] | None = None) -> None:
        self.timeline: Timeline[Thread] = Timeline() if timeline is None else timeline

    def __len__(self) -> int:
        return len(self.timeline)

    def __contains__(self, thread_id: str) -> bool:
        return thread_id in self.timeline

    def ids(self) -> Iterable[str]:
        """The ids there are."""
        return (thread.id for thread in self.timeline)

    def add(self, thread: Thread) -> None:
        """Keep a new thread."""
        self.timeline.add(thread, at=thread.created_at)

    def get(self, thread_id: str) -> Thread:
        """Raises ThreadNotFound."""
        thread = self.timeline.get(thread_id)
        if thread is None:
            raise ThreadNotFound(thread_id)
        return thread

    def delete(self, thread_id: str) -> None:
        """Forget a thread with its items. Raises ThreadNotFound."""
        self.get(thread_id)
        self.timeline.remove(thread_id)

    def page(self, query: ThreadListParams) -> Page[Thread]:
        """Threads by creation, of one user if the query names one."""
        if not query.user:
            return self.timeline.page(query)
        return self.timeline.page(query, where=lambda thread: thread.user == query.user)

    def page_where(self, query: "Query", where: Callable[[Thread], bool]) -> Page[Thread]:
        """Threads by creation, of those that fit."""
        return self.timeline.page(query, where=where)

    def newest_of(self, user: str) -> list[Thread]:
        """A user's threads, newest first."""
        return [thread for thread in reversed(list(self.timeline)) if thread.user == user]


def unix(moment: datetime) -> float:
    """Unix seconds; what has no zone is in UTC."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def zoned(now: float) -> datetime:
    """The time as assistants' items carry it, `…Z` on the wire (observed)."""
    return Real.datetime.fromtimestamp(now, UTC)


def zoneless(now: float) -> datetime:
    """The time as threads and user messages carry it, without a zone on the wire (observed)."""
    return zoned(now).replace(tzinfo=None)


def _unaliased(item: wire.ThreadItem) -> wire.ThreadItem:
    """A copy whose growing parts are its own, so that what is stored and what is sent do not share them."""
    match item:
        case wire.AssistantMessageItem():
            return structs.replace(item, content=[_part(part) for part in item.content])
        case wire.WorkflowItem():
            return structs.replace(item, workflow=structs.replace(item.workflow, tasks=list(item.workflow.tasks)))
    return item


def _part(part: wire.AssistantMessageContent) -> wire.AssistantMessageContent:
    return structs.replace(part, annotations=list(part.annotations))


def _update(item: wire.ThreadItem, update: events.ItemUpdate) -> None:
    match item, update:
        case wire.AssistantMessageItem(), (
            events.ContentPartAdded() | events.ContentPartDone() | events.TextDelta() | events.AnnotationAdded()
        ):
            _update_message(item, update)
        case wire.WorkflowItem(), events.TaskAdded(task_index=index, task=task):
            item.workflow.tasks.insert(index, task)
        case wire.WorkflowItem(), events.TaskUpdated(task_index=index, task=task) if index < len(item.workflow.tasks):
            item.workflow.tasks[index] = task
        case wire.WidgetItem(), events.WidgetRootUpdated(widget=widget):
            item.widget = widget
        case wire.WidgetItem(), events.WidgetComponentUpdated(component_id=component_id, component=component):
            item.widget = _replace_component(item.widget, component_id, lambda _: component)
        case wire.WidgetItem(), events.StreamingTextDelta(component_id=component_id, delta=delta):
            item.widget = _replace_component(
                item.widget, component_id, lambda old: {**old, "value": old.get("value", "") + delta}
            )
        case wire.GeneratedImageItem(), events.GeneratedImageUpdated(image=image):
            item.image = image


def _update_message(
    item: wire.AssistantMessageItem,
    update: events.ContentPartAdded | events.ContentPartDone | events.TextDelta | events.AnnotationAdded,
) -> None:
    while len(item.content) <= update.content_index:
        item.content.append(wire.AssistantMessageContent(text="", annotations=[]))
    match update:
        case events.ContentPartAdded(content=content) | events.ContentPartDone(content=content):
            item.content[update.content_index] = _part(content)
        case events.TextDelta(delta=delta):
            item.content[update.content_index].text += delta
        case events.AnnotationAdded(annotation=annotation, annotation_index=index):
            item.content[update.content_index].annotations.insert(index, annotation)


def _replace_component(
    node: dict[str, Any], component_id: str, change: Callable[[dict[str, Any]], dict[str, Any]]
) -> dict[str, Any]:
    def walk(value: Any) -> Any:
        if isinstance(value, list):
            return [walk(entry) for entry in value]
        if isinstance(value, dict):
            return change(value) if value.get("id") == component_id else {key: walk(value[key]) for key in value}
        return value

    walked: dict[str, Any] = walk(node)
    return walked

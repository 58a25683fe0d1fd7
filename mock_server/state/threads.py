"""Threads and their items. They belong to a user (observed), whatever session or workflow they came from.

A conversation's stream events are applied to its thread by `apply`. The conversation's own operations show the stored
items as they are, the REST API converts them with `documents.rest_items`.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal

from msgspec import UNSET, Struct, structs

from mock_server.clock import Real
from mock_server.errors import ItemNotFound, OperationRefused, ThreadNotFound, ThreadNotOpen
from mock_server.state.item_updates import unaliased, update_item
from mock_server.state.timeline import Timeline, TimelinePage
from mock_server.wire.chat import events, operations
from mock_server.wire.chat import items as wire
from mock_server.wire.rest.threads import ActiveStatus, ChatKitThread, LockedStatus, ThreadListParams, ThreadStatus

if TYPE_CHECKING:
    from mock_server.state.timeline import Query


_EPOCH_ZONELESS = Real.datetime(1970, 1, 1)
_EPOCH = _EPOCH_ZONELESS.replace(tzinfo=UTC)
_STEP = 1e-6  # seconds, the least that a time on the wire shows


class StoredThread(Struct, kw_only=True, gc=False):
    """One thread; `created_at` is in unix seconds with fractions, `session_id` is the session that created it.

    official: what a Store of `openai-chatkit` was given, as JSON: items by their ids, the thread itself under "".
    """

    id: str
    user: str
    created_at: float
    title: str | None = None
    status: ThreadStatus = ActiveStatus()
    session_id: str | None = None
    items: Timeline[wire.StoredItem]
    feedback: dict[str, Literal["positive", "negative"]] = {}
    official: dict[str, str] = {}

    def shown_items(self) -> list[wire.ThreadItem]:
        """Return the items that are not hidden, oldest first."""
        return [item for item in self.items if not isinstance(item, wire.HiddenItem)]

    def resource(self) -> ChatKitThread:
        """Return the thread as the REST API shows it."""
        return ChatKitThread(
            id=self.id, created_at=int(self.created_at), title=self.title, status=self.status, user=self.user
        )

    def shown(self, items: wire.ItemPage | None = None) -> wire.Thread:
        """Return the thread as the conversation shows it, with a page of items or an empty one."""
        return wire.Thread(
            id=self.id,
            title=UNSET if self.title is None else self.title,
            created_at=zoneless(self.created_at),
            status=self.status,
            items=items or wire.ItemPage(),
        )

    def next_moment(self, now: float) -> float:
        """Return when a new item is created: now, but later than every other item, so that order survives a sort.

        In unix seconds; a microsecond after the newest item if that is not before `now`, as in a frozen project.
        """
        last = self.items.last()
        return now if last is None else max(now, unix(last.created_at) + _STEP)

    def add(self, item: wire.StoredItem) -> None:
        """Add a complete item."""
        self.items.add(item, at=unix(item.created_at))

    def apply(self, event: events.ThreadStreamEvent | events.TextDeltas) -> bool:
        """Apply a stream event, or several at once; an update of an unknown item changes nothing.

        Return whether the thread itself changed, rather than only its items.
        """
        match event:
            case events.ItemAdded(item=item) | events.ItemDone(item=item) | events.ItemReplaced(item=item):
                kept = unaliased(item)
                if item.id in self.items:
                    self.items.replace(kept)
                else:
                    self.add(kept)
            case events.ItemUpdated(item_id=item_id, update=update):
                update_item(self.items.get(item_id), update)
            case events.TextDeltas(item_id=item_id, content_index=index, deltas=deltas):
                update_item(self.items.get(item_id), events.TextDelta(content_index=index, delta="".join(deltas)))
            case events.ItemRemoved(item_id=item_id):
                if item_id in self.items:
                    self.items.remove(item_id)
            case events.ThreadUpdated(thread=thread):
                self.title = None if thread.title is UNSET else thread.title
                self.status = thread.status
                return True
        return False

    def require_open(self) -> None:
        """Raise ThreadNotOpen if the thread is locked or closed."""
        if not isinstance(self.status, ActiveStatus):
            status = "locked" if isinstance(self.status, LockedStatus) else "closed"
            raise ThreadNotOpen(self.id, status=status)

    def item(self, item_id: str) -> wire.ThreadItem:
        """Return the item with this id. Raises ItemNotFound."""
        item = self.items.get(item_id)
        if item is None or isinstance(item, wire.HiddenItem):
            raise ItemNotFound(item_id)
        return item

    def complete_tool_call(self, output: Any) -> wire.ClientToolCallItem:
        """Complete the pending client tool call, and return it as it was. Raises OperationRefused if there is none.

        It has to be the last item, and older calls that are still pending are removed, as in the official server.
        """
        pending = self.items.last()
        if not isinstance(pending, wire.ClientToolCallItem) or pending.status != "pending":
            raise OperationRefused(f"Thread '{self.id}' has no pending client tool call.")
        completed = structs.replace(pending, status="completed", output=UNSET if output is None else output)
        self.items.replace(completed)
        for older in list(self.items):
            if isinstance(older, wire.ClientToolCallItem) and older.status == "pending":
                self.items.remove(older.id)
        return pending

    def answered_questions(
        self, item_id: str, submission: operations.StructuredInputSubmission
    ) -> wire.StructuredInputItem:
        """Return the pending questions with their answers; a question without an answer counts as skipped.

        Raises ItemNotFound, OperationRefused. The item is stored when the event that replaces it is applied.
        """
        item = self.item(item_id)
        if not isinstance(item, wire.StructuredInputItem) or item.status != "pending":
            raise OperationRefused(f"Item '{item_id}' has no pending questions.")
        inputs = [_answered(question, submission) for question in item.inputs]
        return structs.replace(item, status=submission.status, inputs=inputs)

    def drop_after_message(self, item_id: str) -> wire.UserMessageItem:
        """Remove every item after a user message, and return the message. Raises ItemNotFound, OperationRefused."""
        item = self.item(item_id)
        if not isinstance(item, wire.UserMessageItem):
            raise OperationRefused(f"Item '{item_id}' is not a user message; only those can be retried.")
        for later in reversed(self.items.after(item.id)):  # from the end, where nothing has to move
            self.items.remove(later.id)
        return item


class Threads:
    """The threads of one project."""

    def __init__(self, timeline: Timeline[StoredThread] | None = None) -> None:
        self.timeline: Timeline[StoredThread] = Timeline() if timeline is None else timeline

    def __len__(self) -> int:
        return len(self.timeline)

    def __contains__(self, thread_id: str) -> bool:
        return thread_id in self.timeline

    def add(self, thread: StoredThread) -> None:
        """Add a new thread."""
        self.timeline.add(thread, at=thread.created_at)

    def get(self, thread_id: str) -> StoredThread:
        """Return the thread with this id. Raises ThreadNotFound."""
        thread = self.timeline.get(thread_id)
        if thread is None:
            raise ThreadNotFound(thread_id)
        return thread

    def delete(self, thread_id: str) -> None:
        """Delete a thread with its items. Raises ThreadNotFound."""
        self.get(thread_id)
        self.timeline.remove(thread_id)

    def page(self, query: ThreadListParams) -> TimelinePage[StoredThread]:
        """Return a page of threads by creation, only those of one user if the query names one."""
        if not query.user:
            return self.timeline.page(query)
        return self.timeline.page(query, where=lambda thread: thread.user == query.user)

    def page_where(self, query: "Query", where: Callable[[StoredThread], bool]) -> TimelinePage[StoredThread]:
        """Return a page of the matching threads by creation."""
        return self.timeline.page(query, where=where)

    def newest_of(self, user: str, most: int | None) -> set[str]:
        """Return the ids of a user's newest threads, at most so many."""
        return {*islice((thread.id for thread in reversed(self.timeline) if thread.user == user), most)}


def unix(moment: datetime) -> float:
    """Return unix seconds; a time without a zone is in UTC."""
    return (moment - (_EPOCH if moment.tzinfo else _EPOCH_ZONELESS)).total_seconds()


def zoned(now: float) -> datetime:
    """Return the time as the assistant's items carry it, `…Z` on the wire (observed)."""
    return Real.datetime.fromtimestamp(now, UTC)


def zoneless(now: float) -> datetime:
    """Return the time as threads and user messages carry it, without a zone on the wire (observed)."""
    return zoned(now).replace(tzinfo=None)


def _answered(question: wire.StructuredInput, submission: operations.StructuredInputSubmission) -> wire.StructuredInput:
    given = submission.answers.get(question.id)
    if submission.status == "skipped" or given is None or given.skipped or not given.values:
        return structs.replace(question, answer=wire.StructuredInputAnswer(skipped=True))
    several = not isinstance(question, wire.MultipleChoice) or question.multiple
    values = given.values if several else given.values[:1]
    return structs.replace(question, answer=wire.StructuredInputAnswer(values=values))

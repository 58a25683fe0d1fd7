"""Who owns which of the threads that servers of the user's own keep, as far as the emulator has seen it."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from typing import Any
from weakref import WeakKeyDictionary, proxy

import msgspec
from msgspec import UNSET, Struct, UnsetType

from mock_server.backends.caller import Caller
from mock_server.masking import hidden
from mock_server.state.project import Project
from mock_server.wire.batches import frames_in
from mock_server.wire.chat.operations import ThreadDeleteParams, ThreadListParams, ThreadUpdateParams

MOST = 100_000  # threads, and users, that are remembered; the oldest are forgotten first
_TOLD = (b"thread.created", b"thread.updated")


class Owner(Struct, frozen=True, gc=False):
    """The user that a thread belongs to.

    session: the one that created it; None if that was not seen, and in custom mode.
    workflow: that of the session through which the thread was first seen; None in custom mode.
    """

    user: str
    session: str | None
    workflow: str | None


class Owners:
    """What is known of the threads and users of one project; the threads that the project itself keeps are not here."""

    def __init__(self, project: Project) -> None:
        self._project: Project = proxy(project)  # or what is known of a project would keep it
        self._threads: OrderedDict[str, Owner] = OrderedDict()
        self._users: OrderedDict[str, dict[str | None, str | None]] = OrderedDict()

    def __contains__(self, thread_id: str) -> bool:
        return thread_id in self._threads

    def get(self, thread_id: str) -> Owner | None:
        """Return a thread's owner, or None if nobody was seen with it."""
        return self._threads.get(thread_id)

    def of_session(self, session_id: str) -> set[str]:
        """Return the ids of the threads that a session created."""
        return {thread_id for thread_id, owner in self._threads.items() if owner.session == session_id}

    def users(self) -> Iterator[str]:
        """Iterate over the users that called, the latest first."""
        return reversed(self._users)

    def sessions_of(self, user: str) -> list[tuple[str | None, str | None]]:
        """Return the workflows through which a user called, the latest first, each with the latest session's id."""
        return list(reversed(self._users.get(user, {}).items()))

    # What happens.

    def called(self, caller: Caller) -> None:
        """Remember a user, with the workflow and the session."""
        session = caller.session
        workflows = self._users.setdefault(caller.user, {})
        workflow_id = None if session is None else session.workflow_id
        workflows.pop(workflow_id, None)
        workflows[workflow_id] = None if session is None else session.id
        self._users.move_to_end(caller.user)
        _bound(self._users)

    def used(self, thread_id: str, caller: Caller) -> None:
        """Remember that a user has used a thread; it belongs to the one who was seen with it first."""
        if thread_id not in self._project.threads:
            workflow = None if caller.session is None else caller.session.workflow_id
            self.listed(thread_id, Owner(caller.user, None, workflow))

    def listed(self, thread_id: str, owner: Owner) -> Owner:
        """Return a thread's owner, who is the given one if nobody was seen with it before."""
        if thread_id not in self._threads:
            self._remember(thread_id, owner)
            return owner
        return self._threads[thread_id]

    def performed(self, params: Struct, caller: Caller, body: bytes = b"") -> None:
        """Learn from an operation that succeeded, and from what was answered. Never raises."""
        thread_id = getattr(params, "thread_id", None)
        if isinstance(params, ThreadListParams):
            for listed in _ids_in(body):
                self.used(listed, caller)
        elif isinstance(params, ThreadDeleteParams):
            self.deleted(params.thread_id)
        elif thread_id is not None:
            self.used(thread_id, caller)
            if isinstance(params, ThreadUpdateParams):
                self.updated(thread_id)

    def updated(self, thread_id: str) -> None:
        """Publish that a thread has changed."""
        owner = self._threads.get(thread_id)
        if owner is not None:
            self._publish(thread_id, owner, "updated")

    def deleted(self, thread_id: str) -> None:
        """Forget a thread that is gone, and publish it."""
        owner = self._threads.pop(thread_id, None)
        if owner is not None:
            self._publish(thread_id, owner, "deleted")

    def learn(self, frames: Iterable[bytes], caller: Caller) -> str | None:
        """Look for threads in frames that pass. Returns the id of the one that was created, if any. Never raises."""
        created = None
        for batch in frames:
            if any(name in batch for name in _TOLD):
                for frame in frames_in(batch):
                    created = self._learn(frame, caller) or created
        return created

    def _learn(self, frame: bytes, caller: Caller) -> str | None:
        event = _event_in(frame)
        if event is None or event.thread is UNSET:
            return None
        thread_id = event.thread.id
        if event.type == "thread.updated":
            self.updated(thread_id)
            return None
        if thread_id not in self._project.threads:  # as with a Store that keeps them in the project
            session = caller.session
            where = (None, None) if session is None else (session.id, session.workflow_id)
            owner = Owner(caller.user, *where)
            self._remember(thread_id, owner)
            self._publish(thread_id, owner, "created")
        return thread_id

    def _remember(self, thread_id: str, owner: Owner) -> None:
        self._threads[thread_id] = owner
        _bound(self._threads)

    def _publish(self, thread_id: str, owner: Owner, became: str) -> None:
        feed = self._project.feed
        if feed.listeners:
            feed.publish(f"thread.{became}", thread=thread_id, user=hidden(owner.user))


class OwnersByProject:
    """The owners of each project. They are forgotten when it is reset, and when it is gone."""

    def __init__(self) -> None:
        self._known: WeakKeyDictionary[Project, tuple[int, Owners]] = WeakKeyDictionary()

    def of(self, project: Project) -> Owners:
        """Return what is known in a project."""
        resets, owners = self._known.get(project, (-1, None))
        if owners is None or resets != project.resets:
            owners = Owners(project)
            self._known[project] = (project.resets, owners)
        return owners


class _Thread(Struct, gc=False):
    id: str


class _Event(Struct, gc=False):
    type: str
    thread: _Thread | UnsetType = UNSET


class _Threads(Struct, gc=False):
    data: list[_Thread] = []


_decoder, _lists = msgspec.json.Decoder(_Event), msgspec.json.Decoder(_Threads)
_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


def _event_in(frame: bytes) -> _Event | None:
    """Return the event in a frame if it is about a thread itself."""
    line = next((line for line in frame.splitlines() if line.startswith(b"data:")), b"")
    try:
        event = _decoder.decode(line[5:])
    except _UNREADABLE:
        return None
    return event if event.type.encode() in _TOLD else None


def _ids_in(body: bytes) -> list[str]:
    try:
        return [thread.id for thread in _lists.decode(body).data]
    except _UNREADABLE:
        return []


def _bound(known: "OrderedDict[str, Any]") -> None:
    while len(known) > MOST:
        known.popitem(last=False)

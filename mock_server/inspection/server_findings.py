"""Findings about a server of the user's own, each with why it matters and what to do about it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from mock_server.state.journal import Entry
from mock_server.wire.chat.events import ThreadStreamEvent
from mock_server.wire.chat.operations import StreamingParams
from mock_server.wire.control.findings import Finding, FindingCode

BLOCKED = 0.25  # seconds for which one step may keep the server's loop from everything else
_STREAMING = {f"conversation.{params.__struct_config__.tag}" for params in StreamingParams.__args__}
_ADD = "conversation.threads.add_user_message"
_decode = msgspec.json.Decoder(ThreadStreamEvent).decode
_decode_any = msgspec.json.Decoder().decode


class Streams:
    """What servers of the user's own have streamed, oldest first, without what a fault has damaged."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = [entry for entry in entries if entry.by_own_server]
        undamaged = [entry for entry in self.entries if entry.batches is not None and entry.fault is None]
        self.frames = [(entry, [_data(frame) for frame in entry.events or ()]) for entry in undamaged]

    def events(self) -> Iterator[tuple[Entry, dict[str, Any]]]:
        """Yield every event that is an object, whether it is a known one or not."""
        for entry, frames in self.frames:
            for data in frames:
                event = _lenient(data)
                if isinstance(event, dict):
                    yield entry, event


def find(entries: Iterable[Entry]) -> Iterator[Finding]:
    """Yield all findings about servers of the user's own."""
    streams = Streams(entries)
    if streams.entries:
        for check in CHECKS.values():
            yield from check(streams)


def _error_after_headers(seen: Streams) -> Iterator[Finding]:
    yield from _noted(
        seen,
        "error-after-headers",
        message="The server failed before its first event",
        why="An endpoint that streams at once has sent 200 by then: the page gets a broken stream, and no status.",
        way_out="Take the first event before you begin the response, and answer with a 404 or a 400 if that fails.",
    )


def _orphan_thread(seen: Streams) -> Iterator[Finding]:
    yield from _noted(
        seen,
        "orphan-thread",
        message="A thread was created, and then its first message was refused",
        why="An empty thread stays in the user's history each time.",
        way_out="Check attachments and input before the thread is created, or delete the thread when that fails.",
    )


def _failed_stream(seen: Streams) -> Iterator[Finding]:
    ids = [entry.id for entry in seen.entries if entry.operation in _STREAMING and entry.status >= 500]
    yield from _about(
        ids,
        code="5xx-on-stream",
        message="The server answered a streaming operation with a 5xx",
        why="The element sends such a request again, up to five times: each may cost a whole answer of the model.",
        way_out="Answer with an error event in the stream, which says whether a retry makes sense.",
    )


def _broken_stream(seen: Streams) -> Iterator[Finding]:
    yield from _noted(
        seen,
        "stream-broken-off",
        message="The server's stream broke off before its end",
        why="The page shows part of an answer, and asks for it again.",
        way_out="Look into the server's log for what it raised; end a turn that fails with an error event.",
    )


def _empty_stream(seen: Streams) -> Iterator[Finding]:
    ids = [entry.id for entry, frames in seen.frames if not any(frames) and entry.outcome == "completed"]
    yield from _about(
        ids,
        code="empty-stream",
        message="The server answered with a stream without an event",
        why="The page shows nothing: neither an answer nor an error.",
        way_out="Send an error event; openai-chatkit streams nothing for a retry of an item that is not there.",
    )


def _message_to_locked_thread(seen: Streams) -> Iterator[Finding]:
    closed: dict[str, str] = {}
    ids: list[str] = []
    told = defaultdict(list)
    for entry, event in seen.events():
        told[entry.id].append(event)
    for entry in seen.entries:
        if entry.operation == _ADD and entry.status == 200 and _thread_asked(entry) in closed:
            ids.append(entry.id)
        for event in told[entry.id]:
            _note_status(event.get("thread"), closed)
    yield from _about(
        ids,
        code="message-to-locked-thread",
        message="The server accepted a message in a thread that is locked or closed",
        why="The page forbids it, but who has the thread's id can still write there; openai-chatkit does not check.",
        way_out="Look at thread.status in respond(), and raise a CustomStreamError.",
    )


def _blocked_loop(seen: Streams) -> Iterator[Finding]:
    blocked = [entry for entry in seen.entries if entry.blocked > BLOCKED]
    longest = max((entry.blocked for entry in blocked), default=0.0)
    yield from _about(
        [entry.id for entry in blocked],
        code="backend-blocks-loop",
        message=f"A single step of the server took up to {longest:.1f} s, in which it could do nothing else",
        why="Every other user of the server waits meanwhile, also in the middle of a stream.",
        way_out="Await what takes long, or run it in a thread: asyncio.to_thread, or an asynchronous driver.",
    )


def _reused_item_id(seen: Streams) -> Iterator[Finding]:
    made_by: dict[tuple[str, str], str] = {}
    ids: dict[str, None] = {}
    for entry, event in seen.events():
        item = event.get("item")
        if event.get("type") not in {"thread.item.added", "thread.item.done"} or not isinstance(item, dict):
            continue
        place = (str(item.get("thread_id")), str(item.get("id")))
        if made_by.setdefault(place, entry.id) != entry.id:
            ids[entry.id] = None
    yield from _about(
        list(ids),
        code="item-id-reused",
        message="An item got the id of an older item of its thread",
        why="The page shows it in the place of the older one, and a Store that replaces by id has lost that.",
        way_out="Give each item an id of its own: store.generate_item_id(...). Scripted models often repeat theirs.",
    )


def _undecodable_frame(seen: Streams) -> Iterator[Finding]:
    found = [(entry, data) for entry, frames in seen.frames for data in frames if data and not _is_event(data)]
    shown = found[0][1][:100].decode("utf-8", "replace") if found else ""
    yield from _about(
        list(dict.fromkeys(entry.id for entry, _ in found)),
        code="undecodable-frame",
        message=f"The server sent what is no event of ChatKit, such as '{shown}'",
        why="The element drops it, or stops there.",
        way_out="Send each event as one line 'data: <JSON>' with an empty line behind it, in openai-chatkit's shapes.",
    )


CHECKS: dict[FindingCode, Callable[[Streams], Iterable[Finding]]] = {
    "5xx-on-stream": _failed_stream,
    "backend-blocks-loop": _blocked_loop,
    "empty-stream": _empty_stream,
    "error-after-headers": _error_after_headers,
    "item-id-reused": _reused_item_id,
    "message-to-locked-thread": _message_to_locked_thread,
    "orphan-thread": _orphan_thread,
    "stream-broken-off": _broken_stream,
    "undecodable-frame": _undecodable_frame,
}


def _noted(seen: Streams, code: FindingCode, *, message: str, why: str, way_out: str) -> Iterator[Finding]:
    ids = [entry.id for entry in seen.entries if any(noted == code for noted, _ in entry.notes)]
    yield from _about(ids, code=code, message=message, why=why, way_out=way_out)


def _about(ids: list[str], *, code: FindingCode, message: str, why: str, way_out: str) -> Iterator[Finding]:
    if ids:
        where = "one request" if len(ids) == 1 else f"{len(ids)} requests"
        yield Finding(code=code, message=f"{message}, in {where}.", why=why, way_out=way_out, requests=ids)


def _note_status(thread: Any, closed: dict[str, str]) -> None:
    if isinstance(thread, dict) and isinstance(thread.get("status"), dict):
        status = str(thread["status"].get("type"))
        closed.pop(str(thread.get("id")), None)
        if status in {"locked", "closed"}:
            closed[str(thread.get("id"))] = status


def _thread_asked(entry: Entry) -> str:
    """Return the id of the thread that a request names."""
    asked = _lenient(entry.body)
    params = asked.get("params") if isinstance(asked, dict) else None
    return str(params.get("thread_id")) if isinstance(params, dict) else ""


def _data(frame: bytes) -> bytes:
    """Return what a frame says: its lines of data; nothing for a comment."""
    lines = [line.removeprefix(b"data:").strip() for line in frame.splitlines() if line.startswith(b"data:")]
    rest = [line for line in frame.splitlines() if line and not line.startswith((b"data:", b":", b"event:", b"id:"))]
    return b"\n".join(lines or rest)


def _is_event(data: bytes) -> bool:
    try:
        _decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
    return True


def _lenient(data: bytes) -> Any:
    try:
        return _decode_any(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None

"""Stream events as frames of server-sent events: `data:` only, without a name or an id (observed)."""

import msgspec

from mock_server.wire.chat.events import ItemUpdated, TextDelta, TextDeltas, ThreadStreamEvent

_encode = msgspec.json.Encoder().encode


def frames_of(event: ThreadStreamEvent | TextDeltas) -> list[bytes]:
    """Return the frame of an event, or one for each of several text deltas."""
    if not isinstance(event, TextDeltas):
        return [_frame(event)]
    empty = ItemUpdated(item_id=event.item_id, update=TextDelta(content_index=event.content_index, delta=""))
    before, _, after = _frame(empty).rpartition(b'""')
    return [before + _encode(delta) + after for delta in event.deltas]


def _frame(event: ThreadStreamEvent) -> bytes:
    return b"data: %b\n\n" % _encode(event)

"""Stream events as frames of server-sent events: `data:` only, without a name or an id (observed)."""

import msgspec

from mock_server.wire.chat.events import ItemUpdated, TextDelta, TextDeltas, ThreadStreamEvent

_encoder = msgspec.json.Encoder()
_encode, _encode_lines = _encoder.encode, _encoder.encode_lines


def frames_of(event: ThreadStreamEvent | TextDeltas) -> bytes:
    """Return the frame of an event, or those of several text deltas, one after another."""
    if not isinstance(event, TextDeltas):
        return b"data: %b\n\n" % _encode(event)
    empty = ItemUpdated(item_id=event.item_id, update=TextDelta(content_index=event.content_index, delta=""))
    before, _, after = frames_of(empty).rpartition(b'""')
    deltas = _encode_lines(event.deltas)[:-1].split(b"\n")  # JSON has no line break within a text
    return before + (after + before).join(deltas) + after if event.deltas else b""

"""Frames of events."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from mock_server.wire.chat.events import ItemUpdated, TextDelta, TextDeltas
from mock_server.wire.frames import frames_of


@given(item_id=st.text(), index=st.integers(0, 9), deltas=st.lists(st.text()))
def test_several_deltas_have_the_frames_that_each_has_alone(item_id: str, index: int, deltas: list[str]) -> None:
    alone = [ItemUpdated(item_id=item_id, update=TextDelta(content_index=index, delta=delta)) for delta in deltas]
    together = TextDeltas(item_id=item_id, content_index=index, deltas=deltas)
    frames = frames_of(together)
    assert frames == b"".join(map(frames_of, alone))
    assert [
        msgspec.json.decode(frame.removeprefix(b"data: "), type=ItemUpdated) for frame in frames.split(b"\n\n")[:-1]
    ] == alone

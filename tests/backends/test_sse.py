"""Frames of server-sent events, as they are split."""

import random  # noqa: TID251 - the same every time

import pytest

from mock_server.backends.endpoints.frame_splitter import MOST, FrameSplitter, is_event_stream
from mock_server.clock import stopwatch

STREAMS = [
    [b"data: 1\n\n", b": ping\n\n", b"data: 2\ndata: 3\n\n"],
    [b"event: x\r\ndata: 1\r\n\r\n", b": ping\r\n\r\n", b"data: 2\r\n\r\n"],
    [b"data: 1\r\r", b"id: 1\rdata: 2\r\r"],
    ['data: {"a": "é\\n\\n"}\n\n'.encode(), b"data: 2\r\n\r\n", b"data: 3\n\n"],
]


@pytest.mark.parametrize("frames", STREAMS)
@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_frames_are_whole_however_they_arrive(frames: list[bytes], size: int) -> None:
    splitter, stream, found = FrameSplitter(), b"".join(frames), list[bytes]()
    for at in range(0, len(stream), size):
        found += splitter.feed(stream[at : at + size])
    assert (found, splitter.rest()) == (frames, [])


def test_a_frame_is_there_with_its_last_byte() -> None:
    for frames in STREAMS:
        splitter = FrameSplitter()
        assert [splitter.feed(frame) for frame in frames] == [[frame] for frame in frames]


def test_a_rest_is_passed_on_as_it_is() -> None:
    splitter = FrameSplitter()
    assert splitter.feed(b"data: 1\n\ndata: 2\n") == [b"data: 1\n\n"]
    assert splitter.rest() == [b"data: 2\n"]
    assert splitter.rest() == []


def test_whatever_arrives_leaves_untouched() -> None:
    chance = random.Random(1)
    for _ in range(300):
        stream = bytes(chance.choices(b"\r\n\nax", k=chance.randrange(60)))
        splitter, found, at = FrameSplitter(), list[bytes](), 0
        while at < len(stream):
            size = chance.randrange(1, 8)
            found += splitter.feed(stream[at : at + size])
            at += size
        assert b"".join(found + splitter.rest()) == stream


def test_a_frame_without_an_end_takes_neither_memory_nor_time() -> None:
    splitter, passed, began = FrameSplitter(), 0, stopwatch()
    for _ in range(60_000):
        for piece in splitter.feed(b"x" * 100):
            passed += len(piece)
            assert len(piece) <= MOST + 100
    assert passed >= 6_000_000 - MOST - 100
    assert stopwatch() - began < 2


@pytest.mark.parametrize(
    ("status", "media_type", "expected"),
    [
        (200, "text/event-stream", True),
        (201, "Text/Event-Stream; charset=utf-8", True),
        (404, "text/event-stream", False),
        (200, "application/json", False),
        (200, "", False),
    ],
)
def test_an_event_stream_is_told_by_its_type(status: int, media_type: str, expected: bool) -> None:
    assert is_event_stream(status, media_type) is expected

"""Frames of server-sent events, joined as they are sent together."""

from collections.abc import Iterator

_END = b"\n\n"  # of a frame


def frames_in(batch: bytes) -> list[bytes]:
    """Return the frames of a batch; a fault may have cut the last one."""
    *frames, rest = batch.split(_END)
    return [frame + _END for frame in frames] + ([rest] if rest else [])


def fitting(batch: bytes, left: int) -> Iterator[bytes]:
    """Yield the frames of a batch that fit into what is left, without copying the others, which may be long."""
    at = 0
    while at < len(batch):
        end = batch.find(_END, at) + len(_END)
        end = end if end >= len(_END) else len(batch)
        if end - at <= left:
            yield batch[at:end]
            left -= end - at
        at = end

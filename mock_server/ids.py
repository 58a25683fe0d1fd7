"""Identifiers and client secrets in the observed format, and recognisably fake.

An id is `<prefix>_`, 32 hex digits of a UUIDv8 (unix seconds, a fraction counted in 1/16384 s, the shard, random
bits) and a tail of 16 hex digits that the objects of one scope share: a session with its secret, a thread with
its items. Observed, with the tail's first digit always 0; ours continue with `facade`, the mark of a fake.
"""

import base64
import random  # noqa: TID251 - this is where chance comes from
import struct
from functools import lru_cache

from msgspec import Struct

FAKE_MARK = "facade"
_WORDS = "<625I"  # the state of one random stream
_SHARD = "8190"  # the version digit 8 and the shard of almost every observed id
_SEEDED_EPOCH = 1_760_170_033  # where ids under a seed start to count; the moment of the first published session


class IdState(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many ids were drawn, and the three random streams: 625 words each, little-endian."""

    drawn: int
    streams: list[bytes]


class IdFactory:
    """Draws ids and secrets. With a seed the same calls give the same ids, whatever the time and the project.

    Under a seed the ids' time field counts from a fixed moment, or no two runs could agree. Secrets have a
    stream of their own, mixed with the project's name, so that a secret names one project only; request ids
    have another, so that a further read changes no session's id.
    """

    def __init__(self, seed: str | None = None, *, project: str = "default") -> None:
        self._seeded = seed is not None
        self._ids = random.Random(seed)  # noqa: S311 - fakes guard nothing
        self._secrets = random.Random(f"{seed} secrets {project}" if self._seeded else None)  # noqa: S311
        self._requests = random.Random(f"{seed} requests" if self._seeded else None)  # noqa: S311
        self._faults = random.Random(f"{seed} faults" if self._seeded else None)  # noqa: S311
        self._drawn = 0

    @property
    def state(self) -> "IdState | None":
        """Where the repeating ids are, to be kept; None without a seed. Request ids are no part of it."""
        if not self._seeded:
            return None
        streams = [_packed(stream) for stream in (self._ids, self._secrets, self._faults)]
        return IdState(drawn=self._drawn, streams=streams)

    def go_on_from(self, state: "IdState", *, secrets: bool = True) -> None:
        """Draw from here on what was drawn after `state` was read, `secrets` among it.

        Raises ValueError for one that is damaged, and is then as it was.
        """
        streams = [self._ids, self._secrets, self._faults]
        try:
            words = [(3, struct.unpack(_WORDS, packed), None) for packed in state.streams]
            for each in words:
                random.Random().setstate(each)  # noqa: S311 - a trial
        except struct.error as error:
            raise ValueError(str(error)) from None
        for stream, each in zip(streams, words, strict=True):
            if secrets or stream is not self._secrets:
                stream.setstate(each)
        self._seeded, self._drawn = True, state.drawn

    def new(self, prefix: str, *, now: float, tail: str | None = None) -> str:
        """A new id such as `cksess_…`; give `tail` to make it a child of another id's scope."""
        return f"{prefix}_{self._uuid(self._ids, now)}{tail or self.new_tail()}"

    def client_secret(self, *, now: float, expires_at: int, tail: str) -> str:
        """A new `ek_…` secret; its last part is `00` and base64 of `{"expires_at": N}`, which browsers read."""
        return f"ek_{self._uuid(self._secrets, now)}{tail}_00{_claims(expires_at)}"

    def request_id(self) -> str:
        """A new `req_…` id (form inferred: 32 hex digits)."""
        return f"req_{self._requests.getrandbits(128):032x}"

    def chance(self) -> float:
        """A number from [0, 1), for faults that strike now and then."""
        return self._faults.random()

    def new_tail(self) -> str:
        """A new tail, for a scope that has no id yet."""
        return f"0{FAKE_MARK}{self._ids.getrandbits(36):09x}"

    def _uuid(self, source: random.Random, now: float) -> str:
        if self._seeded:
            self._drawn += 1
            now = _SEEDED_EPOCH + self._drawn / 16384
        moment = int(now * 16384) << 2
        return f"{moment:012x}{_SHARD}{0b10 << 62 | source.getrandbits(62):016x}"


@lru_cache(maxsize=64)
def _claims(expires_at: int) -> str:
    return base64.b64encode(b'{"expires_at": %d}' % expires_at).decode()


def tail_of(identifier: str) -> str | None:
    """The scope's tail of an id in the observed format; None for a literal one such as `cthr_123`."""
    body = identifier.partition("_")[2]
    return body[-16:] if len(body) == 48 else None


def masked(key: str) -> str:
    """A key as OpenAI prints it: the first 8 and the last 4 stand (observed), a star for each other (inferred).

    Of a key of 12 characters or fewer only the first two stand (inferred).
    """
    if len(key) <= 12:
        return key[:2] + "*" * len(key[2:])
    return f"{key[:8]}{'*' * (len(key) - 12)}{key[-4:]}"


def _packed(stream: random.Random) -> bytes:
    return struct.pack(_WORDS, *stream.getstate()[1])

"""Ids and client secrets in the observed format, and recognisably fake.

An id is `<prefix>_`, 32 hex digits of a UUIDv8 (unix seconds, a fraction counted in 1/16384 s, the shard, random
bits) and a tail of 16 hex digits that the objects of one scope share: a session with its secret, a thread with
its items. Observed, with 0 always the tail's first digit; in ours `facade` follows, which marks a fake.
"""

import base64
import random  # noqa: TID251 - this is where chance comes from
import struct
from functools import lru_cache

from msgspec import Struct

FAKE_MARK = "facade"
_WORDS = "<625I"  # the packed state of one random stream
_SHARD = "8190"  # the version digit 8 and the shard of almost every observed id
_SEEDED_EPOCH = 1_760_170_033  # a seed's ids count from here: the creation time of the first published session


class IdState(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The position of a seeded IdFactory.

    drawn: how many ids were drawn.
    streams: the states of the three random streams, 625 little-endian words each.
    """

    drawn: int
    streams: list[bytes]


class IdFactory:
    """Generates ids and client secrets. With a seed, the same calls return the same ids in any project, at any time.

    With a seed, the time field of ids counts from a fixed time, because no two runs could agree otherwise. Secrets
    have a random stream of their own, seeded with the project's name as well, so that a secret belongs to one project
    only. Request ids have another, so that an additional request does not change the ids of later sessions.
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
        """The position of the seeded streams, to be saved; None without a seed. Request ids are not part of it."""
        if not self._seeded:
            return None
        streams = [_packed(stream) for stream in (self._ids, self._secrets, self._faults)]
        return IdState(drawn=self._drawn, streams=streams)

    def go_on_from(self, state: "IdState", *, secrets: bool = True) -> None:
        """Continue from a saved state: draw next what was drawn after it was read.

        Without `secrets`, the stream of secrets stays where it is. Raises ValueError for a damaged state, and then
        changes nothing.
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
        """Return a new id such as `cksess_…`; pass `tail` to place it in the scope of another id."""
        return f"{prefix}_{self._uuid(self._ids, now)}{tail or self.new_tail()}"

    def client_secret(self, *, now: float, expires_at: int, tail: str) -> str:
        """Return a new `ek_…` secret, which ends in `00` and the base64 of `{"expires_at": N}`, read by browsers."""
        return f"ek_{self._uuid(self._secrets, now)}{tail}_00{_claims(expires_at)}"

    def request_id(self) -> str:
        """Return a new `req_…` id (format inferred: 32 hex digits)."""
        return f"req_{self._requests.getrandbits(128):032x}"

    def chance(self) -> float:
        """Return a random number from [0, 1), for faults with a probability."""
        return self._faults.random()

    def new_tail(self) -> str:
        """Return a new tail, for a scope that has no id yet."""
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
    """Return the tail of an id in the observed format; None for any other id, such as `cthr_123`."""
    body = identifier.partition("_")[2]
    return body[-16:] if len(body) == 48 else None


def masked(key: str) -> str:
    """Return a key as OpenAI prints it: its first 8 and last 4 characters (observed), stars for the rest (inferred).

    Of a key of 12 characters or fewer, only the first two are shown (inferred).
    """
    if len(key) <= 12:
        return key[:2] + "*" * len(key[2:])
    return f"{key[:8]}{'*' * (len(key) - 12)}{key[-4:]}"


def _packed(stream: random.Random) -> bytes:
    return struct.pack(_WORDS, *stream.getstate()[1])

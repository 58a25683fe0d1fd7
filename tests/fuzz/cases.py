"""Cases: each has a number, and what it does follows from that number and the seed of the run."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterable, Iterator
from random import Random  # noqa: TID251 - seeded, and this is a fuzzer's only source of chance

__all__ = ["Case", "Random", "Violation", "cases", "play"]
_SHOWN = 20_000  # bytes of what was sent


class Violation(AssertionError):
    """The emulator did what it may not."""


class Case:
    """One case of a fuzzer. `sent` is all that it has sent, for the report of a failure; `requests` counts them."""

    def __init__(self, fuzzer: str, seed: int, number: int) -> None:
        self.fuzzer, self.seed, self.number = fuzzer, seed, number
        self.chance = Random(f"{fuzzer} {seed} {number}")
        self.sent: list[bytes] = []
        self.requests = 0

    def violation(self, what: str) -> Violation:
        """What is wrong, with the way to see it again."""
        again = f'make fuzz ARGS="--only {self.fuzzer} --seed {self.seed} --case {self.number}"'
        sent = b"".join(self.sent)
        shown = repr(sent[-_SHOWN:]) + (f", the last of {len(sent)} bytes" if len(sent) > _SHOWN else "")
        return Violation(f"{what}\n\nAgain: {again}\nSent: {shown}")


def cases(fuzzer: str, seed: int, *, first: int = 0) -> Iterator[Case]:
    """All cases from a number on."""
    return (Case(fuzzer, seed, number) for number in itertools.count(first))


def play(cases: Iterable[Case], player: Callable[[Case], Awaitable[None]], *, requests: int, at_once: int) -> int:
    """Play cases until they have sent so many requests, and return how many. Raises Violation."""

    async def main() -> int:
        sent, waiting = 0, iter(cases)

        async def work() -> None:
            nonlocal sent
            while sent < requests and (case := next(waiting, None)) is not None:
                await player(case)
                sent += case.requests

        done = await asyncio.gather(*(work() for _ in range(at_once)), return_exceptions=True)
        for each in done:
            if each is not None:
                raise each
        return sent

    return asyncio.run(main())

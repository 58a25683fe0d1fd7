"""The fuzzers by name, each with its part of a run's requests."""

from collections.abc import Callable
from typing import NamedTuple

from fuzz import bodies, http, machine


class Fuzzer(NamedTuple):
    """`fuzz` takes a server, a seed, how many requests to send, and the only case to play, if there is one."""

    fuzz: Callable[..., int]
    part: float


FUZZERS = {
    "http": Fuzzer(http.fuzz, 0.5),
    "bodies": Fuzzer(bodies.fuzz, 0.35),
    "machine": Fuzzer(machine.fuzz, 0.15),
}

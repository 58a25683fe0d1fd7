"""`make fuzz`: every fuzzer, for long."""

import argparse
import secrets
import sys
from collections.abc import Callable

from fuzz import bodies, http, machine
from fuzz.cases import Violation
from fuzz.watched import watched
from mock_server.clock import stopwatch

FUZZERS: dict[str, tuple[Callable[..., int], float]] = {
    "http": (http.fuzz, 0.5),
    "bodies": (bodies.fuzz, 0.4),
    "machine": (machine.fuzz, 0.1),
}


def main() -> None:
    """Fuzz as the command line says."""
    parser = argparse.ArgumentParser(prog="make fuzz", description="ARGS holds the options.")
    parser.add_argument("--requests", type=int, default=100_000, help="how many; 100,000 by default")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="any, by default")
    parser.add_argument("--only", choices=FUZZERS, help="one fuzzer")
    parser.add_argument("--case", type=int, help="the number of the only case to play; with --only")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    for name, (fuzz, share) in FUZZERS.items():
        if options.only in {None, name}:
            count = options.requests if options.only else int(options.requests * share)
            _run(name, lambda server: fuzz(server, seed=options.seed, requests=count, case=options.case))  # noqa: B023


def _run(name: str, fuzz: Callable[..., int]) -> None:
    began = stopwatch()
    try:
        with watched() as server:
            sent = fuzz(server)
            held = server.held()
    except Violation as violation:
        sys.exit(str(violation))
    print(f"{name}: {sent:,} requests in {stopwatch() - began:.0f} s; {held.memory / 2**20:.0f} MB at the end")


if __name__ == "__main__":
    main()

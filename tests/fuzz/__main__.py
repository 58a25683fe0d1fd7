"""`make fuzz`: every fuzzer, for long."""

import argparse
import secrets
import sys

from fuzz.cases import Violation
from fuzz.fuzzers import FUZZERS
from fuzz.watched import watched
from mock_server.clock import stopwatch


def main() -> None:
    """Fuzz as the command line says."""
    parser = argparse.ArgumentParser(prog="make fuzz", description='Options go into ARGS: make fuzz ARGS="--seed 1"')
    parser.add_argument("--requests", type=int, default=100_000, help="how many; 100,000 by default")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="a number; by default a random one")
    parser.add_argument("--only", choices=FUZZERS, help="the only fuzzer to run")
    parser.add_argument("--case", type=int, help="the number of the only case to play; needs --only http or bodies")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    for name, fuzzer in FUZZERS.items():
        if options.only in {None, name}:
            count = options.requests if options.only else int(options.requests * fuzzer.part)
            _run(name, seed=options.seed, requests=count, case=options.case)


def _run(name: str, *, seed: int, requests: int, case: int | None) -> None:
    began = stopwatch()
    try:
        with watched() as server:
            sent = FUZZERS[name].fuzz(server, seed=seed, requests=requests, case=case)
            held = server.held()
    except Violation as violation:
        sys.exit(str(violation))
    took, memory = stopwatch() - began, held.memory / 2**20
    print(f"{name}: {sent:,} requests in {took:.0f} s, no violation; {memory:.0f} MB at the end", flush=True)


if __name__ == "__main__":
    main()

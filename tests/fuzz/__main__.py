"""`make fuzz`: every fuzzer, for long."""

import argparse
import secrets
import sys

from fuzz import http
from fuzz.cases import Violation
from fuzz.watched import watched
from mock_server.clock import stopwatch


def main() -> None:
    """Fuzz as the command line says."""
    parser = argparse.ArgumentParser(prog="make fuzz")
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--case", type=int, help="the number of the only case to play")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    began = stopwatch()
    try:
        with watched() as server:
            sent = http.fuzz(server, seed=options.seed, requests=options.requests, case=options.case)
            print(sent, stopwatch() - began, server.held())
    except Violation as violation:
        sys.exit(str(violation))


if __name__ == "__main__":
    main()

"""`make bench`: prints what the manual's page on performance reports."""

import argparse
import os
import platform
import shutil
import sys

from benchmarks import (
    bridged,
    dashboard,
    memory,
    plugin,
    rendering,
    requests,
    saving,
    soak,
    sockets,
    stalls,
    startup,
    streams,
    watching,
)


def main() -> None:
    """Run every benchmark, or say what it needs."""
    parser = argparse.ArgumentParser(
        prog="make bench", description='Options go into ARGS: make bench ARGS="--tests 10"'
    )
    parser.add_argument("--requests", type=int, default=soak.REQUESTS, help="of the soak; 1,000,000 by default")
    parser.add_argument("--tests", type=int, default=plugin.SOAK, help="with the fixture; 10,000 by default")
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("The benchmarks put load on the server with wrk; install it (apt install wrk, brew install wrk).")
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}\n")
    requests.report()
    watching.report()
    streams.report()
    sockets.report()
    bridged.report()
    stalls.report()
    startup.report()
    memory.report()
    saving.report()
    plugin.report(options.tests)
    soak.report(options.requests)
    rendering.report()
    dashboard.report()


if __name__ == "__main__":
    main()

"""`make bench`: prints what the manual's page on performance reports."""

import os
import platform
import shutil
import sys

from benchmarks import dashboard, memory, plugin, rendering, requests, saving, stalls, startup, streams, watching


def main() -> None:
    """Run every benchmark, or say what it needs."""
    if shutil.which("wrk") is None:
        sys.exit("The benchmarks put load on the server with wrk; install it (apt install wrk, brew install wrk).")
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}\n")
    requests.report()
    watching.report()
    streams.report()
    stalls.report()
    startup.report()
    memory.report()
    saving.report()
    plugin.report()
    rendering.report()
    dashboard.report()


if __name__ == "__main__":
    main()

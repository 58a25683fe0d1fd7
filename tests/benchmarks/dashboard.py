"""How responsive the dashboard stays beside 100,000 sessions, a full journal and 500 requests per second."""

import json
import statistics
import subprocess
import sys
from itertools import pairwise
from urllib.request import Request, urlopen

from playwright.sync_api import Page, expect
from support.browsers import chromium

from benchmarks.rendering import WATCH, below
from benchmarks.requests import serving

SESSIONS, REQUESTS, RATE, SECONDS, SLOWER = 100_000, 10_000, 500, 10, 4
# A client in a process of its own: so many requests, so many per second.
CLIENT = """
import http.client, json, sys, time
host, count, rate = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
body = json.dumps({"user": "ada", "workflow": {"id": "wf_1"}})
headers = {"authorization": "Bearer sk-test", "openai-beta": "chatkit_beta=v1", "content-type": "application/json"}
line = http.client.HTTPConnection(host)
began = time.perf_counter()
for number in range(count):
    line.request("POST", "/v1/chatkit/sessions", body, headers)
    line.getresponse().read()
    wait = began + number / rate - time.perf_counter() if rate else 0
    if wait > 0:
        time.sleep(wait)
print(round(count / (time.perf_counter() - began)))
"""


def report() -> None:
    """Print frames per second and how long a click waits, for the two live lists, on a processor four times slower."""
    with serving("mock_server", "serve", "--quiet", "--port") as origin, chromium() as browser:
        _load(origin)
        _client(origin, REQUESTS, 0).wait()
        page = browser.new_page()
        page.set_default_timeout(60_000)
        for view in ("sessions", "requests"):
            _watch(page, origin, view)


def _load(origin: str) -> None:
    sessions = [{"id": f"cksess_{at}", "user": f"user_{at}", "workflow": {"id": "wf_1"}} for at in range(SESSIONS)]
    body = json.dumps({"sessions": sessions}).encode()
    urlopen(Request(f"{origin}/_mock/load", body, {"content-type": "application/json"}), timeout=120).close()


def _watch(page: Page, origin: str, view: str) -> None:
    page.goto(f"{origin}/dashboard/{view}")
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    expect(page.get_by_role("row").nth(5)).to_be_visible()
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.evaluate(WATCH)
    client = _client(origin, RATE * SECONDS, RATE)
    page.wait_for_timeout((SECONDS - 1) * 1000)
    seen: list[float] = page.evaluate("frames_seen")
    rate = client.communicate()[0].strip()
    gaps = [later - earlier for earlier, later in pairwise(seen)]
    seconds = (seen[-1] - seen[0]) / 1000
    print(
        f"dashboard, {view}: {rate} requests/s beside it, {len(gaps) / seconds:.0f} frames/s at {SLOWER}x throttling,"
    )
    print(f"99 % within {statistics.quantiles(gaps, n=100)[-1]:.0f} ms, longest {max(gaps):.0f} ms, ", end="")
    print(
        f"seconds below 30 frames: {below(seen)} of {int(seconds)}, {page.get_by_role('row').count()} rows in the page"
    )


def _client(origin: str, count: int, rate: int) -> "subprocess.Popen[str]":
    host = origin.removeprefix("http://")
    command = [sys.executable, "-c", CLIENT, host, str(count), str(rate)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

"""A pytest plugin that reports how much of the pages' JavaScript the tests in Chromium run.

`PYTHONPATH=tests pytest -p support.js_coverage`; `make test-all` does so. Counted are the characters that are not
blank, in files that were loaded or not: V8 says of each range of a script whether it was run.
"""

from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, CDPSession, Error, Page

import mock_server
from mock_server.web.scripts import Scripts

PACKAGE = Path(mock_server.__file__).parent
FOLDERS = {
    "/deployments/chatkit": PACKAGE / "element" / "static",
    "/_static": PACKAGE / "dashboard" / "static",
}
ENTRIES = ["/deployments/chatkit/frame/main.js", "/_static/dashboard/main.js"]
PARTS = {"element": "/deployments/chatkit/frame/", "dashboard": "/_static/"}
# All frames of a page in one process, whose coverage is asked for once.
FLAGS = ["--disable-site-isolation-trials", "--disable-features=IsolateOrigins,site-per-process,BackForwardCache"]


class Coverage:
    """Which characters were run, by the file's path."""

    def __init__(self) -> None:
        self.run: dict[str, bytearray] = {}
        self._sessions: dict[Page, CDPSession] = {}
        self._segments = {entry: list(_segments(entry)) for entry in ENTRIES}

    def watch(self, page: Page) -> None:
        """Start to watch a page."""
        session = page.context.new_cdp_session(page)
        session.send("Profiler.enable")
        session.send("Profiler.startPreciseCoverage", {"callCount": False, "detailed": True})
        self._sessions[page] = session

    def take(self, *pages: Page) -> None:
        """Take what pages have run since they were watched, as long as they are open."""
        for session in filter(None, map(self._sessions.get, pages)):
            try:
                scripts = session.send("Profiler.takePreciseCoverage")["result"]
            except Error:
                continue  # it was closed by the browser
            for script in scripts:
                self._add(urlsplit(script["url"]).path, _painted(script["functions"]))

    def merge(self, path: str, covered: bytes) -> None:
        """Add what was run of a file."""
        known = self.run.get(path, bytearray())
        length = max(len(known), len(covered))
        both = int.from_bytes(known.ljust(length, b"\0")) | int.from_bytes(covered.ljust(length, b"\0"))
        self.run[path] = bytearray(both.to_bytes(length))

    def _add(self, path: str, covered: bytes) -> None:
        entry = next((entry for entry in ENTRIES if path.endswith(entry)), None)
        if entry is not None:
            for name, start, length in self._segments[entry]:
                self.merge(name, covered[start : start + length])
        elif path.startswith("/frame/"):
            self.merge(f"/deployments/chatkit{path}", covered)
        elif path.startswith("/_static/"):
            self.merge(path, covered)


def _segments(entry: str) -> Iterator[tuple[str, int, int]]:
    """Each module of a joined script: its path, where its text starts, and how long it is."""
    text = Scripts(entry, FOLDERS).text()
    for prefix, folder in FOLDERS.items():
        for file in folder.rglob("*.js"):
            name = f"{prefix}/{file.relative_to(folder).as_posix()}"
            marker = text.find(f"// {name}\n")
            if marker >= 0:
                opened = text.index("=> {", marker)
                yield name, text.index("\n", opened) + 1, len(file.read_text(encoding="utf-8"))


def _painted(functions: list[dict[str, Any]]) -> bytes:
    """One byte per character: whether the innermost range around it was run."""
    ranges = [each for function in functions for each in function["ranges"]]
    painted = bytearray(max((each["endOffset"] for each in ranges), default=0))
    for each in sorted(ranges, key=lambda each: (each["startOffset"], -each["endOffset"])):
        start, end = each["startOffset"], each["endOffset"]
        painted[start:end] = (b"\1" if each["count"] else b"\0") * (end - start)
    return bytes(painted)


def _share(coverage: Coverage, path: str, file: Path) -> tuple[int, int]:
    """How many characters of a file were run, and how many there are."""
    text, run = file.read_text(encoding="utf-8"), coverage.run.get(path, bytearray())
    places = [place for place, character in enumerate(text) if not character.isspace()]
    return sum(place < len(run) and run[place] for place in places), len(places)


# The plugin.

_KEY = pytest.StashKey[Coverage]()


def pytest_configure(config: pytest.Config) -> None:
    """Watch every page that Playwright's synchronous API opens."""
    coverage = config.stash[_KEY] = Coverage()
    _around(BrowserContext, "new_page", after=coverage.watch)
    _around(Browser, "new_page", after=coverage.watch)
    for name in ("close", "goto", "reload"):
        _around(Page, name, before=coverage.take)
    _around(BrowserContext, "close", before=lambda context: coverage.take(*context.pages))
    launch = BrowserType.launch

    def launch_with_flags(kind: BrowserType, **options: Any) -> Browser:
        further = FLAGS if kind.name == "chromium" else []
        return launch(kind, **{**options, "args": [*(options.get("args") or []), *further]})

    BrowserType.launch = launch_with_flags  # type: ignore[assignment]


def _around(
    owner: type,
    name: str,
    *,
    before: Callable[[Any], None] = lambda _: None,
    after: Callable[[Any], None] = lambda _: None,
) -> None:
    original = getattr(owner, name)

    @wraps(original)
    def call(self: Any, *arguments: Any, **options: Any) -> Any:
        before(self)
        result = original(self, *arguments, **options)
        after(result)
        return result

    setattr(owner, name, call)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand a worker's part over."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["js_coverage"] = {path: bytes(run) for path, run in session.config.stash[_KEY].run.items()}


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take a worker's part."""
    for path, run in getattr(node, "workeroutput", {}).get("js_coverage", {}).items():
        node.config.stash[_KEY].merge(path, run)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the share of each part, and the files of which most was not run."""
    coverage = terminalreporter.config.stash[_KEY]
    terminalreporter.section("coverage of the pages' JavaScript")
    for part, prefix in PARTS.items():
        folder = next(folder for start, folder in FOLDERS.items() if prefix.startswith(start))
        below = folder / "frame" if part == "element" else folder
        shares = {}
        for file in below.rglob("*.js"):
            shares[file.relative_to(below).as_posix()] = _share(
                coverage, f"{prefix}{file.relative_to(below).as_posix()}", file
            )
        run, total = (sum(each) for each in zip(*shares.values(), strict=True))
        worst = sorted(shares, key=lambda name: shares[name][0] - shares[name][1])[:5]
        left = ", ".join(f"{name} {shares[name][0] / shares[name][1]:.0%}" for name in worst)
        terminalreporter.line(f"{part}: {run / total:.1%} of {total} characters; least: {left}")

"""What the pytest plugin costs: a run that does not use it, a test that does, and ten thousand of them."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TESTS, FRESH, SOAK, ROUNDS, PAIRS = 1000, 100, 10_000, 5, 25
_ALONE = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": ""}  # compiled, as after an installation
_NOTHING = "import pytest\n@pytest.mark.parametrize('n', range({count}))\ndef test_it({fixture}n): pass\n"
_SOAK = """
import gc, os, resource, threading, pytest
SEEN = {{}}

def taken():
    gc.collect()
    files = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    memory = int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize() if files else 0
    return threading.active_count(), files, memory

@pytest.mark.parametrize("n", range({count}))
def test_it(chatkit_mock, n):
    chatkit_mock.load({{"sessions": [{{"user": "ada", "workflow": {{"id": "wf_1"}}}}]}})
    if n == {count} // 10:
        SEEN["early"] = taken()
    if n == {count} - 1:
        threads, files, memory = (late - early for late, early in zip(taken(), SEEN["early"]))
        print(f"threads {{threads:+}}, files {{files:+}}, memory {{memory / 2**20:+.1f}} MB")
        assert threads == 0 and files <= 2 and memory < 30 * 2**20
"""
_WITHOUT = _SOAK.replace("(chatkit_mock, n)", "(n)").replace("chatkit_mock.load", "dict")


def seconds(text: str, *arguments: str, plugin: bool = True) -> tuple[float, str]:
    """How long a run of pytest takes, and what it said."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "test_it.py").write_text(text)
        chosen = ["-p", "chatkit_mock_plugin"] if plugin else []
        command = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", *chosen, *arguments]
        began = time.perf_counter()  # noqa: TID251 - it is a benchmark
        done = subprocess.run(
            command, cwd=folder, env={**os.environ, **_ALONE}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout
        return time.perf_counter() - began, done.stdout  # noqa: TID251 - it is a benchmark


def soak(text: str, tests: int) -> tuple[float, str]:
    """How long very many tests take, and what they leave behind."""
    took, said = seconds(text.format(count=tests))
    return took, next(line.lstrip(".") for line in said.splitlines() if "threads" in line)


def median(text: str, *, plugin: bool = True) -> float:
    """Of several runs."""
    return statistics.median(seconds(text, plugin=plugin)[0] for _ in range(ROUNDS))


def report(tests: int = SOAK) -> None:
    """One table."""
    one = _NOTHING.format(count=1, fixture="")
    pairs = [(seconds(one)[0], seconds(one, plugin=False)[0]) for _ in range(PAIRS)]
    unused = (statistics.median(with_it for with_it, _ in pairs) - statistics.median(less for _, less in pairs)) * 1000
    empty = median(_NOTHING.format(count=TESTS, fixture=""))
    first = median(_NOTHING.format(count=1, fixture="chatkit_mock, ")) - median(one)
    used = (median(_NOTHING.format(count=TESTS, fixture="chatkit_mock, ")) - empty - first) * 1000 / TESTS
    marked = "import pytest\npytestmark = pytest.mark.chatkit_mock(seed='1')\n"
    few = median(marked + _NOTHING.format(count=1, fixture="chatkit_mock, "))
    fresh = (median(marked + _NOTHING.format(count=FRESH + 1, fixture="chatkit_mock, ")) - few) * 1000 / FRESH
    took, left = soak(_SOAK, tests)
    _, alone = soak(_WITHOUT, tests)
    print("| the pytest plugin | |\n|---|---|")
    print(f"| a run that does not use it | {unused:+.1f} ms |")
    print(f"| a test with `chatkit_mock` | {used:.2f} ms |")
    print(f"| a test with a server of its own | {fresh:.1f} ms |")
    print(f"| {tests:,} tests, in {took:.0f} s, leave behind | {left} |")
    print(f"| the same without the emulator, of pytest's own | {alone} |\n")

"""Waiting for what comes by itself."""

from collections.abc import Callable

from mock_server.clock import stopwatch


def eventually(holds: Callable[[], bool]) -> None:
    """Ask again until it holds, for five seconds."""
    end = stopwatch() + 5
    while not holds():
        assert stopwatch() < end, "it never came to hold"

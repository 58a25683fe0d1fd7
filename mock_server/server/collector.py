"""The garbage collector of a process that is an emulator."""

import gc
from typing import Any

from mock_server.clock import stopwatch

_LONG = 0.01  # seconds


def start() -> None:
    """Let the collector run. It never looks at what there is now."""
    gc.freeze()
    gc.callbacks.append(_PauseLimit())
    gc.enable()


class _PauseLimit:
    """Exempts from later collections whatever has made one long, or they would last longer with every thread.

    What is exempt is still freed when nothing refers to it, unless it is part of a circle.
    """

    def __init__(self) -> None:
        self._began = 0.0

    def __call__(self, phase: str, info: dict[str, Any]) -> None:
        if phase == "start":
            self._began = stopwatch()
        elif info["generation"] == 2 and stopwatch() - self._began > _LONG:
            gc.freeze()

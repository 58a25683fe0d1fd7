"""Folders of workflow files."""

import os
from pathlib import Path

from mock_server.clock import stopwatch

_ENDINGS = {".yaml", ".yml"}
_RESOLUTION = 2.0  # seconds: within them, some file systems give two changes the same time


class WorkflowFolder:
    """A folder, listed again when its time of change says that files came or went. Every turn asks for its files."""

    def __init__(self, path: Path) -> None:
        self._path = str(path)
        self._changed = -1
        self._seen_at = self._listed_at = 0.0
        self._files: list[str] = []

    def files(self) -> list[str]:
        """Return the paths of the workflow files in order; none if the folder is gone or closed to us."""
        try:
            changed = os.stat(self._path).st_mtime_ns  # noqa: PTH116 - a Path takes several times as long
            if changed != self._changed:
                self._changed, self._seen_at = changed, stopwatch()
            elif self._listed_at - self._seen_at > _RESOLUTION:
                return self._files
            self._listed_at, self._files = stopwatch(), self._listed()
        except OSError:
            self._changed, self._files = -1, []
        return self._files

    def _listed(self) -> list[str]:
        names = sorted(os.listdir(self._path))  # noqa: PTH208 - as above
        return [os.path.join(self._path, name) for name in names if os.path.splitext(name)[1] in _ENDINGS]  # noqa: PTH118, PTH122

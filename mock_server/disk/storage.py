"""A file on the disk that is there as a whole or not at all."""

import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path


class WholeFile:
    """A file that is written beside its place, and takes it when it is kept. All of this raises OSError."""

    def __init__(self, path: Path, *, partial: Path) -> None:
        self._path, self._partial = path, partial
        self._file = partial.open("wb")

    def write(self, content: bytes) -> None:
        """Write more of it."""
        self._file.write(content)

    def keep(self, *, durable: bool = False) -> None:
        """Put the file into its place, in one step; if `durable`, it is on the disk by then, as it is on return."""
        if durable:
            with suppress(OSError):  # there is none yet, or it is somebody else's
                shutil.copymode(self._path, self._partial)
            self._file.flush()
            os.fsync(self._file.fileno())
        self._file.close()
        self._partial.replace(self._path)
        if durable and sys.platform != "win32":  # which can't open folders
            _sync_folder(self._path.parent)

    def drop(self) -> None:
        """Leave nothing behind of a file that was not kept. Never raises."""
        with suppress(OSError):
            self._file.close()
        with suppress(OSError):
            self._partial.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

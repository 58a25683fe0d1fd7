"""Files on the disk: each is there as a whole or not at all."""

import hashlib
import os
import shutil
import sys
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mock_server.errors import StorageFailed


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


class TemporaryFolder:
    """A folder that is created for its first file, and removed at the latest when the process ends."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._remove: weakref.finalize[..., TemporaryFolder] | None = None

    def path(self, name: str) -> Path:
        """Return where a file is stored, a path that contains nothing of its name. Raises OSError."""
        if self._folder is None or not self._folder.is_dir():  # something may have tidied up
            self.clear()
            self._folder = Path(tempfile.mkdtemp(prefix="chatkit-mock-"))
            self._remove = weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        return self._folder / hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()

    def find(self, name: str) -> Path | None:
        """Return where a file is, or None if there is none."""
        path = self.path(name) if self._folder is not None and self._folder.is_dir() else None
        return path if path is not None and path.exists() else None

    @contextmanager
    def storing(self, name: str, *, writer: str) -> Iterator[WholeFile]:
        """Open a file for one of its writers. It is gone at the end unless it was kept. Raises StorageFailed."""
        try:
            file = WholeFile(self.path(name), partial=self.path(f"{name} {writer}"))
            try:
                yield file
            finally:
                file.drop()
        except OSError as error:
            raise StorageFailed(_reason(error), folder=_temporary_folder()) from None

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        path = self.find(name)
        if path is not None:
            with suppress(OSError):  # the folder may be read-only by now
                path.unlink()

    def clear(self) -> None:
        """Remove every file."""
        if self._remove is not None:
            self._remove()
        self._folder = self._remove = None


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _temporary_folder() -> str:
    try:
        return tempfile.gettempdir()
    except OSError:
        return "a temporary folder"  # the reason lists those that were tried

"""A temporary folder of files, which is gone when its process is, or when the next one starts."""

import errno
import hashlib
import os
import shutil
import stat
import sys
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import BinaryIO

from mock_server.disk.storage import WholeFile
from mock_server.errors import StorageFailed

_PREFIX = "chatkit-mock-"
_READING = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)  # a pipe would wait for a writer
_OURS = {errno.EMFILE, errno.ENFILE, errno.ENOMEM}  # failures that say nothing of a file


class TemporaryFolder:
    """A folder that is created for its first file, and removed at the latest when the process ends."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._remove: weakref.finalize[..., TemporaryFolder] | None = None

    def path(self, name: str) -> Path:
        """Return where a file is stored, a path that contains nothing of its name. Raises OSError."""
        if self._folder is None or not self._folder.is_dir():  # something may have tidied up
            self.clear()
            remove_remains()
            self._folder, lock = _locked_folder()
            self._remove = weakref.finalize(self, _remove, self._folder, lock)
        return self._folder / hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()

    def open(self, name: str) -> BinaryIO | None:
        """Open a file for reading; None if there is none, or if something else has taken its place. Raises OSError."""
        if self._folder is None or not self._folder.is_dir():
            return None
        try:
            descriptor = os.open(self.path(name), _READING)
        except OSError as error:
            if error.errno in _OURS:
                raise
            return None
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            return os.fdopen(descriptor, "rb")
        os.close(descriptor)
        return None

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
        if self._folder is not None and self._folder.is_dir():
            with suppress(OSError):  # it is gone, or the folder is read-only by now
                self.path(name).unlink()

    def clear(self) -> None:
        """Remove every file."""
        if self._remove is not None:
            self._remove()
        self._folder = self._remove = None


def remove_remains() -> None:
    """Remove the folders of processes that were killed, once. Never raises."""
    with suppress(OSError):
        _remove_remains_in(tempfile.gettempdir())


@cache
def _remove_remains_in(parent: str) -> None:
    with os.scandir(parent) as entries:
        for left in [each.path for each in entries if each.name.startswith(_PREFIX)]:
            with suppress(OSError):
                _remove_if_left(left)


if sys.platform == "win32":  # which can't lock folders

    def _locked_folder() -> tuple[Path, int | None]:
        return Path(tempfile.mkdtemp(prefix=_PREFIX)), None

    def _remove_if_left(folder: str) -> None:
        """Leave it: whether its process lives can't be told."""
else:
    import fcntl

    def _locked_folder() -> tuple[Path, int | None]:
        """Return a new folder and the descriptor whose lock tells others that it is in use. Raises OSError."""
        while True:
            folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
            try:
                lock = os.open(folder, os.O_RDONLY)
            except FileNotFoundError:  # another process has just taken it for left behind
                continue
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:  # the same
                os.close(lock)
            except OSError:  # a file system without locks, where nobody removes it
                return folder, lock
            else:
                if folder.is_dir():
                    return folder, lock
                os.close(lock)

    def _remove_if_left(folder: str) -> None:
        """Remove a folder of this user that nobody holds. Raises OSError."""
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(lock).st_uid == os.geteuid():
                shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(lock)


def _remove(folder: Path, lock: int | None) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    if lock is not None:
        os.close(lock)


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _temporary_folder() -> str:
    try:
        return tempfile.gettempdir()
    except OSError:
        return "a temporary folder"  # the reason lists those that were tried

"""Files that one process at a time writes, each as a whole."""

import errno
import logging
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from mock_server.clock import stopwatch
from mock_server.disk.file_lock import FileLock, LockHeld, LockUnsupported
from mock_server.disk.storage import WholeFile

_PATIENCE = 2.0  # seconds for the process that holds the file to end, since many restart without waiting
_LONGEST = 65_536  # bytes of a file that are looked at
_WAY_OUT = "name a file in a folder with room for it"
_log = logging.getLogger("mock_server")


class OwnedFile:
    """A file that only this process writes; a context manager, which holds it. Links to it are followed.

    Everything that fails is an OSError with a sentence, which names the file as it was named here.
    """

    def __init__(self, path: Path, *, option: str, patience: float = _PATIENCE) -> None:
        """`option` names another file on the command line; `patience` is for how many seconds to wait for this one."""
        self.path, self._option, self._patience = path, option, patience
        self._target = Path(os.path.realpath(path))
        self._lock = FileLock(self._beside("lock"))
        self._is_locked = False
        self._left: tuple[int, ...] | None = None  # what tells the file from any other, as this process left it

    def __enter__(self) -> Self:
        """Take hold of the file, and remove what dead processes have left of it."""
        with self._explained():
            _refuse_what_is_no_file(self._target)
            self._is_locked = self._take_lock()
            try:
                self._new().drop()  # what can never be written is said now
            except OSError:
                self._lock.release()
                raise
        if self._is_locked:
            with suppress(OSError):  # what is left there disturbs nobody
                self._remove_remains()
        self._left = _identity(self._target)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of the file."""
        self._lock.release()

    def refuse_others(self, known: re.Pattern[bytes], *, as_: str) -> None:
        """Raise OSError if the file holds something that is not `known`, and so is somebody else's."""
        with suppress(FileNotFoundError), self._target.open("rb") as file:
            content = file.read(_LONGEST)
            if content and not known.fullmatch(content):
                reason = f"{self.path} is there already and does not hold {as_}"
                raise OSError(f"{reason}; remove it, or name another file with {self._option}")

    @contextmanager
    def writing(self) -> Iterator[WholeFile]:
        """Open the file for new content. What was there before stays, unless the new content is kept."""
        with self._explained():
            if self._is_locked:
                self._renew_lock()
            file = self._new()
            try:
                yield file
            finally:
                file.drop()
            self._left = _identity(self._target)

    @property
    def is_as_left(self) -> bool:
        """Whether nobody has changed or removed the file since this process took hold of it, or last wrote it."""
        return _identity(self._target) == self._left

    def write(self, content: bytes) -> None:
        """Write the file: a reader sees what was there before, or all of it."""
        with self.writing() as file:
            file.write(content)
            file.keep()

    def remove(self) -> None:
        """Remove the file, if that is possible."""
        with suppress(OSError):  # gone already, or read-only by now
            self._target.unlink()

    def _new(self) -> WholeFile:
        return WholeFile(self._target, partial=self._beside(f"{os.getpid()}.partial"))

    def _beside(self, ending: str) -> Path:
        return self._target.with_name(f".{self._target.name}.{ending}")

    def _remove_remains(self) -> None:
        pattern = re.compile(rf"\.{re.escape(self._target.name)}(\.\d+)?\.partial")
        for left in [each for each in self._target.parent.iterdir() if pattern.fullmatch(each.name)]:
            left.unlink()

    def _take_lock(self) -> bool:
        """Wait a little for the lock. Returns False where there are no locks."""
        deadline = stopwatch() + self._patience
        while True:
            try:
                self._lock.take()
            except LockHeld as error:
                if stopwatch() < deadline:
                    time.sleep(0.02)
                    continue
                raise self._in_use(error) from None
            except LockUnsupported as error:
                _log.warning("%s can't be locked (%s); see that no other process uses it.", self.path, error)
                return False
            return True

    def _renew_lock(self) -> None:
        """Take the lock again if its file was removed, by which another process may have come to hold this file."""
        try:
            self._lock.renew()
        except LockHeld as error:
            raise self._in_use(error) from None

    def _in_use(self, holder: LockHeld) -> "_InUse":
        return _InUse(f"{self.path} is in use by {holder}; stop that one, or name another file with {self._option}")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except _InUse:
            raise
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            way_out = "give it a shorter name" if error.errno == errno.ENAMETOOLONG else _WAY_OUT
            raise OSError(f"can't write {self.path}: {reason}; {way_out}") from None


class _InUse(OSError):
    """Another process writes the file."""


def _identity(file: Path) -> tuple[int, ...] | None:
    """Return what changes whenever somebody else writes a file; None if there is none."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size


def _refuse_what_is_no_file(target: Path) -> None:
    """Raise OSError for what could only be replaced, not written."""
    if target.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))  # it leads to itself, or it would have been followed
    if target.is_dir():
        raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
    if target.exists() and not target.is_file():
        raise OSError(errno.EINVAL, "it is not a regular file")

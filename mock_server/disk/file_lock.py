"""A lock that one process holds at a time, and that ends with the process, however that ends."""

import os
import socket
import sys
from contextlib import suppress
from pathlib import Path


class LockHeld(Exception):
    """Another process holds the lock; the text says which, as far as that is known."""


class LockUnsupported(Exception):
    """This file system knows no locks; the text is the reason."""


class FileLock:
    """A lock on a file of its own, which names the process that holds it and is removed when it is released."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def take(self) -> None:
        """Take the lock. Raises LockHeld, LockUnsupported, and OSError where the file can't be created."""
        if self._descriptor is not None:
            return
        while self._descriptor is None:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
            try:
                _lock(descriptor)
            except BlockingIOError:
                holder = _holder(descriptor)
                os.close(descriptor)
                raise LockHeld(holder) from None
            except OSError as error:
                self._drop(descriptor)
                raise LockUnsupported((error.strerror or str(error)).lower()) from None
            if _is_at(descriptor, self._path):
                self._descriptor = descriptor
            else:  # its holder has just removed it
                os.close(descriptor)
        with suppress(OSError):  # on a full disk it names nobody
            os.truncate(self._descriptor, 0)
            os.write(self._descriptor, f"{os.getpid()} {socket.gethostname()}".encode())

    def renew(self) -> None:
        """Take the lock again if somebody has removed its file. Raises what `take` raises."""
        if self._descriptor is not None and not _is_at(self._descriptor, self._path):
            os.close(self._descriptor)
            self._descriptor = None
        self.take()

    def release(self) -> None:
        """Release the lock, if it is held. Never raises."""
        if self._descriptor is not None:
            self._drop(self._descriptor)
            self._descriptor = None

    def _drop(self, descriptor: int) -> None:
        is_ours = _is_at(descriptor, self._path)
        if sys.platform == "win32":  # where an open file can't be removed
            os.close(descriptor)
        if is_ours:
            with suppress(OSError):
                self._path.unlink()
        if sys.platform != "win32":  # in this order, or it could be another process's by now
            os.close(descriptor)


def _holder(descriptor: int) -> str:
    text = ""
    with suppress(OSError):
        text = os.pread(descriptor, 300, 0).decode(errors="replace") if sys.platform != "win32" else ""
    process, _, host = text.partition(" ")
    if not process.isdecimal():
        return "another process"
    return f"process {process}" if host == socket.gethostname() else f"process {process} on {host}"


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except OSError:
        return False


if sys.platform == "win32":
    import msvcrt

    _BEYOND = 1 << 20  # a byte that nobody writes: Windows also locks the others out of reading it

    def _lock(descriptor: int) -> None:
        """Lock a file, or raise BlockingIOError."""
        os.lseek(descriptor, _BEYOND, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except PermissionError as error:
            raise BlockingIOError(*error.args) from None
        os.lseek(descriptor, 0, os.SEEK_SET)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        """Lock a file, or raise BlockingIOError."""
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

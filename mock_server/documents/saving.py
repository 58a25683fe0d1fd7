"""Keeping the state of all projects in a file, while the emulator runs."""

import asyncio
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from mock_server.clock import stopwatch
from mock_server.disk.owned_file import OwnedFile
from mock_server.disk.storage import WholeFile
from mock_server.documents.snapshot_pieces import pieces_of
from mock_server.errors import StateNotSaved
from mock_server.state.projects import Projects
from mock_server.wire.control.projects import SavedState

SAVE_PATH = "/_mock/snapshot/save"
INTERVAL = 2.0  # seconds between saves
_SHARE = 0.1  # of the time, at most, is spent on saving from time to time
_SLICE = 0.002  # seconds for which other work waits
_LATE = 1.0  # seconds of a last save after which a line says why the emulator has not ended
_STILL_SAVING = "Still saving the state to %s; kill -9 %s stops that, and leaves the file as it was last saved."
_log = logging.getLogger("mock_server")


class Saver:
    """Saves every project to a file: from time to time if something may have changed, on request, and at the end."""

    def __init__(self, file: OwnedFile, projects: Projects, *, is_new: bool, interval: float = INTERVAL) -> None:
        """`is_new` says that the file does not hold this state yet; the caller holds it. `interval` is in seconds."""
        self._file, self._projects = file, projects
        self._changes, self._in_progress = int(is_new), 0
        self._saved: int | None = 0  # how many changes there were, or None if there were some in progress
        self._asked: list[asyncio.Future[SavedState]] = []
        self._interval, self._wake, self._stops = interval, asyncio.Event(), False
        self._failure = ""

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Note that the state may change within the block."""
        self._in_progress += 1
        try:
            yield
        finally:
            self._in_progress -= 1
            self._changes += 1

    async def save(self) -> SavedState:
        """Save now, and return when the file is on the disk. Raises StateNotSaved."""
        asked: asyncio.Future[SavedState] = asyncio.get_running_loop().create_future()
        self._asked.append(asked)
        self._wake.set()
        return await asked

    async def keep_saving(self) -> None:
        """Save until `stop`, and at the end a last time unless the file holds it all. Raises StateNotSaved."""
        pause = self._interval
        while not self._stops:
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._wake.wait()
            self._wake.clear()
            if self._asked or (self._is_changed and not self._stops):
                began = stopwatch()
                await self._save_for_all()
                pause = max(self._interval, (stopwatch() - began) * (1 / _SHARE - 1))
        if self._is_changed or not self._file.is_as_left:
            await self._save_at_last()

    def stop(self) -> None:
        """Make `keep_saving` end."""
        self._stops = True
        self._wake.set()

    @property
    def _is_changed(self) -> bool:
        return self._in_progress > 0 or self._saved != self._changes

    async def _save_for_all(self) -> None:
        """Save for everybody who has asked. A failure is theirs if there are any, and is logged once otherwise."""
        asked, self._asked = self._asked, []
        failure: StateNotSaved | None = None
        try:
            saved = await self._save()
        except StateNotSaved as error:
            failure = error
            if str(error) != self._failure and not asked:
                _log.error("The state was not saved, and this is tried again: %s.", error)
                self._failure = str(error)
        else:
            self._failure = ""
        for each in asked:
            if each.done():  # its client has gone
                continue
            if failure is not None:
                each.set_exception(failure)
            else:
                each.set_result(saved)

    async def _save_at_last(self) -> None:
        late = asyncio.get_running_loop().call_later(_LATE, _log.warning, _STILL_SAVING, self._file.path, os.getpid())
        try:
            await self._save()
        except StateNotSaved as error:
            raise StateNotSaved(f"what has changed since the last save is lost: {error}") from None
        finally:
            late.cancel()

    async def _save(self) -> SavedState:
        saves = None if self._in_progress else self._changes
        try:
            with self._file.writing() as file:
                size = await self._write(file)
        except OSError as error:
            raise StateNotSaved(str(error)) from None
        except (TypeError, ValueError, OverflowError, RecursionError) as error:
            reason = f"can't write {self._file.path}: something in it can't be written as JSON ({error})"
            raise StateNotSaved(f"{reason}; reset the project that holds it") from None
        self._saved = saves
        return SavedState(file=str(self._file.path.absolute()), size=size)

    async def _write(self, file: WholeFile) -> int:
        """Write everything in slices; other work is done while a thread brings one to the disk."""
        began, size = stopwatch(), 0
        waiting: list[bytes] = []
        for piece in pieces_of(self._projects):
            waiting.append(piece)
            size += len(piece)
            if stopwatch() - began > _SLICE:
                await asyncio.to_thread(file.write, b"".join(waiting))
                waiting.clear()
                began = stopwatch()
        await asyncio.to_thread(file.write, b"".join(waiting))
        await asyncio.to_thread(file.keep, durable=True)
        return size

"""Log lines: for people or for programs, and never at the expense of the server."""

import atexit
import logging
import os
import queue
import re
import threading

import msgspec

_WAITING = 10_000  # lines, before further ones are dropped
_LAST_LINES = 1.0  # seconds that the end of the process waits for the last lines to be written


class JsonFormatter(logging.Formatter):
    """One JSON object per line: a request's fields, or the message, and a traceback if there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        fields = getattr(record, "request", None) or {"message": record.getMessage()}
        line = {"at": record.created, "level": record.levelname.lower(), **fields}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        text = msgspec.json.encode(line).decode()
        return text if text.isprintable() else "".join(map(_shown, text))


class PatientHandler(logging.Handler):
    """Writes lines to a file descriptor from a thread of its own, because a pipe that nobody reads blocks its writer.

    Lines that can't be written are dropped and counted; once there is a reader again, a line says how many.
    """

    def __init__(self, descriptor: int, *, waiting: int = _WAITING) -> None:
        """`waiting` is how many lines are kept for a reader that is slow."""
        super().__init__()
        self._descriptor = descriptor
        self._lines: queue.Queue[str] = queue.Queue(waiting)
        self._dropped = 0
        threading.Thread(target=self._write_all, name="chatkit-mock-log", daemon=True).start()
        atexit.register(self._wait_for_the_last)

    def emit(self, record: logging.LogRecord) -> None:
        """Queue a line, or drop it."""
        try:
            self._lines.put_nowait(self.format(record))
        except queue.Full:
            self._dropped += 1

    def _write_all(self) -> None:
        while True:
            line = self._lines.get()
            if self._dropped:
                dropped, self._dropped = self._dropped, 0
                line = f"{line}\n{dropped} log lines were dropped, because nobody read them."
            try:
                _write(self._descriptor, f"{line}\n".encode("utf-8", "backslashreplace"))
            except OSError:  # the reader is gone for good
                self._dropped += 1
            self._lines.task_done()

    def _wait_for_the_last(self) -> None:
        with self._lines.all_tasks_done:
            self._lines.all_tasks_done.wait_for(lambda: not self._lines.unfinished_tasks, _LAST_LINES)


def _shown(character: str) -> str:
    """Return a character of JSON as a terminal may show it; the JSON means the same."""
    if character.isprintable():
        return character
    return re.sub("....", r"\\u\g<0>", character.encode("utf-16-be", "surrogatepass").hex())


def _write(descriptor: int, rest: bytes) -> None:
    while rest:
        rest = rest[os.write(descriptor, rest) :]

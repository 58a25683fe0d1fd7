"""`--state`: what the emulator holds, in a file from one run to the next."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from mock_server.app import MockServer


@contextmanager
def kept_state(path: Path | None, app: "MockServer") -> "Iterator[ASGIApp]":
    """Restore the state from a file, and give the app a saver; yield the app as it is to be served.

    The file is held within the block. Raises SnapshotInvalid, and OSError for a file that can't be written or is in
    use: now, not at the end.
    """
    if path is None:
        yield app
        return
    from mock_server.disk.owned_file import OwnedFile  # noqa: PLC0415
    from mock_server.documents.saving import SAVE_PATH, Saver  # noqa: PLC0415 - keeps the start fast
    from mock_server.documents.snapshots import load_state  # noqa: PLC0415
    from mock_server.server.changes import ChangesNoted  # noqa: PLC0415

    with OwnedFile(path, option="--state") as file:
        load_state(path, app.projects)
        app.saver = Saver(file, app.projects, is_new=not path.exists())
        yield ChangesNoted(app, changing=app.saver.changing, unless=SAVE_PATH)

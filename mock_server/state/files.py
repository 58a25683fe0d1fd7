"""Uploaded files: their metadata, and where their content is."""

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from mock_server.disk.temporary_folder import TemporaryFolder
from mock_server.errors import AttachmentNotFound, UploadRefused

MEGABYTE = 1024 * 1024  # inferred: the API documents "MB" only


class File(Struct, kw_only=True):
    """A user's file, or the whole project's if it was uploaded with an API key.

    size, max_size: its size and the largest size allowed, in bytes.
    official: what a Store of `openai-chatkit` was given for it, as JSON; empty without one.
    """

    id: str
    name: str
    mime_type: str
    user: str | None
    size: int = 0
    max_size: int
    complete: bool = False
    official: str = ""

    def refuse_size(self, size: int) -> None:
        """Raise UploadRefused if `size`, in bytes, is more than allowed (wording inferred)."""
        if size > self.max_size:
            raise UploadRefused(
                f"File is larger than this session's limit of {self.max_size // MEGABYTE} MB",
                code="chatkit.file_upload_too_large",
            )

    @property
    def type(self) -> Literal["image", "file"]:
        """How the element shows the file."""
        return "image" if self.mime_type.startswith("image/") else "file"


class Files:
    """The files of one project."""

    def __init__(self, file_types: tuple[str, ...]) -> None:
        self.types = file_types
        self._by_id: dict[str, File] = {}
        self.contents = TemporaryFolder()

    def __len__(self) -> int:
        return len(self._by_id)

    def refuse_type(self, mime_type: str) -> None:
        """Raise UploadRefused for a type that is not accepted (message observed, code inferred)."""
        if mime_type not in self.types and "*/*" not in self.types:
            raise UploadRefused(
                "Uploaded file type is not allowed for this session.", code="chatkit.file_upload_type_rejected"
            )

    def add(self, file: File) -> None:
        """Add a file."""
        self._by_id[file.id] = file

    def get(self, file_id: str) -> File:
        """Return the file with this id. Raises AttachmentNotFound."""
        try:
            return self._by_id[file_id]
        except KeyError:
            raise AttachmentNotFound(file_id) from None

    def of_user(self, file_id: str, user: str | None) -> File:
        """Return a file that this user may use; None is any user. Raises AttachmentNotFound."""
        file = self.get(file_id)
        if user is not None and file.user not in {None, user}:
            raise AttachmentNotFound(file_id)
        return file

    def delete(self, file_id: str) -> None:
        """Delete an existing file with its content."""
        del self._by_id[file_id]
        self.contents.remove(file_id)

    def __contains__(self, file_id: str) -> bool:
        return file_id in self._by_id

    def __iter__(self) -> Iterator[File]:
        """Iterate over the files, oldest first."""
        return iter(self._by_id.values())

    def clear(self) -> None:
        """Delete every file with its content."""
        self._by_id.clear()
        self.contents.clear()

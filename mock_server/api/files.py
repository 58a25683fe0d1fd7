"""Handlers of `/v1/chatkit/files`: streamed to a temporary folder, with the limits enforced while reading."""

import re
from contextlib import suppress
from pathlib import Path
from typing import IO

from python_multipart import MultipartParser
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import parse_options_header
from starlette.responses import FileResponse

from mock_server.api.access import Visitor
from mock_server.errors import AttachmentNotFound, ContentTypeUnsupported, UploadRefused
from mock_server.http.call import Call
from mock_server.state.files import File, Files
from mock_server.wire.files import Attachment

_MIME_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+")
_SHOWN_IN_PLACE = ("image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf")


async def upload(call: Call) -> Attachment:
    """Take a file in one step: multipart, field `file`."""
    visitor, files, usage = Visitor.of(call), call.project.files, call.project.usage
    visitor.spend_request()
    file = visitor.new_file()
    boundary = _boundary(call)
    visitor.spend_upload()
    path = files.path(file.id)
    try:
        await _FilePart(file, files, path, boundary).read(call)
    except BaseException:
        if visitor.session is not None:
            usage.return_upload(visitor.session)
        path.unlink(missing_ok=True)
        raise
    file.complete = True
    files.add(file)  # after a reset that came in between, these are the files of before
    return visitor.shown(file)


async def put(call: Call) -> Attachment:
    """Take the bytes of a two-phase upload. Of several senders the first to finish wins."""
    files = call.project.files
    file = files.get(call.argument("file_id"))
    _refuse_second(file)
    partial, size = files.path(f"{file.id} {call.request_id}"), 0
    try:
        with partial.open("wb") as content:
            async for chunk in call.chunks():
                size += len(chunk)
                file.refuse_size(size)
                content.write(chunk)
        _refuse_second(files.get(file.id))
        partial.replace(files.path(file.id))
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    file.size, file.complete = size, True
    return Visitor.of(call).shown(file)


def _refuse_second(file: File) -> None:
    if file.complete:
        raise UploadRefused("The content of this file has arrived already", code="chatkit.file_upload_complete")


def content(call: Call) -> FileResponse:
    """The content of a file: for previews as well, which browsers fetch without a secret."""
    file = call.project.files.get(call.argument("file_id"))
    path = call.project.files.path(file.id)
    if not path.exists():
        raise AttachmentNotFound(file.id, hint="Its content has not arrived yet.")
    in_place = file.mime_type in _SHOWN_IN_PLACE
    return FileResponse(
        path,
        media_type=file.mime_type,
        filename=file.name,
        content_disposition_type="inline" if in_place else "attachment",
        headers={"content-security-policy": "sandbox", "x-content-type-options": "nosniff"},
    )


def _boundary(call: Call) -> bytes:
    given = call.headers.get(b"content-type", b"")
    media_type, options = parse_options_header(given)
    if media_type != b"multipart/form-data" or b"boundary" not in options:
        raise ContentTypeUnsupported(given.decode("latin-1"), accepted="multipart/form-data")
    return options[b"boundary"]


class _FilePart:
    """Reads the part named `file` to the disk, and refuses it as soon as it can."""

    def __init__(self, file: File, files: Files, path: Path, boundary: bytes) -> None:
        self._file, self._files, self._path = file, files, path
        self._headers: dict[bytes, bytes] = {}
        self._field = self._value = b""
        self._content: IO[bytes] | None = None
        self._seen = self._ended = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._on_field,
                "on_header_value": self._on_value,
                "on_header_end": self._on_header,
                "on_headers_finished": self._on_headers,
                "on_part_data": self._on_data,
                "on_part_end": self._close,
                "on_end": self._end,
            },
        )

    async def read(self, call: Call) -> None:
        """Read the body. Raises UploadRefused."""
        try:
            async for chunk in call.chunks():
                self._parser.write(chunk)
            self._parser.finalize()
        except MultipartParseError as error:
            raise UploadRefused(f"The multipart body can't be read: {error}", code="invalid_multipart") from None
        finally:
            with suppress(OSError):
                self._close()
        if not self._ended:
            raise UploadRefused("The multipart body ends before its last boundary", code="invalid_multipart")
        if not self._seen:
            raise UploadRefused("Missing required parameter: 'file'.", code="missing_required_parameter")

    def _begin(self) -> None:
        self._headers = {}

    def _on_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header(self) -> None:
        self._headers[self._field.lower()] = self._value
        self._field = self._value = b""

    def _on_headers(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        if options.get(b"name") != b"file" or self._seen:
            return
        self._seen = True
        given = self._headers.get(b"content-type", b"").decode("latin-1").partition(";")[0].strip().lower()
        self._file.name = options.get(b"filename", b"file").decode("utf-8", "replace")
        self._file.mime_type = given if _MIME_TYPE.fullmatch(given) else "application/octet-stream"
        self._files.refuse_type(self._file.mime_type)
        self._content = self._path.open("wb")

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        if self._content is not None:
            self._file.size += end - start
            self._file.refuse_size(self._file.size)
            self._content.write(data[start:end])

    def _end(self) -> None:
        self._ended = True

    def _close(self) -> None:
        if self._content is not None:
            self._content.close()
            self._content = None

"""Handlers of `/v1/chatkit/files`: files are streamed to a temporary folder, with limits enforced while reading."""

import logging

from python_multipart import MultipartParser
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import parse_options_header

from mock_server.api.callers import caller_of, own_server
from mock_server.api.calls import RequestCall
from mock_server.backends.caller import Caller
from mock_server.config import IMAGES_AND_PDF
from mock_server.disk.storage import WholeFile
from mock_server.errors import AttachmentNotFound, ContentTypeUnsupported, StorageFailed, UploadRefused
from mock_server.http.context import RequestContext
from mock_server.http.file_response import FileResponse, disposition
from mock_server.mime_types import HEAD, UNKNOWN, declared_type, type_of_bytes
from mock_server.slices import Work, in_slices
from mock_server.state.files import File, Files
from mock_server.wire.chat.operations import Nothing
from mock_server.wire.rest.files import Attachment

_BOUNDARY = 256  # bytes; the parser takes no longer one
_PARTS = 100
_PIECE = 16_384  # bytes that are parsed at once
_NO_PARAMS = Nothing()


async def upload(context: RequestContext) -> Attachment:
    """Store a file uploaded in one step: the field `file` of a multipart body. Raises RateLimited, UploadRefused."""
    caller, files = caller_of(context), context.project.files
    caller.spend_request()
    file = caller.new_file()
    boundary = _boundary(context)
    caller.spend_upload()
    try:
        with files.contents.storing(file.id, writer=context.request_id) as content:
            await _FilePart(file, files, content, boundary).read(context)
            if files is context.project.files:  # not if the project was reset meanwhile
                content.keep()
    except BaseException as error:
        caller.return_upload()
        if isinstance(error, StorageFailed):
            caller.return_request()
        raise
    file.complete = True
    if files is context.project.files:
        context.project.add_file(file)
        await _tell_own_server(context, caller, file)
    return caller.shown(file)


async def _tell_own_server(context: RequestContext, caller: Caller, file: File) -> None:
    """Let the Store of a `ChatKitServer` know of a file. If it fails, there was no upload. Raises BackendFailed."""
    keep = getattr(own_server(context, caller), "keep_attachment", None)
    if keep is None:
        return
    try:
        await keep(RequestCall(context, caller, _NO_PARAMS), caller.shown(file))
    except BaseException:
        caller.return_upload()
        if file.id in context.project.files:
            context.project.delete_file(file.id)
        raise


async def put(context: RequestContext) -> Attachment:
    """Store the bytes of a two-phase upload. If there are several senders, the first to finish wins."""
    files = context.project.files
    file = files.get(context.argument("file_id"))
    _refuse_second(file)
    size = 0
    with files.contents.storing(file.id, writer=context.request_id) as content:
        async for chunk in context.chunks():
            size += len(chunk)
            file.refuse_size(size)
            content.write(chunk)
        _refuse_second(files.get(file.id))
        content.keep()
    file.size, file.complete = size, True
    return caller_of(context).shown(file)


def _refuse_second(file: File) -> None:
    if file.complete:
        raise UploadRefused("The content of this file has already been uploaded", code="chatkit.file_upload_complete")


def content(context: RequestContext) -> FileResponse:
    """Return a file's content. It needs no client secret: browsers fetch previews without one."""
    file = context.project.files.get(context.argument("file_id"))
    headers = {
        "content-type": file.mime_type,
        "content-disposition": disposition(file.name, in_place=file.mime_type in IMAGES_AND_PDF),
        "content-security-policy": "sandbox",
        "cross-origin-resource-policy": "cross-origin",  # a preview may be shown by any page
        "x-content-type-options": "nosniff",
    }
    stored = context.project.files.contents.open(file.id)
    if stored is not None:
        return FileResponse(context, stored, headers=headers)
    gone = "Its content was removed from the temporary folder."
    raise AttachmentNotFound(file.id, hint=gone if file.complete else "Its content has not been uploaded yet.")


def _boundary(context: RequestContext) -> bytes:
    given = context.headers.get(b"content-type", b"")
    media_type, options = parse_options_header(given)
    if media_type != b"multipart/form-data":
        raise ContentTypeUnsupported(given.decode("latin-1"), accepted="multipart/form-data")
    boundary = options.get(b"boundary", b"")
    if not boundary:
        raise UploadRefused("The multipart body has no boundary in its Content-Type", code="invalid_multipart")
    if len(boundary) > _BOUNDARY:
        raise UploadRefused(f"The multipart boundary is longer than {_BOUNDARY} bytes", code="invalid_multipart")
    return boundary


class _FilePart:
    """Writes the part named `file` to disk, and rejects it as early as possible."""

    def __init__(self, file: File, files: Files, content: WholeFile, boundary: bytes) -> None:
        self._file, self._files, self._content = file, files, content
        self._headers: dict[bytes, bytes] = {}
        self._field = self._value = b""
        self._head: bytes | None = None  # the first bytes, while the type is not known
        self._parts = 0
        self._is_file = self._seen = self._ended = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._on_field,
                "on_header_value": self._on_value,
                "on_header_end": self._on_header,
                "on_headers_finished": self._on_headers,
                "on_part_data": self._on_data,
                "on_part_end": self._end_part,
                "on_end": self._end,
            },
        )
        # It warns of what it raises; without logging set up, as with `serve`, that would go to standard error.
        self._parser.logger = logging.Logger("unheard", level=logging.CRITICAL)  # noqa: LOG001 - nobody hears it

    async def read(self, context: RequestContext) -> None:
        """Read the body. Raises UploadRefused."""
        try:
            async for chunk in context.chunks():
                await in_slices(self._parsing(chunk))
            self._parser.finalize()
        except MultipartParseError as error:
            raise UploadRefused(f"The multipart body can't be read: {error}", code="invalid_multipart") from None
        if not self._ended:
            raise UploadRefused("The multipart body ends before its last boundary", code="invalid_multipart")
        if not self._seen:
            raise UploadRefused("Missing required parameter: 'file'.", code="missing_required_parameter")

    def _parsing(self, chunk: bytes) -> Work[None]:
        for at in range(0, len(chunk), _PIECE):
            self._parser.write(chunk[at : at + _PIECE])
            yield

    def _begin(self) -> None:
        self._headers = {}
        self._parts += 1
        if self._parts > _PARTS:
            reason = f"The multipart body has more than {_PARTS} parts; one named 'file' is enough"
            raise UploadRefused(reason, code="invalid_multipart")

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
        given = self._headers.get(b"content-type", b"").decode("latin-1")
        self._file.name = options.get(b"filename", b"file").decode("utf-8", "replace")
        self._file.mime_type = declared_type(given, name=self._file.name)
        if self._file.mime_type == UNKNOWN:
            self._head = b""
        else:
            self._files.refuse_type(self._file.mime_type)
        self._is_file = True

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            self._file.size += end - start
            self._file.refuse_size(self._file.size)
            self._content.write(data[start:end])
            if self._head is not None:
                self._head += data[start : min(end, start + HEAD)]
                if len(self._head) >= HEAD:
                    self._look_at_head()

    def _look_at_head(self) -> None:
        """Take the type from the first bytes, once they are there. Raises UploadRefused."""
        head, self._head = self._head, None
        if head is not None:
            self._file.mime_type = type_of_bytes(head)
            self._files.refuse_type(self._file.mime_type)

    def _end_part(self) -> None:
        self._is_file = False
        self._look_at_head()

    def _end(self) -> None:
        self._ended = True

"""The MIME type of an upload: as it is declared, else by the file's name, else by its first bytes.

Clients such as curl and Ruby's declare `application/octet-stream` for every file (ours: what the real API does then is
not known).
"""

import mimetypes
import re
from pathlib import PurePath

UNKNOWN = "application/octet-stream"
HEAD = 12  # bytes that are enough to tell a type
_FORM = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)
_BY_SUFFIX = {".webp": "image/webp"}  # not in every version of Python
_SIGNATURES = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "image/webp"),
    (re.compile(rb"%PDF-"), "application/pdf"),
)


def declared_type(given: str, *, name: str) -> str:
    """Return the MIME type of a Content-Type, or that of a file's name if it says nothing; UNKNOWN if neither does."""
    declared = given.partition(";")[0].strip().lower()
    if _FORM.fullmatch(declared) and declared != UNKNOWN:
        return declared
    suffix = PurePath(name).suffix.lower()
    return _BY_SUFFIX.get(suffix) or mimetypes.guess_type(f"file{suffix}")[0] or UNKNOWN


def is_mime_type(text: str) -> bool:
    """Return whether a text is a MIME type, or empty because none is known yet."""
    return not text or _FORM.fullmatch(text) is not None


def type_of_bytes(head: bytes) -> str:
    """Return the MIME type that a file's first bytes show, or UNKNOWN."""
    return next((mime_type for signature, mime_type in _SIGNATURES if signature.match(head)), UNKNOWN)

"""Files in the form in which uploads return them and messages carry them."""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType


class UploadDescriptor(Struct, kw_only=True):
    """Where a two-phase upload sends its content."""

    url: str
    method: Literal["POST", "PUT"]
    headers: dict[str, str]


class Attachment(Struct, kw_only=True):
    """A file; only an image has a `preview_url`."""

    id: str
    name: str
    mime_type: str
    type: Literal["file", "image"]
    preview_url: str | UnsetType = UNSET
    upload_url: str | UnsetType = UNSET
    upload_descriptor: UploadDescriptor | UnsetType = UNSET

"""Files uploaded to the emulator, as `openai-chatkit` knows attachments."""

from typing import Any

from chatkit.types import FileAttachment, ImageAttachment
from msgspec import UNSET

from mock_server.wire.rest.files import Attachment


def official(attachment: Attachment) -> Any:
    """Return an attachment of the official types, with the same id."""
    given = {"id": attachment.id, "name": attachment.name, "mime_type": attachment.mime_type}
    if attachment.type == "image" and attachment.preview_url is not UNSET:
        return ImageAttachment.model_validate(given | {"preview_url": attachment.preview_url})
    return FileAttachment.model_validate(given)

"""A server of one's own that blocks its thread for a second when it is told to, and the same as an application."""

import time
from typing import Any

from chatkit import types as ck
from support.official_server import OfficialServer, served

SECONDS = 1.0


class Blocking(OfficialServer):
    """Sleeps without awaiting, as a Store does that waits for a database."""

    def __init__(self) -> None:
        super().__init__()
        self.pace = 0

    async def respond(
        self, thread: ck.ThreadMetadata, input_user_message: ck.UserMessageItem | None, context: Any
    ) -> Any:
        if input_user_message is not None and input_user_message.content[0].text == "block":
            time.sleep(SECONDS)  # noqa: ASYNC251 - it blocks
        async for event in super().respond(thread, input_user_message, context):
            yield event


app = served(Blocking())

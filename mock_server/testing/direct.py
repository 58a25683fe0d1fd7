"""HTTP clients for the official SDK that go straight to the emulator, past proxies, which could not reach it.

They close themselves when nobody holds them, as the SDK's own do.
"""

import asyncio
from contextlib import suppress

from openai import DefaultAsyncHttpxClient, DefaultHttpxClient

from mock_server.testing.proxies import past_proxies


class DirectClient(DefaultHttpxClient):
    """The SDK's own client without proxies."""

    def __init__(self, url: str) -> None:
        super().__init__(**past_proxies(url))

    def __del__(self) -> None:
        """Close what was left open."""
        with suppress(Exception):
            self.close()


class AsyncDirectClient(DefaultAsyncHttpxClient):
    """The same, asynchronous."""

    def __init__(self, url: str) -> None:
        super().__init__(**past_proxies(url))

    def __del__(self) -> None:
        """Close what was left open, in the loop that runs."""
        with suppress(Exception):
            if not self.is_closed:
                asyncio.get_running_loop().create_task(self.aclose())

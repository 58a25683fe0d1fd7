"""HTTP clients for the official SDK that bypass proxies, which could not reach the emulator.

They close themselves when they are garbage collected, as the SDK's own do.
"""

import asyncio
from contextlib import suppress

from openai import DefaultAsyncHttpxClient, DefaultHttpxClient

from mock_server.testing.proxies import past_proxies


class DirectClient(DefaultHttpxClient):
    """The SDK's default client, without proxies."""

    def __init__(self, url: str) -> None:
        super().__init__(**past_proxies(url))

    def __del__(self) -> None:
        """Close the client if it was left open."""
        with suppress(Exception):
            self.close()


class AsyncDirectClient(DefaultAsyncHttpxClient):
    """The SDK's default asynchronous client, without proxies."""

    def __init__(self, url: str) -> None:
        super().__init__(**past_proxies(url))

    def __del__(self) -> None:
        """Close the client if it was left open, in the running loop."""
        with suppress(Exception):
            if not self.is_closed:
                asyncio.get_running_loop().create_task(self.aclose())

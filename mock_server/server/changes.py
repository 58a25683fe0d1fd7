"""Noting which requests may change the state."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from starlette.types import ASGIApp, Receive, Scope, Send

_SAFE = {"GET", "HEAD", "OPTIONS"}


class ChangesNoted:
    """An ASGI application around another one, whose requests are noted unless they can't change anything.

    Reading `/v1` counts: it draws ids and uses up faults.
    """

    def __init__(self, app: ASGIApp, *, changing: Callable[[], AbstractContextManager[None]], unless: str) -> None:
        """`changing` is held during each request, unless its path is `unless`."""
        self._app, self._changing, self._unless = app, changing, unless

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or self._only_reads(scope["method"], scope["path"]):
            await self._app(scope, receive, send)
            return
        with self._changing():
            await self._app(scope, receive, send)

    def _only_reads(self, method: str, path: str) -> bool:
        return path.endswith(self._unless) or (method in _SAFE and "/v1/" not in path)

"""The lifespan of an ASGI application: what it does before its first request and after its last one."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Application = Callable[[Scope, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]
VERSIONS = {
    "version": "3.0",
    "spec_version": "2.3",
}  # as uvicorn has them; from 2.4 on, nobody listens for a disconnect
_log = logging.getLogger("mock_server")
_ENDING = 2.0  # seconds in which an application has to shut down


class StartupFailed(Exception):
    """An application said that it could not start; the message is its own."""


class Lifespan:
    """Runs in the loop of the application. state: what it keeps there for its requests."""

    def __init__(self, app: Application) -> None:
        self._app = app
        self.state: dict[str, Any] = {}
        self._task: asyncio.Task[None] | None = None
        self._starting: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the application once, whoever asks first. Raises what it raised, and StartupFailed."""
        if self._starting is None or (self._starting.done() and not _is_well(self._starting)):
            self._starting = asyncio.create_task(self._start())
        await asyncio.shield(self._starting)

    async def stop(self) -> None:
        """Let the application shut down, if it has a lifespan."""
        if self._starting is not None and self._task is not None:
            self._asked.set()
            if self._starting.done():
                await asyncio.wait({self._task}, timeout=_ENDING)
            self._starting.cancel()
            self._task.cancel()
            await asyncio.wait({self._task}, timeout=_ENDING)

    async def _start(self) -> None:
        self._asked, self._is_asked = asyncio.Event(), False
        self._answer: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": self.state}
        self._task = asyncio.create_task(self._run(scope))
        failure = await self._answer
        if failure is None:
            return
        await asyncio.wait({self._task}, timeout=_ENDING)
        error = self._task.exception() if self._task.done() and not self._task.cancelled() else None
        raise error or StartupFailed(failure.strip().rpartition("\n")[2] or "it gave no reason")

    async def _run(self, scope: Scope) -> None:
        try:
            await self._app(scope, self._receive, self._send)
        except SystemExit as error:  # it would end the loop for everybody
            if not self._answer.done():
                self._answer.set_result(f"it called sys.exit({error.code!r})")
        except Exception as error:
            if self._answer.done() and self._answer.result() is not None:
                raise
            if self._asked.is_set():
                _log.error("Your application raised %s while it shut down: %s", type(error).__name__, error)
        finally:
            if not self._answer.done():  # an application without a lifespan raises, or returns
                self._answer.set_result(None)

    async def _receive(self) -> Message:
        if not self._is_asked:
            self._is_asked = True
            return {"type": "lifespan.startup"}
        await self._asked.wait()
        return {"type": "lifespan.shutdown"}

    async def _send(self, message: Message) -> None:
        kind = message["type"]
        if not kind.startswith("lifespan."):
            raise RuntimeError(f"{kind!r} does not fit a lifespan")
        if not self._answer.done():
            if kind == "lifespan.startup.complete":
                self._answer.set_result(None)
            elif kind == "lifespan.startup.failed":
                self._answer.set_result(str(message.get("message", "")))


def _is_well(task: asyncio.Task[None]) -> bool:
    return not task.cancelled() and task.exception() is None

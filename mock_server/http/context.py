"""The context of one request, as handlers see it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import TYPE_CHECKING, Literal, Protocol, cast
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from mock_server.clock import stopwatch
from mock_server.errors import BodyTooLarge, ContentTypeUnsupported, Dropped, HeadTooLarge, RequestMalformed
from mock_server.state.journal import ENTRY_BYTES, Entry
from mock_server.state.project import Project
from mock_server.state.projects import Projects
from mock_server.state.sessions import Session

if TYPE_CHECKING:
    from mock_server.backends.registry import Backends
    from mock_server.backends.scripts import ScriptBackend
    from mock_server.documents.saving import Saver
    from mock_server.http.injector import FaultInjector
    from mock_server.workflows.catalog import Catalog

_DIGITS = 30  # of an announced length, that are read
_SOON = 0.5  # seconds in which the body of a refused request has to arrive, to be kept
CONNECTION = "mock_server.connection"  # a key in a scope's extensions


class Connection(Protocol):
    """What a request's connection to the emulator's own server can do beyond ASGI."""

    @property
    def gone(self) -> "asyncio.Future[None]":
        """A future that is done once the client has gone."""

    def abort(self) -> None:
        """Close the connection at once."""

    def respond(self, send: Send, status: int, head: bytes, body: bytes) -> bool:
        """Send a whole response at once. Returns False, with nothing sent, if that is not possible.

        Raises ClientDisconnect.
        """

    def begin(self, send: Send, status: int, head: bytes) -> bool:
        """Begin a response of any length. Returns False, with nothing sent, if that is not possible.

        Raises ClientDisconnect.
        """


class RequestContext:
    """A request with its project and a single reading of the clock.

    path: the path without `/p/<project>`.
    now: unix seconds in the project's time, the same throughout the request.
    entry: the journal entry; requests that are not journaled have one too, which is discarded.
    session: the session of the client secret, if the request has one.
    body: the body of a JSON operation, once it has been read.
    ending: how a session that this request creates ends at once, because of a fault.
    injector: what damages the response, because of a fault.
    resets: how often the project's state had been reset when the request came.
    is_read: whether somebody has begun to read the body.
    """

    __slots__ = (
        "bearer",
        "body",
        "ending",
        "entry",
        "headers",
        "injector",
        "is_read",
        "method",
        "now",
        "path",
        "project",
        "projects",
        "receive",
        "request_id",
        "resets",
        "scope",
        "send",
        "session",
    )

    project: Project
    entry: Entry
    now: float
    request_id: str

    def __init__(self, scope: Scope, receive: Receive, send: Send, projects: Projects) -> None:
        self.scope, self.receive, self.send, self.projects = scope, receive, send, projects
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        self.bearer = _bearer(self.headers.get(b"authorization", b""))
        self.session: Session | None = None
        self.injector: FaultInjector | None = None
        self.is_read = False
        self.body = b""
        self.ending: Literal["expired", "cancelled"] | None = None

    def enter(self, project: Project) -> None:
        """Assign the request to `project`: read its clock, draw a request id and create the journal entry."""
        self.project, self.resets = project, project.resets
        self.now = now = project.clock.now()
        self.request_id = request_id = project.ids.request_id()
        scope = self.scope
        self.entry = Entry(
            request_id, now, stopwatch(), self.method, self.path, scope["query_string"], scope["headers"]
        )
        if self.session is not None:
            self.entry.session = self.session.id

    def refuse_if_reset(self) -> None:
        """Raise Dropped if the project was reset since the request came: it may be the next test's by now."""
        if self.project.resets != self.resets:
            raise Dropped

    @property
    def connection(self) -> Connection | None:
        """The connection, if the request came in through the emulator's own server."""
        connection: Connection | None = self.scope.get("extensions", _NOTHING).get(CONNECTION)
        return connection

    @property
    def workflows(self) -> "Catalog":
        """The emulator's workflows."""
        workflows: Catalog = self.scope["app"].workflows
        return workflows

    @property
    def scripts(self) -> "ScriptBackend":
        """The backend that replies with the workflows' scripts."""
        scripts: ScriptBackend = self.scope["app"].scripts
        return scripts

    @property
    def backends(self) -> "Backends | None":
        """The servers of the user's own, if there are any."""
        backends: Backends | None = self.scope["app"].backends
        return backends

    @property
    def saver(self) -> "Saver | None":
        """What saves the emulator's state in a file, if it has one."""
        saver: Saver | None = self.scope["app"].saver
        return saver

    def address(self, project: Project) -> str:
        """Return the emulator's URL with a project's path, as the client wrote its host."""
        host = self.headers.get(b"host", b"127.0.0.1").decode("latin-1")
        prefix = "" if project.name == self.projects.default.name else f"/p/{project.name}"
        return f"{self.scope['scheme']}://{host}{prefix}"

    def argument(self, name: str) -> str:
        """Return a path parameter, such as `thread_id`."""
        argument: str = self.scope["path_params"][name]
        return argument

    def query(self) -> list[tuple[str, str]]:
        """Return the name-value pairs of the query, including blank values."""
        return parse_qsl(self.scope["query_string"].decode("latin-1"), keep_blank_values=True)

    async def json_body(self, *, limit: int | None = None, most: int | None = None) -> bytes:
        """Return the body if its Content-Type is JSON or missing; an empty body counts as `{}` (inferred).

        `limit` is in bytes, by default `max_body_bytes`, and never above `most`. Raises ContentTypeUnsupported,
        BodyTooLarge (without reading further), ClientDisconnect.
        """
        given = self.headers.get(b"content-type", b"")
        if given != b"application/json" and given.partition(b";")[0].strip().lower() not in {b"application/json", b""}:
            raise ContentTypeUnsupported(given.decode("latin-1"))
        limit = self.projects.settings.max_body_bytes if limit is None else limit
        limit = limit if most is None else min(limit, most)
        announced = self.headers.get(b"content-length", b"")
        if announced.isdigit() and int(announced[:_DIGITS]) > limit:
            raise BodyTooLarge(limit=limit, size=int(announced[:_DIGITS]))
        joined: bytes | bytearray = b""
        more = self.is_read = True
        while more:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            more = message.get("more_body", False)
            if more and not joined:
                joined = bytearray()  # grows without being copied
            joined += message.get("body", b"")
            if len(joined) > limit:
                raise BodyTooLarge(limit=limit, size=len(joined))
        self.entry.body = bytes(joined[:ENTRY_BYTES])
        # To copy what is long would stop other requests; all that is done with a body takes a bytearray too.
        return cast("bytes", joined) if len(joined) > ENTRY_BYTES else self.entry.body or b"{}"

    async def keep_body(self) -> None:
        """Keep a body that nobody reads, for the journal: as much as that keeps, and what arrives soon."""
        if self.is_read:
            return
        kept = bytearray()
        with suppress(TimeoutError, ClientDisconnect, RequestMalformed, HeadTooLarge):
            async with asyncio.timeout(_SOON):
                async for chunk in self.chunks():
                    kept += chunk
                    if len(kept) >= ENTRY_BYTES:
                        break
        self.entry.body = bytes(kept)

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the body as it arrives, whatever its type. Raises ClientDisconnect."""
        more = self.is_read = True
        while more:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            yield message.get("body", b"")
            more = message.get("more_body", False)

    async def pause(self, seconds: float) -> None:
        """Wait. Raises ClientDisconnect if the client leaves meanwhile, which is known on the emulator's own server."""
        connection = self.connection
        if connection is None:
            await asyncio.sleep(seconds)
            return
        await asyncio.wait({connection.gone}, timeout=seconds)
        if connection.gone.done():
            raise ClientDisconnect


_NOTHING: dict[str, Connection] = {}


def _bearer(authorization: bytes) -> str:
    """Return the bearer key or secret, or an empty string if there is none."""
    if authorization.startswith(b"Bearer "):
        return authorization[7:].strip().decode("latin-1")
    scheme, _, key = authorization.partition(b" ")
    return key.strip().decode("latin-1") if scheme.lower() == b"bearer" else ""

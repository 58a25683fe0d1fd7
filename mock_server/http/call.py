"""One request, as the handlers see it."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from mock_server.clock import stopwatch
from mock_server.errors import BodyTooLarge, ContentTypeUnsupported
from mock_server.state.project import Project, Projects

if TYPE_CHECKING:
    from mock_server.workflows.catalog import Catalog

Headers = list[tuple[bytes, bytes]]


class Call:
    """A request with its project and its one reading of the clock.

    path: the path below `/p/<project>`.
    now: unix seconds in the project's time, the same for all that this call does.
    status: of the answer, 0 until it has begun.
    """

    __slots__ = (
        "bearer",
        "headers",
        "method",
        "now",
        "path",
        "project",
        "projects",
        "receive",
        "request_id",
        "scope",
        "send",
        "started",
        "status",
    )

    project: Project
    now: float
    request_id: str

    def __init__(self, scope: Scope, receive: Receive, send: Send, projects: Projects) -> None:
        self.scope, self.receive, self.send, self.projects = scope, receive, send, projects
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        self.bearer = _bearer(self.headers.get(b"authorization", b""))
        self.started = stopwatch()
        self.status = 0

    def enter(self, project: Project) -> None:
        """Make this a call to `project`."""
        self.project = project
        self.now = project.clock.now()
        self.request_id = project.ids.request_id()

    @property
    def workflows(self) -> "Catalog":
        """The server's workflows."""
        workflows: Catalog = self.scope["app"].workflows
        return workflows

    def argument(self, name: str) -> str:
        """A part of the path, such as `thread_id`."""
        argument: str = self.scope["path_params"][name]
        return argument

    def query(self) -> list[tuple[str, str]]:
        """The query's pairs, blank values included."""
        return parse_qsl(self.scope["query_string"].decode("latin-1"), keep_blank_values=True)

    async def json_body(self) -> bytes:
        """The body, if it claims to be JSON; an empty one counts as `{}` (inferred).

        Raises ContentTypeUnsupported, BodyTooLarge (without reading on), ClientDisconnect.
        """
        given = self.headers.get(b"content-type", b"")
        if given != b"application/json" and given.partition(b";")[0].strip().lower() not in {b"application/json", b""}:
            raise ContentTypeUnsupported(given.decode("latin-1"))
        limit = self.projects.settings.max_body_bytes
        announced = self.headers.get(b"content-length", b"")
        if announced.isdigit() and int(announced) > limit:
            raise BodyTooLarge(limit=limit, size=int(announced))
        chunks: list[bytes] = []
        size, more = 0, True
        while more:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            chunks.append(message.get("body", b""))
            size += len(chunks[-1])
            if size > limit:
                raise BodyTooLarge(limit=limit, size=size)
            more = message.get("more_body", False)
        return (chunks[0] if len(chunks) == 1 else b"".join(chunks)) or b"{}"

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body as it arrives, whatever its type. Raises ClientDisconnect."""
        more = True
        while more:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            yield message.get("body", b"")
            more = message.get("more_body", False)

    def whereabouts(self, homes: list[str]) -> str:
        """A sentence for an id this project does not have, naming the projects that have it."""
        here = f"This call went to project '{self.project.name}'"
        if not homes:
            return f"{here}; no project has this id."
        return f"{here}; this id is in project '{homes[0]}': choose it by /p/{homes[0]}/v1 or 'OpenAI-Project'."


def _bearer(authorization: bytes) -> str:
    """The bearer key or secret; empty when there is none."""
    scheme, _, key = authorization.partition(b" ")
    return key.strip().decode("latin-1") if scheme.lower() == b"bearer" else ""

"""Operations: what can be done at a path, described once for routing and for the OpenAPI document."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct, to_builtins
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from mock_server.config import Settings
from mock_server.errors import ControlRefused, MethodNotAllowed, MockServerError
from mock_server.http.context import RequestContext
from mock_server.http.response import (
    JSON,
    EventStream,
    Pieces,
    ResponseSender,
    WholeResponse,
    respond,
    respond_in_pieces,
)
from mock_server.slices import Work, in_slices
from mock_server.state.faults import Subject
from mock_server.state.journal import ENTRY_BYTES
from mock_server.wire.codec import decode, decode_query, decoding, encode
from mock_server.wire.pieces import encoded
from mock_server.wire.shape import check_shape, looks_small

if TYPE_CHECKING:
    from mock_server.wire.control.faults import FaultRule


Result = Struct | dict[str, Any] | Response | EventStream | Pieces | WholeResponse
_DOCUMENTS = (Struct, dict)  # what most handlers return
_SAY_NOTHING = {b"", b"{}", b"null"}  # bodies that clients send where there is none
_BRIEF = 1024  # bytes; a longer body says something


def always(_: Settings) -> bool:
    """Say so under all settings."""
    return True


class Operation(Struct, frozen=True, kw_only=True):
    """What a method does at a path.

    name: the SDKs' name for it, such as `sessions.create`.
    handler: takes the RequestContext, then the decoded query and body if they are declared. It returns a Result, or
        an awaitable of one; a Struct or dict is encoded as JSON.
    response: the type of the response, for the OpenAPI document.
    read_body: decodes the body where `wire.codec.decode` can't.
    read_document: decodes a body that may be of any shape, in slices.
    name_in_body: returns the name of what a body asks for, where that is more than `name`, without trusting the body.
    guard: raises if the caller may not do this.
    needs_workflows: returns whether the handler looks at workflows, under the settings; changed files are then read.
    subject: returns what the request is about, from the context and what was decoded. Without it, no fault applies.
    max_body_bytes, most_body_bytes: a body limit that overrides the one in the settings, or that is below it.
    refuses_body: whether a body is refused where none is declared, instead of ignored as by the real API.
    failures, beta, streams, takes_file, media_types: for the OpenAPI document: the statuses besides 200, whether the
        beta header is required, whether the response may be server-sent events, whether the request is a multipart
        file, and the media types of the response.
    """

    name: str
    summary: str
    handler: Callable[..., Result | Awaitable[Result]]
    response: Any
    query: type[Struct] | None = None
    body: type[Struct] | None = None
    read_body: Callable[[bytes], Struct] | None = None
    read_document: Callable[[bytes], Work[Struct]] | None = None
    name_in_body: Callable[[bytes], str | None] | None = None
    guard: Callable[[RequestContext], None]
    needs_workflows: Callable[[Settings], bool] | None = None
    subject: Callable[..., Subject] | None = None
    max_body_bytes: int | None = None
    refuses_body: bool = False
    most_body_bytes: int | None = None
    failures: tuple[int, ...] = ()
    beta: bool = False
    streams: bool = False
    takes_file: bool = False
    media_types: tuple[str, ...] = ("application/json",)

    async def serve(self, context: RequestContext) -> None:
        """Call the guard, decode, apply a fault, call the handler, respond. Raises what any of these raises."""
        context.entry.operation = self.name
        try:
            self.guard(context)
        except MockServerError:
            await self._note_refused(context)
            raise
        given = [] if self.query is None else [decode_query(context.query(), self.query)]
        if self.body is not None:
            given.append(await self._read_body(context))
        elif self.refuses_body:
            await self._refuse_body(context)
        if self.needs_workflows is not None and self.needs_workflows(context.projects.settings):
            await context.workflows.look()
        if self.subject is not None:
            rule = _matching_fault(context, self.subject(context, *given))
            if rule is not None:
                await _apply(rule, context, self.guard)
        result = self.handler(context, *given)
        if isinstance(result, _DOCUMENTS) and len(context.entry.body) < ENTRY_BYTES:
            await respond(context, 200, encode(result), JSON)
        else:
            await _respond_otherwise(context, result)

    async def _read_body(self, context: RequestContext) -> Struct:
        body = context.body = await context.json_body(limit=self.max_body_bytes, most=self.most_body_bytes)
        if self.read_document is not None:
            return await in_slices(self.read_document(body))
        return self._decoded(body) if looks_small(body) else await in_slices(self._checked(body))

    def _decoded(self, body: bytes) -> Struct:
        assert self.body is not None
        return self.read_body(body) if self.read_body else decode(body, self.body)

    def _checked(self, body: bytes) -> Work[Struct]:
        """Decode a body that is not surely within the limits of shape."""
        yield from check_shape(body)
        if self.read_body is None and self.body is not None:
            decoded = yield from decoding(body, self.body)
        else:
            decoded = self._decoded(body)
        yield
        return decoded

    async def _refuse_body(self, context: RequestContext) -> None:
        """Raise ControlRefused for a body that says something; nobody would read it."""
        if context.headers.get(b"content-length", b"0") == b"0" and b"transfer-encoding" not in context.headers:
            return
        said = b""
        async for chunk in context.chunks():  # also to its end: what breaks off or can't be parsed is not carried out
            said += chunk
            if len(said) > _BRIEF:
                break
        if len(said) > _BRIEF or said.strip() not in _SAY_NOTHING:
            names = [f"'{name}'" for name in self.query.__struct_fields__] if self.query else []
            raise ControlRefused(
                f"{context.method} {context.path} takes no body: put {' and '.join(names)} into the query.",
                code="body_refused",
            )

    async def _note_refused(self, context: RequestContext) -> None:
        """Record in the journal what a request that the guard refuses wanted to do, as far as its body says so."""
        if self.name_in_body is not None:
            await context.keep_body()
            context.entry.operation = self.name_in_body(context.entry.body) or self.name


def _matching_fault(context: RequestContext, subject: Subject) -> "FaultRule | None":
    """Record in the journal what a request is about, and return the fault that applies to it, if any.

    Raises Dropped.
    """
    context.refuse_if_reset()
    entry = context.entry
    entry.operation, entry.user, entry.workflow = subject.operation, subject.user, subject.workflow
    if subject.session is not None:
        entry.session = subject.session
    return context.project.faults.match(subject, path=context.path, now=context.now, magic=_magic_rules)


async def _apply(rule: "FaultRule", context: RequestContext, guard: Callable[[RequestContext], None]) -> None:
    from mock_server.http.faults import apply_fault  # noqa: PLC0415 - keeps the start fast

    await apply_fault(context, rule, guard=guard)


def _magic_rules() -> "Sequence[FaultRule]":
    from mock_server.documents.fault_sets import magic_rules  # noqa: PLC0415 - keeps the start fast

    return magic_rules()


async def _respond_otherwise(context: RequestContext, result: Result | Awaitable[Result]) -> None:
    if isinstance(result, Awaitable):
        result = await result
    if isinstance(result, Pieces):
        await respond_in_pieces(context, result)
    elif isinstance(result, WholeResponse):
        await respond(context, result.status, result.body, result.own)
    elif isinstance(result, EventStream):
        await result()
    elif isinstance(result, Response):
        await result(context.scope, context.receive, ResponseSender(context))
    elif len(context.entry.body) >= ENTRY_BYTES:
        await respond_in_pieces(context, Pieces(encoded(to_builtins(result))))
    else:
        await respond(context, 200, encode(result), JSON)


class Resource:
    """A path and its operations by method, as an ASGI application for the router."""

    def __init__(self, path: str, operations: Mapping[str, Operation]) -> None:
        self.path, self.operations = path, operations
        methods = [*operations, *(["HEAD"] if "GET" in operations else []), "OPTIONS"]
        self._allowed = ", ".join(sorted(methods))

    def route(self) -> Route:
        """Return a route to this resource."""
        return Route(self.path, self)

    async def __call__(self, scope: Scope, _: Receive, __: Send) -> None:
        """Serve the request in this scope."""
        await self.serve(scope["mock_server.context"])

    def serve(self, context: RequestContext) -> Awaitable[None]:
        """Serve a request. Raises MethodNotAllowed and what the operation raises, for the middleware to render."""
        operation = self.operations.get("GET" if context.method == "HEAD" else context.method)
        if operation is not None:
            return operation.serve(context)
        if context.method == "OPTIONS":
            return respond(context, 200, b"", b"allow: %b\r\n" % self._allowed.encode())
        raise MethodNotAllowed(context.method, context.path, allowed=self._allowed)

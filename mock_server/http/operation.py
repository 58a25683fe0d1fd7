"""Operations: what can be done at a path, described once for the router, the docs and the reader."""

from collections.abc import Awaitable, Callable, Mapping
from importlib import import_module
from inspect import isawaitable
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from mock_server.errors import MethodNotAllowed
from mock_server.http.call import Call
from mock_server.http.headers import Dressing, head_of
from mock_server.state.faults import Subject
from mock_server.state.journal import parsed_head
from mock_server.wire.codec import decode, decode_query, encode

if TYPE_CHECKING:
    from mock_server.wire.faults import FaultRule

JSON = b"content-type: application/json\r\n"


class Operation(Struct, frozen=True, kw_only=True):
    """One operation.

    name: as the SDKs call it, such as `sessions.create`.
    handler: gets the Call, then the decoded query and body as far as they are declared; returns the `answer`,
        a Starlette Response, or an async function that answers by itself.
    read_body: decodes the body where `wire.codec.decode` does not do.
    guard: raises if the caller may not do this.
    subject: tells what a call is about, from the Call and what was decoded; faults strike only where there is one.
    max_body_bytes: another limit than the server's.
    failures, beta, streams, takes_file, media_types: for the docs: the statuses it can answer with besides 200, whether
        it wants the beta header, may answer with server-sent events, takes a multipart file, and what it answers with.
    """

    name: str
    summary: str
    handler: Callable[..., Any]
    answer: Any
    query: type[Struct] | None = None
    body: type[Struct] | None = None
    read_body: Callable[[bytes], Struct] | None = None
    guard: Callable[[Call], None]
    subject: Callable[..., Subject] | None = None
    max_body_bytes: int | None = None
    failures: tuple[int, ...] = ()
    beta: bool = False
    streams: bool = False
    takes_file: bool = False
    media_types: tuple[str, ...] = ("application/json",)

    async def perform(self, call: Call) -> None:
        """Guard, decode, let a fault strike, ask the handler, answer."""
        call.entry.operation = self.name
        self.guard(call)
        given: list[Struct] = []
        if self.query is not None:
            given.append(decode_query(call.query(), self.query))
        if self.body is not None:
            body = await call.json_body(limit=self.max_body_bytes)
            given.append(self.read_body(body) if self.read_body else decode(body, self.body))
        if self.subject is not None:
            rule = _struck(call, self.subject(call, *given))
            if rule is not None:
                from mock_server.http.faults import inflict  # noqa: PLC0415 - starting fast

                await inflict(call, rule, guard=self.guard)
        result = self.handler(call, *given)
        if not isinstance(result, Struct | dict):
            result = await _answer_otherwise(call, result)
        if result is not None:
            await respond(call, 200, encode(result), JSON)


def _struck(call: Call, subject: Subject) -> "FaultRule | None":
    """Note what a call is about; gives the fault that strikes it, if any."""
    entry = call.entry
    entry.operation, entry.user, entry.workflow = subject.operation, subject.user, subject.workflow
    if subject.session is not None:
        entry.session = subject.session
    return call.project.faults.strike(subject, path=call.path, now=call.now)


async def _answer_otherwise(call: Call, result: Any) -> Any:
    """What an awaitable gives; None after a Response or a function that has answered by itself."""
    if isawaitable(result):
        result = await result
    if isinstance(result, Response):
        return await result(call.scope, call.receive, Dressing(call))
    return await result() if callable(result) else result


def deferred(path: str) -> Callable[..., Any]:
    """A handler such as `package.module:name` that is imported when it is first called: the start stays fast."""

    def handle(*arguments: Any) -> Any:
        module, _, name = path.partition(":")
        return getattr(import_module(module), name)(*arguments)

    return handle


class Resource:
    """A path and its operations by method: an ASGI application that the router can hold."""

    def __init__(self, path: str, operations: Mapping[str, Operation]) -> None:
        self.path, self.operations = path, operations
        methods = [*operations, *(["HEAD"] if "GET" in operations else []), "OPTIONS"]
        self._allowed = ", ".join(sorted(methods))

    def route(self) -> Route:
        """The route that leads here."""
        return Route(self.path, self)

    async def __call__(self, scope: Scope, _: Receive, __: Send) -> None:
        """Answer the call in this scope."""
        await self.answer(scope["mock_server.call"])

    def answer(self, call: Call) -> Awaitable[None]:
        """Answer, or raise for the gate to render."""
        operation = self.operations.get("GET" if call.method == "HEAD" else call.method)
        if operation is not None:
            return operation.perform(call)
        if call.method == "OPTIONS":
            return respond(call, 200, b"", b"allow: %b\r\n" % self._allowed.encode())
        raise MethodNotAllowed(call.method, call.path, allowed=self._allowed)


async def respond(call: Call, status: int, body: bytes, lines: bytes) -> None:
    """Send a whole answer; `lines` are its own headers."""
    entry = call.entry
    entry.status = status
    if call.spoiler is not None:
        await call.spoiler.respond(call, status, body, lines)
        return
    entry.answer = body
    head = head_of(call, b"%bcontent-length: %d\r\n" % (lines, len(body)))
    connection = call.connection
    if connection is None or not connection.answer(call.send, status, head, body):
        await call.send({"type": "http.response.start", "status": status, "headers": parsed_head(head)})
        await call.send({"type": "http.response.body", "body": body})

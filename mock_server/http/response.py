"""Sending responses: every response goes through here, for the common headers and the fault injector."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Iterator

from starlette.types import Message

from mock_server.clock import stopwatch
from mock_server.errors import Dropped, RangeMalformed, RangeOutside
from mock_server.http.context import RequestContext
from mock_server.http.errors import hint_header
from mock_server.http.headers import response_head
from mock_server.slices import SLICE, let_others
from mock_server.wire.headers import decode_headers, encode_headers

JSON = b"content-type: application/json\r\n"
_AT_ONCE = 262_144  # bytes that are sent at once
_EVENT_STREAM = b"content-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\n"


async def respond(context: RequestContext, status: int, body: bytes, own: bytes) -> None:
    """Send a whole response; `own` holds its header lines besides the common ones. Raises Dropped."""
    entry, injector = context.entry, context.injector
    entry.status = status
    sent, is_cut = body, False
    if injector is not None:
        body, is_cut = injector.whole(body), injector.truncates
        sent = body[: len(body) // 2] if is_cut else body
    entry.response_body = sent
    entry.response_head = head = response_head(context, b"%bcontent-length: %d\r\n" % (own, len(body)))
    connection = context.connection
    if injector is None and connection is not None and connection.respond(context.send, status, head, body):
        return
    await context.send({"type": "http.response.start", "status": status, "headers": decode_headers(head)})
    await _deliver(context, sent, more=is_cut)
    if is_cut:
        raise Dropped


class WholeResponse:
    """A response that is there as a whole; `hint` is a sentence for a person."""

    def __init__(
        self, body: bytes, *, status: int = 200, media_type: str = "application/json", hint: str | None = None
    ) -> None:
        self.body, self.status, self.own = body, status, _own_lines(media_type, hint)


class Pieces:
    """A response of any length, built piece by piece; `hint` is a sentence for a person."""

    def __init__(
        self, pieces: Iterator[bytes], media_type: str = "application/json", *, hint: str | None = None
    ) -> None:
        """`media_type` is that of the whole."""
        self.pieces, self.own = pieces, _own_lines(media_type, hint)


def _own_lines(media_type: str, hint: str | None) -> bytes:
    own = [(b"content-type", media_type.encode("latin-1", "replace"))] if media_type else []
    return encode_headers(own if hint is None else [*own, hint_header(hint)])


async def respond_in_pieces(context: RequestContext, response: Pieces) -> None:
    """Send a response while it is built; one that turns out to be short is sent as a whole."""
    waiting, size, began, more = list[bytes](), 0, stopwatch(), True
    while more:
        piece = next(response.pieces, None)
        more = piece is not None
        waiting.append(piece or b"")
        size += len(waiting[-1])
        if size > _AT_ONCE:
            await _send_piece(context, response, b"".join(waiting))
            waiting, size = [], 0
        if stopwatch() - began > SLICE:
            await let_others()
            began = stopwatch()
    if not context.entry.status:
        await respond(context, 200, b"".join(waiting), response.own)
    else:
        await context.send({"type": "http.response.body", "body": b"".join(waiting), "more_body": False})


async def _send_piece(context: RequestContext, response: Pieces, piece: bytes) -> None:
    if not context.entry.status:
        context.entry.status = 200
        context.entry.response_head = head = response_head(context, response.own)
        await context.send({"type": "http.response.start", "status": 200, "headers": decode_headers(head)})
    await context.send({"type": "http.response.body", "body": piece, "more_body": True})


class EventStream(ABC):
    """A response of server-sent events. Calling it sends it; it ends as soon as the client disconnects."""

    gone: "asyncio.Future[None]"

    def __init__(self, context: RequestContext) -> None:
        self.context = context

    async def __call__(self) -> None:
        """Send the whole stream. Raises Dropped, ClientDisconnect."""
        context = self.context
        context.entry.status = 200
        context.entry.response_head = head = response_head(context, _EVENT_STREAM)
        connection = context.connection
        if connection is None or not connection.begin(context.send, 200, head):
            await context.send({"type": "http.response.start", "status": 200, "headers": decode_headers(head)})
        if context.method == "HEAD":
            await context.send({"type": "http.response.body", "body": b""})
            return
        self.gone = asyncio.ensure_future(_until_gone(context)) if connection is None else connection.gone
        try:
            if await self.send_events() and not self.gone.done():
                await context.send({"type": "http.response.body", "body": b""})
        finally:
            self.gone.cancel()

    @abstractmethod
    async def send_events(self) -> bool:
        """Send every event with `send`. Returns whether the stream was completed; if not, it is left unfinished."""

    async def send(self, frames: bytes) -> None:
        """Send events together; under a fault, which may strike at any of them, only one. Raises Dropped."""
        context, is_last = self.context, False
        if context.injector is None:
            await context.send({"type": "http.response.body", "body": frames, "more_body": True})
        else:
            frames, is_last = context.injector.event(frames)
            await context.injector.deliver(frames, more=True)
        context.project.journal.keep_events(context.entry, frames)
        if is_last:
            raise Dropped


class RecordedStream(EventStream):
    """An event stream whose events the journal keeps."""

    async def __call__(self) -> None:
        """Send the whole stream and record it in the journal. Raises Dropped, ClientDisconnect."""
        journal = self.context.project.journal
        self.context.entry.begin_stream()
        journal.open_streams += 1
        try:
            await super().__call__()
        finally:
            journal.open_streams -= 1


class ResponseSender:
    """The `send` for Starlette applications such as pages and files: adds the common headers and applies faults."""

    __slots__ = ("_context",)

    def __init__(self, context: RequestContext) -> None:
        self._context = context

    async def __call__(self, message: Message) -> None:
        context = self._context
        if message["type"] == "http.response.start":
            _refuse_range(message)
            context.entry.status = message["status"]
            own = encode_headers(list(message.get("headers", [])))
            context.entry.response_head = head = response_head(context, own)
            await context.send({**message, "headers": decode_headers(head)})
        elif context.injector is None:
            await context.send(message)
        else:
            await self._send_piece(message.get("body", b""), more=message.get("more_body", False))

    async def _send_piece(self, body: bytes, *, more: bool) -> None:
        assert self._context.injector is not None
        is_cut = self._context.injector.truncates
        await _deliver(self._context, body[: len(body) // 2] if is_cut else body, more=more or is_cut)
        if is_cut:
            raise Dropped


def _refuse_range(message: Message) -> None:
    """Raise what Starlette's responses with a file say in plain text. Raises RangeMalformed, RangeOutside."""
    if message["status"] == 400:
        raise RangeMalformed
    if message["status"] == 416:
        raise RangeOutside(int(dict(message["headers"])[b"content-range"].rpartition(b"/")[2]))


async def _deliver(context: RequestContext, body: bytes, *, more: bool) -> None:
    """Send a piece of a body, no faster than a fault allows."""
    if context.injector is None:
        await context.send({"type": "http.response.body", "body": body, "more_body": more})
    else:
        await context.injector.deliver(body, more=more)


async def _until_gone(context: RequestContext) -> None:
    while (await context.receive())["type"] != "http.disconnect":
        pass

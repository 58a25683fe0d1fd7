"""A turn: from what the user did to the stream that answers it."""

import asyncio
import logging
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from msgspec import UNSET, structs

from mock_server.api.access import Visitor
from mock_server.http.call import Call
from mock_server.http.headers import dress
from mock_server.ids import tail_of
from mock_server.state.threads import Thread, zoneless
from mock_server.wire import conversation as ops
from mock_server.wire import events, files, items
from mock_server.wire.codec import encode_event
from mock_server.workflows.catalog import ECHO
from mock_server.workflows.engine import Beat, Cut, Pause, Performance
from mock_server.workflows.matching import Moment, reply_to

_log = logging.getLogger("mock_server")


class Stream:
    """Server-sent events: each is applied to the thread, then sent. It ends as soon as the client is gone."""

    def __init__(self, call: Call, thread: Thread, beats: Iterable[Beat]) -> None:
        self._call, self._thread, self._beats = call, thread, beats

    async def __call__(self) -> None:
        """Send the whole answer."""
        call = self._call
        call.entry.status, call.entry.thread = 200, self._thread.id
        call.entry.begin_stream()
        journal = call.project.journal
        journal.open_streams += 1
        headers = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-cache")]
        gone = asyncio.ensure_future(call.receive())
        try:
            await call.send({"type": "http.response.start", "status": 200, "headers": dress(call, headers)})
            whole = await self._send_events(gone)
            if whole and not gone.done():
                await call.send({"type": "http.response.body", "body": b""})
        finally:
            journal.open_streams -= 1
            gone.cancel()

    async def _send_events(self, gone: "asyncio.Future[Any]") -> bool:
        """Whether the stream came to its end."""
        for beat in self._guarded():
            if isinstance(beat, Pause):
                await asyncio.wait({gone}, timeout=beat.seconds)
            elif isinstance(beat, Cut):
                self._call.entry.outcome = "dropped"
                return False  # an answer left open is a connection dropped
            else:
                await self._call.send_event(encode_event(beat))
                await asyncio.sleep(0)
            if gone.done():
                self._call.entry.outcome = "abandoned"
                return False
        return True

    def _guarded(self) -> Iterator[Beat]:
        """The beats, applied; a bug in between becomes an `error` event, for the answer has begun."""
        try:
            for beat in self._beats:
                if not isinstance(beat, Pause | Cut):
                    self._thread.apply(beat)
                yield beat
        except Exception as error:  # noqa: BLE001 - whatever it was, the client gets an event
            _log.exception("The turn in %s failed (%s)", self._thread.id, self._call.request_id)
            self._call.project.journal.failures.append((self._call.entry, error))
            yield events.ErrorEvent(code="stream.error", allow_retry=True)


def answer_message(
    visitor: Visitor,
    thread: Thread,
    message: ops.UserMessageInput,
    attachments: list[files.Attachment],
    *,
    before: list[Beat],
) -> Stream:
    """Keep a user's message and answer it; `before` is what the stream begins with."""
    now, ids = visitor.call.now, visitor.call.project.ids
    last = thread.items.last()
    tail = tail_of(thread.id) or (tail_of(last.id) if last else None)
    item = items.UserMessageItem(
        id=ids.new("cti", now=now, tail=tail),
        thread_id=thread.id,
        created_at=zoneless(now),
        content=[_without_null_group(part) for part in message.content],
        attachments=attachments,
        quoted_text=message.quoted_text or "",
        inference_options=items.InferenceOptions(
            tool_choice=message.inference_options.tool_choice or UNSET, model=message.inference_options.model or UNSET
        ),
    )
    thread.add(item)
    moment = moment_of(visitor, thread, kind="message", message=item)
    return begin_turn(visitor, thread, moment, before=[*before, events.ItemDone(item=item)])


def _without_null_group(part: items.UserMessageContent) -> items.UserMessageContent:
    if isinstance(part, items.UserMessageTagContent) and part.group is None:
        return structs.replace(part, group=UNSET)
    return part


def begin_turn(
    visitor: Visitor, thread: Thread, moment: Moment, *, before: Iterable[Beat] = (), first: Iterable[Beat] = ()
) -> Stream:
    """The stream of a turn: `before`, then what one's own server says of the stream, `first`, then the reply."""
    options: list[Beat] = []
    if visitor.session is None:  # the hosted API sends none (observed), the official server does
        options.append(events.StreamOptionsEvent(stream_options=events.StreamOptions(allow_cancel=True)))
    reply: Iterable[Beat]
    if visitor.has_version():
        reply = performance(visitor, thread, moment).play()
    else:
        reply = [events.ErrorEvent(code="stream.error")]
    return Stream(visitor.call, thread, chain(before, options, first, reply))


def performance(visitor: Visitor, thread: Thread, moment: Moment) -> Performance:
    """The reply of the visitor's workflow to a moment."""
    script, project = visitor.script(), visitor.call.project
    return Performance(
        reply_to(moment, script, ECHO),
        moment=moment,
        pace=script.stream,
        thread=thread,
        ids=project.ids,
        clock=project.clock.now,
        titling=visitor.session is None or visitor.session.titling,
    )


def moment_of(
    visitor: Visitor, thread: Thread, *, kind: Any, message: items.UserMessageItem | None = None, **what: Any
) -> Moment:
    """What the assistant answers to."""
    session = visitor.session
    if message is not None:
        what |= {"text": "".join(part.text for part in message.content), "attachments": message.attachments}
    sent = sum(isinstance(item, items.UserMessageItem) for item in thread.items)
    return Moment(
        kind=kind,
        number=sent,
        user=visitor.user,
        state=(session.state_variables if session else None) or {},
        session={"id": session.id, "workflow": session.workflow_id, "version": session.workflow_version or ""}
        if session
        else {},
        thread={"id": thread.id, "title": thread.title or ""},
        **what,
    )


def answered(item: items.StructuredInputItem, submission: ops.StructuredInputSubmission) -> items.StructuredInputItem:
    """The questions with their answers, as the official server fills them in: what has no answer is skipped."""

    def fill(question: items.StructuredInput) -> items.StructuredInput:
        given = submission.answers.get(question.id)
        if submission.status == "skipped" or given is None or given.skipped or not given.values:
            return structs.replace(question, answer=items.StructuredInputAnswer(skipped=True))
        several = not isinstance(question, items.MultipleChoice) or question.multiple
        values = given.values if several else given.values[:1]
        return structs.replace(question, answer=items.StructuredInputAnswer(values=values))

    return structs.replace(item, status=submission.status, inputs=[fill(question) for question in item.inputs])

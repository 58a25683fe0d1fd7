"""Loads seed documents: their sessions and threads are added all together or not at all."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType, structs

from mock_server import config
from mock_server.documents.places import further, place_and_reason
from mock_server.documents.reading import Document, read_document
from mock_server.documents.representable import unusable_part
from mock_server.documents.shipped import named_file
from mock_server.errors import SeedInvalid
from mock_server.ids import IdFactory, tail_of
from mock_server.moments import END_OF_TIME
from mock_server.slices import Work, at_once
from mock_server.state.project import Project
from mock_server.state.sessions import Session
from mock_server.state.threads import StoredThread, zoned, zoneless
from mock_server.state.timeline import Timeline
from mock_server.wire.chat import items
from mock_server.wire.codec import decode_any, decode_json
from mock_server.wire.control import seeds as wire
from mock_server.wire.control.seeds import Seed, SeedItem, SeedSession, SeedThread
from mock_server.wire.pieces import cut
from mock_server.wire.rest import files
from mock_server.wire.rest import threads as rest
from mock_server.wire.rest.threads import UserMessageInputText, UserMessageQuotedText
from mock_server.wire.shape import check_shape

__tracebackhide__ = True  # pytest shows the line of the test
_LONG = frozenset({("sessions",), ("threads",)})  # lists of a seed that may be long


class LoadedSeed(Struct, frozen=True, kw_only=True):
    """A seed and its source, which error messages name."""

    seed: Seed
    source: str

    def loading(self, project: Project) -> Work[tuple[int, int]]:
        """Add the seed's sessions and threads to a project. Raises SeedInvalid, and then adds nothing."""
        seed, now = self.seed, project.clock.now()
        yield from checking(seed, source=self.source)
        yield
        self._refuse_taken(project)
        threads: list[StoredThread] = []
        for given in seed.threads:
            threads.append(build_thread(given, ids=project.ids, now=now))
            yield
        sessions: dict[str, Session] = {}
        by_secret: dict[str, Session] = {}
        for asked in seed.sessions:
            session = _build_session(asked, project, now=now)
            sessions[session.id] = by_secret[session.client_secret] = session
            yield
        workflows = {session.workflow.id for session in seed.sessions}
        yield
        self._refuse_taken(project)
        project.workflows.update(workflows)
        for thread in threads:
            project.threads.add(thread)
        project.sessions.extend(sessions, by_secret)
        project.expiries.add(sessions.values())
        return len(sessions), len(threads)

    def _refuse_taken(self, project: Project) -> None:
        """Raise SeedInvalid for an id that the project has already."""
        for name, objects in (("sessions", project.sessions), ("threads", project.threads)):
            for at, given in enumerate(getattr(self.seed, name) if objects else ()):
                if given.id in objects:
                    raise SeedInvalid(_taken(given.id), place=f"{name}[{at}].id", source=self.source)


def parse_seed(document: Any, *, source: str) -> Seed:
    """Convert a parsed YAML or JSON document. Raises SeedInvalid with the place."""
    if unusable := unusable_part(document):
        raise SeedInvalid(unusable[1], place=unusable[0], source=source)
    document = _short_types(document)
    try:
        return msgspec.convert(document, Seed)
    except msgspec.ValidationError as error:
        place, reason = place_and_reason(error, Seed, document)
        raise SeedInvalid(reason, place=place, source=source) from None


def parsing(body: bytes, *, source: str) -> Work[Seed]:
    """Parse and convert a document in JSON. Raises BodyMalformed, SeedInvalid with the place."""
    skeleton, cuts = yield from cut(body, _LONG)
    yield from check_shape(skeleton)
    seed = parse_seed(decode_json(skeleton), source=source)
    for each in cuts:
        name = str(each.place[0])
        for piece in each.pieces:
            yield from check_shape(piece)
            _extend(seed, name, decode_any(piece), source)
            yield
    return seed


def _extend(seed: Seed, name: str, document: Any, source: str) -> None:
    """Add a part of a list to those that were converted before."""
    entries = getattr(seed, name)
    try:
        entries += getattr(parse_seed({name: document}, source=source), name)
    except SeedInvalid as error:
        place = further(error.place.removeprefix(name), behind=name, by=len(entries))
        raise SeedInvalid(error.reason, place=place, source=source) from None


def read_seed(path: Path) -> Seed:
    """Read a seed file. Raises DocumentInvalid with file, line, place and reason."""
    return seed_of(read_document(path))


def seed_of(document: Document) -> Seed:
    """Return the seed in a document, checked on its own. Raises SeedInvalid with file, line, place and reason."""
    try:
        seed = parse_seed(document.value, source=document.source)
        at_once(checking(seed, source=document.source))
    except SeedInvalid as error:
        raise document.invalid(error.reason, place=error.place, kind=SeedInvalid) from None
    return seed


def load_seeds(names: Iterable[str]) -> list[LoadedSeed]:
    """Return the seeds of files or, by name, shipped seeds. Raises DocumentInvalid."""
    return [
        LoadedSeed(seed=read_seed(path), source=str(path)) for path in (named_file("seeds", name) for name in names)
    ]


def checking(seed: Seed, *, source: str) -> Work[None]:
    """Raise SeedInvalid for an id that is in the seed twice, and for a value that can't be used."""
    _refuse_twice([session.id for session in seed.sessions], "sessions", source)
    yield
    _refuse_twice([thread.id for thread in seed.threads], "threads", source)
    for at, session in enumerate(seed.sessions):
        yield
        if not session.workflow.id:
            raise SeedInvalid("a workflow id can't be empty", place=f"sessions[{at}].workflow.id", source=source)
        _refuse_odd_time(session.created_at, f"sessions[{at}]", source)
    for at, thread in enumerate(seed.threads):
        yield
        _refuse_odd_time(thread.created_at, f"threads[{at}]", source)
        for index, item in enumerate(thread.items):
            _refuse_odd_time(item.created_at, f"threads[{at}].items[{index}]", source)
            _refuse_odd_text(item, f"threads[{at}].items[{index}]", source)
        _refuse_twice([item.id for item in thread.items], f"threads[{at}].items", source)


def session_created_at(seed: SeedSession, *, now: float) -> float:
    """Return when a session was created; by default now, or for an expired one just long enough ago."""
    if seed.created_at is not UNSET:
        return _unix(seed.created_at)
    lifetime = seed.expires_after.seconds if seed.expires_after else config.EXPIRES_AFTER_SECONDS
    return now - lifetime if seed.status == "expired" else now


def build_thread(seed: SeedThread, *, ids: IdFactory, now: float) -> StoredThread:
    """Build a thread with its items. Its time is by default `now`, that of an item is by default the thread's."""
    created_at = now if seed.created_at is UNSET else _unix(seed.created_at)
    thread_id = ids.new("cthr", now=created_at) if seed.id is UNSET else seed.id
    tail = tail_of(thread_id) or ids.new_tail()
    thread = StoredThread(
        id=thread_id,
        user=seed.user,
        created_at=created_at,
        title=seed.title,
        status=status_of(seed.status),
        items=Timeline(),
    )
    for item in seed.items:
        moment = created_at if item.created_at is UNSET else _unix(item.created_at)
        item_id = ids.new("cti", now=moment, tail=tail) if item.id is UNSET else item.id
        thread.add(_build_item(item, item_id, thread_id, moment))
    return thread


def status_of(status: wire.SeedStatus) -> rest.ThreadStatus:
    """Return the status in the form in which threads have it."""
    match status.type:
        case "active":
            return rest.ActiveStatus()
        case "locked":
            return rest.LockedStatus(reason=status.reason)
        case "closed":
            return rest.ClosedStatus(reason=status.reason)


def _build_session(seed: SeedSession, project: Project, *, now: float) -> Session:
    created_at = session_created_at(seed, now=now)
    made = project.sessions.made(seed, now=created_at, session_id=seed.id or None)
    return structs.replace(made, cancelled_at=created_at) if seed.status == "cancelled" else made


def _build_item(seed: SeedItem, item_id: str, thread_id: str, moment: float) -> items.ThreadItem:
    base: dict[str, Any] = {"id": item_id, "thread_id": thread_id, "created_at": zoned(moment)}
    match seed:
        case wire.SeedUserMessage():
            return _user_message(seed, {**base, "created_at": zoneless(moment)})
        case wire.SeedAssistantMessage(content=content):
            return items.AssistantMessageItem(**base, content=[_output_text(part) for part in content])
        case wire.SeedWidget(widget=widget):
            return items.WidgetItem(**base, widget=_parsed(widget))
        case wire.SeedClientToolCall():
            return _tool_call(seed, base)
        case wire.SeedTask():
            return items.TaskItem(**base, task=_task(seed.task_type, seed.heading, seed.summary))
        case wire.SeedTaskGroup(tasks=tasks):
            listed = [_task(task.type, task.heading, task.summary) for task in tasks]
            return items.WorkflowItem(**base, workflow=items.Workflow(type="custom", tasks=listed))


def _user_message(seed: wire.SeedUserMessage, base: dict[str, Any]) -> items.UserMessageItem:
    options = seed.inference_options or wire.SeedInferenceOptions()
    return items.UserMessageItem(
        **base,
        content=[
            items.UserMessageTextContent(text=part.text)
            for part in seed.content
            if isinstance(part, UserMessageInputText)
        ],
        attachments=[_attachment(each) for each in seed.attachments],
        quoted_text="".join(part.text for part in seed.content if isinstance(part, UserMessageQuotedText)),
        inference_options=items.InferenceOptions(
            tool_choice=items.ToolChoice(id=options.tool_choice.id) if options.tool_choice else UNSET,
            model=options.model or UNSET,
        ),
    )


def _tool_call(seed: wire.SeedClientToolCall, base: dict[str, Any]) -> items.ClientToolCallItem:
    status = ("in_progress" if seed.output is None else "completed") if seed.status is UNSET else seed.status
    return items.ClientToolCallItem(
        **base,
        status="pending" if status == "in_progress" else "completed",
        call_id=f"call_{base['id'].partition('_')[2]}" if seed.call_id is UNSET else seed.call_id,
        name=seed.name,
        arguments=_parsed(seed.arguments),
        output=UNSET if seed.output is None else _parsed_if_json(seed.output),
    )


def _attachment(seed: wire.SeedAttachment) -> files.Attachment:
    return files.Attachment(
        type=seed.type, id=seed.id, name=seed.name, mime_type=seed.mime_type, preview_url=seed.preview_url or UNSET
    )


def _task(kind: rest.TaskType, heading: str | None, summary: str | None) -> items.Task:
    if kind == "thought":
        return items.ThoughtTask(title=heading or UNSET, content=summary or "")
    return items.CustomTask(title=heading or UNSET, content=summary or UNSET)


def _output_text(part: wire.SeedOutputText) -> items.AssistantMessageContent:
    annotations = [items.Annotation(source=_source(each.source)) for each in part.annotations]
    return items.AssistantMessageContent(text=part.text, annotations=annotations)


def _source(source: wire.SeedUrlSource | wire.SeedFileSource) -> items.UrlSource | items.FileSource:
    if isinstance(source, wire.SeedUrlSource):
        return items.UrlSource(title=source.url, url=source.url)
    return items.FileSource(title=source.filename, filename=source.filename)


def _parsed(value: dict[str, Any] | str) -> dict[str, Any]:
    parsed = _parsed_if_json(value)
    assert isinstance(parsed, dict)
    return parsed


def _parsed_if_json(value: Any) -> Any:
    try:
        return msgspec.json.decode(value) if isinstance(value, str) else value
    except msgspec.DecodeError:
        return value


def _short_types(document: Any) -> Any:
    """Shorten types such as `chatkit.user_message`, pasted from the real API, to the `user_message` of seeds."""
    match document:
        case {"type": str(name)} if name.startswith("chatkit."):
            document = {**document, "type": name.removeprefix("chatkit.")}
    match document:
        case dict():
            return {key: value if key == "widget" else _short_types(value) for key, value in document.items()}
        case list():
            return [_short_types(value) for value in document]
    return document


def _refuse_twice(ids: list[str | UnsetType], place: str, source: str) -> None:
    seen: set[str] = set()
    for at, identifier in enumerate(ids):
        if identifier in seen:
            raise SeedInvalid(_taken(identifier), place=f"{place}[{at}].id", source=source)
        if identifier is not UNSET:
            seen.add(identifier)


def _taken(identifier: str | UnsetType) -> str:
    return f"the id '{identifier}' is taken; choose another, or reset the project first"


def _refuse_odd_text(item: SeedItem, place: str, source: str) -> None:
    for name in ("widget", "arguments"):
        if not isinstance(_parsed_if_json(getattr(item, name, {})), dict):
            raise SeedInvalid("must be a JSON object, or the text of one", place=f"{place}.{name}", source=source)


def _refuse_odd_time(moment: wire.SeedTime | UnsetType, place: str, source: str) -> None:
    if moment is not UNSET and not 0 <= _unix(moment) < END_OF_TIME:
        raise SeedInvalid("a time must be between the years 1970 and 9999", place=f"{place}.created_at", source=source)


def _unix(moment: float | datetime) -> float:
    if isinstance(moment, datetime):
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return moment

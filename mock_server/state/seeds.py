"""From a seed document to sessions and threads: all of it, or nothing."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

from mock_server import config
from mock_server.documents import line_of, read_document
from mock_server.errors import SeedInvalid
from mock_server.fixtures import fixtures_folder, shipped
from mock_server.ids import IdFactory, tail_of
from mock_server.state.threads import Thread
from mock_server.state.timeline import Timeline
from mock_server.wire import seeds as wire
from mock_server.wire import threads as rest
from mock_server.wire.seeds import Seed, SeedItem, SeedSession, SeedThread

_END_OF_TIME = 253_402_300_800  # the year 10000, in unix seconds


class LoadedSeed(Struct, frozen=True, kw_only=True):
    """A seed, and where it came from, for messages."""

    seed: Seed
    source: str


def parse_seed(document: Any, *, source: str) -> Seed:
    """A parsed YAML or JSON document as a Seed. Raises SeedInvalid with the place."""
    try:
        return msgspec.convert(_short_types(document), Seed)
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at `$")
        raise SeedInvalid(reason.replace("`", "'"), place=place.rstrip("`").lstrip("."), source=source) from None


def read_seed(path: Path) -> Seed:
    """A seed file. Raises DocumentInvalid or SeedInvalid with file, line, place and reason."""
    try:
        return parse_seed(read_document(path), source=str(path))
    except SeedInvalid as error:
        line = line_of(path, error.place)
        raise SeedInvalid(error.reason, place=error.place, source=error.source, line=line) from None


def load_seeds(names: Iterable[str]) -> list[LoadedSeed]:
    """Seeds by file, or by the name of a shipped one. Raises DocumentInvalid."""
    return [LoadedSeed(seed=read_seed(path), source=str(path)) for path in map(_seed_path, names)]


def check_seed(seed: Seed, *, source: str, sessions: Iterable[str], threads: Iterable[str]) -> None:
    """Raise SeedInvalid for an id that is used twice, in the seed or with what is there already."""
    _refuse_used([session.id for session in seed.sessions], "sessions", source, sessions)
    _refuse_used([thread.id for thread in seed.threads], "threads", source, threads)
    for at, session in enumerate(seed.sessions):
        if not session.workflow.id:
            raise SeedInvalid("a workflow id can't be empty", place=f"sessions[{at}].workflow.id", source=source)
        _refuse_odd_time(session.created_at, f"sessions[{at}]", source)
    for at, thread in enumerate(seed.threads):
        _refuse_odd_time(thread.created_at, f"threads[{at}]", source)
        for index, item in enumerate(thread.items):
            _refuse_odd_time(item.created_at, f"threads[{at}].items[{index}]", source)
        _refuse_used([item.id for item in thread.items], f"threads[{at}].items", source, ())


def session_created_at(seed: SeedSession, *, now: float) -> float:
    """When a seeded session was created; an expired one just long enough ago, unless it says when."""
    if seed.created_at is not UNSET:
        return _unix(seed.created_at)
    lifetime = seed.expires_after.seconds if seed.expires_after else config.EXPIRES_AFTER_SECONDS
    return now - lifetime if seed.status == "expired" else now


def build_thread(seed: SeedThread, *, ids: IdFactory, now: float) -> Thread:
    """A thread with its items; a missing time is the thread's, a missing thread's time is now."""
    created_at = now if seed.created_at is UNSET else _unix(seed.created_at)
    thread_id = ids.new("cthr", now=created_at) if seed.id is UNSET else seed.id
    tail = tail_of(thread_id) or ids.new_tail()
    thread = Thread(
        id=thread_id,
        user=seed.user,
        created_at=created_at,
        title=seed.title,
        status=_status(seed.status),
        items=Timeline(),
    )
    for item in seed.items:
        moment = created_at if item.created_at is UNSET else _unix(item.created_at)
        item_id = ids.new("cti", now=moment, tail=tail) if item.id is UNSET else item.id
        base = {"id": item_id, "created_at": int(moment), "thread_id": thread_id}
        thread.items.add(_build_item(item, base))
    return thread


def _seed_path(name: str) -> Path:
    if name in shipped("seeds"):
        return fixtures_folder() / "seeds" / f"{name}.yaml"
    if not Path(name).exists():
        known = ", ".join(shipped("seeds"))
        raise SeedInvalid(f"there is no such file, and no such shipped seed (there are: {known})", source=name)
    return Path(name)


def _build_item(item: SeedItem, base: dict[str, Any]) -> rest.ThreadItem:
    match item:
        case wire.SeedUserMessage():
            return rest.ChatKitThreadUserMessageItem(
                **base,
                content=item.content,
                attachments=[_attachment(each) for each in item.attachments],
                inference_options=_inference_options(item.inference_options),
            )
        case wire.SeedAssistantMessage():
            return rest.ChatKitThreadAssistantMessageItem(
                **base,
                content=[
                    rest.ChatKitResponseOutputText(
                        text=part.text, annotations=[_annotation(each.source) for each in part.annotations]
                    )
                    for part in item.content
                ],
            )
        case wire.SeedWidget():
            return rest.ChatKitWidgetItem(**base, widget=_json_text(item.widget))
        case wire.SeedClientToolCall():
            return _tool_call(item, base)
        case wire.SeedTask():
            return rest.ChatKitTask(**base, task_type=item.task_type, heading=item.heading, summary=item.summary)
        case wire.SeedTaskGroup():
            return rest.ChatKitTaskGroup(**base, tasks=[_task(each) for each in item.tasks])


def _tool_call(item: wire.SeedClientToolCall, base: dict[str, Any]) -> rest.ChatKitClientToolCall:
    output = None if item.output is None else _json_text(item.output)
    status = ("in_progress" if output is None else "completed") if item.status is UNSET else item.status
    call_id = f"call_{base['id'].partition('_')[2]}" if item.call_id is UNSET else item.call_id
    return rest.ChatKitClientToolCall(
        **base,
        status=status,
        call_id=call_id,
        name=item.name,
        arguments=_json_text(item.arguments),
        output=output,
    )


def _status(status: wire.SeedStatus) -> rest.ThreadStatus:
    match status.type:
        case "active":
            return rest.ActiveStatus()
        case "locked":
            return rest.LockedStatus(reason=status.reason)
        case "closed":
            return rest.ClosedStatus(reason=status.reason)


def _attachment(seed: wire.SeedAttachment) -> rest.ChatKitAttachment:
    return rest.ChatKitAttachment(
        type=seed.type, id=seed.id, name=seed.name, mime_type=seed.mime_type, preview_url=seed.preview_url
    )


def _task(seed: wire.SeedTaskGroupTask) -> rest.ChatKitTaskGroupTask:
    return rest.ChatKitTaskGroupTask(type=seed.type, heading=seed.heading, summary=seed.summary)


def _annotation(source: wire.SeedUrlSource | wire.SeedFileSource) -> rest.UrlAnnotation | rest.FileAnnotation:
    match source:
        case wire.SeedUrlSource():
            return rest.UrlAnnotation(source=rest.UrlAnnotationSource(url=source.url))
        case wire.SeedFileSource():
            return rest.FileAnnotation(source=rest.FileAnnotationSource(filename=source.filename))


def _inference_options(options: wire.SeedInferenceOptions | None) -> rest.InferenceOptions | None:
    if options is None:
        return None
    choice = rest.ToolChoice(id=options.tool_choice.id) if options.tool_choice else None
    return rest.InferenceOptions(tool_choice=choice, model=options.model)


def _json_text(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _short_types(document: Any) -> Any:
    """Items pasted from the real API say `chatkit.user_message`; seeds say `user_message`."""
    match document:
        case {"type": str(name)} if name.startswith("chatkit."):
            document = {**document, "type": name.removeprefix("chatkit.")}
    match document:
        case dict():
            return {key: value if key == "widget" else _short_types(value) for key, value in document.items()}
        case list():
            return [_short_types(value) for value in document]
    return document


def _refuse_used(ids: list[str | UnsetType], place: str, source: str, taken: Iterable[str]) -> None:
    seen = set(taken)
    for at, identifier in enumerate(ids):
        if identifier in seen:
            reason = f"the id '{identifier}' is taken; choose another, or reset the project first"
            raise SeedInvalid(reason, place=f"{place}[{at}].id", source=source)
        if identifier is not UNSET:
            seen.add(identifier)


def _refuse_odd_time(moment: wire.Moment | UnsetType, place: str, source: str) -> None:
    if moment is not UNSET and not 0 <= _unix(moment) < _END_OF_TIME:
        raise SeedInvalid("a time has to lie between 1970 and 9999", place=f"{place}.created_at", source=source)


def _unix(moment: float | datetime) -> float:
    if isinstance(moment, datetime):
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return moment

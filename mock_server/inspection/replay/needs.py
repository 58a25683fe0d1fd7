"""What a request from the journal needs before it can be sent again: threads with their items, and files."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from mock_server.config import Settings
from mock_server.documents import rest_items
from mock_server.inspection.records import body_of
from mock_server.inspection.replay.python import Expression, brief, calling, literal
from mock_server.inspection.replay.scene import (
    DISABLED,
    SECRET,
    WORKFLOW,
    Scene,
    add_fault,
    add_script,
    choose_settings,
    create_session,
    decoded,
)
from mock_server.masking import hidden, hidden_value
from mock_server.state.journal import Entry
from mock_server.state.project import Project
from mock_server.state.threads import StoredThread, unix
from mock_server.wire.chat import items
from mock_server.wire.chat.operations import OPERATIONS
from mock_server.workflows.catalog import Catalog

_UPLOADS = {"chatkit_configuration": {"file_upload": {"enabled": True}}}
_FILE = {"name": "picture.png", "mime_type": "image/png"}


def scene_of(entry: Entry, *, project: Project, catalog: Catalog, options: Settings) -> Scene:
    """Return a request with everything that it needs."""
    scene = Scene(entry, project, catalog, options, hidden_value(body_of(entry)))
    choose_settings(scene)
    family = scene.operation.partition(".")[0]
    if family in _NEEDS:
        _NEEDS[family](scene)
    add_fault(scene)
    return scene


def _of_sessions(scene: Scene) -> None:
    entry = scene.entry
    if scene.operation == "sessions.cancel" and entry.status == 200 and entry.session is not None:
        session = {"id": hidden(entry.session), "user": scene.user, "workflow": {"id": entry.workflow or WORKFLOW}}
        scene.before.append(calling("chatkit_mock.load", {"sessions": [session]}, indent=4))


def _of_threads(scene: Scene) -> None:
    if scene.entry.status == 200 and scene.entry.thread is not None:
        _load_thread(scene, scene.entry.thread, ())


def _of_files(scene: Scene) -> None:
    done = scene.entry.status == 200
    if scene.operation == "files.upload":
        scene.has_file = True
        if scene.entry.session is not None:
            create_session(scene, {} if scene.answer_code == DISABLED else _UPLOADS)
    elif scene.operation == "files.content" and done:
        create_session(scene, _UPLOADS)
        scene.argument = _upload(scene, _file_named(scene, scene.entry.path.rpartition("/")[2]))
    elif scene.operation == "files.put" and done:
        create_session(scene, _UPLOADS)
        announced = {**_file_named(scene, scene.entry.path.rpartition("/")[2]), "size": 7}
        ask = "file = chatkit_mock.secret(session).ask"
        scene.before.append(calling(ask, "attachments.create", **announced, indent=4))
        scene.argument = Expression('file["id"]')


def _of_domain_keys(scene: Scene) -> None:
    if scene.entry.session is not None:
        create_session(scene, {})


def _of_conversation(scene: Scene) -> None:
    entry = scene.entry
    params = scene.body.get("params") if isinstance(scene.body, dict) else None
    params = params if isinstance(params, dict) else {}
    add_script(scene)
    if entry.session is not None:
        needs_files = "attachment" in scene.operation or bool(_attachments(params))
        create_session(scene, _UPLOADS if needs_files and entry.status == 200 else {})
    kind = OPERATIONS.get(scene.operation.removeprefix("conversation."))
    if entry.status == 404 or kind is None or not _fits(params, kind):
        return
    ignored = {name: params.pop(name) for name in [*params] if name not in kind.__struct_fields__}
    _of_params(scene, params)
    params |= ignored


def _fits(params: dict[str, Any], kind: type[msgspec.Struct]) -> bool:
    """Return whether params have the types that they should: those of a refused request may have any."""
    try:
        msgspec.convert(params, kind)
    except msgspec.ValidationError:
        return False
    return True


def _of_params(scene: Scene, params: dict[str, Any]) -> None:
    if scene.entry.status == 200:
        _upload_attachments(scene, params)
    if scene.entry.by_own_server:  # what it keeps can't be loaded
        return
    if "thread_id" in params and scene.operation.endswith("add_structured_input"):
        _ask_again(scene, params)
    elif "thread_id" in params:
        _load_thread(scene, params["thread_id"], _item_ids(params))


_NEEDS: dict[str, Callable[[Scene], None]] = {
    "sessions": _of_sessions,
    "threads": _of_threads,
    "files": _of_files,
    "domain_keys": _of_domain_keys,
    "conversation": _of_conversation,
}


# Threads.


def _load_thread(scene: Scene, thread_id: str, wanted: tuple[str, ...]) -> None:
    """Load a thread as it was before the request, as far as that is still known, with at least the `wanted` items."""
    threads, entry = scene.project.threads, scene.entry
    thread = threads.get(thread_id) if thread_id in threads else None
    seed: dict[str, Any] = {"id": thread_id, "user": hidden(thread.user) if thread else scene.user}
    shown: list[dict[str, Any]] = []
    if not any(b'"thread.updated"' in batch for batch in entry.batches or ()):
        title = thread.title if thread else "Hello"  # without a title, the request would have set one
        seed |= {"title": title} if title else {}
    if thread is not None:
        seed |= {"status": brief(thread.status)} if entry.status != 200 else {}
        shown = [_seeded(item) for item in _items_before(entry, thread) if rest_items.is_listed(item)]
    shown += [_invented(scene.operation, item_id) for item_id in wanted if all(item_id != it["id"] for it in shown)]
    if scene.operation.endswith("add_client_tool_output") and entry.status == 200:
        _make_pending(shown)
    seed |= {"items": hidden_value(shown)} if shown else {}
    scene.before.append(calling("chatkit_mock.load", {"threads": [seed]}, indent=4))


def _items_before(entry: Entry, thread: StoredThread) -> Iterator[items.ThreadItem]:
    made = {
        event["item"]["id"]
        for event in map(decoded, entry.events or ())
        if event.get("type") in {"thread.item.added", "thread.item.done"}
    }
    for item in thread.shown_items():
        if item.id in made or unix(item.created_at) > entry.at + 1:
            return
        yield item


def _seeded(item: items.ThreadItem) -> dict[str, Any]:
    """Return an item as seeds write it: in short form, its keys in the order of the document."""
    listed = msgspec.to_builtins(rest_items.rest_item(item))
    short = {name: value for name, value in listed.items() if value not in (None, [])}
    short["type"] = short["type"].removeprefix("chatkit.")
    short |= {name: msgspec.json.decode(short[name]) for name in ("widget", "arguments") if name in short}
    return {name: value for name, value in short.items() if name not in {"object", "created_at", "thread_id"}}


def _invented(operation: str, item_id: str) -> dict[str, Any]:
    """Return a stand-in for an item that no longer exists."""
    if operation.endswith("custom_action"):
        return {"type": "widget", "id": item_id, "widget": {"type": "Card", "children": []}}
    text = {"type": "input_text", "text": "Hello"}
    if operation.endswith("retry_after_item"):
        return {"type": "user_message", "id": item_id, "content": [text]}
    return {"type": "assistant_message", "id": item_id, "content": [{"text": "Hello"}]}


def _make_pending(shown: list[dict[str, Any]]) -> None:
    if not shown or shown[-1]["type"] != "client_tool_call":
        shown.append({"type": "client_tool_call", "name": "tool"})
    shown[-1] |= {"status": "in_progress"}
    shown[-1].pop("output", None)


def _ask_again(scene: Scene, params: dict[str, Any]) -> None:
    """Send the message that led to questions, because seeds can't contain questions."""
    threads, thread_id = scene.project.threads, params["thread_id"]
    asked = threads.get(thread_id).items if thread_id in threads else ()
    said = [item for item in asked if isinstance(item, items.UserMessageItem)]
    if not said or not scene.has_session:
        scene.before.append(f"# This needs a thread '{thread_id}' with the questions '{params['item_id']}'.")
        return
    text = hidden("".join(part.text for part in said[-1].content))
    scene.before += [
        "chat = chatkit_mock.secret(session)",
        calling("asked = chat.send", text, indent=4) + ".items[-1]",
    ]
    params |= {"thread_id": Expression("chat.thread_id"), "item_id": Expression("asked.id")}


def _item_ids(params: dict[str, Any]) -> tuple[str, ...]:
    several = params.get("item_ids", [])
    return tuple(each for each in [params.get("item_id"), *several] if isinstance(each, str))


# Files.


def _attachments(params: dict[str, Any]) -> list[str]:
    message = params.get("input")
    given = message.get("attachments") if isinstance(message, dict) else None
    return given if isinstance(given, list) else []


def _upload_attachments(scene: Scene, params: dict[str, Any]) -> None:
    sent = _attachments(params)
    sent[:] = [_upload(scene, _file_named(scene, file_id)) for file_id in sent]
    if "attachment_id" in params:
        params["attachment_id"] = _upload(scene, _file_named(scene, params["attachment_id"]))


def _upload(scene: Scene, file: dict[str, str]) -> Expression:
    """Add the upload of a file; return the expression for its id."""
    name = f"file_{len(scene.uploads) + 1}"
    content = Expression(f'({literal(file["name"])}, b"content", {literal(file["mime_type"])})')
    headers = {"authorization": SECRET} if scene.has_session else {}
    url = Expression('chatkit_mock.base_url + "/chatkit/files"')
    upload = calling(f"{name} = http.post", url, headers=headers, files={"file": content}, indent=8)
    scene.uploads.append(f"{upload}.json()")
    return Expression(f'{name}["id"]')


def _file_named(scene: Scene, file_id: str) -> dict[str, str]:
    if file_id not in scene.project.files:
        return _FILE
    file = scene.project.files.get(file_id)
    return {"name": hidden(file.name), "mime_type": file.mime_type}

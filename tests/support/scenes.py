"""The chat in each of its states, as a person might find it."""

import json
import threading
from collections.abc import Callable
from typing import Any

from playwright.sync_api import FilePayload, Frame, expect
from support.axe import violations
from support.chat_page import ChatPage
from support.gallery import GALLERY
from support.own_server import THREAD, OwnServer, answered, asked_by_user, done, item

Json = dict[str, Any]
Scene = Callable[[ChatPage, OwnServer, str], None]  # opens the chat, with further options
Show = Callable[[ChatPage, OwnServer], None]  # goes on from the start in an open page

PICTURE = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="
LONG = "Donau" + "dampfschifffahrt" * 30
MARKDOWN = f"""# Plan\n\nSome **bold**, *soft* and `code`, and [a link](https://example.com).\n\n{LONG}\n
| Place | Price | Rating | Distance | Further facts that make it wide |
|---|---|---|---|---|\n| Somewhere | 120 | 4.5 | 300 m | Breakfast, bath, garden, terrace |\n
- one\n- two\n  1. three\n- [x] done\n- [ ] to do\n\n> A quotation\n
```python\nprint("A line of code that is so long that it can't fit into a narrow column")\n```\n\n---\n\nThe end."""
SITE = {"type": "url", "title": "A site", "url": "https://example.com/a", "description": "All of it"}
NOTES = {"type": "file", "title": "Notes", "filename": "notes.pdf"}
ADA = {"type": "entity", "id": "ada", "title": "Ada", "icon": "user", "inline_label": "Ada Lovelace"}
TASKS: list[Json] = [
    {"type": "thought", "title": "A thought", "content": "Is it **so**?"},
    {"type": "web_search", "title": "Searched", "queries": ["hotels"], "sources": [SITE, NOTES]},
    {"type": "file", "title": "Read files", "sources": [NOTES], "status_indicator": "complete"},
    {"type": "custom", "title": "A step", "status_indicator": "loading"},
]
QUESTIONS: list[Json] = [
    {"type": "multiple_choice", "id": "when", "question": "When?", "options": [{"value": "Now"}, {"value": LONG}]},
    {
        "type": "multiple_choice",
        "id": "how",
        "question": "How?",
        "multiple": True,
        "options": [{"value": "Mail"}, {"value": "Phone"}],
    },
    {"type": "freeform", "id": "number", "question": "Your number?", "description": "With the country's code"},
]
FILE: FilePayload = {"name": f"{LONG[:80]}.txt", "mimeType": "text/plain", "buffer": b"xx"}
FILES = [
    {"type": "file", "id": "f1", "name": "a-very-long-name-of-a-file-that-goes-on.pdf", "mime_type": "application/pdf"},
    {"type": "image", "id": "f2", "name": "picture.png", "mime_type": "image/png", "preview_url": PICTURE},
]
TAG = {"type": "input_tag", "text": "Ada", "id": "ada", "group": "People", "data": {}, "interactive": True}
ANSWERS = {
    "when": {"values": ["Now"], "skipped": False},
    "how": {"values": ["Mail"], "skipped": False},
    "number": {"values": [], "skipped": True},
}
TALK: list[Json] = [
    asked_by_user(
        f"Find me a hotel {LONG}",
        "it_1",
        attachments=FILES,
        quoted_text="what you said",
        content=[{"type": "input_text", "text": f"Find me a hotel {LONG}, says "}, TAG],
    ),
    item(
        "workflow", "it_2", workflow={"type": "reasoning", "tasks": TASKS, "expanded": True, "summary": {"duration": 4}}
    ),
    answered(MARKDOWN, "it_3", [{"type": "annotation", "source": each, "index": 22} for each in (SITE, NOTES, ADA)]),
    asked_by_user("And now?", "it_4"),
    item("task", "it_5", task=TASKS[1]),
    item("generated_image", "it_6", image={"id": "i", "url": PICTURE}),
    item("structured_input", "it_7", inputs=QUESTIONS, status="pending"),
    item(
        "structured_input",
        "it_8",
        inputs=[{**each, "answer": ANSWERS[str(each["id"])]} for each in QUESTIONS],
        status="answered",
    ),
    *[item("widget", f"wid_{number}", widget=widget, copy_text="A") for number, widget in enumerate(GALLERY)],
]
OPTIONS = """
  startScreen: { greeting: "Where to?", prompts: [{ label: "A hotel", prompt: "Find one" }, { label: "A flight",
    prompt: "Find a flight", icon: "lucide:plane" }, { label: "%s", prompt: "x" }] },
  header: { leftAction: { icon: "settings-cog", onClick() {} }, rightAction: { icon: "menu", onClick() {} } },
  composer: { attachments: { enabled: true }, dictation: { enabled: true },
    tools: [{ id: "search", label: "Search the web", shortLabel: "Search", icon: "globe" },
      { id: "draw", label: "Draw", icon: "images" }, { id: "pin", label: "Pinned", icon: "star", pinned: true }],
    models: [{ id: "fast", label: "Fast" }, { id: "deep", label: "Deep", description: "Takes its time" },
      { id: "new", label: "New", disabled: true }] },
  threadItemActions: { feedback: true, retry: true },
  disclaimer: { text: "It may be wrong: [check](https://example.com)." },
  entities: { onTagSearch: async () => [{ id: "ada", title: "Ada", icon: "user", group: "People" },
    { id: "alan", title: "Alan", group: "People" }], onClick() {}, showComposerMenu: true },
  commands: { enabled: true, onSearch: async () => [{ id: "c", label: "Clear", description: "Begin again" }] },
""" % LONG[:90]  # noqa: UP031
# Drops long timers, such as the end of a toast.
BRIEF_TIMERS = """() => {
  const later = setTimeout;
  window.setTimeout = (act, wait) => (wait > 5000 ? 0 : later(act, wait));
}"""
RENAMED = [{**THREAD, "id": f"thr_{place}", "title": title} for place, title in enumerate(["A talk", LONG, "Another"])]


def start(chat: ChatPage, own: OwnServer, further: str) -> None:
    """Open the chat with all options; nothing was said yet."""
    chat.open(f"{{ {OPTIONS} {further} }}", api=own.api)
    chat.wait_for("ready")
    chat.field.wait_for()


def start_again(chat: ChatPage) -> None:
    """Take the open page from any scene back to the start."""
    close = chat.button("Close history")
    if close.is_visible():
        close.click()
    chat.button("New chat").click()
    chat.page.evaluate("chat.setOptions(options())")
    chat.call("setComposerValue", {"text": "", "reply": "", "attachments": [], "selectedToolId": None})
    chat.frame.locator(".toasts").evaluate("(toasts) => toasts.replaceChildren()")
    expect(chat.frame.get_by_role("heading", name="Where to?"), "A new chat shows the start").to_be_visible()
    expect(chat.frame.locator(".attachment"), "A new chat has no files").to_have_count(0)


def talk(chat: ChatPage, own: OwnServer) -> None:
    """Show a thread in which everything was said."""
    own.answers["threads.get_by_id"] = [{**THREAD, "items": {"data": TALK, "has_more": False}}]
    chat.call("setThreadId", "thr_1")
    expect(chat.items("widget")).to_have_count(len(GALLERY))


def written(chat: ChatPage, _: OwnServer) -> None:
    """Write a message, with files and a tool."""
    chat.call(
        "setComposerValue",
        {"text": f"Hello {LONG}", "reply": LONG, "attachments": FILES, "selectedToolId": "search"},
    )
    expect(chat.frame.locator(".attachment")).to_have_count(2)


def uploads(chat: ChatPage, _: OwnServer) -> None:
    """Let a file fail to arrive."""
    chat.frame.locator("input[type=file]").set_input_files(FILE)
    chat.frame.locator(".attachment [role=alert]").wait_for()


def tools(chat: ChatPage, _: OwnServer) -> None:
    """Open the menu of tools."""
    chat.button("Tools").click()
    chat.frame.get_by_role("menu", name="Tools").wait_for()


def models(chat: ChatPage, _: OwnServer) -> None:
    """Open the menu of models."""
    chat.frame.get_by_role("button", name="Choose model").click()
    chat.frame.get_by_role("menu", name="Models").wait_for()


def mentions(chat: ChatPage, _: OwnServer) -> None:
    """Let entities be offered."""
    chat.field.press_sequentially("@")
    chat.frame.get_by_role("option", name="Alan").wait_for()


def commands(chat: ChatPage, _: OwnServer) -> None:
    """Let commands be offered."""
    chat.field.press_sequentially("/")
    chat.frame.get_by_role("option", name="Clear").wait_for()


def history(chat: ChatPage, own: OwnServer) -> None:
    """Open the history."""
    own.answers["threads.list"] = [{"data": RENAMED, "has_more": False}]
    chat.button("Chat history").click()
    chat.frame.get_by_role("button", name="A talk").first.wait_for()


def renaming(chat: ChatPage, own: OwnServer) -> None:
    """Begin to rename a thread."""
    history(chat, own)
    chat.button("Rename thread").first.click()


def deleting(chat: ChatPage, own: OwnServer) -> None:
    """Begin to delete a thread."""
    history(chat, own)
    chat.button("Delete thread").nth(1).click()


def failure(chat: ChatPage, own: OwnServer) -> None:
    """Let an answer fail, after notices."""
    notices = [{"type": "notice", "level": level, "title": "Mind", "message": f"**This**, [here](https://a.b) {LONG}"}
               for level in ("info", "warning", "danger")]  # fmt: skip
    own.plays(*notices, {"type": "error", "code": "custom", "message": f"It failed. {LONG}", "allow_retry": True})
    chat.ask("Hi")
    chat.button("Retry").wait_for()


def toast(chat: ChatPage, _: OwnServer) -> None:
    """Let the chat say something in passing, which stays however slow the test is."""
    inside(chat).evaluate(BRIEF_TIMERS)
    limited = "{ ...options().composer, attachments: { enabled: true, maxSize: 1 } }"
    chat.page.evaluate(f"chat.setOptions({{ ...options(), composer: {limited} }})")
    chat.call("setComposerValue", {})  # the chat has the options now
    chat.frame.locator("input[type=file]").set_input_files(FILE)
    chat.frame.locator(".toast").wait_for()


def locked(chat: ChatPage, own: OwnServer) -> None:
    """Show a thread that is locked."""
    facts = {"status": {"type": "locked", "reason": f"It is over. {LONG}"}, "title": LONG}
    own.answers["threads.get_by_id"] = [{**THREAD, **facts, "items": {"data": TALK[:1], "has_more": False}}]
    chat.call("setThreadId", "thr_1")
    chat.frame.get_by_text("It is over.").wait_for()


def streaming(chat: ChatPage, own: OwnServer) -> None:
    """Let an answer be on its way."""
    own.plays(
        {"type": "stream_options", "stream_options": {"allow_cancel": True}},
        done(answered("So far.")),
        {"type": "progress_update", "icon": "search", "text": f"Searching {LONG}"},
        *(threading.Event() for _ in range(6)),  # a minute, however slow the test is
    )
    chat.say("Hi")
    chat.frame.get_by_text("Searching").wait_for()


# How an open page gets from the start to each scene.
SHOWS: dict[str, Show] = {
    each.__name__: each
    for each in (talk, written, uploads, tools, models, mentions, commands, history, renaming, deleting, failure,
                 toast, locked, streaming)
}  # fmt: skip


def opening(show: Show) -> Scene:
    """Make a function that opens a scene."""

    def open_scene(chat: ChatPage, own: OwnServer, further: str) -> None:
        start(chat, own, further)
        show(chat, own)

    return open_scene


SCENES: dict[str, Scene] = {"start": start, **{name: opening(show) for name, show in SHOWS.items()}}


def theme(scheme: str = "light", **facts: object) -> str:
    """Make the option of a theme."""
    return f"theme: {json.dumps({'colorScheme': scheme, **facts})}"


def inside(chat: ChatPage) -> Frame:
    """Return the chat's document."""
    frame = chat.page.frame(name="chatkit")
    assert frame
    return frame


def barriers(chat: ChatPage, **options: Any) -> list[str]:
    """Return what axe finds serious or critical in the chat."""
    return violations(inside(chat), **options)

"""Threads: the list, a thread, and its conversation as it is read."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Locator, expect
from support.dashboard_page import Dashboard, dashboard_page
from support.gallery import GALLERY, PICTURE
from support.hostile import ALL, CANARY, HTML, IMAGES, LINKS, TEXTS
from support.tabs import Tabs

from mock_server.testing import ChatKitMock

pytestmark = pytest.mark.browser

Json = dict[str, Any]

SOON = 30_000  # milliseconds until what happened must be seen, on a busy machine
NOW = "2026-01-02T12:00:00Z"
SITE = {"type": "url", "title": "A site", "url": "https://example.com/a"}
TASKS: list[Json] = [
    {"type": "thought", "title": "A thought", "content": "Is it **so**?"},
    {"type": "web_search", "title": "Searched", "queries": ["hotels"], "sources": [SITE]},
]
QUESTIONS: list[Json] = [
    {"type": "multiple_choice", "id": "when", "question": "When?", "options": [{"value": "Now"}, {"value": "Later"}]},
    {"type": "freeform", "id": "number", "question": "Your number?", "description": "With the country's code"},
]


def item(kind: str, item_id: str, /, **facts: Any) -> Json:
    """Make an item of a thread."""
    return {"type": kind, "id": item_id, "created_at": NOW, **facts}


def asked(text: str = "Hi", name: str = "cti_asked", **facts: Any) -> Json:
    """Make a message of the user."""
    content = [{"type": "input_text", "text": text}]
    given = {"content": content, "attachments": [], "quoted_text": "", "inference_options": {}, **facts}
    return item("user_message", name, **given, created_at=NOW.removesuffix("Z"))


def answered(text: str, name: str = "cti_answered", *sources: Json) -> Json:
    """Make a message of the assistant that cites sources."""
    annotations = [{"type": "annotation", "source": source, "index": len(text)} for source in sources]
    return item("assistant_message", name, content=[{"type": "output_text", "text": text, "annotations": annotations}])


def card(*children: Json, **facts: object) -> Json:
    """Make a card."""
    return {"type": "Card", "children": list(children), **facts}


def put(dashboard: Dashboard, *items: Json, title: str = "Made") -> str:
    """Add a thread of any items, and return the address of its view."""
    snapshot = json.loads(dashboard.mock.snapshot())
    threads = snapshot["projects"][0]["threads"]
    thread_id = f"cthr_made_{threads['added']}"
    at = threads["entries"][-1]["created_at"] + 1
    places = [[each["id"], at, place] for place, each in enumerate(items)]
    entries = [{**each, "thread_id": thread_id} for each in items]
    threads["places"].append([thread_id, at, threads["added"]])
    threads["entries"].append(
        {
            "id": thread_id,
            "user": "ada",
            "created_at": at,
            "title": title,
            "status": {"type": "active"},
            "session_id": "cksess_demo",
            "feedback": {},
            "items": {"added": len(items), "places": places, "entries": entries},
        }
    )
    threads["added"] += 1
    dashboard.mock.restore(json.dumps(snapshot).encode())
    return f"dashboard/threads/default/{thread_id}"


def drawn(dashboard: Dashboard, kind: str) -> Locator:
    """Find the items of a type in the reading view."""
    return dashboard.main.locator(f'article[data-item-type="{kind}"]')


def button(dashboard: Dashboard, name: str) -> Locator:
    """Find a button of the view."""
    return dashboard.main.get_by_role("button", name=name, exact=True)


def badge(dashboard: Dashboard, status: str) -> Locator:
    """Find the badge that shows a status of the thread."""
    return dashboard.main.get_by_text(status, exact=True)


def heading(dashboard: Dashboard) -> Locator:
    """Find the title of the view."""
    return dashboard.main.get_by_role("heading", level=1)


@pytest.fixture
def bare(tabs: Tabs) -> Iterator[Dashboard]:
    """The dashboard of an emulator that has seen nothing."""
    with ChatKitMock() as mock, dashboard_page(tabs, mock) as page:
        yield page


# The list


def test_the_list_shows_and_filters_threads(dashboard: Dashboard) -> None:
    main = dashboard.open("dashboard/threads").main
    expect(dashboard.row("Where is my parcel?"), "An active thread is listed").to_contain_text("activeada6")
    expect(dashboard.row("Refund"), "A locked thread is listed").to_contain_text("lockedada1")
    expect(dashboard.row("cthr_demo_closed"), "A thread without a title is listed by its id").to_contain_text(
        "Untitled"
    )
    closed = re.compile("closedgrace2.*ago.*default")
    expect(dashboard.row("cthr_demo_closed"), "A closed thread is listed with its age and project").to_contain_text(
        closed
    )
    expect(main.get_by_text("3 threads"), "The threads are counted").to_be_visible()

    main.get_by_label("Search").fill("PARCEL")
    expect(main.get_by_text("1 thread", exact=True), "A search finds one thread").to_be_visible()
    expect(dashboard.row("Where is my parcel?"), "A search ignores case").to_be_visible()
    main.get_by_label("Search").fill("")
    main.get_by_label("Status").select_option("closed")
    expect(dashboard.row("cthr_demo_closed"), "A status finds a thread").to_be_visible()
    expect(main.get_by_role("row"), "A status leaves out all other threads").to_have_count(2)  # with the head
    main.get_by_label("User").fill("ada")
    expect(main.get_by_text("No matching threads"), "Filters count together").to_be_visible()
    address = f"{dashboard.mock.url}/dashboard/threads"
    expect(dashboard.page, "The filters are in the address").to_have_url(f"{address}?status=closed&user=ada")
    dashboard.page.reload()
    expect(main.get_by_text("No matching threads"), "The address sets the filters").to_be_visible()

    main.get_by_label("Status").select_option("locked")
    dashboard.row("Refund").click()
    expect(dashboard.page, "A row leads to its thread").to_have_url(f"{address}/default/cthr_demo_locked")


def test_the_list_begins_empty_and_follows_what_happens(bare: Dashboard) -> None:
    bare.mock.workflows.add("wf_demo", {"default": [{"message": "Hello"}]})  # the shipped one takes 4 s to answer
    bare.open("dashboard/threads")
    expect(bare.main.get_by_text("No threads yet"), "The list says that it is empty").to_be_visible()
    exec(bare.main.get_by_label("Code").inner_text(), {})  # what a person would paste
    bare.mock.load({"threads": [{"id": "cthr_r", "user": "grace", "title": "Refund", "status": {"type": "locked"}}]})
    expect(bare.row("ada"), "The code from the empty list makes a thread").to_contain_text("active", timeout=SOON)
    expect(bare.row("Refund"), "A thread from a seed appears").to_contain_text("locked", timeout=SOON)

    bare.mock.raw("PATCH", "/threads/cthr_r", body={"status": {"type": "active"}, "title": "Paid"})
    (pasted,) = bare.mock.threads.list(user="ada")
    bare.client.beta.chatkit.threads.delete(pasted.id)
    session = bare.client.beta.chatkit.sessions.create(user="hedy", workflow={"id": "wf_demo"})
    bare.mock.secret(session).send("Frequencies hop")
    expect(bare.row("Paid"), "A changed thread changes in the list").to_contain_text("active", timeout=SOON)
    expect(bare.row("hedy"), "A new thread appears").to_contain_text("active", timeout=SOON)
    expect(bare.row("ada"), "A deleted thread disappears").to_have_count(0, timeout=SOON)
    bare.row("hedy").get_by_role("link", name=session.id).click()  # not the row's own
    address = f"{bare.mock.url}/dashboard/sessions/default/{session.id}"
    expect(bare.page, "A row has a link to its session").to_have_url(address)


# One thread


def test_shows_what_a_thread_is(dashboard: Dashboard) -> None:
    steps: list[Json] = [
        {"reasoning": {"seconds": 4, "thoughts": ["Is it so?"]}},
        {"web_search": {"queries": ["hotels"], "sources": [SITE]}},
        {"image": {"url": PICTURE}},
        {"end_of_turn": True},
        {"structured_input": QUESTIONS},
    ]
    dashboard.mock.workflows.add("wf_all", {"default": steps})
    session = dashboard.client.beta.chatkit.sessions.create(user="hedy", workflow={"id": "wf_all"})
    talk = dashboard.mock.secret(session)
    talk.send("Frequencies hop")
    main = dashboard.open(f"dashboard/threads/default/{talk.thread_id}").main
    expect(badge(dashboard, "active"), "The status is shown").to_be_visible()
    facts = main.locator(".facts").first
    expect(facts, "The id and the user are shown").to_contain_text(f"ID{talk.thread_id}Userhedy")
    expect(main.get_by_role("link", name=session.id), "The session is linked").to_be_visible()
    expect(drawn(dashboard, "user_message"), "The message is drawn").to_contain_text("Frequencies hop")
    expect(drawn(dashboard, "workflow").first, "Reasoning is drawn").to_contain_text("Thought for 4 seconds")
    expect(drawn(dashboard, "generated_image").get_by_role("img"), "An image is drawn").to_be_visible()
    expect(drawn(dashboard, "structured_input"), "Questions are drawn").to_contain_text("When?")
    main.get_by_role("link", name="All threads").click()
    expect(dashboard.page, "A link leads to the list").to_have_url(f"{dashboard.mock.url}/dashboard/threads")


def test_the_json_is_whole_and_can_be_linked(dashboard: Dashboard) -> None:
    dashboard.context.grant_permissions(["clipboard-read", "clipboard-write"])
    dashboard.open("dashboard/threads/default/cthr_demo")
    dashboard.main.get_by_role("tab", name="JSON").click()
    expect(dashboard.page, "The tab is in the address").to_have_url(re.compile(r"\?tab=json$"))
    dashboard.page.reload()
    shown = dashboard.main.get_by_label("Thread as JSON")
    expect(shown, "The address opens the tab").to_contain_text('"title": "Where is my parcel?"')
    button(dashboard, "Copy JSON").click()
    expect(button(dashboard, "Copied"), "The button says that it copied").to_be_visible()
    copied = json.loads(dashboard.page.evaluate("navigator.clipboard.readText()"))
    assert copied == json.loads(dashboard.mock.raw("GET", "/threads/cthr_demo")), "The whole thread is copied"
    dashboard.mock.raw("PATCH", "/threads/cthr_demo", body={"title": "Found"})
    expect(shown, "The JSON follows the thread").to_contain_text('"title": "Found"', timeout=SOON)


def test_renames_in_place(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/threads/default/cthr_demo")
    button(dashboard, "Rename").click()
    title = dashboard.main.get_by_label("Title")
    expect(title, "Renaming focuses the title").to_be_focused()
    title.fill(ALL)
    title.press("Enter")
    expect(heading(dashboard), "Enter renames").to_have_text(ALL)
    assert dashboard.mock.threads.get("cthr_demo").title == ALL, "The server has the title"
    button(dashboard, "Rename").click()
    title.fill("Never mind")
    title.press("Escape")
    expect(button(dashboard, "Rename"), "The focus returns to the button").to_be_focused()
    expect(heading(dashboard), "Escape keeps the title").to_have_text(ALL)
    button(dashboard, "Rename").click()
    title.fill("")
    button(dashboard, "Save").click()
    expect(heading(dashboard), "An empty title is none").to_have_text("Untitled")
    assert dashboard.mock.threads.get("cthr_demo").title is None, "The server has no title"

    button(dashboard, "Rename").click()
    title.fill("My own")
    dashboard.mock.raw("PATCH", "/threads/cthr_demo", body={"title": "Another's", "status": {"type": "closed"}})
    expect(badge(dashboard, "closed"), "The thread changes meanwhile").to_be_visible(timeout=SOON)
    expect(title, "What was typed stays").to_have_value("My own")
    expect(title, "The focus stays").to_be_focused()
    button(dashboard, "Cancel").click()
    expect(heading(dashboard), "Cancel shows the new title").to_have_text("Another's")


def test_locks_reopens_and_closes(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/threads/default/cthr_demo")
    expect(badge(dashboard, "active"), "The thread is active at first").to_be_visible()
    expect(button(dashboard, "Reopen"), "What is active can't be reopened").to_have_count(0)
    button(dashboard, "Lock").click()
    dialog = dashboard.page.get_by_role("dialog", name="Lock this thread?")
    dialog.get_by_label("Reason").fill("A colleague <b>looks</b>")
    dialog.get_by_label("Reason").press("Enter")
    expect(badge(dashboard, "locked"), "Lock locks").to_be_visible()
    expect(dashboard.main.get_by_text("A colleague <b>looks</b>"), "The reason is shown").to_be_visible()
    expect(button(dashboard, "Reopen"), "The focus moves on").to_be_focused()
    status = dashboard.mock.threads.get("cthr_demo").status
    assert status.reason == "A colleague <b>looks</b>", "The server has the reason"  # type: ignore[union-attr]
    button(dashboard, "Reopen").click()
    expect(badge(dashboard, "active"), "Reopen reopens").to_be_visible()
    button(dashboard, "Close").click()
    dashboard.page.get_by_role("button", name="Cancel").click()
    expect(badge(dashboard, "active"), "Cancel changes nothing").to_be_visible()
    button(dashboard, "Close").click()
    dashboard.page.get_by_role("dialog").get_by_role("button", name="Close").click()
    expect(badge(dashboard, "closed"), "Close closes").to_be_visible()
    expect(button(dashboard, "Lock"), "What is closed can't be locked").to_have_count(0)
    assert dashboard.mock.threads.get("cthr_demo").status.reason is None, "No reason"  # type: ignore[union-attr]


def test_deletes_after_asking_and_says_what_is_gone(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/threads/default/cthr_demo")
    button(dashboard, "Delete").click()
    dashboard.page.get_by_role("button", name="Keep").click()
    expect(button(dashboard, "Delete"), "A thread can be kept").to_be_enabled()
    button(dashboard, "Delete").click()
    dashboard.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    address = f"{dashboard.mock.url}/dashboard/threads"
    expect(dashboard.page, "The list follows the thread that was deleted").to_have_url(address)
    expect(dashboard.main.get_by_text("2 threads"), "One thread less").to_be_visible()
    expect(dashboard.row("Where is my parcel?"), "The thread is deleted").to_have_count(0)

    dashboard.row("Refund").click()
    expect(heading(dashboard), "Another thread is shown").to_have_text("Refund")
    dashboard.client.beta.chatkit.threads.delete("cthr_demo_locked")
    expect(dashboard.main.get_by_text("This thread no longer exists"), "It was deleted elsewhere").to_be_visible(
        timeout=SOON
    )
    expect(button(dashboard, "Delete"), "What is gone can't be deleted").to_have_count(0)

    dashboard.go("dashboard/threads/default/cthr_none")
    expect(dashboard.main.get_by_text("Thread not found"), "It never was").to_be_visible()
    expect(dashboard.main.get_by_text("cthr_none", exact=True), "Its id is shown").to_be_visible()
    assert all("404" in each for each in dashboard.complaints), "The console says nothing else"
    dashboard.forgive()


@contextmanager
def half_answered(dashboard: Dashboard, thread_id: str, text: str, said: str) -> Iterator[None]:
    """Send a message to a thread; its answer begins with `said` and does not end inside the block."""
    dashboard.mock.workflows.add("wf_slow", {"default": [{"message": said}, {"pause": "60s"}, {"message": "More."}]})
    session = dashboard.client.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_slow"})
    message = {"content": [{"type": "input_text", "text": text}], "attachments": [], "inference_options": {}}
    params = {"thread_id": thread_id, "input": message}
    with httpx2.stream(
        "POST",
        f"{dashboard.mock.url}/v1/chatkit/conversation",
        headers={"authorization": f"Bearer {session.client_secret}"},
        json={"type": "threads.add_user_message", "params": params},
    ):
        yield


def test_what_changes_is_shown_in_place(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/threads/default/cthr_demo")
    expect(drawn(dashboard, "user_message"), "There is one message so far").to_have_count(1)
    work, widget = drawn(dashboard, "workflow"), drawn(dashboard, "widget")
    work.get_by_text("Asking the carrier").first.click()
    expect(work.get_by_text("Order 1138, sent by post."), "A fold opens").to_be_visible()
    widget.get_by_text("JSON").click()
    dashboard.page.evaluate("document.querySelectorAll('article').forEach((each) => { each.own = true; })")
    with half_answered(dashboard, "cthr_demo", "And?", "So far."):
        expect(drawn(dashboard, "user_message").last, "A message appears").to_contain_text("And?", timeout=SOON)
        answer = drawn(dashboard, "assistant_message").last
        expect(answer, "The first part of the answer appears").to_contain_text("So far.", timeout=SOON)
        expect(dashboard.main.locator("article"), "Two items are new").to_have_count(8)
        expect(work.get_by_text("Order 1138, sent by post."), "A fold stays open").to_be_visible()
        expect(widget.get_by_label("JSON"), "The JSON stays open").to_be_visible()
        kept = dashboard.page.evaluate("[...document.querySelectorAll('article')].filter(({ own }) => own).length")
        assert kept == 6, "The items before are not drawn again"

    photo = {"type": "Image", "src": f"{CANARY}/1.png", "alt": "A view"}
    tasks = item("workflow", "cti_work", workflow={"type": "custom", "tasks": TASKS}, response_items=[])
    drawing = item("widget", "cti_card", widget=card(photo, {"type": "Text", "value": "Before"}))
    dashboard.go(put(dashboard, tasks, drawing, answered("Before")))
    work.get_by_text("Searched").first.click()
    widget.get_by_text("JSON").click()
    snapshot = dashboard.mock.snapshot().decode()
    dashboard.mock.restore(snapshot.replace("Before", "After").replace("Is it **so**?", "It is.").encode())
    expect(widget.locator(".w-text"), "A widget is up to date").to_have_text("After", timeout=SOON)
    expect(widget.locator(".foreign"), "An image stays a link").to_have_text(f"A view: {CANARY}/1.png")
    expect(widget.get_by_label("JSON"), "The JSON is up to date").to_contain_text('"value": "After"')
    expect(work.get_by_text("It is."), "An open fold stays open and is up to date").to_be_visible()
    said = drawn(dashboard, "assistant_message").locator(".markdown")
    expect(said, "A message is up to date").to_have_text("After")


# The reading view


def every_item() -> list[Json]:
    """Make an item of every type, in each of its states."""
    files = [
        {"type": "file", "id": "f1", "name": "a.pdf", "mime_type": "application/pdf"},
        {"type": "image", "id": "f2", "name": "b.png", "mime_type": "image/png", "preview_url": PICTURE},
    ]
    tag = {"type": "input_tag", "text": "Ada", "id": "ada", "data": {}, "interactive": True}
    said = [{"type": "input_text", "text": "Find a hotel for "}, tag]
    answers = [{**QUESTIONS[0], "answer": {"values": ["Now"]}}, {**QUESTIONS[1], "answer": {"values": ["0190"]}}]
    call = {"call_id": "call_1", "name": "show_map", "arguments": {"zoom": 3}}
    reasoning = {"type": "reasoning", "tasks": TASKS, "expanded": True, "summary": {"duration": 4}}
    return [
        asked(content=said, attachments=files, quoted_text="what you said"),
        item("workflow", "cti_work", workflow=reasoning, response_items=[]),
        answered("# Plan\n\nSome **bold** words.", "cti_answered", SITE, {**SITE, "title": "Another"}),
        item("task", "cti_task", task=TASKS[1]),
        item("client_tool_call", "cti_called", status="completed", output={"shown": True}, **call),
        item("client_tool_call", "cti_calling", status="pending", **call),
        item("generated_image", "cti_image", image={"id": "img_1", "url": PICTURE}),
        item("generated_image", "cti_no_image"),
        item("structured_input", "cti_asks", inputs=QUESTIONS, status="pending"),
        item("structured_input", "cti_was_answered", inputs=answers, status="answered"),
        *[item("widget", f"cti_widget_{number}", widget=widget) for number, widget in enumerate(GALLERY)],
        item("end_of_turn", "cti_end"),
    ]


def test_draws_every_type_of_item(dashboard: Dashboard) -> None:
    dashboard.open(put(dashboard, *every_item()))
    expect(dashboard.main.locator("article"), "Every item is drawn").to_have_count(len(every_item()))
    said = drawn(dashboard, "user_message")
    expect(said, "A file is drawn").to_contain_text("a.pdfapplication/pdf")
    expect(said.locator("blockquote"), "A quote is drawn").to_have_text("what you said")
    expect(said.locator(".bubble"), "A tag is part of the text").to_have_text("Find a hotel for Ada")
    expect(said.get_by_role("img", name="b.png"), "A picture is drawn").to_be_visible()
    work, answer = drawn(dashboard, "workflow"), drawn(dashboard, "assistant_message")
    expect(work, "Reasoning is drawn").to_contain_text("Thought for 4 seconds")
    expect(work.locator(".task"), "Each task of reasoning is drawn").to_have_count(2)
    expect(answer.get_by_role("heading", name="Plan"), "A heading is drawn").to_be_visible()
    expect(answer.get_by_role("listitem"), "Each source is listed").to_have_count(2)
    expect(drawn(dashboard, "task"), "A task is drawn").to_contain_text("Searchedhotels")
    called, calling = drawn(dashboard, "client_tool_call").all()
    expect(called.get_by_label("Output"), "The output of a call is shown").to_contain_text('"shown": true')
    expect(calling.get_by_label("Arguments"), "The arguments of a call are shown").to_contain_text('"zoom": 3')
    expect(calling, "A call may have no output yet").to_contain_text("OutputNone yet")
    images = drawn(dashboard, "generated_image").get_by_role("img")
    expect(images, "The only image that is there is drawn").to_have_count(1)
    asks, was_answered = drawn(dashboard, "structured_input").all()
    expect(asks.get_by_role("radio", name="Now"), "A question is open").not_to_be_checked()
    expect(was_answered.get_by_role("radio", name="Now"), "A choice is shown").to_be_checked()
    expect(was_answered.get_by_role("textbox", name="Your number?"), "An answer is shown").to_have_value("0190")
    widgets = drawn(dashboard, "widget")
    expect(widgets, "Every widget is drawn").to_have_count(len(GALLERY))
    expect(widgets.first.get_by_role("button", name="Check in"), "A button is drawn").to_be_visible()
    expect(drawn(dashboard, "end_of_turn"), "The end is shown").to_contain_text("End of the assistant's turn.")


_PRESS = """() => {
  const all = [...document.querySelectorAll(".drawn")].flatMap(({ shadowRoot }) => [...shadowRoot.querySelectorAll(
    "button, input, label, li, select, [role=button], form, .widget a")]);
  const [before, focused] = [location.href, document.activeElement];
  for (const each of all) each.localName === "form" ? each.requestSubmit() : each.click();
  return {
    many: all.length > 60,
    stays: location.href === before,
    unfocused: focused === document.body,
    pending: all.some((each) => "pending" in each.dataset),
    reachable: all.filter((each) => each.tabIndex >= 0 && each.matches(
      "input, select, textarea, button:not(.w-more, .w-toggle)")).length,
  };
}"""


def test_nothing_in_it_can_be_pressed_or_sent(dashboard: Dashboard) -> None:
    greedy = card({"type": "Input", "name": "x", "autoFocus": True, "defaultValue": "me"}, asForm=True)
    dashboard.open(put(dashboard, *every_item(), item("widget", "cti_greedy", widget=greedy)))
    expect(drawn(dashboard, "widget").last).to_be_visible()
    asked_before = len(dashboard.mock.journal.requests())
    pressed = dashboard.page.evaluate(_PRESS)
    assert pressed == {"many": True, "stays": True, "unfocused": True, "pending": False, "reachable": 0}
    asks = drawn(dashboard, "structured_input").first
    expect(asks.get_by_role("radio", name="Now"), "No choice is made").not_to_be_checked()
    reminds = drawn(dashboard, "widget").nth(1).get_by_label("Remind me")
    expect(reminds, "A field of a widget is as it was").to_be_checked()
    asks.get_by_role("button", name="Submit").click(force=True)
    drawn(dashboard, "widget").first.get_by_role("button", name="Check in").click(force=True)
    assert len(dashboard.mock.journal.requests()) == asked_before, "Nothing is sent"


def test_items_have_heads_json_texts_and_folds(dashboard: Dashboard) -> None:
    folded = card({"type": "Text", "value": "Within"}, collapsed=True)
    work = item("workflow", "cti_work", workflow={"type": "reasoning", "tasks": TASKS}, response_items=[])
    widget = item("widget", "cti_card", widget=folded)
    dashboard.open(put(dashboard, asked(), answered("Selectable words"), work, widget))
    said, answer = drawn(dashboard, "user_message"), drawn(dashboard, "assistant_message")
    expect(said, "A time without a zone is in UTC").to_contain_text("user_message2026-01-02 12:00:00Zcti_asked")
    expect(answer, "A time with a zone").to_contain_text("assistant_message2026-01-02 12:00:00Z")
    expect(said.get_by_label("JSON"), "The JSON is folded").to_have_count(0)
    said.get_by_text("JSON").click()
    expect(said.get_by_label("JSON"), "The JSON is whole").to_contain_text('"inference_options": {}')
    expect(said.get_by_role("button", name="Copy JSON"), "The JSON can be copied").to_be_visible()

    answer.get_by_text("Selectable words").click(click_count=3)
    selected = dashboard.page.evaluate("getSelection().toString().trim()")
    assert selected == "Selectable words", "Texts can be selected"
    drawn(dashboard, "workflow").get_by_text("Searched").first.click()
    expect(drawn(dashboard, "workflow").get_by_text("A thought"), "A workflow can be opened").to_be_visible()
    within = drawn(dashboard, "widget").get_by_text("Within")
    expect(within, "A card is folded").to_be_hidden()
    drawn(dashboard, "widget").get_by_role("button", name="Details").click()
    expect(within, "A card can be opened").to_be_visible()


_FOUND = """(own) => {
  const roots = [...document.querySelectorAll(".drawn")].map(({ shadowRoot }) => shadowRoot);
  const all = [document.querySelector("main"), ...roots].flatMap((root) => [...root.querySelectorAll("*")]);
  const links = /^(https?|mailto|tel|chatkit-link):/;
  const found = all.filter((each) => each.matches("script, iframe, object, embed, style, base, link, math")
    || each.getAttributeNames().some((name) => /^on|^srcdoc$|^formaction$|^action$|^style$/.test(name)
      && (name !== "style" || /canary/.test(each.style.cssText)))
    || (each.localName === "a" && each.hasAttribute("href") && !links.test(each.href))
    || (each.localName === "img" && each.hasAttribute("src") && !each.src.startsWith("data:image/")));
  return found.map(({ outerHTML }) => outerHTML.slice(0, 200));
}"""


def hostile_items(text: str, number: int) -> list[Json]:
    """Make items that have this text wherever a text can be."""
    file = {"type": "file", "id": "f", "name": text, "mime_type": text}
    source = {**SITE, "title": text, "attribution": text}
    task = {"type": "custom", "title": text, "content": text}
    asking = {"type": "freeform", "id": "q", "question": text, "description": text}
    drawing = card(
        {"type": "Text", "value": text}, {"type": "Markdown", "value": text}, {"type": "Badge", "label": text}
    )
    return [
        asked(text, f"cti_{number}_a", attachments=[file], quoted_text=text),
        answered(text, f"cti_{number}_b", source),
        item("task", f"cti_{number}_c", task=task),
        item("structured_input", f"cti_{number}_d", inputs=[asking], status="pending"),
        item("widget", f"cti_{number}_e", widget=drawing),
        item(
            "client_tool_call",
            f"cti_{number}_f",
            status="completed",
            call_id=text,
            name=text,
            arguments={text: text},
            output=text,
        ),
    ]


def texts_of(found: Locator) -> list[str]:
    """Return the texts of elements, character by character."""
    texts: list[str] = found.evaluate_all("(all) => all.map(({ textContent }) => textContent)")
    return texts


def test_titles_and_messages_are_text_and_nothing_else(dashboard: Dashboard) -> None:
    texts = [*TEXTS, "x" * 10_000]
    made = [{"id": f"cthr_{place}", "user": title or "ada", "title": title} for place, title in enumerate(texts)]
    dashboard.mock.load({"threads": made})
    dashboard.open("dashboard/threads")
    expect(dashboard.main.get_by_text(f"{len(texts) + 3} threads"), "All threads are counted").to_be_visible()
    dashboard.main.get_by_label("Search").fill("onerror")
    found = [title for title in texts if "onerror" in title]
    expect(dashboard.main.get_by_text(f"{len(found)} threads"), "Markup can be searched for").to_be_visible()
    expect(dashboard.main.locator("a.way"), "Titles are shown as they are").to_have_text(found[::-1])
    expect(dashboard.main.locator("img, script, iframe"), "Titles make no element").to_have_count(0)
    assert not dashboard.overflows(), "Long titles fit"

    made = [each for number, text in enumerate(texts) for each in hostile_items(text, number)]
    dashboard.go(put(dashboard, *made, title=ALL))
    expect(dashboard.main.locator("article"), "Every item is drawn").to_have_count(len(made))
    assert texts_of(dashboard.main.locator(".bubble")) == texts, "Messages are as they were sent"
    names = texts_of(drawn(dashboard, "client_tool_call").locator("dd code"))
    assert names == [text for text in texts for _ in range(2)], "Names and ids of calls are as they were sent"
    said = texts_of(drawn(dashboard, "assistant_message").locator(".drawn .markdown"))
    missing = [text for text, each in zip(HTML, said, strict=False) if text not in each]
    assert missing == [], "Markup in an answer is text"
    for fold in drawn(dashboard, "user_message").locator("details.item-json").all()[:5]:
        fold.locator("summary").click()
    assert dashboard.page.evaluate(_FOUND) == [], "Texts make no element"
    assert not dashboard.overflows(), "Long texts fit"


def hostile_addresses() -> list[Json]:
    """Make items that have a harmful address wherever a link or an image can be."""
    image_items = [
        item("generated_image", f"cti_i{number}", image={"id": "i", "url": each})
        for number, each in enumerate([*IMAGES, "blob:https://canary.test/1"])
    ]
    return [
        *[answered(f"[A](<{each}>)", f"cti_l{number}", {**SITE, "url": each}) for number, each in enumerate(LINKS)],
        *image_items,
        *[answered(f"![A](<{each}>)", f"cti_p{number}") for number, each in enumerate(IMAGES)],
    ]


def test_addresses_lead_nowhere_bad(dashboard: Dashboard) -> None:
    fetched: list[str] = []
    dashboard.tab.listen("request", lambda request: fetched.append(request.url))
    file = {"type": "image", "id": "f", "name": "c.png", "mime_type": "image/png", "preview_url": f"{CANARY}/1.png"}
    photo = {"type": "Image", "src": f"{CANARY}/3.png", "alt": "A view"}
    address = put(
        dashboard,
        asked(attachments=[file]),
        item("generated_image", "cti_image", image={"id": "img_1", "url": f"{CANARY}/2.png"}),
        item("widget", "cti_card", widget=card(photo, status={"text": "From", "favicon": f"{CANARY}/4.png"})),
        answered(f"Look: ![a tree]({CANARY}/5.png)"),
    )
    dashboard.open(address)
    foreign = dashboard.main.locator(".foreign")
    shown = [f"c.png: {CANARY}/1.png", f"Generated image: {CANARY}/2.png", f"{CANARY}/4.png"]
    all_shown = [*shown, f"A view: {CANARY}/3.png", f"a tree: {CANARY}/5.png"]
    expect(foreign, "Images from elsewhere are links").to_have_text(all_shown)
    expect(foreign.last, "A link leads to its image").to_have_attribute("href", f"{CANARY}/5.png")
    expect(foreign.last, "A link does not say where it is followed from").to_have_attribute(
        "rel", "noopener noreferrer"
    )
    expect(dashboard.main.locator("article img[src]"), "No image from elsewhere is drawn").to_have_count(0)

    dashboard.go(put(dashboard, answered(f"![the sign]({dashboard.mock.url}/_static/icon.svg)")))
    sign = drawn(dashboard, "assistant_message").get_by_role("img", name="the sign")
    expect(sign, "An image of the emulator is drawn").to_be_visible()
    dashboard.page.wait_for_function("(image) => image.naturalWidth > 0", arg=sign.element_handle())

    made = hostile_addresses()
    dashboard.go(put(dashboard, *made))
    expect(dashboard.main.locator("article"), "Every address is drawn").to_have_count(len(made))
    assert dashboard.page.evaluate(_FOUND) == [], "Addresses make no element and load nothing"
    expect(dashboard.main.locator("article a[href]"), "No harmful address is linked").to_have_count(0)
    assert [url for url in fetched if CANARY in url] == [], "No image from elsewhere is fetched"


# What it looks like


@pytest.mark.exhaustive
def test_everybody_can_use_it(dashboard: Dashboard) -> None:
    title = "\u202egpj.exe " + "long" * 200
    dashboard.open("dashboard/threads")
    expect(dashboard.row("Refund")).to_be_visible()
    dashboard.check_looks("The list")
    dashboard.go(put(dashboard, *every_item(), title=title))
    expect(drawn(dashboard, "end_of_turn")).to_be_visible()
    dashboard.check_looks("The conversation")

    dashboard.go(put(dashboard, asked(), title=title))  # a short one: axe looks at each word of the JSON
    dashboard.main.get_by_role("tab", name="JSON").click()
    shown = dashboard.main.get_by_label("Thread as JSON")
    for kind in ("key", "text", "value"):
        expect(shown.locator(f".json-{kind}").first, f"There is a {kind} in the JSON").to_be_visible()
    dashboard.check_looks("The JSON")
    button(dashboard, "Lock").click()
    expect(dashboard.page.get_by_label("Reason")).to_be_focused()
    dashboard.check_looks("The dialog")


def test_follows_the_scheme_of_the_page(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/threads/default/cthr_demo")
    ground = drawn(dashboard, "user_message").locator(".canvas")
    light, dark = "rgb(255, 255, 255)", "rgb(28, 28, 28)"
    expect(ground, "The browser wants light").to_have_css("background-color", light)
    dashboard.page.emulate_media(color_scheme="dark")
    expect(ground, "The browser wants dark").to_have_css("background-color", dark)
    dashboard.page.get_by_role("button", name="Colour scheme: system").click()
    expect(ground, "Light is chosen").to_have_css("background-color", light)
    dashboard.page.get_by_role("button", name="Colour scheme: light").click()
    expect(ground, "Dark is chosen").to_have_css("background-color", dark)
    assert dashboard.page.evaluate("document.adoptedStyleSheets.length") == 0, "The page itself has no theme"

"""Threads: the list, one of them, and the conversation as one reads it."""

import json
import re
from collections.abc import Iterator
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

SOON = 30_000  # milliseconds until what happened has to be seen, on a machine that is busy
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
    """A thread's item."""
    return {"type": kind, "id": item_id, "thread_id": "cthr_made", "created_at": NOW, **facts}


def asked(text: str = "Hi", name: str = "cti_asked", **facts: Any) -> Json:
    """A message of the user's."""
    content = [{"type": "input_text", "text": text}]
    given = {"content": content, "attachments": [], "quoted_text": "", "inference_options": {}, **facts}
    return item("user_message", name, **given, created_at=NOW.removesuffix("Z"))


def answered(text: str, name: str = "cti_answered", *sources: Json) -> Json:
    """A message of the assistant's, which cites."""
    annotations = [{"type": "annotation", "source": source, "index": len(text)} for source in sources]
    return item("assistant_message", name, content=[{"type": "output_text", "text": text, "annotations": annotations}])


def card(*children: Json, **facts: object) -> Json:
    """A card."""
    return {"type": "Card", "children": list(children), **facts}


def put(dashboard: Dashboard, *items: Json, thread_id: str = "cthr_made", title: str = "Made") -> str:
    """Let there be a thread of any items; its address."""
    snapshot = json.loads(dashboard.mock.snapshot())
    threads = snapshot["projects"][0]["threads"]
    at = threads["entries"][-1]["created_at"] + 1
    places = [[each["id"], at, place] for place, each in enumerate(items)]
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
            "items": {"added": len(items), "places": places, "entries": list(items)},
        }
    )
    threads["added"] += 1
    dashboard.mock.restore(json.dumps(snapshot).encode())
    return f"dashboard/threads/default/{thread_id}"


def drawn(dashboard: Dashboard, kind: str) -> Locator:
    """The items of a type in the reading view."""
    return dashboard.main.locator(f'article[data-item-type="{kind}"]')


def button(dashboard: Dashboard, name: str) -> Locator:
    """A button of the view."""
    return dashboard.main.get_by_role("button", name=name, exact=True)


def heading(dashboard: Dashboard) -> Locator:
    """What the view is called."""
    return dashboard.main.get_by_role("heading", level=1)


@pytest.fixture
def bare(tabs: Tabs) -> Iterator[Dashboard]:
    """The dashboard of an emulator that has seen nothing."""
    with ChatKitMock() as mock, dashboard_page(tabs, mock) as page:
        yield page


# The list


def test_lists_the_threads(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/threads")
    expect(dashboard.row("Where is my parcel?")).to_contain_text("activeada6")
    expect(dashboard.row("Refund")).to_contain_text("lockedada1")
    expect(dashboard.row("cthr_demo_closed")).to_contain_text("Untitled")
    expect(dashboard.row("cthr_demo_closed")).to_contain_text(re.compile("closedgrace2.*ago.*default"))
    expect(dashboard.main.get_by_text("3 threads")).to_be_visible()
    dashboard.row("Refund").click()
    expect(dashboard.page).to_have_url(f"{dashboard.mock.url}/dashboard/threads/default/cthr_demo_locked")


def test_filters_by_what_one_looks_for(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/threads")
    dashboard.main.get_by_label("Search").fill("PARCEL")
    expect(dashboard.main.get_by_text("1 thread", exact=True)).to_be_visible()
    expect(dashboard.row("Where is my parcel?")).to_be_visible()
    dashboard.main.get_by_label("Search").fill("")
    dashboard.main.get_by_label("Status").select_option("closed")
    expect(dashboard.row("cthr_demo_closed")).to_be_visible()
    expect(dashboard.main.get_by_role("row")).to_have_count(2)  # with the head
    dashboard.main.get_by_label("User").fill("ada")
    expect(dashboard.main.get_by_text("No thread is like that")).to_be_visible()
    expect(dashboard.page).to_have_url(f"{dashboard.mock.url}/dashboard/threads?status=closed&user=ada")
    dashboard.page.reload()
    expect(dashboard.main.get_by_text("No thread is like that")).to_be_visible()


def test_a_new_thread_comes_by_itself(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/threads")
    session = dashboard.client.beta.chatkit.sessions.create(user="hedy", workflow={"id": "wf_demo"})
    talk = dashboard.mock.secret(session)
    talk.send("Frequencies hop")
    row = dashboard.row("hedy")
    expect(row).to_contain_text("active", timeout=SOON)
    row.get_by_role("link", name=session.id).click()  # not the row's own
    expect(dashboard.page).to_have_url(f"{dashboard.mock.url}/dashboard/sessions/default/{session.id}")


def test_a_thread_goes_and_changes_by_itself(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/threads")
    expect(dashboard.row("Refund")).to_contain_text("locked")
    dashboard.mock.raw("PATCH", "/threads/cthr_demo_locked", body={"status": {"type": "active"}, "title": "Paid"})
    expect(dashboard.row("Paid")).to_contain_text("active", timeout=SOON)
    dashboard.client.beta.chatkit.threads.delete("cthr_demo_locked")
    expect(dashboard.row("Paid")).to_have_count(0, timeout=SOON)


def test_where_there_is_none_it_teaches_to_talk(bare: Dashboard) -> None:
    bare.open("dashboard/threads")
    expect(bare.main.get_by_text("No thread yet")).to_be_visible()
    exec(bare.main.get_by_label("Code").inner_text(), {})  # what a person would paste
    expect(bare.row("ada")).to_contain_text("active", timeout=SOON)


def test_titles_are_text_and_nothing_else(dashboard: Dashboard) -> None:
    titles = [*TEXTS, "x" * 10_000]
    for place, title in enumerate(titles):
        dashboard.mock.load({"threads": [{"id": f"cthr_{place}", "user": title or "ada", "title": title}]})
    dashboard.open("dashboard/threads")
    expect(dashboard.main.get_by_text(f"{len(titles) + 3} threads")).to_be_visible()
    dashboard.main.get_by_label("Search").fill("onerror")
    found = [title for title in titles if "onerror" in title]
    expect(dashboard.main.get_by_text(f"{len(found)} threads")).to_be_visible()
    expect(dashboard.main.locator("a.way")).to_have_text(found[::-1])
    expect(dashboard.main.locator("img, script, iframe")).to_have_count(0)
    assert not dashboard.overflows()


# One thread


def test_shows_what_a_thread_is(dashboard: Dashboard) -> None:
    session = dashboard.client.beta.chatkit.sessions.create(user="hedy", workflow={"id": "wf_demo"})
    talk = dashboard.mock.secret(session)
    talk.send("Frequencies hop")
    dashboard.open(f"dashboard/threads/default/{talk.thread_id}")
    expect(dashboard.main.get_by_text("active", exact=True)).to_be_visible()
    expect(dashboard.main.locator(".facts").first).to_contain_text(f"Id{talk.thread_id}Userhedy")
    expect(dashboard.main.get_by_role("link", name=session.id)).to_be_visible()
    expect(drawn(dashboard, "user_message")).to_contain_text("Frequencies hop")
    dashboard.main.get_by_role("link", name="All threads").click()
    expect(dashboard.page).to_have_url(f"{dashboard.mock.url}/dashboard/threads")


def test_renames_in_place(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/threads/default/cthr_demo")
    button(dashboard, "Rename").click()
    title = dashboard.main.get_by_label("Title")
    expect(title).to_be_focused()
    title.fill(ALL)
    title.press("Enter")
    expect(heading(dashboard)).to_have_text(ALL)
    assert dashboard.mock.threads.get("cthr_demo").title == ALL
    button(dashboard, "Rename").click()
    title.fill("Never mind")
    title.press("Escape")
    expect(button(dashboard, "Rename")).to_be_focused()
    expect(heading(dashboard)).to_have_text(ALL)
    button(dashboard, "Rename").click()
    title.fill("")
    button(dashboard, "Save").click()
    expect(heading(dashboard)).to_have_text("Untitled")
    assert dashboard.mock.threads.get("cthr_demo").title is None


def test_what_one_types_stays_while_the_thread_changes(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/threads/default/cthr_demo")
    button(dashboard, "Rename").click()
    dashboard.main.get_by_label("Title").fill("My own")
    dashboard.mock.raw("PATCH", "/threads/cthr_demo", body={"title": "Another's", "status": {"type": "closed"}})
    expect(dashboard.main.get_by_text("closed", exact=True)).to_be_visible(timeout=SOON)
    expect(dashboard.main.get_by_label("Title")).to_have_value("My own")
    expect(dashboard.main.get_by_label("Title")).to_be_focused()
    button(dashboard, "Cancel").click()
    expect(heading(dashboard)).to_have_text("Another's")


def test_locks_reopens_and_closes(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/threads/default/cthr_demo")
    expect(button(dashboard, "Reopen")).to_have_count(0)
    button(dashboard, "Lock").click()
    dialog = dashboard.page.get_by_role("dialog", name="Lock this thread?")
    dialog.get_by_label("Reason").fill("A colleague <b>looks</b>")
    dialog.get_by_label("Reason").press("Enter")
    expect(dashboard.main.get_by_text("locked", exact=True)).to_be_visible()
    expect(dashboard.main.get_by_text("A colleague <b>looks</b>")).to_be_visible()
    expect(button(dashboard, "Reopen")).to_be_focused()
    assert dashboard.mock.threads.get("cthr_demo").status.reason == "A colleague <b>looks</b>"  # type: ignore[union-attr]
    button(dashboard, "Reopen").click()
    expect(dashboard.main.get_by_text("active", exact=True)).to_be_visible()
    button(dashboard, "Close").click()
    dashboard.page.get_by_role("button", name="Cancel").click()
    expect(dashboard.main.get_by_text("active", exact=True)).to_be_visible()
    button(dashboard, "Close").click()
    dashboard.page.get_by_role("dialog").get_by_role("button", name="Close").click()
    expect(dashboard.main.get_by_text("closed", exact=True)).to_be_visible()
    expect(button(dashboard, "Lock")).to_have_count(0)
    assert dashboard.mock.threads.get("cthr_demo").status.reason is None  # type: ignore[union-attr]


def test_deletes_after_asking(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/threads/default/cthr_demo")
    button(dashboard, "Delete").click()
    dashboard.page.get_by_role("button", name="Keep").click()
    expect(button(dashboard, "Delete")).to_be_enabled()
    button(dashboard, "Delete").click()
    dashboard.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(dashboard.page).to_have_url(f"{dashboard.mock.url}/dashboard/threads")
    expect(dashboard.main.get_by_text("2 threads")).to_be_visible()
    expect(dashboard.row("Where is my parcel?")).to_have_count(0)


def test_a_thread_that_goes_is_told_of(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/threads/default/cthr_demo")
    expect(heading(dashboard)).to_have_text("Where is my parcel?")
    dashboard.client.beta.chatkit.threads.delete("cthr_demo")
    expect(dashboard.main.get_by_text("This thread is gone")).to_be_visible(timeout=SOON)
    expect(button(dashboard, "Delete")).to_have_count(0)
    assert all("404" in each for each in dashboard.complaints)
    dashboard.forgive()


def test_a_thread_that_is_not_there_is_told_of(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/threads/default/cthr_none")
    expect(dashboard.main.get_by_text("There is no such thread")).to_be_visible()
    expect(dashboard.main.get_by_text("cthr_none", exact=True)).to_be_visible()
    assert all("404" in each for each in dashboard.complaints)
    dashboard.forgive()


def test_an_answer_is_read_while_it_comes(dashboard: Dashboard) -> None:
    steps = [{"message": "So far."}, {"pause": "60s"}, {"message": "The rest."}]
    dashboard.mock.workflows.add("wf_slow", {"default": [*steps]})
    session = dashboard.client.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_slow"})
    dashboard.open("dashboard/threads/default/cthr_demo")
    expect(drawn(dashboard, "user_message")).to_have_count(1)
    message = {"content": [{"type": "input_text", "text": "And?"}], "attachments": [], "inference_options": {}}
    params = {"thread_id": "cthr_demo", "input": message}
    with httpx2.stream(
        "POST",
        f"{dashboard.mock.url}/v1/chatkit/conversation",
        headers={"authorization": f"Bearer {session.client_secret}"},
        json={"type": "threads.add_user_message", "params": params},
    ):
        expect(drawn(dashboard, "user_message").last).to_contain_text("And?", timeout=SOON)
        expect(drawn(dashboard, "assistant_message").last).to_contain_text("So far.", timeout=SOON)
        expect(dashboard.main.locator("article")).to_have_count(8)


def test_what_one_reads_is_not_drawn_anew(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/threads/default/cthr_demo")
    work = drawn(dashboard, "workflow")
    work.get_by_text("Asking the carrier").first.click()
    expect(work.get_by_text("Order 1138, sent by post.")).to_be_visible()
    drawn(dashboard, "widget").get_by_text("JSON").click()
    dashboard.page.evaluate("document.querySelectorAll('article').forEach((each) => { each.own = true; })")
    session = dashboard.client.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_demo"})
    talk = dashboard.mock.secret(session)
    talk.thread_id = "cthr_demo"
    talk.send("And now?")
    expect(drawn(dashboard, "user_message").last).to_contain_text("And now?", timeout=SOON)
    expect(work.get_by_text("Order 1138, sent by post.")).to_be_visible()
    expect(drawn(dashboard, "widget").get_by_label("JSON")).to_be_visible()
    assert dashboard.page.evaluate("[...document.querySelectorAll('article')].filter(({ own }) => own).length") == 6


def test_the_json_is_whole_and_can_be_linked(dashboard: Dashboard) -> None:
    dashboard.context.grant_permissions(["clipboard-read", "clipboard-write"])
    dashboard.open("dashboard/threads/default/cthr_demo")
    dashboard.main.get_by_role("tab", name="JSON").click()
    expect(dashboard.page).to_have_url(re.compile(r"\?tab=json$"))
    dashboard.page.reload()
    shown = dashboard.main.get_by_label("The thread as JSON")
    expect(shown).to_contain_text('"title": "Where is my parcel?"')
    button(dashboard, "Copy JSON").click()
    expect(button(dashboard, "Copied")).to_be_visible()
    copied = json.loads(dashboard.page.evaluate("navigator.clipboard.readText()"))
    assert copied == json.loads(dashboard.mock.raw("GET", "/threads/cthr_demo"))
    dashboard.mock.raw("PATCH", "/threads/cthr_demo", body={"title": "Found"})
    expect(shown).to_contain_text('"title": "Found"', timeout=SOON)


# The reading view


def every_item() -> list[Json]:
    """An item of every type, in each of its states."""
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
    expect(dashboard.main.locator("article")).to_have_count(len(every_item()))
    said = drawn(dashboard, "user_message")
    expect(said).to_contain_text("a.pdfapplication/pdf")
    expect(said.locator("blockquote")).to_have_text("what you said")
    expect(said.locator(".bubble")).to_have_text("Find a hotel for Ada")
    expect(said.get_by_role("img", name="b.png")).to_be_visible()
    expect(drawn(dashboard, "workflow")).to_contain_text("Thought for 4 seconds")
    expect(drawn(dashboard, "workflow").locator(".task")).to_have_count(2)
    expect(drawn(dashboard, "assistant_message").get_by_role("heading", name="Plan")).to_be_visible()
    expect(drawn(dashboard, "assistant_message").get_by_role("listitem")).to_have_count(2)
    expect(drawn(dashboard, "task")).to_contain_text("Searchedhotels")
    called, calling = drawn(dashboard, "client_tool_call").all()
    expect(called.get_by_label("Output")).to_contain_text('"shown": true')
    expect(calling.get_by_label("Arguments")).to_contain_text('"zoom": 3')
    expect(calling).to_contain_text("OutputNone yet")
    expect(drawn(dashboard, "generated_image").get_by_role("img")).to_have_count(1)
    expect(drawn(dashboard, "structured_input").first.get_by_role("radio", name="Now")).not_to_be_checked()
    expect(drawn(dashboard, "structured_input").last.get_by_role("radio", name="Now")).to_be_checked()
    expect(drawn(dashboard, "structured_input").last.get_by_role("textbox", name="Your number?")).to_have_value("0190")
    expect(drawn(dashboard, "widget")).to_have_count(len(GALLERY))
    expect(drawn(dashboard, "widget").first.get_by_role("button", name="Check in")).to_be_visible()
    expect(drawn(dashboard, "end_of_turn")).to_contain_text("The assistant is done.")


def test_scripted_items_are_drawn(dashboard: Dashboard) -> None:
    steps: list[Json] = [
        {"reasoning": {"seconds": 4, "thoughts": ["Is it so?"]}},
        {"web_search": {"queries": ["hotels"], "sources": [SITE]}},
        {"image": {"url": PICTURE}},
        {"end_of_turn": True},
        {"structured_input": QUESTIONS},
    ]
    dashboard.mock.workflows.add("wf_all", {"default": steps})
    session = dashboard.client.beta.chatkit.sessions.create(user="ada", workflow={"id": "wf_all"})
    talk = dashboard.mock.secret(session)
    talk.send("Hi")
    dashboard.open(f"dashboard/threads/default/{talk.thread_id}")
    expect(drawn(dashboard, "workflow").first).to_contain_text("Thought for 4 seconds")
    expect(drawn(dashboard, "generated_image").get_by_role("img")).to_be_visible()
    expect(drawn(dashboard, "structured_input")).to_contain_text("When?")


def test_each_item_has_a_head_and_its_json(dashboard: Dashboard) -> None:
    dashboard.open(put(dashboard, asked(), answered("Hello")))
    said = drawn(dashboard, "user_message")
    expect(said).to_contain_text("user_message2026-01-02 12:00:00Zcti_asked")  # what has no zone is in UTC
    expect(drawn(dashboard, "assistant_message")).to_contain_text("assistant_message2026-01-02 12:00:00Z")
    expect(said.get_by_label("JSON")).to_have_count(0)
    said.get_by_text("JSON").click()
    expect(said.get_by_label("JSON")).to_contain_text('"inference_options": {}')
    expect(said.get_by_role("button", name="Copy JSON")).to_be_visible()


def test_nothing_in_it_can_be_pressed_or_sent(dashboard: Dashboard) -> None:
    greedy = card({"type": "Input", "name": "x", "autoFocus": True, "defaultValue": "me"}, asForm=True)
    address = put(dashboard, *every_item(), item("widget", "cti_greedy", widget=greedy))
    dashboard.open(address)
    expect(drawn(dashboard, "widget").last).to_be_visible()
    asked_before = len(dashboard.mock.journal.requests())
    pressed = dashboard.page.evaluate("""() => {
      const all = [...document.querySelectorAll(".drawn")].flatMap(({ shadowRoot }) => [...shadowRoot.querySelectorAll(
        "button, input, label, li, select, [role=button], form, .widget a")]);
      const [before, focused] = [location.href, document.activeElement];
      for (const each of all) each.localName === "form" ? each.requestSubmit() : each.click();
      return [all.length > 60, location.href === before, focused === document.body,
        all.some((each) => "pending" in each.dataset), all.filter((each) => each.tabIndex >= 0 && each.matches(
        "input, select, textarea, button:not(.w-more, .w-toggle)")).length];
    }""")
    assert pressed == [True, True, True, False, 0]
    expect(drawn(dashboard, "structured_input").first.get_by_role("radio", name="Now")).not_to_be_checked()
    expect(drawn(dashboard, "widget").nth(1).get_by_label("Remind me")).to_be_checked()  # as it was
    drawn(dashboard, "structured_input").first.get_by_role("button", name="Submit").click(force=True)
    drawn(dashboard, "widget").first.get_by_role("button", name="Check in").click(force=True)
    assert len(dashboard.mock.journal.requests()) == asked_before


def test_texts_can_be_selected_and_folds_opened(dashboard: Dashboard) -> None:
    folded = card({"type": "Text", "value": "Within"}, collapsed=True)
    work = item("workflow", "cti_work", workflow={"type": "reasoning", "tasks": TASKS}, response_items=[])
    dashboard.open(put(dashboard, answered("Selectable words"), work, item("widget", "cti_card", widget=folded)))
    drawn(dashboard, "assistant_message").get_by_text("Selectable words").click(click_count=3)
    assert dashboard.page.evaluate("getSelection().toString().trim()") == "Selectable words"
    drawn(dashboard, "workflow").get_by_text("Searched").first.click()
    expect(drawn(dashboard, "workflow").get_by_text("A thought")).to_be_visible()
    expect(drawn(dashboard, "widget").get_by_text("Within")).to_be_hidden()
    drawn(dashboard, "widget").get_by_role("button", name="Details").click()
    expect(drawn(dashboard, "widget").get_by_text("Within")).to_be_visible()


def test_images_from_elsewhere_are_links(dashboard: Dashboard) -> None:
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
    links = dashboard.main.locator(".foreign")
    shown = [f"c.png: {CANARY}/1.png", f"Generated image: {CANARY}/2.png", f"{CANARY}/4.png"]
    expect(links).to_have_text([*shown, f"A view: {CANARY}/3.png", f"a tree: {CANARY}/5.png"])
    expect(links.last).to_have_attribute("href", f"{CANARY}/5.png")
    expect(links.last).to_have_attribute("rel", "noopener noreferrer")
    expect(dashboard.main.locator("article img[src]")).to_have_count(0)
    assert [url for url in fetched if CANARY in url] == []


def test_an_item_that_changes_is_brought_up_to_date(dashboard: Dashboard) -> None:
    photo = {"type": "Image", "src": f"{CANARY}/1.png", "alt": "A view"}
    work = {"type": "custom", "tasks": TASKS}
    items = [
        item("workflow", "cti_work", workflow=work, response_items=[]),
        item("widget", "cti_card", widget=card(photo, {"type": "Text", "value": "Before"})),
        answered("Before", "cti_said"),
    ]
    dashboard.open(put(dashboard, *items))
    drawn(dashboard, "workflow").get_by_text("Searched").first.click()
    drawn(dashboard, "widget").get_by_text("JSON").click()
    snapshot = dashboard.mock.snapshot().decode()
    dashboard.mock.restore(snapshot.replace("Before", "After").replace("Is it **so**?", "It is.").encode())
    expect(drawn(dashboard, "widget").locator(".w-text")).to_have_text("After", timeout=SOON)
    expect(drawn(dashboard, "widget").locator(".foreign")).to_have_text(f"A view: {CANARY}/1.png")
    expect(drawn(dashboard, "widget").get_by_label("JSON")).to_contain_text('"value": "After"')
    expect(drawn(dashboard, "workflow").get_by_text("It is.")).to_be_visible()  # as it was open
    expect(drawn(dashboard, "assistant_message").locator(".markdown")).to_have_text("After")


def test_images_of_the_emulator_are_shown(dashboard: Dashboard) -> None:
    dashboard.open(put(dashboard, answered(f"![the sign]({dashboard.mock.url}/_static/icon.svg)")))
    sign = drawn(dashboard, "assistant_message").get_by_role("img", name="the sign")
    expect(sign).to_be_visible()
    dashboard.page.wait_for_function("(image) => image.naturalWidth > 0", arg=sign.element_handle())


def test_follows_the_scheme_of_the_page(dashboard: Dashboard) -> None:
    dashboard.open("dashboard/threads/default/cthr_demo")
    ground = drawn(dashboard, "user_message").locator(".canvas")
    expect(ground).to_have_css("background-color", "rgb(255, 255, 255)")
    dashboard.page.emulate_media(color_scheme="dark")
    expect(ground).to_have_css("background-color", "rgb(28, 28, 28)")
    dashboard.page.get_by_role("button", name="Colours: system").click()
    expect(ground).to_have_css("background-color", "rgb(255, 255, 255)")
    dashboard.page.get_by_role("button", name="Colours: light").click()
    expect(ground).to_have_css("background-color", "rgb(28, 28, 28)")
    assert dashboard.page.evaluate("document.adoptedStyleSheets.length") == 0  # the page itself has no theme


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
    """Items that have this text wherever one can be."""
    name = f"{number}"
    file = {"type": "file", "id": "f", "name": text, "mime_type": text}
    source = {**SITE, "title": text, "attribution": text}
    task = {"type": "custom", "title": text, "content": text}
    asking = {"type": "freeform", "id": "q", "question": text, "description": text}
    drawing = card(
        {"type": "Text", "value": text}, {"type": "Markdown", "value": text}, {"type": "Badge", "label": text}
    )
    return [
        asked(text, f"cti_{name}_a", attachments=[file], quoted_text=text),
        answered(text, f"cti_{name}_b", source),
        item("task", f"cti_{name}_c", task=task),
        item("structured_input", f"cti_{name}_d", inputs=[asking], status="pending"),
        item("widget", f"cti_{name}_e", widget=drawing),
        item(
            "client_tool_call",
            f"cti_{name}_f",
            status="completed",
            call_id=text,
            name=text,
            arguments={text: text},
            output=text,
        ),
    ]


def test_whatever_is_said_is_text(dashboard: Dashboard) -> None:
    texts = [*TEXTS, "x" * 10_000]
    made = [each for number, text in enumerate(texts) for each in hostile_items(text, number)]
    dashboard.open(put(dashboard, *made, title=ALL))
    expect(dashboard.main.locator("article")).to_have_count(len(made))
    bubbles = dashboard.main.locator(".bubble").evaluate_all("(all) => all.map((each) => each.textContent)")
    assert bubbles == texts
    names = (
        drawn(dashboard, "client_tool_call").locator("dd code").evaluate_all("(all) => all.map((e) => e.textContent)")
    )
    assert names == [text for text in texts for _ in range(2)]
    said = drawn(dashboard, "assistant_message").evaluate_all(
        "(all) => all.map((each) => each.querySelector('.drawn').shadowRoot.querySelector('.markdown').textContent)"
    )
    assert [text for text, each in zip(HTML, said, strict=False) if text not in each] == []
    for fold in drawn(dashboard, "user_message").locator("details.item-json").all()[:5]:
        fold.locator("summary").click()
    assert dashboard.page.evaluate(_FOUND) == []
    assert not dashboard.overflows()


def test_addresses_lead_nowhere_bad(dashboard: Dashboard) -> None:
    links = [answered(f"[A](<{each}>)", f"cti_l{number}", {**SITE, "url": each}) for number, each in enumerate(LINKS)]
    images = [
        item("generated_image", f"cti_i{number}", image={"id": "i", "url": each}) for number, each in enumerate(IMAGES)
    ]
    pictures = [answered(f"![A](<{each}>)", f"cti_p{number}") for number, each in enumerate(IMAGES)]
    blob = item("generated_image", "cti_blob", image={"id": "i", "url": "blob:https://canary.test/1"})
    dashboard.open(put(dashboard, *links, *images, *pictures, blob))
    expect(dashboard.main.locator("article")).to_have_count(len(links) + len(images) + len(pictures) + 1)
    assert dashboard.page.evaluate(_FOUND) == []
    expect(dashboard.main.locator("article a[href]")).to_have_count(0)


def test_is_for_all_eyes(looks: Dashboard) -> None:
    looks.open("dashboard/threads")
    expect(looks.row("Refund")).to_be_visible()
    assert looks.violations() == []
    assert not looks.overflows()
    looks.open(put(looks, *every_item(), title="\u202egpj.exe " + "long" * 200))
    expect(drawn(looks, "end_of_turn")).to_be_visible()
    assert looks.violations() == []
    assert not looks.overflows()
    looks.main.get_by_role("tab", name="JSON").click()
    expect(looks.main.get_by_label("The thread as JSON")).to_be_visible()
    assert looks.violations() == []
    button(looks, "Lock").click()
    expect(looks.page.get_by_label("Reason")).to_be_focused()
    assert looks.violations() == []

"""Whatever a user or a server says is text: in messages, and in all else that a thread shows."""

import threading
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect
from support.chat_page import ChatPage, Json
from support.hostile import ALL, HTML, IMAGES, LINKS, TEXTS, Watch, has, says, show_thread
from support.open_chat import new_chat
from support.own_server import THREAD, OwnServer, Step, added, answered, asked_by_user, done, item, updated

pytestmark = pytest.mark.browser

Make = Callable[[str], Json]

PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="
CLICKS = "entities: { onClick: () => {} }"


@pytest.fixture
def watch(chat: ChatPage) -> Watch:
    """Watch the chat."""
    return Watch(chat)


def show(chat: ChatPage, own: OwnServer, name: str, places: dict[str, list[Json]], **facts: object) -> None:
    """Show a thread whose items are named by their place in `places`."""
    items = [{**each, "id": f"{place}/{number}"} for place in places for number, each in enumerate(places[place])]
    show_thread(chat, own, name, items, **facts)


def at(chat: ChatPage, place: str, where: str) -> Locator:
    """Find elements in the items of a place."""
    return chat.log.locator(f'[data-item-id*="/{place}/"]').locator(where)


def ask_anew(chat: ChatPage, own: OwnServer, *steps: Step) -> None:
    """Begin a new conversation in the open page, whose first message is answered so."""
    new_chat(chat)
    own.plays(*steps)
    chat.ask("Hi")


def task(**facts: object) -> Json:
    """Make a task on its own."""
    return item("task", task={"type": "custom", **facts})


def workflow(**facts: object) -> Json:
    """Make a workflow that is done."""
    return item("workflow", workflow={"type": "custom", "tasks": [], "expanded": True, **facts})


def source(**facts: object) -> Json:
    """Make an answer that cites a source."""
    note = {"type": "annotation", "index": 3, "source": {"type": "url", "url": "https://example.com", **facts}}
    return answered("So.", annotations=[note])


def question(**facts: object) -> Json:
    """Make a question that waits for an answer."""
    asked = {"type": "multiple_choice", "id": "q", "question": "?", "options": [{"value": "a"}], **facts}
    return item("structured_input", inputs=[asked], status="pending")


def file(**facts: object) -> Json:
    """Make a message with a file."""
    return asked_by_user(attachments=[{"type": "file", "id": "f", "name": "a.txt", "mime_type": "text/plain", **facts}])


PLACES: dict[str, dict[str, tuple[Make, str]]] = {
    "messages": {
        "a user's words": (asked_by_user, ".bubble"),
        "a quotation": (lambda text: asked_by_user(quoted_text=text), "blockquote span"),
        "a tag": (lambda text: asked_by_user(content=[{"type": "input_tag", "text": text, "id": text}]), ".tag"),
        "a file's name": (lambda text: file(name=text), ".attachment .name"),
        "a file's type": (lambda text: file(mime_type=text), ".attachment small"),
    },
    "work": {
        "a workflow's title": (lambda text: workflow(summary={"title": text, "icon": text}), "summary span"),
        "a task's title": (lambda text: task(title=text, icon=text), ".task .title"),
        "a search": (lambda text: task(type="web_search", title_query=text), ".task .title"),
        "a query": (lambda text: task(type="web_search", queries=[text]), ".queries li"),
        "what was found": (
            lambda text: task(sources=[{"type": "url", "url": "https://a.b", "title": text}]),
            ".found a",
        ),
        "a file that was found": (lambda text: task(sources=[{"type": "file", "filename": text}]), ".found span"),
    },
    "sources": {
        "a source's title": (lambda text: source(title=text), ".sources .number + span"),
        "a source's label": (lambda text: source(title="A", label=text), ".sources .number + span"),
        "a source's author": (lambda text: source(title="A", attribution=text), ".sources small"),
        "a file as source": (lambda text: source(type="file", url=None, title="A", filename=text), ".sources small"),
        "an entity as source": (
            lambda text: source(type="entity", id=text, title=text, icon=text),
            ".sources .number + span",
        ),
        "an entity in a text": (
            lambda text: source(type="entity", id="e", title="A", inline_label=text, icon=text),
            "p button",
        ),
    },
    "questions": {
        "a question": (lambda text: question(question=text, id=text), "legend"),
        "an option": (lambda text: question(options=[{"value": text}]), "label span"),
        "an open question": (lambda text: question(type="freeform", question=text), ".words span"),
        "what explains a question": (lambda text: question(type="freeform", description=text), ".words small"),
    },
}
FORMS = ["{}", "A {} b", "# {}", "- [ ] {}", "> {}", "`{}`", "```{}\n{}\n```", "| {} |\n|-|\n| {} |", "**{}**"]
ATTRIBUTES: dict[str, tuple[Make, str, str, str]] = {
    "a picture's name": (lambda text: file(type="image", name=text, preview_url=PIXEL), ".picture img", "alt", "{}"),
    "a cited source": (lambda text: source(title=text), ".citation a", "aria-label", "Source 1: {}"),
    "what a source is about": (lambda text: source(title="A", description=text), ".sources a", "title", "{}"),
    "an option's value": (lambda text: question(options=[{"value": text}]), "[type=radio]", "value", "{}"),
    "an item's type and name": (asked_by_user, ".user-message h5", "class", "hidden"),
}
ADDRESSES: dict[str, tuple[Make, str]] = {
    "a source": (lambda text: source(title="A", url=text), ".sources li"),
    "a cited source": (lambda text: source(title="A", url=text), ".citation"),
    "what was found": (lambda text: task(sources=[{"type": "url", "url": text, "title": "A"}]), ".found li"),
    "a link": (lambda text: answered(f"[A](<{text}>)"), ".markdown"),
    "a reference": (lambda text: answered(f"[A]\n\n[A]: <{text}> 'onclick=alert(1)'"), ".markdown"),
    "a link in a task": (lambda text: task(title="T", content=f"[A](<{text}>)"), ".markdown"),
}
PICTURES: dict[str, tuple[Make, str]] = {
    "an attachment": (lambda text: file(type="image", preview_url=text), ".attachment"),
    "a generated image": (lambda text: item("generated_image", image={"id": "i", "url": text}), ".generated-image"),
    "an image in a text": (lambda text: answered(f"![A](<{text}>)"), "p"),
}


UNKNOWN_TYPES = ["__proto__", "constructor", "toString", "<img src=x onerror=alert(1)>"]
STATUSES = ["locked", "closed", "__proto__", "<img src=x onerror=alert(1)>"]


def test_text_in_an_item_is_shown_as_text(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    chat.open(f"{{ {CLICKS} }}", api=own.api)
    for family, places in PLACES.items():
        show(chat, own, family, {place: [make(text) for text in TEXTS] for place, (make, _) in places.items()})
        for place, (_, where) in places.items():
            says(at(chat, place, where), *TEXTS, message=f"{place} is text")
        watch.check(family)


def test_attribute_values_are_text(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    chat.open(api=own.api)
    show(chat, own, "attributes", {place: [make(text) for text in TEXTS] for place, (make, *_) in ATTRIBUTES.items()})
    for place, (_, where, name, told) in ATTRIBUTES.items():
        has(at(chat, place, where), name, *[told.format(text) for text in TEXTS], message=f"{place} is text")
    watch.check("attributes")

    show(chat, own, "a link", {"it": [answered("[A](https://example.com '\" onmouseover=alert(1) x=\"')")]})
    has(chat.log.locator("a"), "title", '" onmouseover=alert(1) x="', message="A link's title stays within it")
    watch.check("a link")


def test_a_harmful_address_is_neither_linked_nor_loaded(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    chat.open(api=own.api)
    show(chat, own, "links", {place: [make(address) for address in LINKS] for place, (make, _) in ADDRESSES.items()})
    for place, (_, where) in ADDRESSES.items():
        expect(at(chat, place, where), f"{place} is shown with each address").to_have_count(len(LINKS))
    expect(chat.log.locator("[href], [src]"), "No harmful address is linked").to_have_count(0)
    watch.check("links")

    scripts = ["javascript:alert(1)", "data:text/html,x", "vbscript:x"]
    show(chat, own, "autolinks", {"it": [answered(f"<{text}> {text}") for text in scripts]})
    says(chat.log.locator("p"), *[f"{text} {text}" for text in scripts], message="An autolink of a script is text")
    expect(chat.log.locator("a[href]"), "An autolink of a script leads nowhere").to_have_count(0)
    watch.check("autolinks")

    show(chat, own, "images", {place: [make(address) for address in IMAGES] for place, (make, _) in PICTURES.items()})
    for place, (_, where) in PICTURES.items():
        expect(at(chat, place, where), f"{place} is shown with each address").to_have_count(len(IMAGES))
    loaded = chat.log.locator("[href], [src]:not([src^='data:image/png,'])")
    expect(loaded, "No harmful image is loaded").to_have_count(0)
    watch.check("images")


def test_markup_in_markdown_is_shown_as_text(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    chat.open(api=own.api)
    for number, form in enumerate(FORMS):
        show(chat, own, f"form {number}", {"it": [answered(form.replace("{}", text)) for text in HTML]})
        drawn = chat.log.locator(".markdown")
        expect(drawn, f"Each text is drawn in {form!r}").to_have_count(len(HTML))
        shown = drawn.evaluate_all("(all) => all.map(({ textContent }) => textContent)")
        lost = [text for text, each in zip(HTML, shown, strict=True) if text not in each]
        assert lost == [], f"Markup in {form!r} is text"
        watch.check(form)


def test_markup_that_arrives_in_pieces_is_shown_as_text(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    text = "\n\n".join(HTML)
    delta = "assistant_message.content_part.text_delta"
    chat.open(api=own.api)
    for size in (1, 3, 7):
        pieces = [text[start : start + size] for start in range(0, len(text), size)]
        ask_anew(
            chat,
            own,
            added({**answered(""), "content": []}),
            *[updated("it_1", delta, content_index=0, delta=piece) for piece in pieces],
            done(answered(text)),
        )
        drawn = chat.log.locator(".markdown")
        expect(drawn, f"The first markup is text in pieces of {size}").to_contain_text(HTML[0])
        expect(drawn, f"The last markup is text in pieces of {size}").to_contain_text(HTML[-1])
        watch.check(f"pieces of {size}")


def test_progress_notices_and_errors_are_text(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    gates = [threading.Event() for _ in TEXTS]
    told = [{"type": "progress_update", "icon": text, "text": text} for text in TEXTS]
    own.plays(*[step for pair in zip(told, gates, strict=True) for step in pair])
    chat.open(api=own.api)
    chat.say("Hi")
    for text, gate in zip(TEXTS, gates, strict=True):
        says(chat.frame.locator(".working", has_text=text.strip()[:20]), text, message="Progress is text")
        watch.check(f"progress: {text}")
        gate.set()
    chat.settle()

    ask_anew(chat, own, *[{"type": "notice", "level": text, "title": text, "message": text} for text in HTML])
    says(chat.frame.locator(".notice strong"), *HTML, message="A notice's title is text")
    expect(chat.frame.locator(".notice .markdown").first, "A notice's message is text").to_have_text(HTML[0])
    watch.check("notices")

    ask_anew(chat, own, {"type": "error", "code": ALL, "message": ALL, "allow_retry": True})
    says(chat.frame.locator(".failure p"), ALL, message="An error's message is text")
    watch.check("an error")


def test_the_title_of_a_thread_and_why_it_is_closed_are_text(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    chat.open(api=own.api)
    show(chat, own, "title", {"it": [asked_by_user()]}, title=ALL)
    says(chat.frame.locator("h1"), ALL, message="The title is text")
    watch.check("title")

    for number, status in enumerate(STATUSES):
        reason = f"{number} {ALL}"
        show(chat, own, f"closed {number}", {"it": [asked_by_user()]}, status={"type": status, "reason": reason})
        expect(chat.frame.locator(".closed"), f"A thread that is {status!r} is closed").to_be_visible()
        says(chat.frame.locator(".closed"), reason, message=f"The reason why a thread is {status!r} is text")
        watch.check(status)


def test_titles_in_the_history_are_text(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    threads = [{**THREAD, "id": text, "title": text, "created_at": text} for text in TEXTS]
    own.answers["threads.list"] = [{"data": threads, "has_more": False}]
    chat.open(api=own.api)
    chat.button("Chat history").click()
    says(chat.frame.locator(".thread .title"), *TEXTS, message="A title in the list is text")
    chat.button("Delete thread").first.click()
    says(chat.frame.locator(".sure span"), f"Delete “{TEXTS[0]}”?", message="A title in a question is text")
    chat.button("Rename thread").last.click()
    expect(chat.frame.get_by_label("New title"), "A title in a field is text").to_have_value(TEXTS[-1])
    watch.check("history")


def test_a_type_named_like_a_property_of_every_object_is_unknown(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    chat.open(api=own.api)
    for name in UNKNOWN_TYPES:
        chat.page.evaluate("events.length = 0")
        ask_anew(
            chat,
            own,
            {"type": name},
            done(item(name)),
            done(item(name)),
            done(item("widget", "wid", widget={"type": name, "children": [{"type": "Text", "value": "Within"}]})),
            done(item("task", "tsk", task={"type": name, "status_indicator": name, "title": "A task"})),
            updated("msg_1", name),
            done(answered("All is well", "last")),
        )
        answer = chat.items("assistant_message")
        expect(answer, f"What follows the type {name!r} is shown").to_contain_text("All is well")
        expect(chat.items("widget"), f"A widget {name!r} shows its children").to_contain_text("Within")
        known = [detail["name"] for _, detail in chat.events("log")]
        assert known.count("event.unknown") == 1, f"An event {name!r} is unknown"
        assert known.count("item.unknown") == 2, f"An item {name!r} is unknown"
        assert known.count("update.unknown") == 1, f"An update {name!r} is unknown"
        watch.check(name)


def test_an_index_that_is_no_place_in_a_list_changes_nothing(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    part = "assistant_message.content_part"
    chat.open(api=own.api)
    for index in ("__proto__", "constructor", -1, 0.5, None):
        ask_anew(
            chat,
            own,
            done(answered("Before")),
            added(item("workflow", "work", workflow={"type": "custom", "tasks": [], "expanded": True})),
            updated("it_1", f"{part}.text_delta", content_index=index, delta="polluted"),
            updated("it_1", f"{part}.annotation_added", content_index=index, annotation={"source": {"type": "url"}}),
            updated("it_1", f"{part}.added", content_index=index, content={"text": "polluted"}),
            updated("work", "workflow.task.added", task_index=index, task={"type": "custom", "title": "A task"}),
            done(answered("All is well", "last")),
        )
        first, last = chat.items("assistant_message").first, chat.items("assistant_message").last
        expect(last, f"What follows the index {index!r} is shown").to_contain_text("All is well")
        says(first.locator("p"), "Before", message=f"The index {index!r} changes nothing")
        watch.check(f"index {index!r}")


def test_questions_and_items_may_have_any_name(chat: ChatPage, own: OwnServer) -> None:
    names = ["__proto__", "constructor", "submit", "elements", '"]<b>']
    asked = [{"type": "freeform", "id": name, "question": f"{place}?"} for place, name in enumerate(names)]
    own.plays(done(item("structured_input", "__proto__", inputs=asked, status="pending")))
    own.turns(done(answered("Thank you", "constructor")))
    chat.open(api=own.api)
    chat.ask("Hi")
    for field in chat.log.get_by_role("textbox").all():
        field.fill("x")
    chat.button("Submit").click()
    expect(chat.items("assistant_message"), "The answers are answered").to_contain_text("Thank you")
    sent = next(body for body in own.asked if body["type"] == "threads.add_structured_input")["params"]
    assert sent["item_id"] == "__proto__", "The item is named as it was"
    answers = {name: {"values": ["x"], "skipped": False} for name in names}
    assert sent["input"]["answers"] == answers, "Each answer has its question's name"

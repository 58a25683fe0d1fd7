"""Whatever a user or a server says is text: in messages, and in all else that a thread shows."""

import threading
from collections.abc import Callable, Mapping

import pytest
from playwright.sync_api import Locator, expect
from support.chat_page import ChatPage, Json
from support.hostile import ALL, HTML, IMAGES, LINKS, TEXTS, Watch, has, says
from support.own_server import THREAD, OwnServer, added, answered, asked_by_user, done, item, updated

pytestmark = pytest.mark.browser

Make = Callable[[str], Json]

PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="
CLICKS = "entities: { onClick: () => {} }"


@pytest.fixture
def watch(chat: ChatPage) -> Watch:
    """One who looks on."""
    return Watch(chat)


def load(chat: ChatPage, own: OwnServer, items: Mapping[str, list[Json]], options: str = "", **facts: object) -> None:
    """Show a thread of these items: those of each place are named by it and by their number."""
    named = [{**each, "id": f"{place}/{number}"} for place in items for number, each in enumerate(items[place])]
    own.answers["threads.get_by_id"] = [{**THREAD, **facts, "items": {"data": named, "has_more": False}}]
    chat.open(f"{{ initialThread: 'thr_1', {options} }}", api=own.api)
    chat.wait_for("thread.load.end")


def at(chat: ChatPage, place: str, where: str) -> Locator:
    """What is found in the items of a place."""
    return chat.log.locator(f'[data-item-id^="{place}/"]').locator(where)


def task(**facts: object) -> Json:
    """A task on its own."""
    return item("task", task={"type": "custom", **facts})


def workflow(**facts: object) -> Json:
    """A workflow that is done."""
    return item("workflow", workflow={"type": "custom", "tasks": [], "expanded": True, **facts})


def source(**facts: object) -> Json:
    """An answer with a source that is cited."""
    note = {"type": "annotation", "index": 3, "source": {"type": "url", "url": "https://example.com", **facts}}
    return answered("So.", annotations=[note])


def question(**facts: object) -> Json:
    """A question that waits for an answer."""
    asked = {"type": "multiple_choice", "id": "q", "question": "?", "options": [{"value": "a"}], **facts}
    return item("structured_input", inputs=[asked], status="pending")


def file(**facts: object) -> Json:
    """A message with a file."""
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


@pytest.mark.parametrize("family", PLACES)
def test_text_is_text(chat: ChatPage, own: OwnServer, watch: Watch, family: str) -> None:
    places = PLACES[family]
    load(chat, own, {place: [make(text) for text in TEXTS] for place, (make, _) in places.items()}, options=CLICKS)
    for place, (_, where) in places.items():
        says(at(chat, place, where), *TEXTS)
    watch.check()


def test_an_attribute_is_text(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    load(chat, own, {place: [make(text) for text in TEXTS] for place, (make, *_) in ATTRIBUTES.items()})
    for place, (_, where, name, told) in ATTRIBUTES.items():
        has(at(chat, place, where), name, *[told.format(text) for text in TEXTS])
    watch.check()


def test_an_address_that_could_do_harm_leads_nowhere(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    load(chat, own, {place: [make(address) for address in LINKS] for place, (make, _) in ADDRESSES.items()})
    for place, (_, where) in ADDRESSES.items():
        expect(at(chat, place, where)).to_have_count(len(LINKS))
    expect(chat.log.locator("[href], [src]")).to_have_count(0)
    watch.check()


def test_an_image_that_could_do_harm_is_not_drawn(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    load(chat, own, {place: [make(address) for address in IMAGES] for place, (make, _) in PICTURES.items()})
    for place, (_, where) in PICTURES.items():
        expect(at(chat, place, where)).to_have_count(len(IMAGES))
    expect(chat.log.locator("[href], [src]:not([src^='data:image/png,'])")).to_have_count(0)
    watch.check()


@pytest.mark.parametrize("form", FORMS)
def test_markup_in_markdown_is_text(chat: ChatPage, own: OwnServer, watch: Watch, form: str) -> None:
    load(chat, own, {"it": [answered(form.replace("{}", text)) for text in HTML]})
    drawn = chat.log.locator(".markdown")
    expect(drawn).to_have_count(len(HTML))
    shown = drawn.evaluate_all("(all) => all.map(({ textContent }) => textContent)")
    assert [text for text, each in zip(HTML, shown, strict=True) if text not in each] == []
    watch.check()


def test_an_autolink_of_a_script_leads_nowhere(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    texts = ["javascript:alert(1)", "data:text/html,x", "vbscript:x"]
    load(chat, own, {"it": [answered(f"<{text}> {text}") for text in texts]})
    says(chat.log.locator("p"), *[f"{text} {text}" for text in texts])
    expect(chat.log.locator("a[href]")).to_have_count(0)
    watch.check()


def test_a_title_of_a_link_stays_within_it(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    load(chat, own, {"it": [answered("[A](https://example.com '\" onmouseover=alert(1) x=\"')")]})
    has(chat.log.locator("a"), "title", '" onmouseover=alert(1) x="')
    watch.check()


@pytest.mark.parametrize("size", [1, 3, 7])
def test_markup_that_arrives_in_pieces_is_text(chat: ChatPage, own: OwnServer, watch: Watch, size: int) -> None:
    text = "\n\n".join(HTML)
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    delta = "assistant_message.content_part.text_delta"
    own.plays(
        added({**answered(""), "content": []}),
        *[updated("it_1", delta, content_index=0, delta=piece) for piece in pieces],
        done(answered(text)),
    )
    chat.open(api=own.api)
    chat.ask("Hi")
    expect(chat.log.locator(".markdown")).to_contain_text(HTML[0])
    expect(chat.log.locator(".markdown")).to_contain_text(HTML[-1])
    watch.check()


def test_what_passes_is_text(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    gates = [threading.Event() for _ in TEXTS]
    told = [{"type": "progress_update", "icon": text, "text": text} for text in TEXTS]
    own.plays(*[step for pair in zip(told, gates, strict=True) for step in pair])
    chat.open(api=own.api)
    chat.say("Hi")
    for text, gate in zip(TEXTS, gates, strict=True):
        says(chat.frame.locator(".working", has_text=text.strip()[:20]), text)
        watch.check()
        gate.set()
    chat.settle()


def test_notices_are_text(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    own.plays(*[{"type": "notice", "level": text, "title": text, "message": text} for text in HTML])
    chat.open(api=own.api)
    chat.ask("Hi")
    says(chat.frame.locator(".notice strong"), *HTML)
    expect(chat.frame.locator(".notice .markdown").first).to_have_text(HTML[0])
    watch.check()


def test_an_error_is_text(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    own.plays({"type": "error", "code": ALL, "message": ALL, "allow_retry": True})
    chat.open(api=own.api)
    chat.ask("Hi")
    says(chat.frame.locator(".failure p"), ALL)
    watch.check()


def test_a_thread_s_title_is_text(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    load(chat, own, {}, title=ALL)
    says(chat.frame.locator("h1"), ALL)
    watch.check()


@pytest.mark.parametrize("status", ["locked", "closed", "__proto__", "<img src=x onerror=alert(1)>"])
def test_why_a_thread_is_closed_is_text(chat: ChatPage, own: OwnServer, watch: Watch, status: str) -> None:
    load(chat, own, {}, status={"type": status, "reason": ALL})
    says(chat.frame.locator(".closed"), ALL)
    watch.check()


def test_titles_in_the_history_are_text(chat: ChatPage, own: OwnServer, watch: Watch) -> None:
    threads = [{**THREAD, "id": text, "title": text, "created_at": text} for text in TEXTS]
    own.answers["threads.list"] = [{"data": threads, "has_more": False}]
    chat.open(api=own.api)
    chat.button("Chat history").click()
    says(chat.frame.locator(".thread .title"), *TEXTS)
    chat.button("Delete thread").first.click()
    says(chat.frame.locator(".sure span"), f"Delete “{TEXTS[0]}”?")
    chat.button("Rename thread").last.click()
    expect(chat.frame.get_by_label("New title")).to_have_value(TEXTS[-1])
    watch.check()


@pytest.mark.parametrize("name", ["__proto__", "constructor", "toString", "<img src=x onerror=alert(1)>"])
def test_a_type_that_is_a_property_of_every_object_is_unknown(
    chat: ChatPage, own: OwnServer, watch: Watch, name: str
) -> None:
    own.plays(
        {"type": name},
        done(item(name)),
        done(item(name)),
        done(item("widget", "wid", widget={"type": name, "children": [{"type": "Text", "value": "Within"}]})),
        done(item("task", "tsk", task={"type": name, "status_indicator": name, "title": "A task"})),
        updated("msg_1", name),
        done(answered("All is well", "last")),
    )
    chat.open(api=own.api)
    chat.ask("Hi")
    expect(chat.items("assistant_message")).to_contain_text("All is well")
    expect(chat.items("widget")).to_contain_text("Within")
    known = [detail["name"] for _, detail in chat.events("log")]
    assert known.count("event.unknown") == 1
    assert known.count("item.unknown") == 2
    assert known.count("update.unknown") == 1
    watch.check()


@pytest.mark.parametrize("index", ["__proto__", "constructor", -1, 0.5, None])
def test_a_place_that_is_none_changes_nothing(chat: ChatPage, own: OwnServer, watch: Watch, index: object) -> None:
    part = "assistant_message.content_part"
    own.plays(
        done(answered("Before")),
        added(item("workflow", "work", workflow={"type": "custom", "tasks": [], "expanded": True})),
        updated("it_1", f"{part}.text_delta", content_index=index, delta="polluted"),
        updated("it_1", f"{part}.annotation_added", content_index=index, annotation={"source": {"type": "url"}}),
        updated("it_1", f"{part}.added", content_index=index, content={"text": "polluted"}),
        updated("work", "workflow.task.added", task_index=index, task={"type": "custom", "title": "A task"}),
        done(answered("All is well", "last")),
    )
    chat.open(api=own.api)
    chat.ask("Hi")
    expect(chat.items("assistant_message").last).to_contain_text("All is well")
    says(chat.items("assistant_message").first.locator("p"), "Before")
    watch.check()


def test_names_of_questions_and_items_may_be_anything(chat: ChatPage, own: OwnServer) -> None:
    names = ["__proto__", "constructor", "submit", "elements", '"]<b>']
    asked = [{"type": "freeform", "id": name, "question": f"{place}?"} for place, name in enumerate(names)]
    own.plays(done(item("structured_input", "__proto__", inputs=asked, status="pending")))
    own.turns(done(answered("Thank you", "constructor")))
    chat.open(api=own.api)
    chat.ask("Hi")
    for field in chat.log.get_by_role("textbox").all():
        field.fill("x")
    chat.button("Submit").click()
    expect(chat.items("assistant_message")).to_contain_text("Thank you")
    sent = next(body for body in own.asked if body["type"] == "threads.add_structured_input")["params"]
    assert sent["item_id"] == "__proto__"
    assert sent["input"]["answers"] == {name: {"values": ["x"], "skipped": False} for name in names}

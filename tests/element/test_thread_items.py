"""The items of a thread, as a person sees them."""

import json
import threading

import pytest
from playwright.sync_api import Locator, expect
from support.chat_page import ChatPage, Json
from support.own_server import OwnServer, added, answered, done, item, updated

pytestmark = pytest.mark.browser

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
PICTURE = f"data:image/png;base64,{PIXEL}"
SITE = {"type": "url", "title": "A site", "url": "https://example.com/a", "description": "All of it"}
NOTES = {"type": "file", "title": "Notes", "filename": "notes.pdf"}
QUESTIONS: list[Json] = [
    {"type": "multiple_choice", "id": "when", "question": "When?", "options": [{"value": "Now"}, {"value": "Later"}]},
    {
        "type": "multiple_choice",
        "id": "how",
        "question": "How?",
        "multiple": True,
        "options": [{"value": "Mail"}, {"value": "Phone"}, {"value": "Fax"}],
    },
    {"type": "freeform", "id": "number", "question": "Your number?", "description": "With the country's code"},
]


def show(chat: ChatPage, own: OwnServer, *steps: Json, options: str = "{}") -> None:
    """Send a message that is answered so."""
    own.plays(*steps)
    chat.open(options, api=own.api)
    chat.ask("Hi")


def script(chat: ChatPage, *steps: Json, options: str = "{}") -> None:
    """The same with a workflow of the emulator."""
    chat.open(options, script={"default": list(steps)})
    chat.ask("Hi")


def workflow(chat: ChatPage) -> Locator:
    """The only one."""
    return chat.items("workflow").locator("details")


def annotated(text: str, *sources: Json, cited: bool = True) -> Json:
    """A message with sources, which are cited at its end."""
    index = {"index": len(text)} if cited else {}
    return done(answered(text, annotations=[{"type": "annotation", "source": each, **index} for each in sources]))


def questions(chat: ChatPage, *inputs: Json) -> Locator:
    """Be asked something; the item."""
    asked = {"when": {"text": "Hi"}, "reply": [{"structured_input": inputs}]}
    chat.open(script={"turns": [asked], "default": [{"message": "Thank you"}]})
    chat.ask("Hi")
    return chat.items("structured_input")


def test_thoughts_are_folded_behind_how_long_they_took(chat: ChatPage) -> None:
    thoughts = [{"title": "The question", "content": "Is it **so**?"}, "What do I know?"]
    script(chat, {"reasoning": {"seconds": 4, "thoughts": thoughts}}, {"message": "It is."})
    expect(chat.frame.get_by_text("What do I know?")).to_be_hidden()
    chat.frame.get_by_text("Thought for 4 seconds").click()
    expect(workflow(chat).get_by_role("listitem")).to_have_text(["The questionIs it so?", "What do I know?"])
    expect(workflow(chat).locator("strong")).to_have_text("so")
    chat.frame.get_by_text("Thought for 4 seconds").click()
    expect(chat.frame.get_by_text("What do I know?")).to_be_hidden()


def test_durations_are_told_in_the_locale(chat: ChatPage) -> None:
    script(chat, {"reasoning": {"seconds": 4, "thoughts": ["Hm"]}}, options="{ locale: 'de-DE' }")
    expect(workflow(chat)).to_contain_text("4 Sekunden")


def test_thinking_can_be_watched(chat: ChatPage, own: OwnServer) -> None:
    gate = threading.Event()
    thinking = item("workflow", workflow={"type": "reasoning", "tasks": []})
    task = {"type": "thought", "title": "A plan", "content": "First this"}
    own.plays(
        added(thinking),
        updated("it_1", "workflow.task.added", task_index=0, task=task),
        gate,
        updated("it_1", "workflow.task.updated", task_index=0, task={**task, "content": "First this, then that"}),
        done(item("workflow", workflow={"type": "reasoning", "tasks": [task], "summary": {"duration": 1}})),
    )
    chat.open(api=own.api)
    chat.say("Hi")
    chat.frame.get_by_text("A plan").first.click()
    expect(chat.frame.get_by_text("First this")).to_be_visible()
    gate.set()
    chat.settle()
    expect(workflow(chat)).to_contain_text("Thought for 1 second")
    expect(chat.frame.get_by_text("First this")).to_be_visible()


def test_a_workflow_may_begin_unfolded(chat: ChatPage) -> None:
    tasks = [{"type": "custom", "title": "Compare", "content": "They agree.", "icon": "search"}]
    script(chat, {"workflow": {"title": "Compared", "tasks": tasks, "expanded": True}})
    expect(workflow(chat).locator("summary")).to_have_text("Compared")
    expect(chat.frame.get_by_text("They agree.")).to_be_visible()


def test_a_search_shows_what_it_looked_for_and_found(chat: ChatPage) -> None:
    bad = {"type": "url", "title": "Bad", "url": "javascript:alert(1)"}
    script(chat, {"web_search": {"title": "Searching", "queries": ["the answer"], "sources": [SITE, bad]}})
    workflow(chat).locator("summary").click()
    expect(chat.frame.get_by_text("the answer")).to_be_visible()
    link = workflow(chat).get_by_role("link")
    expect(link).to_have_text(["A site"])
    expect(link).to_have_attribute("href", "https://example.com/a")
    expect(link).to_have_attribute("target", "_blank")
    expect(workflow(chat)).to_contain_text("Bad")


@pytest.mark.parametrize(
    ("task", "words"),
    [
        ({"type": "custom", "title": "Write", "content": "A *letter*"}, ["Write", "A letter"]),
        ({"type": "web_search", "title_query": "the answer", "sources": [SITE]}, ["the answer", "A site"]),
        ({"type": "thought", "title": "Idea", "content": "What if"}, ["Idea", "What if"]),
        ({"type": "file", "title": "Reading", "sources": [NOTES]}, ["Reading", "Notes"]),
        ({"type": "image", "title": "A picture"}, ["A picture"]),
    ],
)
def test_a_task_stands_on_its_own(chat: ChatPage, task: Json, words: list[str]) -> None:
    script(chat, {"task": task})
    for each in words:
        expect(chat.items("task")).to_contain_text(each)
    expect(chat.items("task")).to_be_visible()


def test_a_task_that_runs_is_marked(chat: ChatPage) -> None:
    script(chat, {"task": {"type": "custom", "title": "Writing", "status_indicator": "loading"}})
    expect(chat.items("task").get_by_role("img", name="Running")).to_be_visible()


def test_an_image_comes_bit_by_bit(chat: ChatPage, own: OwnServer) -> None:
    gates = [threading.Event(), threading.Event()]
    image = {"id": "img_1", "url": PICTURE}
    own.plays(
        added(item("generated_image")),
        gates[0],
        updated("it_1", "generated_image.updated", image=image, progress=0.5),
        gates[1],
        done(item("generated_image", image=image)),
    )
    chat.open(api=own.api)
    chat.say("Hi")
    bar = chat.frame.get_by_role("progressbar", name="Generating image")
    expect(bar).to_be_visible()
    gates[0].set()
    expect(bar).to_have_attribute("value", "0.5")
    picture = chat.frame.get_by_role("img", name="Generated image")
    expect(picture).to_have_attribute("src", PICTURE)
    gates[1].set()
    expect(bar).to_have_count(0)
    expect(picture).to_be_visible()


def test_questions_are_answered(chat: ChatPage) -> None:
    form = questions(chat, *QUESTIONS)
    form.get_by_role("radio", name="Later").check()
    form.get_by_role("checkbox", name="Mail").check()
    form.get_by_role("checkbox", name="Fax").check()
    form.get_by_role("textbox", name="Your number?").fill("1138")
    chat.button("Submit").click()
    expect(form).to_contain_text("Answered")
    (sent,) = chat.bodies("threads.add_structured_input")
    assert sent["input"] == {
        "status": "answered",
        "answers": {
            "when": {"values": ["Later"], "skipped": False},
            "how": {"values": ["Mail", "Fax"], "skipped": False},
            "number": {"values": ["1138"], "skipped": False},
        },
    }
    expect(form.get_by_role("radio", name="Later")).to_be_checked()
    expect(form.get_by_role("radio", name="Later")).to_be_disabled()
    expect(form.get_by_role("textbox", name="Your number?")).to_have_value("1138")
    expect(chat.button("Submit")).to_have_count(0)


def test_questions_are_skipped(chat: ChatPage) -> None:
    questions(chat, *QUESTIONS)
    chat.button("Skip").click()
    expect(chat.items("structured_input")).to_contain_text("Skipped")
    (sent,) = chat.bodies("threads.add_structured_input")
    assert sent["input"]["status"] == "skipped"
    assert all(answer == {"values": [], "skipped": True} for answer in sent["input"]["answers"].values())


def test_one_question_may_stay_unanswered(chat: ChatPage) -> None:
    questions(chat, *QUESTIONS)
    chat.items("structured_input").get_by_role("radio", name="Now").check()
    chat.button("Submit").click()
    expect(chat.items("structured_input")).to_contain_text("Answered")
    (sent,) = chat.bodies("threads.add_structured_input")
    assert sent["input"]["answers"]["when"] == {"values": ["Now"], "skipped": False}
    assert sent["input"]["answers"]["number"] == {"values": [], "skipped": True}


def test_a_choice_may_be_an_answer_of_ones_own(chat: ChatPage) -> None:
    questions(chat, QUESTIONS[0])
    chat.items("structured_input").get_by_role("textbox").fill("In a week")
    chat.button("Submit").click()
    expect(chat.items("structured_input")).to_contain_text("Answered")
    (sent,) = chat.bodies("threads.add_structured_input")
    assert sent["input"]["answers"]["when"] == {"values": ["In a week"], "skipped": False}
    expect(chat.items("structured_input").get_by_role("textbox")).to_have_value("In a week")


def test_sources_are_listed_and_cited(chat: ChatPage, own: OwnServer) -> None:
    show(chat, own, annotated("It is so.", SITE, NOTES))
    message = chat.items("assistant_message")
    expect(message.get_by_role("link", name="Source 1: A site")).to_have_attribute("href", "https://example.com/a")
    expect(message.get_by_role("img", name="Source 2: Notes")).to_have_text("2")
    sources = message.get_by_role("list", name="Sources").get_by_role("listitem")
    expect(sources).to_have_text(["1A siteexample.com", "2Notesnotes.pdf"])


def test_a_source_without_a_place_is_listed_alone(chat: ChatPage, own: OwnServer) -> None:
    show(chat, own, annotated("It is so.", NOTES, cited=False))
    message = chat.items("assistant_message")
    expect(message.get_by_role("list", name="Sources").get_by_role("listitem")).to_have_text(["1Notesnotes.pdf"])
    expect(message.locator(".markdown")).to_have_text("It is so.")


def test_an_entity_that_is_cited_can_be_clicked(chat: ChatPage, own: OwnServer) -> None:
    claim = {"type": "entity", "id": "c1", "title": "Claim 7", "icon": "document", "group": "Claims"}
    entity = {**claim, "inline_label": "claim", "interactive": True, "data": {"no": "7"}}
    click = "{ entities: { onClick: (entity) => { window.clicked = entity; } } }"
    show(chat, own, annotated("It is so, see ", entity), options=click)
    chat.items("assistant_message").get_by_role("button", name="claim", exact=True).click()
    chat.page.wait_for_function("window.clicked")
    claim.pop("type")
    assert json.loads(chat.page.evaluate("JSON.stringify(clicked)")) == {
        **claim,
        "data": {"no": "7"},
        "interactive": True,
    }


def test_an_entity_that_is_not_interactive_is_no_button(chat: ChatPage, own: OwnServer) -> None:
    entity = {"type": "entity", "id": "c1", "title": "Claim 7", "interactive": False, "data": {}}
    show(chat, own, annotated("So", entity), options="{ entities: { onClick: () => {} } }")
    expect(chat.items("assistant_message")).to_contain_text("Claim 7")
    expect(chat.items("assistant_message").locator("button.tag")).to_have_count(0)


def test_a_source_that_could_do_harm_is_no_link(chat: ChatPage, own: OwnServer) -> None:
    show(chat, own, annotated("So", {**SITE, "url": "javascript:alert(1)"}))
    expect(chat.items("assistant_message")).to_contain_text("A site")
    expect(chat.items("assistant_message").get_by_role("link")).to_have_count(0)


def test_markup_in_a_message_is_text(chat: ChatPage) -> None:
    script(chat, {"message": "<img src=x onerror=alert(1)> **bold**"})
    expect(chat.items("assistant_message")).to_contain_text("<img src=x onerror=alert(1)> bold")
    expect(chat.items("assistant_message").locator("img")).to_have_count(0)


def test_a_long_message_is_drawn_as_it_grows(chat: ChatPage) -> None:
    text = "# Plan\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```py\nx = 1\n```\n\nThe end."
    script(chat, {"message": {"text": text, "stream": {"by": "characters", "every": 0}}})
    message = chat.items("assistant_message")
    expect(message.get_by_role("heading", name="Plan")).to_be_visible()
    expect(message.get_by_role("listitem")).to_have_text(["one", "two"])
    expect(message.get_by_role("cell")).to_have_text(["1", "2"])
    expect(message.locator("pre")).to_contain_text("x = 1")
    expect(message).to_contain_text("The end.")
    assert message.locator("p").count() == 1


def test_you_and_the_assistant_are_told_apart(chat: ChatPage) -> None:
    script(chat, {"message": "Hello"})
    expect(chat.log.get_by_role("heading")).to_have_text(["You said:", "The assistant said:"])


def test_items_without_looks_are_not_seen(chat: ChatPage, own: OwnServer) -> None:
    show(chat, own, done(answered("Hello")), done(item("end_of_turn", "it_2")))
    expect(chat.log.locator("article")).to_have_count(2)
    assert [detail for _, detail in chat.events("log")][1:] == []

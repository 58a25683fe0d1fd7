"""The items of a thread, as a person sees them."""

import json
import threading

import pytest
from playwright.sync_api import Locator, expect
from support.chat_page import ChatPage, Json
from support.open_chat import new_chat, talk
from support.own_server import OwnServer, added, answered, done, item, updated

pytestmark = pytest.mark.browser

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
PICTURE = f"data:image/png;base64,{PIXEL}"
SITE = {"type": "url", "title": "A site", "url": "https://example.com/a", "description": "All of it"}
NOTES = {"type": "file", "title": "Notes", "filename": "notes.pdf"}
BAD_SITE = {"type": "url", "title": "Bad", "url": "javascript:alert(1)"}
TASKS: list[tuple[Json, list[str]]] = [
    ({"type": "custom", "title": "Write", "content": "A *letter*"}, ["Write", "A letter"]),
    ({"type": "web_search", "title_query": "the answer", "sources": [SITE]}, ["the answer", "A site"]),
    ({"type": "thought", "title": "Idea", "content": "What if"}, ["Idea", "What if"]),
    ({"type": "file", "title": "Reading", "sources": [NOTES]}, ["Reading", "Notes"]),
    ({"type": "image", "title": "A picture"}, ["A picture"]),
]
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


def script(chat: ChatPage, *steps: Json) -> None:
    """Begin a new conversation, whose first message the emulator answers so."""
    chat.mock.workflows.add("wf_scripted", {"default": list(steps)})
    new_chat(chat)
    chat.ask("Hi")


def workflow(chat: ChatPage) -> Locator:
    """Find the only workflow."""
    return chat.items("workflow").locator("details")


def annotated(text: str, *sources: Json, cited: bool = True) -> Json:
    """Make a message with sources, which are cited at its end."""
    index = {"index": len(text)} if cited else {}
    return done(answered(text, annotations=[{"type": "annotation", "source": each, **index} for each in sources]))


def questions(chat: ChatPage, *inputs: Json) -> Locator:
    """Begin a new conversation, in which the assistant asks something; the item with its questions."""
    new_chat(chat)
    asked = {"when": {"text": "Hi"}, "reply": [{"structured_input": inputs}]}
    chat.mock.workflows.add("wf_scripted", {"turns": [asked], "default": [{"message": "Thank you"}]})
    chat.ask("Hi")
    return chat.items("structured_input")


def answers(chat: ChatPage) -> Json:
    """Find what the latest answers to questions carried."""
    found: Json = chat.bodies("threads.add_structured_input")[-1]["input"]
    return found


def test_a_workflow_tells_what_was_done_and_for_how_long(chat: ChatPage) -> None:
    thoughts = [{"title": "The question", "content": "Is it **so**?"}, "What do I know?"]
    chat.open(script={"default": []})
    script(chat, {"reasoning": {"seconds": 4, "thoughts": thoughts}}, {"message": "It is."})
    expect(chat.frame.get_by_text("What do I know?"), "Thoughts are folded at first").to_be_hidden()
    chat.frame.get_by_text("Thought for 4 seconds").click()
    items = workflow(chat).get_by_role("listitem")
    expect(items, "A click unfolds the thoughts").to_have_text(["The questionIs it so?", "What do I know?"])
    expect(workflow(chat).locator("strong"), "Thoughts are markdown").to_have_text("so")
    chat.frame.get_by_text("Thought for 4 seconds").click()
    expect(chat.frame.get_by_text("What do I know?"), "Another click folds the thoughts").to_be_hidden()

    tasks = [{"type": "custom", "title": "Compare", "content": "They agree.", "icon": "search"}]
    script(chat, {"workflow": {"title": "Compared", "tasks": tasks, "expanded": True}})
    expect(workflow(chat).locator("summary"), "A workflow has its own title").to_have_text("Compared")
    expect(chat.frame.get_by_text("They agree."), "A workflow may begin unfolded").to_be_visible()

    script(chat, {"web_search": {"title": "Searching", "queries": ["the answer"], "sources": [SITE, BAD_SITE]}})
    workflow(chat).locator("summary").click()
    expect(chat.frame.get_by_text("the answer"), "A search shows what it looked for").to_be_visible()
    link = workflow(chat).get_by_role("link")
    expect(link, "A search links what it found, but no script").to_have_text(["A site"])
    expect(link, "What was found is linked by its address").to_have_attribute("href", "https://example.com/a")
    expect(link, "What was found opens in another tab").to_have_attribute("target", "_blank")
    expect(workflow(chat), "What was found is shown without a link too").to_contain_text("Bad")

    chat.page.evaluate("chat.setOptions({ ...options(), locale: 'de-DE' })")
    script(chat, {"reasoning": {"seconds": 4, "thoughts": ["Hm"]}})
    expect(workflow(chat), "A duration is told in the language of the locale").to_contain_text("4 Sekunden")


def test_tasks_stand_on_their_own(chat: ChatPage) -> None:
    running = {"type": "custom", "title": "Writing", "status_indicator": "loading"}
    chat.open(script={"default": [*[{"task": task} for task, _ in TASKS], {"task": running}]})
    chat.ask("Hi")
    items = chat.items("task")
    expect(items, "Each task is an item of its own").to_have_count(len(TASKS) + 1)
    for number, (task, words) in enumerate(TASKS):
        for each in words:
            expect(items.nth(number), f"A task of the type {task['type']} says what it is").to_contain_text(each)
        expect(items.nth(number), f"A task of the type {task['type']} is seen").to_be_visible()
    marked = items.last.get_by_role("img", name="Running")
    expect(marked, "A task that runs is marked").to_be_visible()


def test_thoughts_and_images_are_shown_while_they_are_made(chat: ChatPage, own: OwnServer) -> None:
    gates = [threading.Event() for _ in range(3)]
    thinking = item("workflow", workflow={"type": "reasoning", "tasks": []})
    task = {"type": "thought", "title": "A plan", "content": "First this"}
    own.plays(
        added(thinking),
        updated("it_1", "workflow.task.added", task_index=0, task=task),
        gates[0],
        updated("it_1", "workflow.task.updated", task_index=0, task={**task, "content": "First this, then that"}),
        done(item("workflow", workflow={"type": "reasoning", "tasks": [task], "summary": {"duration": 1}})),
    )
    chat.open(api=own.api)
    chat.say("Hi")
    chat.frame.get_by_text("A plan").first.click()
    expect(chat.frame.get_by_text("First this"), "A thought can be read while it is made").to_be_visible()
    gates[0].set()
    chat.settle()
    expect(workflow(chat), "It is told how long thinking took").to_contain_text("Thought for 1 second")
    expect(chat.frame.get_by_text("First this"), "What was unfolded stays so").to_be_visible()

    image = {"id": "img_1", "url": PICTURE}
    new_chat(chat)
    own.plays(
        added(item("generated_image")),
        gates[1],
        updated("it_1", "generated_image.updated", image=image, progress=0.5),
        gates[2],
        done(item("generated_image", image=image)),
    )
    chat.say("Hi")
    bar = chat.frame.get_by_role("progressbar", name="Generating image")
    expect(bar, "An image that is made has a progress bar").to_be_visible()
    gates[1].set()
    expect(bar, "The bar tells the progress").to_have_attribute("value", "0.5")
    picture = chat.frame.get_by_role("img", name="Generated image")
    expect(picture, "A part of the image is shown already").to_have_attribute("src", PICTURE)
    gates[2].set()
    expect(bar, "A finished image has no progress bar").to_have_count(0)
    expect(picture, "The finished image is shown").to_be_visible()


def test_questions_are_answered_by_choices_and_words(chat: ChatPage) -> None:
    chat.open(script={"default": []})
    form = questions(chat, *QUESTIONS)
    form.get_by_role("radio", name="Later").check()
    form.get_by_role("checkbox", name="Mail").check()
    form.get_by_role("checkbox", name="Fax").check()
    form.get_by_role("textbox", name="Your number?").fill("1138")
    chat.button("Submit").click()
    expect(form, "The questions are answered").to_contain_text("Answered")
    assert answers(chat) == {
        "status": "answered",
        "answers": {
            "when": {"values": ["Later"], "skipped": False},
            "how": {"values": ["Mail", "Fax"], "skipped": False},
            "number": {"values": ["1138"], "skipped": False},
        },
    }, "All answers are sent"
    expect(form.get_by_role("radio", name="Later"), "The choice is shown").to_be_checked()
    expect(form.get_by_role("radio", name="Later"), "The choice is final").to_be_disabled()
    expect(form.get_by_role("textbox", name="Your number?"), "The words are shown").to_have_value("1138")
    expect(chat.button("Submit"), "Answers are sent once").to_have_count(0)

    form = questions(chat, QUESTIONS[0])
    form.get_by_role("textbox").fill("In a week")
    chat.button("Submit").click()
    expect(form, "An answer of one's own is an answer").to_contain_text("Answered")
    when = {"values": ["In a week"], "skipped": False}
    assert answers(chat)["answers"]["when"] == when, "An answer of one's own is sent"
    expect(form.get_by_role("textbox"), "An answer of one's own is shown").to_have_value("In a week")
    assert len(chat.bodies("threads.add_structured_input")) == 2, "Each form is sent once"


def test_questions_may_stay_unanswered(chat: ChatPage) -> None:
    chat.open(script={"default": []})
    form = questions(chat, *QUESTIONS)
    chat.button("Skip").click()
    expect(form, "All questions are skipped").to_contain_text("Skipped")
    assert answers(chat)["status"] == "skipped", "It is sent that all are skipped"
    skipped = {"values": [], "skipped": True}
    assert all(answer == skipped for answer in answers(chat)["answers"].values()), "Each question is skipped"

    form = questions(chat, *QUESTIONS)
    form.get_by_role("radio", name="Now").check()
    chat.button("Submit").click()
    expect(form, "Some questions are answered").to_contain_text("Answered")
    assert answers(chat)["answers"]["when"] == {"values": ["Now"], "skipped": False}, "The answer is sent"
    assert answers(chat)["answers"]["number"] == skipped, "A question without an answer is skipped"
    assert len(chat.bodies("threads.add_structured_input")) == 2, "Each form is sent once"


def test_sources_are_listed_cited_and_can_be_followed(chat: ChatPage, own: OwnServer) -> None:
    message = chat.items("assistant_message")
    sources = message.get_by_role("list", name="Sources").get_by_role("listitem")
    chat.open(api=own.api)
    talk(chat, own, annotated("It is so.", SITE, NOTES))
    link = message.get_by_role("link", name="Source 1: A site")
    expect(link, "A site is linked where it is cited").to_have_attribute("href", "https://example.com/a")
    cited = message.get_by_role("img", name="Source 2: Notes")
    expect(cited, "A file is cited by its number").to_have_text("2")
    expect(sources, "The sources are listed").to_have_text(["1A siteexample.com", "2Notesnotes.pdf"])

    talk(chat, own, annotated("It is so.", NOTES, cited=False))
    expect(sources, "A source without a place in the text is listed").to_have_text(["1Notesnotes.pdf"])
    expect(message.locator(".markdown"), "A source without a place is not cited").to_have_text("It is so.")

    talk(chat, own, annotated("So", {**SITE, "url": "javascript:alert(1)"}))
    expect(message, "A source with a harmful address is listed").to_contain_text("A site")
    expect(message.get_by_role("link"), "A harmful address is not linked").to_have_count(0)

    claim = {"id": "c1", "title": "Claim 7", "icon": "document", "group": "Claims"}
    entity = {"type": "entity", **claim, "inline_label": "claim", "interactive": True, "data": {"no": "7"}}
    onclick = "{ onClick: (entity) => { window.clicked = entity; } }"
    chat.page.evaluate(f"chat.setOptions({{ ...options(), entities: {onclick} }})")
    talk(chat, own, annotated("It is so, see ", entity))
    message.get_by_role("button", name="claim", exact=True).click()
    chat.page.wait_for_function("window.clicked")
    clicked = json.loads(chat.page.evaluate("JSON.stringify(clicked)"))
    assert clicked == {**claim, "data": {"no": "7"}, "interactive": True}, "The page is told which entity was clicked"

    entity = {"type": "entity", "id": "c1", "title": "Claim 7", "interactive": False, "data": {}}
    talk(chat, own, annotated("So", entity))
    expect(message, "An entity that is not interactive is shown").to_contain_text("Claim 7")
    expect(message.locator("button.tag"), "An entity that is not interactive is no button").to_have_count(0)


def test_messages_are_markdown_without_markup(chat: ChatPage) -> None:
    message = chat.items("assistant_message")
    chat.open(script={"default": []})
    script(chat, {"message": "<img src=x onerror=alert(1)> **bold**"})
    expect(message, "Markup is text").to_contain_text("<img src=x onerror=alert(1)> bold")
    expect(message.locator("img"), "Markup makes no element").to_have_count(0)
    headings = chat.log.get_by_role("heading")
    expect(headings, "Headings tell who speaks").to_have_text(["You said:", "The assistant said:"])

    text = "# Plan\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```py\nx = 1\n```\n\nThe end."
    script(chat, {"message": {"text": text, "stream": {"by": "characters", "every": 0}}})
    expect(message.get_by_role("heading", name="Plan"), "A heading is drawn").to_be_visible()
    expect(message.get_by_role("listitem"), "A list is drawn").to_have_text(["one", "two"])
    expect(message.get_by_role("cell"), "A table is drawn").to_have_text(["1", "2"])
    expect(message.locator("pre"), "Code is drawn").to_contain_text("x = 1")
    expect(message, "The message is whole").to_contain_text("The end.")
    assert message.locator("p").count() == 1, "Nothing is left of what the message looked like before"


def test_items_without_looks_are_not_seen(chat: ChatPage, own: OwnServer) -> None:
    own.plays(done(answered("Hello")), done(item("end_of_turn", "it_2")))
    chat.open(api=own.api)
    chat.ask("Hi")
    expect(chat.log.locator("article"), "Only messages are seen").to_have_count(2)
    assert [detail for _, detail in chat.events("log")][1:] == [], "Nothing is told of as unknown"
